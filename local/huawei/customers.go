package huawei

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
)

// mobileRegistrations is how many accounts one mobile number may register. The
// real number is not published; the API tells only how many are left.
const mobileRegistrations = 5

func customerOperations() map[string]operation {
	return map[string]operation{
		"CheckUserIdentity":           checkUserIdentity,
		"SendVerificationMessageCode": sendVerificationCode,
		"CreateSubCustomer":           createSubCustomer,
		"ListSubCustomers":            listSubCustomers,
	}
}

type identityCheck struct {
	ErrorCode   string `json:"error_code"`
	ErrorMsg    string `json:"error_msg"`
	CheckResult string `json:"check_result"`
	Remaining   *int   `json:"mobile_remain_available_num,omitempty"`
}

// checkUserIdentity is CheckUserIdentity, see
// https://support.huaweicloud.com/api-bpconsole/mc_00023.html.
func checkUserIdentity(s *Server, c *call) (any, error) {
	var in struct {
		SearchType  string `json:"search_type"`
		SearchValue string `json:"search_value"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	out := identityCheck{ErrorCode: "CBC.0000", ErrorMsg: "success"}
	free, err := false, error(nil)
	switch in.SearchType {
	case "name":
		free, err = s.nameFree(in.SearchValue)
	case "mobile":
		var remaining int
		remaining, err = s.mobileRemaining(in.SearchValue)
		free = remaining > 0
		if s.options.Site != bss.SiteEU {
			out.Remaining = &remaining
		}
	case "email":
		free, err = s.emailFree(in.SearchValue)
	default:
		err = errParameter("search_type: none of name, mobile and email")
	}
	if err != nil {
		return nil, err
	}
	out.CheckResult = "used_by_user"
	if free {
		out.CheckResult = "available"
	}
	return out, nil
}

func (s *Server) nameFree(name string) (bool, error) {
	if !checkedName.MatchString(name) || reservedName(name) {
		return false, errParameter("search_value: not an account name")
	}
	return s.state.account(name) == nil, nil
}

func (s *Server) mobileRemaining(value string) (int, error) {
	country, number, _ := strings.Cut(value, "-")
	switch {
	case s.abroad() && !foreignMobile.MatchString(value):
		return 0, errParameter("search_value: not a mobile number of the form 00XX-XXXXXXXX")
	case !s.abroad() && (country != "0086" || !chineseMobile.MatchString(number)):
		return 0, errParameter("search_value: not a mobile number of the form 0086-13XXXXXXXXX")
	}
	return max(0, mobileRegistrations-s.state.registrations(number)), nil
}

func (s *Server) emailFree(address string) (bool, error) {
	if !validEmail(address) {
		return false, errParameter("search_value: not an e-mail address")
	}
	return s.state.reachedAt(address) == nil, nil
}

// account finds a customer by its account name; nil if there is none.
func (s *state) account(name string) *customer {
	return s.find(func(c *customer) bool { return c.accountName == name })
}

// bound finds a customer by the sales platform's id; nil if there is none.
func (s *state) bound(xAccountID string) *customer {
	return s.find(func(c *customer) bool { return xAccountID != "" && c.xAccountID == xAccountID })
}

func (s *state) find(match func(*customer) bool) *customer {
	if i := slices.IndexFunc(s.customers, match); i >= 0 {
		return s.customers[i]
	}
	return nil
}

func (s *state) registrations(mobile string) int {
	n := 0
	for _, c := range s.customers {
		if c.mobile == mobile {
			n++
		}
	}
	return n
}

type customerQuery struct {
	AccountName       string  `json:"account_name"`
	Customer          string  `json:"customer"`
	Label             string  `json:"label"`
	AssociationType   string  `json:"association_type"`
	AssociatedOnBegin *string `json:"associated_on_begin"`
	AssociatedOnEnd   *string `json:"associated_on_end"`
	CustomerID        string  `json:"customer_id"`
	IndirectPartner   string  `json:"indirect_partner_id"`
	Offset            int     `json:"offset"`
	Limit             *int    `json:"limit"`
}

type customerInformation struct {
	Customer        string `json:"customer,omitempty"`
	AccountName     string `json:"account_name"`
	CustomerID      string `json:"customer_id"`
	AssociatedOn    string `json:"associated_on"`
	AssociationType string `json:"association_type"`
	Label           string `json:"label,omitempty"`
	Telephone       string `json:"telephone,omitempty"`
	VerifiedStatus  string `json:"verified_status"`
	CountryCode     string `json:"country_code,omitempty"`
	CustomerType    int    `json:"customer_type"`
	IsFrozen        int    `json:"is_frozen"`
	AccountManagers []any  `json:"account_managers"`
	XAccountID      string `json:"xaccount_id,omitempty"`
	XAccountType    string `json:"xaccount_type,omitempty"`
	CustomerLevel   string `json:"customer_level"`
	Email           string `json:"email,omitempty"`
}

// listSubCustomers is ListSubCustomers, see
// https://support.huaweicloud.com/api-bpconsole/mc_00021.html. Customers come in
// the order of their creation.
func listSubCustomers(s *Server, c *call) (any, error) {
	var in customerQuery
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.actFor(c, in.IndirectPartner); err != nil {
		return nil, err
	}
	matches, err := in.filter(s.associations(), c.now)
	if err != nil {
		return nil, err
	}
	rows := []customerInformation{}
	for _, customer := range s.state.customers {
		if c.serves(customer) && matches(customer) {
			rows = append(rows, s.information(customer, c.now))
		}
	}
	limit := 10
	if in.Limit != nil {
		limit = *in.Limit
	}
	return map[string]any{
		"count":          len(rows),
		"customer_infos": window(rows, page{offset: in.Offset, limit: limit}),
	}, nil
}

// filter reads the conditions, all of which must hold.
func (q customerQuery) filter(associations []string, now time.Time) (func(*customer) bool, error) {
	begin, err := optionalTime("associated_on_begin", q.AssociatedOnBegin)
	if err != nil {
		return nil, err
	}
	end, err := optionalTime("associated_on_end", q.AssociatedOnEnd)
	if err != nil {
		return nil, err
	}
	if strings.ContainsRune(q.AccountName+q.Customer+q.Label, ' ') {
		return nil, errParameter("account_name, customer, label: no spaces are supported")
	}
	if q.AssociationType != "" && !slices.Contains(associations, q.AssociationType) {
		return nil, errParameter("association_type: neither " + strings.Join(associations, " nor "))
	}
	return func(c *customer) bool {
		return strings.Contains(c.accountName, q.AccountName) &&
			strings.Contains(c.verification(now).name, q.Customer) &&
			strings.Contains(c.label, q.Label) &&
			(q.AssociationType == "" || c.association == q.AssociationType) &&
			(q.CustomerID == "" || c.id == q.CustomerID) &&
			(begin.IsZero() || !c.associatedOn.Before(begin)) &&
			(end.IsZero() || !c.associatedOn.After(end))
	}, nil
}

// optionalTime reads an instant that may be absent but not empty.
func optionalTime(field string, text *string) (time.Time, error) {
	if text == nil {
		return time.Time{}, nil
	}
	at, err := time.Parse(timeLayout, *text)
	if err != nil {
		return time.Time{}, errParameter(field + ": not of the form 2006-01-02T15:04:05Z")
	}
	return at, nil
}

func (s *Server) information(c *customer, now time.Time) customerInformation {
	verified := c.verification(now)
	info := customerInformation{
		Customer:        verified.name,
		AccountName:     c.accountName,
		CustomerID:      c.id,
		AssociatedOn:    c.associatedOn.Format(timeLayout),
		AssociationType: c.association,
		Label:           c.label,
		VerifiedStatus:  strconv.Itoa(verified.status),
		CustomerType:    verified.kind,
		AccountManagers: []any{},
		CustomerLevel:   "V0",
		Email:           c.email,
	}
	if len(c.mobile) > 7 {
		info.Telephone, info.CountryCode = c.mobile[:3]+"****"+c.mobile[7:], "0086"
	}
	if c.xAccountID != "" {
		info.XAccountID, info.XAccountType = c.xAccountID, s.options.XAccountType
	}
	if c.frozen() {
		info.IsFrozen = 1
	}
	return info
}
