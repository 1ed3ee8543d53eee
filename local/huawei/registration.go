package huawei

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// associationWait is how long a registration that wants the association's
// result waits for it before it gives up.
const associationWait = 5 * time.Second

// A name that is asked for must not begin with "_", one that is registered may:
// the two pages differ. Neither pattern lets a name of digits only pass.
var (
	checkedName    = regexp.MustCompile(`^[a-zA-Z-][a-zA-Z0-9_-]{4,31}$`)
	registeredName = regexp.MustCompile(`^[a-zA-Z_-][a-zA-Z0-9_-]{4,31}$`)
)

func reservedName(name string) bool {
	return strings.HasPrefix(name, "op_") || strings.HasPrefix(name, "shadow_")
}

// registration is the body of CreateSubCustomer. cooperation_type is not read:
// the newer page has dropped it, the partner sells to every new customer.
type registration struct {
	XAccountID               string  `json:"xaccount_id"`
	XAccountType             string  `json:"xaccount_type"`
	DomainName               string  `json:"domain_name"`
	MobilePhone              string  `json:"mobile_phone"` // mainland only
	Email                    string  `json:"email"`        // not on the mainland, as the next
	DomainArea               string  `json:"domain_area"`
	VerificationCode         string  `json:"verification_code"`
	Password                 *string `json:"password"`
	IsCloseMarketMs          string  `json:"is_close_market_ms"`
	IncludeAssociationResult bool    `json:"include_association_result"`
	IndirectPartner          string  `json:"indirect_partner_id"`
}

// createSubCustomer is CreateSubCustomer, see
// https://support.huaweicloud.com/api-bpconsole/mc_00016.html. The order of its
// checks is not documented: the cheapest come first, and the code, which an
// attempt wears out, comes last.
func createSubCustomer(s *Server, c *call) (any, error) {
	var in registration
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.actFor(c, in.IndirectPartner); err != nil {
		return nil, err
	}
	if err := s.state.partnerState.refuseRegistration(c.reseller); err != nil {
		return nil, err
	}
	if s.abroad() {
		in.MobilePhone = ""
	} else {
		in.Email, in.DomainArea = "", ""
	}
	if err := s.checkFormats(in); err != nil {
		return nil, err
	}
	if err := s.checkUnique(in); err != nil {
		return nil, err
	}
	if in.contact() != "" {
		if err := s.enterCode(in.contact(), in.VerificationCode, c.now); err != nil {
			return nil, err
		}
	}
	return s.register(in, c)
}

func (s *Server) checkFormats(in registration) error {
	if err := s.checkPlatform(in.XAccountType); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]string{"", "true", "false"}, in.IsCloseMarketMs):
		return errParameter("is_close_market_ms: neither true nor false")
	case in.DomainName != "" && (!registeredName.MatchString(in.DomainName) || reservedName(in.DomainName)):
		return refuse(http.StatusBadRequest, "CBC.99000031", "the format of the account name is illegal")
	case in.MobilePhone != "" && !chineseMobile.MatchString(in.MobilePhone):
		return refuse(http.StatusBadRequest, "CBC.5017", "the format of the mobile number is illegal")
	case in.Email != "" && !validEmail(in.Email):
		return errParameter("email: not an e-mail address")
	case s.abroad() && !countryCode.MatchString(in.DomainArea):
		return errParameter("domain_area: not a code of two letters such as SG")
	case in.contact() != "" && in.VerificationCode == "":
		return errParameter("verification_code: mandatory with mobile_phone and with email")
	case in.Password != nil && !in.passwordAllowed():
		return refuse(http.StatusBadRequest, "CBC.99000036", "the format of the password is illegal")
	}
	return nil
}

func (s *Server) checkPlatform(xAccountType string) error {
	if xAccountType != s.options.XAccountType {
		return refuse(http.StatusBadRequest, "CBC.0101", "xaccount_type: not the identifier of this partner's platform")
	}
	return nil
}

