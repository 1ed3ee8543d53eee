package bss

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

const timeLayout = "2006-01-02T15:04:05Z"

// Time is an instant of the API, in UTC and whole seconds. The zero value stands
// for one that is not given.
type Time struct{ time.Time }

// At returns the instant t.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Second)} }

// String is the API's form of the instant, "" for none.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

// MarshalJSON writes the API's form.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads the API's form; null and "" are the zero value.
func (t *Time) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	at, err := parseTime(s)
	if err == nil {
		*t = at
	}
	return err
}

// parseTime reads the API's form; "" is the zero value.
func parseTime(s string) (Time, error) {
	if s == "" {
		return Time{}, nil
	}
	layout := timeLayout
	if len(s) == len(timeLayout) && s[len(s)-1] == 'Z' {
		layout = time.RFC3339 // the same here, and parsed at a third of the cost
	}
	t, err := time.Parse(layout, s)
	return Time{t}, err
}

// count reads a number that some answers print as a string.
type count int

func (n *count) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, `"`)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		*n = 0
		return nil
	}
	v, err := strconv.Atoi(string(data))
	*n = count(v)
	return err
}

// number writes a decimal as a bare JSON number, as the API wants amounts.
type number decimal.Decimal

func (n number) MarshalJSON() ([]byte, error) { return []byte(decimal.Decimal(n).String()), nil }

// IsZero reports whether the number is 0, for fields that leave it out then.
func (n number) IsZero() bool { return decimal.Decimal(n).IsZero() }
