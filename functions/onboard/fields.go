package onboard

import (
	"regexp"
	"strings"

	"github.com/bssfn/bssfn/pkg/handler"
)

// The rules are those of CheckUserIdentity and CreateSubCustomer; the stricter one
// counts where the two differ.
var (
	loginNamePattern = regexp.MustCompile(`^[a-zA-Z-][a-zA-Z0-9_-]{4,31}$`)
	mobilePattern    = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	codePattern      = regexp.MustCompile(`^[0-9]{4,10}$`)
)

const maxAccountID = 128

func wrongLoginName(s string) []handler.FieldError {
	if loginNamePattern.MatchString(s) && !strings.HasPrefix(s, "op_") && !strings.HasPrefix(s, "shadow_") {
		return nil
	}
	return []handler.FieldError{{Field: "login_name", Reason: "has 5 to 32 letters, digits, - and _, begins with a letter or -, and not with op_ or shadow_"}}
}

func wrongMobile(s string) []handler.FieldError {
	if mobilePattern.MatchString(s) {
		return nil
	}
	return []handler.FieldError{{Field: "mobile", Reason: "is a Chinese mobile number of 11 digits without country code"}}
}

func wrongAccountID(s string) []handler.FieldError {
	if s != "" && len(s) <= maxAccountID && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return nil
	}
	return []handler.FieldError{{Field: "account_id", Reason: "has 1 to 128 bytes and no control characters"}}
}

func invalid(wrong []handler.FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return handler.Invalid(wrong...)
}
