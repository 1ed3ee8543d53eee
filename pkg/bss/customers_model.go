package bss

// SearchType says what CheckUserIdentity looks for.
type SearchType string

// What CheckUserIdentity can look for.
const (
	SearchEmail  SearchType = "email"
	SearchMobile SearchType = "mobile"
	SearchName   SearchType = "name"
)

// CheckUserIdentityRequest is the argument of CheckUserIdentity.
type CheckUserIdentityRequest struct {
	SearchType SearchType `json:"search_type"`
	// SearchValue is the login name (5 to 32 letters, digits, - and _, beginning
	// with a letter or -), the mobile number as 0086-13800000000, or the e-mail
	// address.
	SearchValue string `json:"search_value"`
}

// CheckResult is the verdict of CheckUserIdentity.
type CheckResult string

// The verdicts of CheckUserIdentity.
const (
	Available  CheckResult = "available"
	UsedByUser CheckResult = "used_by_user"
)

// Identity is what CheckUserIdentity answers.
type Identity struct {
	CheckResult CheckResult `json:"check_result"`
	// MobileRemainAvailableNum is how many more customers can register with the
	// mobile number. It is given for mobile numbers only.
	MobileRemainAvailableNum int `json:"mobile_remain_available_num"`
}

// ReceiverType says by which way a verification code goes.
type ReceiverType int

// The ways of a verification code: SMS on the Chinese mainland site, e-mail on
// the others.
const (
	ReceiverMobile ReceiverType = 1
	ReceiverEmail  ReceiverType = 2
)

// VerificationScene says what a code is for. The default is registration.
type VerificationScene int

// The scenes of a verification code.
const (
	SceneBankCard     VerificationScene = 18
	SceneRegistration VerificationScene = 29
)

// SendVerificationMessageCodeRequest is the argument of
// SendVerificationMessageCode.
type SendVerificationMessageCodeRequest struct {
	ReceiverType ReceiverType `json:"receiver_type"`
	// MobilePhone is a Chinese mobile number without country code, for the mainland
	// site; Email is for the others.
	MobilePhone string `json:"mobile_phone,omitempty"`
	Email       string `json:"email,omitempty"`
	// Timeout is the validity in minutes; the default is 10, and over 60 counts
	// as 5.
	Timeout int `json:"timeout,omitempty"`
	// Lang is zh-cn (the default) or en-us.
	Lang  string            `json:"lang,omitempty"`
	Scene VerificationScene `json:"scene,omitempty"`
	// CustomerID is needed for SceneBankCard only.
	CustomerID string `json:"customer_id,omitempty"`
}

// CreateSubCustomerRequest is the argument of CreateSubCustomer.
type CreateSubCustomerRequest struct {
	// XAccountID is the sales platform's own id of the customer, unique, at most
	// 128 characters. Single sign-on uses the same one later.
	XAccountID string `json:"xaccount_id"`
	// XAccountType is the platform's identifier, given by Huawei Cloud.
	XAccountType string `json:"xaccount_type"`
	// DomainName is the login name, 5 to 32 characters; with none Huawei Cloud
	// makes one.
	DomainName string `json:"domain_name,omitempty"`
	// MobilePhone is a Chinese mobile number without country code. Without one the
	// customer gets no notices, and no VerificationCode is needed. On the other sites
	// it is Email instead, and DomainArea, a country's two letters, is required.
	MobilePhone      string `json:"mobile_phone,omitempty"`
	Email            string `json:"email,omitempty"`
	DomainArea       string `json:"domain_area,omitempty"`
	VerificationCode string `json:"verification_code,omitempty"`
	// Password has 8 to 32 characters; with none the customer can enter through
	// single sign-on only.
	Password string `json:"password,omitempty"`
	// IsCloseMarketMS is "true" where marketing messages are not wanted.
	IsCloseMarketMS string `json:"is_close_market_ms,omitempty"`
	// IndirectPartnerID names the reseller that a distributor acts for.
	IndirectPartnerID string `json:"indirect_partner_id,omitempty"`
	// IncludeAssociationResult makes the call wait for the association.
	IncludeAssociationResult bool `json:"include_association_result,omitempty"`
}

// CreatedCustomer is what CreateSubCustomer answers.
type CreatedCustomer struct {
	// DomainID is the customer_id of all other operations.
	DomainID string `json:"domain_id"`
	// DomainName is the login name.
	DomainName string `json:"domain_name"`
}

// AssociationType says who pays Huawei Cloud.
type AssociationType string

// The ways in which a customer is associated with a partner.
const (
	// Referral customers pay Huawei Cloud themselves.
	Referral AssociationType = "1"
	// Resale customers (mainland site) consume what the partner allocates.
	Resale AssociationType = "2"
	// Reseller customers (international site) are billed through the partner.
	Reseller AssociationType = "3"
)

// ListSubCustomersRequest filters ListSubCustomers. Empty fields do not filter.
type ListSubCustomersRequest struct {
	// AccountName and Customer (the real name) match parts.
	AccountName string `json:"account_name,omitempty"`
	Customer    string `json:"customer,omitempty"`
	Label       string `json:"label,omitempty"`

	AssociationType   AssociationType `json:"association_type,omitempty"`
	AssociatedOnBegin Time            `json:"associated_on_begin,omitzero"`
	AssociatedOnEnd   Time            `json:"associated_on_end,omitzero"`
	CustomerID        string          `json:"customer_id,omitempty"`
	IndirectPartnerID string          `json:"indirect_partner_id,omitempty"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `json:"offset,omitempty"`
	Limit  int `json:"limit,omitempty"`
}

// Frozen says whether a customer's account is frozen.
type Frozen int

// The states of an account.
const (
	NotFrozen                Frozen = 0
	AccountFrozen            Frozen = 1
	AccountAndResourceFrozen Frozen = 2
)

// UnmarshalJSON reads the number also where it is printed as a string.
func (f *Frozen) UnmarshalJSON(data []byte) error { return (*count)(f).UnmarshalJSON(data) }

// SubCustomer is a customer of the partner.
type SubCustomer struct {
	CustomerID  string `json:"customer_id"`
	AccountName string `json:"account_name"`
	// Customer is the real name, where it is known.
	Customer        string          `json:"customer"`
	AssociatedOn    Time            `json:"associated_on"`
	AssociationType AssociationType `json:"association_type"`
	Label           string          `json:"label"`
	// Telephone is partly hidden by the API.
	Telephone string `json:"telephone"`
	// VerifiedStatus is -1 none, 0 under review, 1 rejected, 2 verified.
	VerifiedStatus string `json:"verified_status"`
	CountryCode    string `json:"country_code"`
	// CustomerType is -1 none, 0 a person, 1 an enterprise.
	CustomerType int    `json:"customer_type"`
	IsFrozen     Frozen `json:"is_frozen"`
	XAccountID   string `json:"xaccount_id"`
	XAccountType string `json:"xaccount_type"`
	// CustomerLevel is V0 to V5.
	CustomerLevel string `json:"customer_level"`
	Email         string `json:"email"`
}
