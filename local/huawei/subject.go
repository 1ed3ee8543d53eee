package huawei

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest values of attributes. That of an e-mail address is documented, that
// of a platform account is the one of "create customer".
const (
	maxXAccountID = 128
	maxEmail      = 64
	maxName       = 64
)

// subject is what an assertion says of the customer, see
// https://support.huaweicloud.com/api-bpconsole/bpconsole_apifaq_00003.html.
type subject struct {
	userID    string // xUserId
	accountID string // xAccountId
	partnerID string // bpId: the partner, or one of its resellers; empty: the partner
	name      string
	email     string
	mobile    string // country code, "-", number
}

// internationalMobile is "country code-mobile number", with the country code as
// the API's operations write it.
var internationalMobile = regexp.MustCompile(`^00[1-9][0-9]{0,3}-[0-9]{5,15}$`)

// check refuses what no attribute may be. Which of them are mandatory is not
// documented: a binding needs the first two.
func (s *subject) check(o *state) error {
	switch {
	case !plainText(s.userID, maxXAccountID) || s.userID == "":
		return errors.New("xUserId is missing, or longer than 128 characters")
	case !plainText(s.accountID, maxXAccountID) || s.accountID == "":
		return errors.New("xAccountId is missing, or longer than 128 characters")
	case s.partnerID != "" && s.partnerID != o.partnerID && o.reseller(s.partnerID) == nil:
		return fmt.Errorf("bpId %q is neither the partner nor one of its resellers", s.partnerID)
	case s.email != "" && (!validEmail(s.email) || len(s.email) > maxEmail):
		return errors.New("email is not an address of at most 64 characters")
	case !plainText(s.name, maxName):
		return errors.New("name is longer than 64 characters")
	case s.mobile != "" && !internationalMobile.MatchString(s.mobile):
		return errors.New("mobile is not of the form 0086-13XXXXXXXXX")
	}
	return nil
}

func plainText(text string, longest int) bool {
	return utf8.RuneCountInString(text) <= longest && !strings.ContainsFunc(text, unicode.IsControl)
}

// reseller is whose customer the account becomes; empty: the partner's own.
func (s *subject) reseller(o *state) string {
	if s.partnerID == o.partnerID {
		return ""
	}
	return s.partnerID
}

// chineseNumber is the mobile number as the mainland's site keeps it, empty if it
// is none.
func (s *subject) chineseNumber() string {
	if number, ok := strings.CutPrefix(s.mobile, "0086-"); ok && chineseMobile.MatchString(number) {
		return number
	}
	return ""
}
