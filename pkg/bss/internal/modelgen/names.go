package main

import (
	"errors"
	"fmt"
	"strings"
)

// initialisms are words that Go writes in capitals.
var initialisms = map[string]string{
	"id": "ID", "ids": "IDs", "url": "URL", "ri": "RI", "qr": "QR", "ip": "IP", "az": "AZ", "sms": "SMS",
	"xaccount": "XAccount", "ondemand": "OnDemand", "realname": "Realname",
}

// goName is the exported Go name of a name of the contract, in snake_case or
// CamelCase.
func goName(name string) string {
	if !strings.Contains(name, "_") && name != strings.ToLower(name) {
		return mendCamel(name)
	}
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word == "" {
			continue
		}
		if known, ok := initialisms[strings.ToLower(word)]; ok {
			b.WriteString(known)
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// mendCamel writes the one initialism that the contract's names of operations and
// schemas have.
func mendCamel(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	if stem, ok := strings.CutSuffix(name, "Id"); ok {
		return stem + "ID"
	}
	return name
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// goTypeNamed is the type of a field, which its name tells where the contract only
// says string: an instant.
func (m *models) goTypeNamed(name string, s *schema, as field) (string, error) {
	if as.Type == "" && s != nil && s.Type == "string" && instant(name) {
		as.Type = "Time"
	}
	t, err := m.goType(s, as)
	if err == nil && as.Optional {
		t = "*" + t
	}
	return t, err
}

func instant(name string) bool {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_begin"), "_end")
	return strings.HasSuffix(name, "_time") || strings.HasSuffix(name, "_on")
}

func (m *models) goType(s *schema, as field) (string, error) {
	if s == nil {
		if as.Type == "" {
			return "", errors.New("an added field needs a type")
		}
		return as.Type, nil
	}
	if s.Type == "array" && !strings.HasPrefix(as.Type, "[]") {
		t, err := m.goType(s.Items, as)
		return "[]" + t, err
	}
	if as.Type != "" {
		return as.Type, nil
	}
	switch {
	case s.Ref != "" && len(m.doc.properties(s)) == 0:
		return "", fmt.Errorf("%s is an enumeration: name its type", s.ref())
	case s.Ref != "":
		return m.structName(s.ref()), nil
	case s.Type == "string":
		return "string", nil
	case s.Type == "integer" && s.Format == "int64":
		return "int64", nil
	case s.Type == "integer":
		return "int", nil
	case s.Type == "number":
		return "decimal.Decimal", nil
	case s.Type == "boolean":
		return "bool", nil
	}
	return "", fmt.Errorf("no Go type for %q", s.Type)
}

// zeroKnowsItself reports whether encoding/json leaves a zero value of the type out
// by omitzero only.
func zeroKnowsItself(goType string) bool {
	switch {
	case strings.HasPrefix(goType, "[]"), strings.HasPrefix(goType, "*"):
		return false
	case goType == "string", goType == "int", goType == "int64", goType == "bool":
		return false
	}
	return true
}
