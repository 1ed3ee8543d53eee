package ratecard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Limits of a card.
const (
	MaxBytes = 4 << 20
	MaxRules = 20_000
)

// document is a card as it is written, rule by rule.
type document struct {
	rules []rule
	// lines are where a table has its rules, and columns where it has their fields, as a
	// spreadsheet calls them. A document of JSON has neither: its rules are counted.
	lines   []int
	columns map[string]string
}

// rule names a rule so that who wrote it finds it.
func (d *document) rule(i int) string {
	if d.columns == nil {
		return fmt.Sprintf("rule %d", i+1)
	}
	return fmt.Sprintf("line %d", d.lines[i])
}

// wrong is an error of a rule, with where to mend it.
func (d *document) wrong(i int, err error) error {
	place := d.rule(i)
	if f, ok := errors.AsType[*fieldError](err); ok && d.columns != nil {
		place += ", column " + d.columns[f.field]
	}
	return fmt.Errorf("%s: %w", place, err)
}

// byteOrderMark is what spreadsheets and editors begin UTF-8 with.
var byteOrderMark = []byte("\ufeff")

// decode reads the rules of a card. JSON begins with a brace, which no heading of a table
// does.
func decode(text []byte) (*document, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(text), MaxBytes)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8; a spreadsheet saves it so as CSV UTF-8")
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	read := decodeTable
	switch begins := bytes.TrimSpace(text); {
	case len(begins) == 0:
		return nil, errors.New("it is empty")
	case begins[0] == '{':
		read = decodeJSON
	}
	d, err := read(text)
	if err != nil {
		return nil, err
	}
	if len(d.rules) == 0 || len(d.rules) > MaxRules {
		return nil, fmt.Errorf("it has %d rules, not 1 to %d", len(d.rules), MaxRules)
	}
	return d, nil
}

func decodeJSON(text []byte) (*document, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var card struct {
		Rules []rule `json:"rules"`
	}
	if err := d.Decode(&card); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	return &document{rules: card.Rules}, nil
}
