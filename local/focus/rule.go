package focus

import "github.com/shopspring/decimal"

// Level is how strongly the specification asks.
type Level string

// The levels. Ours is what no page of the specification says, but what a reader of
// several files relies on.
const (
	Must   Level = "must"
	Should Level = "should"
	Ours   Level = "ours"
)

// Rule is a rule of the specification, in our words.
type Rule struct {
	ID    string
	Page  string // of the specification, below its folder of that name
	Level Level
	Text  string

	begin func(f *File, o Options) check // nil: no file can show it
}

// Checkable reports whether a file can show that the rule is broken.
func (r Rule) Checkable() bool { return r.begin != nil }

// Options are what is known beside the file.
type Options struct {
	// BilledCosts are what BilledCost adds up to, by currency; nil where that is unknown.
	BilledCosts map[string]decimal.Decimal
	// Rows is how many rows there are; negative where that is unknown.
	Rows int
}

// Verdict is what a rule says of a file, or of a row of it.
type Verdict int

// The verdicts.
const (
	NotApplicable Verdict = iota
	Pass
	Fail
)

// String names the verdict.
func (v Verdict) String() string { return [...]string{"n/a", "pass", "fail"}[v] }

// verdict is Pass or Fail.
func verdict(ok bool) Verdict {
	if ok {
		return Pass
	}
	return Fail
}

// check is a rule at work on one file: on each row, and at its end. Either may be nil.
type check struct {
	row func(r Row) Verdict
	end func() (Verdict, string)
}

// each is a rule about rows that have all of the columns.
func each(judge func(r Row) Verdict, columns ...string) func(*File, Options) check {
	return remembering(func() func(Row) Verdict { return judge }, columns...)
}

// remembering is a rule about rows that depends on earlier ones.
func remembering(begin func() func(r Row) Verdict, columns ...string) func(*File, Options) check {
	return func(f *File, _ Options) check {
		if !f.has(columns...) {
			return check{}
		}
		return check{row: begin()}
	}
}

// header is a rule about the columns.
func header(judge func(f *File) (Verdict, string)) func(*File, Options) check {
	return func(f *File, _ Options) check {
		return check{end: func() (Verdict, string) { return judge(f) }}
	}
}

// when is a rule that must hold where a condition does.
func when(condition, holds func(r Row) bool) func(r Row) Verdict {
	return func(r Row) Verdict {
		if !condition(r) {
			return NotApplicable
		}
		return verdict(holds(r))
	}
}

// Conditions on rows.
func is(name string, values ...string) func(Row) bool {
	return func(r Row) bool {
		v := r.Get(name)
		for _, value := range values {
			if !v.Null && v.Text == value {
				return true
			}
		}
		return false
	}
}

func null(name string) func(Row) bool { return func(r Row) bool { return r.Get(name).Null } }

func given(name string) func(Row) bool { return not(null(name)) }

func not(condition func(Row) bool) func(Row) bool {
	return func(r Row) bool { return !condition(r) }
}

func all(conditions ...func(Row) bool) func(Row) bool {
	return func(r Row) bool {
		for _, condition := range conditions {
			if !condition(r) {
				return false
			}
		}
		return true
	}
}

func anyRow(Row) bool { return true }

// same reports whether two columns have the same text.
func same(a, b string) func(Row) bool {
	return func(r Row) bool { return r.Get(a) == r.Get(b) }
}

// numberOf is a number of a row; ok is false where there is none.
func numberOf(r Row, name string) (n decimal.Decimal, ok bool) {
	v := r.Get(name)
	if v.Null || !isNumeric(v.Text) {
		return decimal.Zero, false
	}
	n, err := decimal.NewFromString(v.Text)
	return n, err == nil
}
