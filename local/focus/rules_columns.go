package focus

import (
	"fmt"
	"slices"
	"strings"
)

// columnRules are those that the pages of all columns have in common.
func columnRules() (rules []Rule) {
	for _, c := range specification {
		page := "columns/" + c.page
		switch c.level {
		case mandatory:
			rules = append(rules, Rule{c.name + ".present", page, Must, "the column is there", present(c.name)})
		case recommended:
			rules = append(rules, Rule{c.name + ".present", page, Should, "the column is there", present(c.name)})
		}
		rules = append(rules, Rule{c.name + ".type", page, Must, "every value is " + typeText(c.kind), typed(c)})
		if !c.nullable {
			rules = append(rules, Rule{c.name + ".not-null", page, Must, "is never null", each(when(anyRow, given(c.name)), c.name)})
		}
		if c.allowed != nil {
			rules = append(rules, Rule{c.name + ".allowed", page, Must, "is one of the allowed values", each(when(given(c.name), is(c.name, c.allowed...)), c.name)})
		}
		if c.kind == text && c.allowed == nil {
			rules = append(rules, Rule{
				c.name + ".placeholder", "attributes/null_handling", Must, "what has no value is null, not a word such as N/A",
				each(when(given(c.name), func(r Row) bool { return !isPlaceholder(r.Get(c.name).Text) }), c.name),
			})
		}
		if c.kind == text && c.allowed == nil && !c.nullable {
			rules = append(rules, Rule{
				c.name + ".blank", "attributes/string_handling", Should, "is more than spaces",
				each(when(given(c.name), func(r Row) bool { return strings.TrimSpace(r.Get(c.name).Text) != "" }), c.name),
			})
		}
	}
	return append(append(rules, familyRules()...), nameRules()...)
}

func typeText(k kind) string {
	return [...]string{"a text", "a decimal number in the numeric format", "an instant of UTC in the Date/Time format", "a JSON object of scalars with no key twice"}[k]
}

func present(name string) func(*File, Options) check {
	return header(func(f *File) (Verdict, string) {
		if !f.has(name) {
			return Fail, "there is no column " + name
		}
		return Pass, ""
	})
}

// typed holds the column's type against what the format says, and its values against
// their form. A text of CSV can be anything.
func typed(c column) func(*File, Options) check {
	formats := map[kind]struct {
		allowed []Type
		form    func(string) bool
	}{
		text:     {[]Type{Untyped, String}, func(string) bool { return true }},
		number:   {[]Type{Untyped, Decimal, Integer}, isNumeric},
		instant:  {[]Type{Untyped, Timestamp}, isInstant},
		keyValue: {[]Type{Untyped, String}, func(s string) bool { _, ok := pairsOf(s); return ok }},
	}[c.kind]
	return func(f *File, _ Options) check {
		at, ok := f.place[c.name]
		if !ok {
			return check{}
		}
		if is := f.Columns[at].Type; !slices.Contains(formats.allowed, is) {
			return check{end: func() (Verdict, string) { return Fail, fmt.Sprintf("the column's type is %s", is) }}
		}
		return check{row: when(given(c.name), func(r Row) bool { return formats.form(r.Get(c.name).Text) })}
	}
}

func familyRules() (rules []Rule) {
	for _, c := range specification {
		members, ok := families[c.name]
		if !ok {
			continue
		}
		for _, member := range members {
			rules = append(rules, Rule{
				member + ".present", "columns/" + strings.ToLower(member), Must, "the column is there where " + c.name + " is",
				func(f *File, o Options) check {
					if !f.has(c.name) {
						return check{}
					}
					return present(member)(f, o)
				},
			})
		}
	}
	return rules
}

func nameRules() []Rule {
	const page = "attributes/column_handling"
	return []Rule{
		{"columns.custom-prefix", page, Must, "a column that is not of FOCUS is called x_ and something", header(customNames(func(name string) bool { return strings.HasPrefix(name, "x_") }))},
		{"columns.custom-name", page, Should, "what follows x_ is in Pascal case, of letters and digits, and the name has at most 50 characters", header(customNames(func(name string) bool {
			return len(name) <= 50 && pascalCase.MatchString(strings.TrimPrefix(name, "x_"))
		}))},
		{"columns.order", page, Should, "the columns of FOCUS come before the others", header(inOrder)},
		{"columns.once", page, Ours, "no column is there twice", header(once)},
	}
}

func customNames(judge func(name string) bool) func(f *File) (Verdict, string) {
	return func(f *File) (Verdict, string) {
		result := NotApplicable
		for _, c := range f.Columns {
			if isSpecified(c.Name) {
				continue
			}
			if !judge(c.Name) {
				return Fail, fmt.Sprintf("column %q", c.Name)
			}
			result = Pass
		}
		return result, ""
	}
}

func inOrder(f *File) (Verdict, string) {
	before := ""
	for _, c := range f.Columns {
		switch {
		case !isSpecified(c.Name):
			before = c.Name
		case before != "":
			return Fail, fmt.Sprintf("column %s stands behind %s", c.Name, before)
		}
	}
	return Pass, ""
}

func once(f *File) (Verdict, string) {
	seen := map[string]bool{}
	for _, c := range f.Columns {
		if seen[c.Name] {
			return Fail, "column " + c.Name
		}
		seen[c.Name] = true
	}
	return Pass, ""
}

func isSpecified(name string) bool {
	return slices.ContainsFunc(specification, func(c column) bool { return c.name == name })
}
