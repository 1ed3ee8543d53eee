package ratecard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The fields of a rule, which are the headings of a table.
const (
	fieldCustomer = "customer_id"
	fieldService  = "service_type_code"
	fieldRegion   = "region_code"
	fieldBasis    = "basis"
	fieldPercent  = "percent"
	fieldFrom     = "valid_from"
	fieldTo       = "valid_to"
)

// fields are all that a rule may have.
var fields = []string{fieldCustomer, fieldService, fieldRegion, fieldBasis, fieldPercent, fieldFrom, fieldTo}

// decodeTable reads a card of CSV: a line of headings, and a line a rule. Lines without
// anything in them, which spreadsheets save where something was deleted, are no rules.
func decodeTable(text []byte) (*document, error) {
	r := csv.NewReader(bytes.NewReader(text))
	headings, err := r.Read()
	if err != nil {
		return nil, err
	}
	d := &document{}
	if d.columns, err = columnsOf(headings); err != nil {
		return nil, fmt.Errorf("line 1, %w", err)
	}
	for {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return d, nil
		case err != nil:
			return nil, err
		case strings.Join(cells, "") == "":
			continue
		}
		line, _ := r.FieldPos(0)
		d.lines = append(d.lines, line)
		d.rules = append(d.rules, ruleOf(headings, cells))
	}
}

// columnsOf is where a table has the fields, from A on.
func columnsOf(headings []string) (map[string]string, error) {
	columns := map[string]string{}
	for i, name := range headings {
		letter := string(rune('A' + i)) // the alphabet has more letters than a rule has fields
		switch {
		case !slices.Contains(fields, name) && strings.ContainsAny(name, ";\t"):
			return nil, fmt.Errorf("column %s: the heading is %.60q; commas go between columns", letter, name)
		case !slices.Contains(fields, name):
			return nil, fmt.Errorf("column %s: the heading %.40q is none of %s", letter, name, strings.Join(fields, ", "))
		case columns[name] != "":
			return nil, fmt.Errorf("column %s: the heading %s is that of column %s too", letter, name, columns[name])
		}
		columns[name] = letter
	}
	for _, name := range []string{fieldBasis, fieldPercent} {
		if columns[name] == "" {
			return nil, fmt.Errorf("no column has the heading %s, which every rule needs", name)
		}
	}
	return columns, nil
}

// ruleOf is the rule of a line.
func ruleOf(headings, cells []string) rule {
	of := map[string]string{}
	for i, name := range headings {
		of[name] = cells[i]
	}
	return rule{
		CustomerID: of[fieldCustomer], ServiceTypeCode: of[fieldService], RegionCode: of[fieldRegion],
		Basis: Basis(of[fieldBasis]), Percent: json.Number(of[fieldPercent]), ValidFrom: of[fieldFrom], ValidTo: of[fieldTo],
	}
}
