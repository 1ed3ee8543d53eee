package focus

import (
	"fmt"
	"slices"
)

// Rules are all rules, in the order in which they are reported.
func Rules() []Rule {
	return slices.Concat(columnRules(), nullRules(), costRules(), periodRules(), meaningRules())
}

// Result is what a rule says of a file.
type Result struct {
	Rule    Rule
	Verdict Verdict
	// Rows is how many rows the rule is about, Broken how many of those break it.
	Rows, Broken int
	// Details are what is wrong: the first rows that break the rule, or the columns.
	Details []string
}

// maxDetails bounds what is said of a rule that many rows break.
const maxDetails = 5

// Check reads a file once and holds it against all rules.
func Check(f *File, o Options) ([]Result, error) {
	f.place = placeOf(f.Columns)
	rules := Rules()
	results, checks := make([]Result, len(rules)), make([]check, len(rules))
	for i, r := range rules {
		results[i].Rule = r
		if r.Checkable() {
			checks[i] = r.begin(f, o)
		}
	}
	rows := 0
	for row, err := range f.Rows {
		rows++
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", rows, err)
		}
		for i := range checks {
			if checks[i].row != nil {
				results[i].add(checks[i].row(row), row)
			}
		}
	}
	for i := range checks {
		if checks[i].end == nil {
			continue
		}
		v, detail := checks[i].end()
		results[i].Verdict = max(results[i].Verdict, v)
		if v == Fail {
			results[i].Details = append(results[i].Details, detail)
		}
	}
	return results, nil
}

func (r *Result) add(v Verdict, row Row) {
	if v == NotApplicable {
		return
	}
	r.Rows++
	r.Verdict = max(r.Verdict, v)
	if v == Pass {
		return
	}
	r.Broken++
	if len(r.Details) < maxDetails {
		r.Details = append(r.Details, fmt.Sprintf("row %d", row.Number))
	}
}

// Broken are the results of rules of a level that the file breaks.
func Broken(results []Result, level Level) (broken []Result) {
	for _, r := range results {
		if r.Verdict == Fail && r.Rule.Level == level {
			broken = append(broken, r)
		}
	}
	return broken
}
