package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Report is what a demo did, step by step.
type Report struct {
	Seed  uint64 `json:"seed"`
	Steps []Step `json:"steps"`
}

// Step is one block of the report.
type Step struct {
	Function string `json:"function"`
	Title    string `json:"title"`
	Facts    []Fact `json:"facts"`
}

// Fact is one line of a block.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (s *Step) add(name, format string, args ...any) {
	s.Facts = append(s.Facts, Fact{name, fmt.Sprintf(format, args...)})
}

// money is how amounts are shown: two decimals and the currency.
func money(amount decimal.Decimal, currency string) string {
	return amount.StringFixed(2) + " " + currency
}

// WriteJSON writes the report for a machine.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes one block for a person, its values aligned.
func (s Step) WriteText(w io.Writer, number int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d. %s: %s\n", number, s.Function, s.Title)
	width := 0
	for _, f := range s.Facts {
		width = max(width, utf8.RuneCountInString(f.Name))
	}
	for _, f := range s.Facts {
		fmt.Fprintf(&b, "   %s%s  %s\n", f.Name, strings.Repeat(" ", width-utf8.RuneCountInString(f.Name)), f.Value)
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}
