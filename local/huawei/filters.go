package huawei

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const defaultLimit = 10

// page reads the window of a list from the query; the contract has checked that
// both are numbers in range.
func (c *call) page() page {
	p := page{limit: defaultLimit}
	if n, err := strconv.Atoi(c.query.Get("offset")); err == nil {
		p.offset = n
	}
	if n, err := strconv.Atoi(c.query.Get("limit")); err == nil {
		p.limit = n
	}
	return p
}

// bodyPage is the window of a list that is asked for in a body.
func bodyPage(offset int, limit *int) page {
	if limit == nil {
		return page{offset: offset, limit: defaultLimit}
	}
	return page{offset: offset, limit: *limit}
}

// filtered reports whether the value passes the query's filter of that name. A
// filter without a value is none.
func (c *call) filtered(name, value string) bool {
	wanted := c.query.Get(name)
	return wanted == "" || wanted == value
}

// filteredFold is filtered for codes whose case does not matter.
func (c *call) filteredFold(name, value string) bool {
	wanted := c.query.Get(name)
	return wanted == "" || strings.EqualFold(wanted, value)
}

// filteredList is filtered for a parameter that may be repeated.
func (c *call) filteredList(name, value string) bool {
	wanted := slices.DeleteFunc(slices.Clone(c.query[name]), func(v string) bool { return v == "" })
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

func (c *call) filteredNumber(name string, value int) bool {
	return c.filtered(name, strconv.Itoa(value))
}

// span is an open interval of instants; a zero end is no limit. The API's range
// filters are strict: later than the begin and earlier than the end, counted in
// the whole seconds that the API shows.
type span struct{ after, before time.Time }

func (s span) holds(t time.Time) bool {
	t = t.Truncate(time.Second)
	return (s.after.IsZero() || t.After(s.after)) && (s.before.IsZero() || t.Before(s.before))
}

// span reads the range filter of that name, such as create_time, from the query.
func (c *call) span(name string) (span, error) {
	return c.namedSpan(name+"_begin", name+"_end")
}

func (c *call) namedSpan(begin, end string) (span, error) {
	after, err := parseInstant(begin, c.query.Get(begin))
	if err != nil {
		return span{}, err
	}
	before, err := parseInstant(end, c.query.Get(end))
	return span{after: after, before: before}, err
}

// yearSpan is a range filter whose ends may be at most a year apart.
func (c *call) yearSpan(name string) (span, error) {
	s, err := c.span(name)
	if err != nil {
		return span{}, err
	}
	if !s.after.IsZero() && !s.before.IsZero() && s.before.After(s.after.AddDate(1, 0, 0)) {
		return span{}, errParameter(name + "_begin and " + name + "_end are more than one year apart")
	}
	return s, nil
}

func parseSpan(name, begin, end string) (span, error) {
	after, err := parseInstant(name+"_begin", begin)
	if err != nil {
		return span{}, err
	}
	before, err := parseInstant(name+"_end", end)
	return span{after: after, before: before}, err
}

// parseInstant reads an instant of the API; the empty text is the zero instant.
func parseInstant(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return time.Time{}, errParameter(name + " is not a UTC time like 2019-05-06T08:05:01Z")
	}
	return t, nil
}

// instant writes t as the API does; the zero instant is empty.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}
