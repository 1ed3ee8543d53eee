package couponissue

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// query reads the parameters of a request and gathers what is wrong with them. A
// misspelt one would list more than was asked for, so one that is not read is wrong.
type query struct {
	fields
	values url.Values
}

func newQuery(values url.Values, known ...string) *query {
	q := &query{values: values}
	names := make(map[string]bool, len(known))
	for _, name := range known {
		names[name] = true
	}
	for name, given := range values {
		switch {
		case !names[name]:
			q.wrong(name, "is none of "+strings.Join(known, ", "))
		case len(given) > 1:
			q.wrong(name, "is there twice")
		}
	}
	return q
}

// id reads an optional id.
func (q *query) id(name string) string {
	text := q.values.Get(name)
	if q.values.Has(name) {
		q.match(name, text, idPattern)
	}
	return text
}

// optionalID is nil where the id is not given, since an empty one filters too.
func (q *query) optionalID(name string) *string {
	if !q.values.Has(name) {
		return nil
	}
	text := q.id(name)
	return &text
}

// ids reads a list of different ids with commas between.
func (q *query) ids(name string, least, most int) []string {
	var texts []string
	if text := q.values.Get(name); text != "" {
		texts = strings.Split(text, ",")
	}
	q.list(name, texts, idPattern, least, most)
	return texts
}

// time reads an instant, such as 2026-03-31T16:00:00Z.
func (q *query) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, q.values.Get(name))
	if err != nil {
		q.wrong(name, "must be UTC in whole seconds, such as 2026-12-31T16:00:00Z")
		return time.Time{}
	}
	q.instant(name, t)
	return t
}

// day reads an optional day of GMT+8, such as 2026-03-31.
func (q *query) day(name string) string {
	text := q.values.Get(name)
	if _, err := time.Parse(time.DateOnly, text); err != nil && q.values.Has(name) {
		q.wrong(name, "must be a day of GMT+8, such as 2026-12-31")
	}
	return text
}

// number reads an optional number between least and most.
func (q *query) number(name string, unless, least, most int) int {
	if !q.values.Has(name) {
		return unless
	}
	n, err := strconv.Atoi(q.values.Get(name))
	if err != nil || n < least || n > most {
		q.wrong(name, fmt.Sprintf("must be a number from %d to %d", least, most))
	}
	return n
}
