package onboard

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The rules are those of CheckUserIdentity and CreateSubCustomer; the stricter one
// counts where the two differ.
var (
	loginNamePattern = regexp.MustCompile(`^[a-zA-Z-][a-zA-Z0-9_-]{4,31}$`)
	mobilePattern    = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	emailPattern     = regexp.MustCompile(`^[^@\s\pC]+@[^@\s\pC]+$`)
	codePattern      = regexp.MustCompile(`^[0-9]{4,10}$`)
	areaPattern      = regexp.MustCompile(`^[A-Z]{2}$`)
)

const (
	maxAccountID = 128
	maxEmail     = 64
)

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

func wrongEmail(s string) []handler.FieldError {
	if emailPattern.MatchString(s) && utf8.RuneCountInString(s) <= maxEmail {
		return nil
	}
	return []handler.FieldError{{Field: "email", Reason: "is an e-mail address of at most 64 characters"}}
}

func wrongAccountID(s string) []handler.FieldError {
	if s != "" && len(s) <= maxAccountID && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return nil
	}
	return []handler.FieldError{{Field: "account_id", Reason: "has 1 to 128 bytes and no control characters"}}
}

// wrongID is for an optional id of the API.
func wrongID(field, s string) []handler.FieldError {
	if s == "" || idPattern.MatchString(s) {
		return nil
	}
	return []handler.FieldError{{Field: field, Reason: "has 1 to 64 letters, digits, - and _"}}
}

func invalid(wrong []handler.FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return handler.Invalid(wrong...)
}

// contact is where a customer can be reached: a mobile number on the Chinese
// mainland site, an e-mail address on the others.
type contact struct{ mobile, email string }

func (c contact) none() bool { return c == contact{} }

// contactField is the field of a site's contacts.
func contactField(site bss.Site) string {
	if site == bss.SiteCN {
		return "mobile"
	}
	return "email"
}

// wrong refuses a contact that is none, or that the site lacks.
func (c contact) wrong(site bss.Site) []handler.FieldError {
	var wrong []handler.FieldError
	if c.mobile != "" && site != bss.SiteCN {
		wrong = append(wrong, handler.FieldError{Field: "mobile", Reason: "is for the Chinese mainland site; on this one customers have an email"})
	} else if c.mobile != "" {
		wrong = append(wrong, wrongMobile(c.mobile)...)
	}
	if c.email != "" && site == bss.SiteCN {
		wrong = append(wrong, handler.FieldError{Field: "email", Reason: "is for the international and the European site; on this one customers have a mobile"})
	} else if c.email != "" {
		wrong = append(wrong, wrongEmail(c.email)...)
	}
	return wrong
}
