package onboard

import (
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// maxOffset and maxFilter are the API's.
	maxOffset = 40_000_000
	maxFilter = 64
	// maxRows is the most rows of a page, and the default.
	maxRows = 100
)

// idPattern is for the API's ids of customers and resellers.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// unknownParameters refuses what is not read: a misspelt parameter would list more
// than was asked for.
func unknownParameters(values url.Values, known ...string) []handler.FieldError {
	var wrong []handler.FieldError
	for name, given := range values {
		switch {
		case !slices.Contains(known, name):
			reason := "is no parameter here"
			if len(known) > 0 {
				reason = "is none of " + strings.Join(known, ", ")
			}
			wrong = append(wrong, handler.FieldError{Field: name, Reason: reason})
		case len(given) > 1:
			wrong = append(wrong, handler.FieldError{Field: name, Reason: "is there twice"})
		}
	}
	return wrong
}

// parameters reads the parameters of a request and gathers what is wrong with them.
// One that is given but empty is wrong, since it would filter nothing.
type parameters struct {
	values url.Values
	wrong  []handler.FieldError
}

func (p *parameters) complain(name, reason string) {
	p.wrong = append(p.wrong, handler.FieldError{Field: name, Reason: reason})
}

// part reads a part of a name, in which the API supports no spaces.
func (p *parameters) part(name string) string {
	text := p.values.Get(name)
	bad := text == "" || utf8.RuneCountInString(text) > maxFilter || !utf8.ValidString(text) ||
		strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if p.values.Has(name) && bad {
		p.complain(name, fmt.Sprintf("has 1 to %d characters and no spaces", maxFilter))
	}
	return text
}

func (p *parameters) id(name string) string {
	text := p.values.Get(name)
	if p.values.Has(name) && !idPattern.MatchString(text) {
		p.complain(name, "has 1 to 64 letters, digits, - and _")
	}
	return text
}

func (p *parameters) oneOf(name string, allowed ...string) string {
	text := p.values.Get(name)
	if p.values.Has(name) && !slices.Contains(allowed, text) {
		p.complain(name, "is "+strings.Join(allowed, " or "))
	}
	return text
}

func (p *parameters) instant(name string) bss.Time {
	if !p.values.Has(name) {
		return bss.Time{}
	}
	t, err := time.Parse(time.RFC3339, p.values.Get(name))
	if _, offset := t.Zone(); err != nil || offset != 0 || t.Nanosecond() != 0 || t.Year() < 1970 || t.Year() > 9999 {
		p.complain(name, "is UTC in whole seconds, such as 2026-12-31T16:00:00Z")
		return bss.Time{}
	}
	return bss.At(t)
}

func (p *parameters) number(name string, unless, least, most int) int {
	if !p.values.Has(name) {
		return unless
	}
	n, err := strconv.Atoi(p.values.Get(name))
	if err != nil || n < least || n > most {
		p.complain(name, fmt.Sprintf("is a number from %d to %d", least, most))
	}
	return n
}

// ids reads a list of 1 to most different ids with commas between.
func (p *parameters) ids(name string, most int) []string {
	ids := strings.Split(p.values.Get(name), ",")
	if p.values.Get(name) == "" || len(ids) > most {
		p.complain(name, fmt.Sprintf("has 1 to %d ids with commas between", most))
		return nil
	}
	p.wrong = append(p.wrong, wrongIDs(name, ids)...)
	return ids
}

// page shows the rows of one page, and tells where the next one begins: 0 where
// there is none.
func page[From, To any](rows iter.Seq2[From, error], offset, limit int, show func(From) To) (shown []To, next int, err error) {
	shown = []To{}
	for row, err := range rows {
		if err != nil {
			return nil, 0, err
		}
		if len(shown) == limit {
			return shown, offset + limit, nil
		}
		shown = append(shown, show(row))
	}
	return shown, 0, nil
}
