package payorder

import (
	"context"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
)

// verification says which payments need a verification code.
type verification struct {
	never bool
	// above is the largest price that needs none; it is zero where all need one.
	above   decimal.Decimal
	limited bool
}

var verifyAbove = regexp.MustCompile(`^above:([0-9]{1,12}(?:\.[0-9]{1,2})?)$`)

// parseVerification reads always, never or above:<amount>. Nothing is always.
func parseVerification(text string) (verification, error) {
	switch text {
	case "", "always":
		return verification{}, nil
	case "never":
		return verification{never: true}, nil
	}
	amount := verifyAbove.FindStringSubmatch(text)
	if amount == nil {
		return verification{}, fmt.Errorf("VERIFY_PAYMENTS is %q: set always, never, or above: and an amount, such as above:1000.00", text)
	}
	above, err := decimal.NewFromString(amount[1])
	return verification{above: above, limited: true}, err
}

// of reports whether the payment of a quote needs a code. The price before coupons
// and cards decides, because they are money too.
func (v verification) of(q Quote) bool {
	return !v.never && (!v.limited || q.Amount.GreaterThan(v.above))
}

// confirm lets a payment begin that a person has confirmed, or that nobody needs to
// confirm. A code that is not needed is refused rather than ignored: whoever gave it
// believes that it was looked at.
func (f *function) confirm(ctx context.Context, q Quote, in payRequest) error {
	if !f.codes.required.of(q) {
		if in.Code != "" {
			return codeNotRequired()
		}
		return nil
	}
	if in.Code == "" {
		return codeRequired()
	}
	if err := checkPerson(in.Person); err != nil {
		return err
	}
	return f.codes.use(ctx, q, in.Quote, in.Person, in.Code)
}

const maxPerson = 64 // characters

// checkPerson takes what the platform calls a person by: 1 to 64 characters that
// can be printed.
func checkPerson(person string) error {
	if n := utf8.RuneCountInString(person); n < 1 || n > maxPerson {
		return handler.Invalid(handler.FieldError{Field: "person", Reason: "names who confirms the payment, in 1 to 64 characters"})
	}
	for _, r := range person {
		if !unicode.IsPrint(r) {
			return handler.Invalid(handler.FieldError{Field: "person", Reason: "has a character that cannot be printed"})
		}
	}
	return nil
}