// passwordAllowed asks for two of the four classes of characters; the contract
// has already asked for 8 to 32 characters.
func (in registration) passwordAllowed() bool {
	password := *in.Password
	var upper, lower, digit, special int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			special = 1
		}
	}
	return upper+lower+digit+special >= 2 &&
		password != in.DomainName && password != reversed(in.DomainName) &&
		(in.contact() == "" || !strings.Contains(password, in.contact()))
}

// contact is where the customer can be reached: a mobile number on the mainland,
// elsewhere an e-mail address; empty if the customer has none.
func (in registration) contact() string { return in.MobilePhone + in.Email }

func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}

func (s *Server) checkUnique(in registration) error {
	switch {
	case in.DomainName != "" && s.state.account(in.DomainName) != nil:
		return refuse(http.StatusBadRequest, "CBC.99000038", "The account name already exists.")
	case s.state.bound(in.XAccountID) != nil:
		return refuse(http.StatusBadRequest, "CBC.99000039", "the xaccountId is duplicated")
	case in.MobilePhone != "" && s.state.registrations(in.MobilePhone) >= mobileRegistrations:
		return refuse(http.StatusBadRequest, "CBC.99000030", "the mobile number has registered as many accounts as it may")
	case in.Email != "" && s.state.reachedAt(in.Email) != nil:
		// The code is that of a mobile number; none is known for an address.
		return refuse(http.StatusBadRequest, "CBC.99000029", "the e-mail address already exists")
	}
	return refuseContact(in.contact(), contactRefusals)
}

// contactRefusals are the refusals of a registration that the mobile number or
// the e-mail address decides. How a number that exists is told from one that may
// be used again is not documented.
var contactRefusals = map[string]string{
	"CBC.99000004": "an exception occurred when the customer authorized rights to the partner",
	"CBC.99000029": "The mobile number already exists.",
	"CBC.99000051": "the mobile number or e-mail address is reserved by Huawei Cloud",
}

// refuseContact provokes the refusal with whose code the number, or the part of
// the address before the @, ends: 13899000029 is refused with CBC.99000029.
func refuseContact(contact string, refusals map[string]string) error {
	local, _, _ := strings.Cut(contact, "@")
	for code, message := range refusals {
		if strings.HasSuffix(local, strings.TrimPrefix(code, "CBC.")) {
			return refuse(http.StatusBadRequest, code, message)
		}
	}
	return nil
}

// register creates the account at once and associates it later. A registration
// that asks for the association's result waits for it, which takes no simulated
// time; if the association takes too long, the account exists all the same.
// Where a reseller customer is frozen by its association, it is so at once: it
// could do nothing in those seconds.
func (s *Server) register(in registration, c *call) (any, error) {
	customer := &customer{
		id:           s.newCustomerID(),
		accountName:  in.DomainName,
		password:     AccountPassword,
		mobile:       in.MobilePhone,
		email:        in.Email,
		xAccountID:   in.XAccountID,
		reseller:     c.reseller,
		association:  s.selling(),
		freeze:       s.freezeByAssociation(c.now),
		associatedOn: c.now.Add(s.options.AssociationDelay),
		createdOn:    c.now,
	}
	if in.Password != nil {
		customer.password = *in.Password
	}
	if customer.accountName == "" {
		customer.accountName = "a" + pick(s.random, hexadecimals, 31)
	}
	waited := s.options.AssociationDelay <= associationWait
	if in.IncludeAssociationResult && waited {
		customer.associatedOn = c.now
	}
	s.state.customers = append(s.state.customers, customer)
	s.record(c.effect(customer.id, in.XAccountID))

	account := map[string]any{"domain_id": customer.id, "domain_name": customer.accountName}
	if in.IncludeAssociationResult && !waited {
		refusal := refuse(http.StatusInternalServerError, "CBC.99000050",
			"the query of the association result timed out; use the customer list to confirm the final result")
		refusal.body = account
		return nil, refusal
	}
	return account, nil
}
