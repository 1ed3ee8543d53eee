package onboard

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/handler"
)

// wrongPassword holds a password against the rules of CreateSubCustomer: 8 to 32
// characters, two of four classes at least, neither the login name nor its reverse,
// and without the contact. What it says of a wrong one repeats nothing of it.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00016.html.
func wrongPassword(password handler.Secret, loginName string, reached contact) []handler.FieldError {
	if password.IsZero() {
		return nil
	}
	text := password.Reveal()
	reason := ""
	switch length := utf8.RuneCountInString(text); {
	case length < 8, length > 32:
		reason = "has 8 to 32 characters"
	case strings.ContainsFunc(text, unicode.IsControl):
		reason = "has no control characters"
	case classes(text) < 2:
		reason = "has characters of two of these kinds at least: upper case, lower case, digits, others"
	case loginName != "" && (text == loginName || text == reversed(loginName)):
		reason = "is neither the login name nor that backwards"
	case reached.mobile != "" && strings.Contains(text, reached.mobile), reached.email != "" && strings.Contains(text, reached.email):
		reason = "does not contain the mobile number or the e-mail address"
	default:
		return nil
	}
	return []handler.FieldError{{Field: "password", Reason: reason}}
}

// classes counts the kinds of characters of a text.
func classes(text string) int {
	var upper, lower, digit, other int
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}
