package couponissue

import (
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
)

var (
	campaignPattern  = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
	requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// idPattern is for the API's ids of quotas and customers.
	idPattern      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	servicePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

// maxAmount is the largest amount of one coupon or movement, in yuan.
var maxAmount = decimal.New(99_999_999_999, 0)

// fields gathers what is wrong with the fields of a request.
type fields []handler.FieldError

func (f *fields) wrong(field, reason string) {
	*f = append(*f, handler.FieldError{Field: field, Reason: reason})
}

// problem is nil where nothing is wrong.
func (f *fields) problem() error {
	if len(*f) == 0 {
		return nil
	}
	return handler.Invalid(*f...)
}

func (f *fields) match(field, text string, pattern *regexp.Regexp) {
	if !pattern.MatchString(text) {
		f.wrong(field, "must match "+pattern.String())
	}
}

func (f *fields) length(field, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		f.wrong(field, fmt.Sprintf("must have at most %d characters", most))
	}
}

func (f *fields) amount(field string, d decimal.Decimal) {
	if !isAmount(d) {
		f.wrong(field, amountRule)
	}
}

// amountRule is what isAmount asks for, in words.
const amountRule = "must be greater than 0, at most 99999999999, with at most two decimals"

func isAmount(d decimal.Decimal) bool {
	return d.IsPositive() && !d.GreaterThan(maxAmount) && d.Equal(d.Truncate(2))
}

// list checks a list of different texts. It names the first wrong one only: a
// list of a thousand would fill the answer.
func (f *fields) list(field string, texts []string, pattern *regexp.Regexp, least, most int) {
	if len(texts) < least || len(texts) > most {
		f.wrong(field, fmt.Sprintf("must have %d to %d elements", least, most))
		return
	}
	seen := make(map[string]bool, len(texts))
	for i, text := range texts {
		element := fmt.Sprintf("%s[%d]", field, i)
		if !pattern.MatchString(text) {
			f.wrong(element, "must match "+pattern.String())
			return
		}
		if seen[text] {
			f.wrong(element, "is there twice")
			return
		}
		seen[text] = true
	}
}

// instant checks an instant as the API takes them. The zero one is not given.
func (f *fields) instant(field string, t time.Time) {
	if _, offset := t.Zone(); offset != 0 || t.Nanosecond() != 0 {
		f.wrong(field, "must be UTC in whole seconds, such as 2026-12-31T16:00:00Z")
	}
}
