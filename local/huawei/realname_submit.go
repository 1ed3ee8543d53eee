package huawei

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Ways to authenticate.
const (
	identifyPersonalCertificate = 0
	identifyEnterprise          = 1
	identifyBankCard            = 4
)

// Limits whose numbers are not published.
const (
	realNameAttempts     = 5 // submissions of a customer
	certificateCustomers = 5 // customers with the same personal certificate
)

// certificatePassport is the type of a personal certificate that differs between
// the sites.
const certificatePassport = 3

// What a submission says about its review.
const (
	decidedAtOnce = 0
	decidedLater  = 1
)

var (
	personalCertificates   = []int{3, 5, 6, 9, 10}
	enterpriseCertificates = []int{0, 1, 2, 3, 4, 99}

	bankAccount = regexp.MustCompile(`^[0-9a-zA-Z][0-9a-zA-Z-]*$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
)

// personalSubmission is the body of CreatePersonalRealnameAuth.
type personalSubmission struct {
	CustomerID   string   `json:"customer_id"`
	IdentifyType int      `json:"identify_type"`
	VerifiedType *int     `json:"verified_type"`
	Files        []string `json:"verified_file_url"`
	Name         string   `json:"name"`
	Number       string   `json:"verified_number"`
	XAccountType string   `json:"xaccount_type"`
	BankCard     *struct {
		Account  string `json:"bank_account"`
		AreaCode string `json:"areacode"`
		Mobile   string `json:"mobile"`
		Code     string `json:"verification_code"`
	} `json:"bank_card_info"`
}

// authenticatePerson is CreatePersonalRealnameAuth, see
// https://support.huaweicloud.com/api-bpconsole/mc_00017.html. The order of its
// checks is not documented: as for a registration the code comes last, because
// an attempt wears it out. A bank card is decided at once, a certificate by
// people: when which happens is not documented either.
func authenticatePerson(s *Server, c *call) (any, error) {
	var in personalSubmission
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.checkPlatform(in.XAccountType); err != nil {
		return nil, err
	}
	if err := in.check(s.abroad()); err != nil {
		return nil, err
	}
	if in.CustomerID == s.state.partnerID {
		return nil, refuse(http.StatusBadRequest, "CBC.99007265", "a partner cannot be authenticated as an individual")
	}
	customer, err := s.realNameCustomer(in.CustomerID, c.now)
	if err != nil {
		return nil, err
	}
	if err := s.checkFirst(customer, c.now); err != nil {
		return nil, err
	}
	if err := checkAttempts(customer); err != nil {
		return nil, err
	}
	if s.state.certificateHolders(in.Number, c.now) >= certificateCustomers {
		return nil, refuse(http.StatusBadRequest, "CBC.99007189", "too many customers are authenticated with this certificate number")
	}
	if err := s.checkAttachments(in.Files); err != nil {
		return nil, err
	}
	if in.IdentifyType == identifyBankCard {
		if err := s.enterBankCardCode(in, c.now); err != nil {
			return nil, err
		}
	}
	return s.submit(c, customer, in.IdentifyType, realNameApplication{kind: kindPersonal, name: in.Name, number: in.Number})
}

func (in personalSubmission) check(abroad bool) error {
	switch {
	case in.IdentifyType == identifyPersonalCertificate:
		if in.VerifiedType == nil || !slices.Contains(personalCertificates, *in.VerifiedType) {
			return errParameter("verified_type: none of 3, 5, 6, 9 and 10")
		}
		if needed := in.attachments(abroad); len(in.Files) != needed {
			return errParameter(fmt.Sprintf("verified_file_url: this personal certificate needs %d attachments", needed))
		}
	case in.IdentifyType == identifyBankCard && !abroad:
		if err := in.checkBankCard(); err != nil {
			return err
		}
	case abroad:
		return errParameter("identify_type: not 0")
	default:
		return errParameter("identify_type: neither 0 nor 4")
	}
	return checkAttachmentNames(in.Files)
}

// attachments is how many pictures a personal certificate needs: outside the
// mainland a passport has no page with an entry stamp.
func (in personalSubmission) attachments(abroad bool) int {
	if abroad && *in.VerifiedType == certificatePassport {
		return 2
	}
	return 3
}

func (in personalSubmission) checkBankCard() error {
	switch card := in.BankCard; {
	case card == nil:
		return errParameter("bank_card_info: mandatory where identify_type is 4")
	case !bankAccount.MatchString(card.Account):
		return errParameter("bank_card_info.bank_account: not of letters and digits")
	case card.AreaCode != "0086" || !chineseMobile.MatchString(card.Mobile):
		return errParameter("bank_card_info: not a mobile number of the area 0086")
	case len(in.Files) != 1:
		return errParameter("verified_file_url: a bank card needs 1 attachment, the face")
	}
	return nil
}

// checkFirst refuses a customer who is authenticated or about to be.
func (s *Server) checkFirst(customer *customer, now time.Time) error {
	if customer.verification(now).status == realNameVerified || customer.underReview(now) {
		return errAuthenticated()
	}
	return nil
}

func errAuthenticated() error {
	return refuse(http.StatusBadRequest, "CBC.99007188", "the customer is already authenticated or under review")
}

func checkAttempts(customer *customer) error {
	if customer.realName.attempts >= realNameAttempts {
		return refuse(http.StatusBadRequest, "CBC.99007191", "the attempts at real-name authentication exceed the maximum")
	}
	return nil
}

// certificateHolders counts the customers who are authenticated with a personal
// certificate, or about to be.
func (s *state) certificateHolders(number string, now time.Time) int {
	n := 0
	for _, c := range s.customers {
		if slices.ContainsFunc(c.realName.applications, func(a realNameApplication) bool {
			return a.kind == kindPersonal && a.number == number && a.result(now) != realNameRejected
		}) {
			n++
		}
	}
	return n
}

// enterBankCardCode checks the code that was sent to the mobile number of the
// bank card. It works once, and not after three wrong entries; a code of its own
// for that is documented for registrations only.
func (s *Server) enterBankCardCode(in personalSubmission, now time.Time) error {
	sent := s.newestCode(in.BankCard.Mobile, scenePersonalBankCard, in.CustomerID)
	switch {
	case sent == nil || sent.used || sent.wrong >= wrongCodes:
		return errWrongBankCardCode()
	case !now.Before(sent.expiresOn):
		return refuse(http.StatusBadRequest, "CBC.99000027", "Expired verification code.")
	case !equal(sent.text, in.BankCard.Code):
		sent.wrong++
		return errWrongBankCardCode()
	}
	sent.used = true
	return nil
}

func errWrongBankCardCode() error {
	return refuse(http.StatusBadRequest, "CBC.99000026", "the verification code is wrong")
}

// enterpriseSubmission is the body of both operations on enterprises.
type enterpriseSubmission struct {
	CustomerID      string   `json:"customer_id"`
	IdentifyType    int      `json:"identify_type"`
	CertificateType *int     `json:"certificate_type"`
	Files           []string `json:"verified_file_url"`
	CorpName        string   `json:"corp_name"`
	Number          string   `json:"verified_number"`
	RegCountry      string   `json:"reg_country"`
	XAccountType    string   `json:"xaccount_type"`
	Person          *struct {
		CertifierRole string `json:"certifier_role"`
	} `json:"enterprise_person"`
}

// authenticateEnterprise is CreateEnterpriseRealnameAuthentication, see
// https://support.huaweicloud.com/api-bpconsole/mc_00018.html.
func authenticateEnterprise(s *Server, c *call) (any, error) {
	return s.submitEnterprise(c, s.checkFirst)
}

// changeToEnterprise is ChangeEnterpriseRealnameAuthentication, see
// https://support.huaweicloud.com/api-bpconsole/mc_00019.html.
func changeToEnterprise(s *Server, c *call) (any, error) {
	return s.submitEnterprise(c, s.checkChange)
}

// checkChange wants a verified person. No code of its own is documented for
// somebody who is not verified at all.
func (s *Server) checkChange(customer *customer, now time.Time) error {
	v := customer.verification(now)
	switch {
	case v.status == realNameVerified && v.kind == kindEnterprise, customer.underReview(now):
		return errAuthenticated()
	case v.status != realNameVerified:
		return refuse(http.StatusBadRequest, "CBC.99007004", "the customer is not authenticated as an individual")
	}
	return nil
}

func (s *Server) submitEnterprise(c *call, allowed func(*customer, time.Time) error) (any, error) {
	var in enterpriseSubmission
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.checkPlatform(in.XAccountType); err != nil {
		return nil, err
	}
	if err := in.check(s.abroad()); err != nil {
		return nil, err
	}
	customer, err := s.realNameCustomer(in.CustomerID, c.now)
	if err != nil {
		return nil, err
	}
	if err := allowed(customer, c.now); err != nil {
		return nil, err
	}
	if err := checkAttempts(customer); err != nil {
		return nil, err
	}
	if err := s.checkAttachments(in.Files); err != nil {
		return nil, err
	}
	return s.submit(c, customer, in.IdentifyType, realNameApplication{kind: kindEnterprise, name: in.CorpName, number: in.Number})
}

func (in enterpriseSubmission) check(abroad bool) error {
	switch {
	case in.IdentifyType != identifyEnterprise:
		return errParameter("identify_type: not 1")
	case in.CertificateType != nil && !slices.Contains(enterpriseCertificates, *in.CertificateType):
		return errParameter("certificate_type: none of 0 to 4 and 99")
	case !strings.ContainsFunc(in.CorpName, unicode.IsLetter):
		return errParameter("corp_name: nothing but digits, special characters and spaces")
	case in.RegCountry != "" && !countryCode.MatchString(in.RegCountry):
		return errParameter("reg_country: not a code of two letters such as CN")
	case in.Person != nil && in.Person.CertifierRole != "" && in.Person.CertifierRole != "legalPerson":
		return errParameter("enterprise_person.certifier_role: not legalPerson")
	case in.Person != nil && len(in.Files) < 3:
		return errParameter("verified_file_url: the certificate and both sides of the person's ID card are needed")
	case in.Person != nil && abroad && len(in.Files) < 4:
		return errParameter("verified_file_url: both sides of the certificate and of the person's ID card are needed")
	}
	return checkAttachmentNames(in.Files)
}
