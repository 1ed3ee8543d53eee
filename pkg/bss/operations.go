package bss

import "slices"

// Caller says whose credential an operation accepts.
type Caller int

const (
	// ByPartner operations take the partner's keys or token only.
	ByPartner Caller = iota
	// ByCustomer operations take the customer's token only.
	ByCustomer
	// ByEither operations take both.
	ByEither
)

// Safety says what repeating an operation can do.
type Safety int

const (
	// Read changes nothing: it is retried freely.
	Read Safety = iota
	// Keyed changes something, but a repetition is harmless or is refused by a
	// natural key: it is retried like a Read.
	Keyed
	// Once moves money or sends a message: it is not repeated after a request
	// that may have been received.
	Once
)

func (s Safety) String() string {
	return [...]string{"read", "keyed", "once"}[s]
}

// Operation describes one operation of the API.
type Operation struct {
	// Name is the operation's id in the contract.
	Name   string
	Method string
	// Path is the template of the path, with {parameters}.
	Path   string
	Caller Caller
	Safety Safety
	// Quota is the number of calls a second that an account may make.
	Quota int
	// PageLimit is the largest page of a list, 0 for an operation that is none.
	PageLimit int
	// Doc is the address of the documentation.
	Doc string
	// Sites are those that have the operation.
	Sites Sites
}

// Sites is a set of sites. The European site has what the international one has.
type Sites int

const (
	mainland Sites = 1 << iota
	abroad
	everywhere = mainland | abroad
)

// Has reports whether a site is in the set.
func (s Sites) Has(site Site) bool {
	if site == SiteCN {
		return s&mainland != 0
	}
	return s&abroad != 0
}

// Operations returns the operations that the client offers, in the order of
// their paths.
func Operations() []Operation { return slices.Clone(registry[:]) }

type operationID int

const (
	showCustomerAccountBalances operationID = iota
	listCustomersBalancesDetail
	updateCustomerAccountAmount
	listPartnerBalances
	reclaimToPartnerAccount
	sendVerificationMessageCode
	listSubcustomerMonthlyBills
	listSubCustomerBillDetail
	listConsumeSubCustomers
	listCustomerOrders
	cancelCustomerOrder
	showCustomerOrderDetails
	listOrderCouponsByOrderID
	listOrderDiscounts
	listQuotaCoupons
	createSubCustomer
	listSubCustomers
	checkUserIdentity
	listIncentiveDiscountPolicies
	listIssuedPartnerCoupons
	createPartnerCoupons
	reclaimPartnerCoupons
	listPartnerCouponsRecord
	listPartnerAdjustRecords
	payOrders
	operationCount
)

// unknownQuota is for operations whose quota is not published: the documented
// default is 10 a second, and half of it leaves room for others.
const unknownQuota = 5

const docs = "https://support.huaweicloud.com/api-bpconsole/"

// registry is the one source of truth about operations.
var registry = [operationCount]Operation{
	showCustomerAccountBalances:   {"ShowCustomerAccountBalances", "GET", "/v2/accounts/customer-accounts/balances", ByCustomer, Read, 20, 0, "https://support.huaweicloud.com/api-oce/mac_00001.html", everywhere},
	listCustomersBalancesDetail:   {"ListCustomersBalancesDetail", "POST", "/v2/accounts/customer-accounts/balances/batch-query", ByPartner, Read, unknownQuota, 0, docs + "mt_060006.html", mainland},
	updateCustomerAccountAmount:   {"UpdateCustomerAccountAmount", "POST", "/v2/accounts/partner-accounts/adjust-amount", ByPartner, Once, unknownQuota, 0, docs + "mt_060004.html", mainland},
	listPartnerBalances:           {"ListPartnerBalances", "GET", "/v2/accounts/partner-accounts/balances", ByPartner, Read, unknownQuota, 0, docs + "mt_060003.html", mainland},
	reclaimToPartnerAccount:       {"ReclaimToPartnerAccount", "POST", "/v2/accounts/partner-accounts/reclaim", ByPartner, Once, unknownQuota, 0, docs + "mt_060005.html", mainland},
	sendVerificationMessageCode:   {"SendVerificationMessageCode", "POST", "/v2/bases/verificationcode/send", ByPartner, Once, 10, 0, docs + "mc_00024.html", everywhere},
	listSubcustomerMonthlyBills:   {"ListSubcustomerMonthlyBills", "GET", "/v2/bills/partner-bills/subcustomer-bills/monthly-sum", ByPartner, Read, unknownQuota, 100, docs + "cb_020001.html", mainland},
	listSubCustomerBillDetail:     {"ListSubCustomerBillDetail", "GET", "/v2/bills/subcustomer-bills/res-fee-records", ByPartner, Read, unknownQuota, 1000, docs + "mt_000502.html", mainland},
	listConsumeSubCustomers:       {"ListConsumeSubCustomers", "POST", "/v2/bills/subcustomer-bills/res-fee-records/sub-customers/query", ByPartner, Read, unknownQuota, 100, docs + "mt_000503.html", mainland},
	listCustomerOrders:            {"ListCustomerOrders", "GET", "/v2/orders/customer-orders", ByEither, Read, unknownQuota, 100, docs + "api_order_00013.html", everywhere},
	cancelCustomerOrder:           {"CancelCustomerOrder", "PUT", "/v2/orders/customer-orders/cancel", ByCustomer, Keyed, unknownQuota, 0, docs + "api_order_00017.html", everywhere},
	showCustomerOrderDetails:      {"ShowCustomerOrderDetails", "GET", "/v2/orders/customer-orders/details/{order_id}", ByEither, Read, unknownQuota, 0, docs + "api_order_00014.html", everywhere},
	listOrderCouponsByOrderID:     {"ListOrderCouponsByOrderId", "GET", "/v2/orders/customer-orders/order-coupons", ByCustomer, Read, unknownQuota, 0, docs + "api_order_00015.html", mainland},
	listOrderDiscounts:            {"ListOrderDiscounts", "GET", "/v2/orders/customer-orders/order-discounts", ByCustomer, Read, unknownQuota, 0, docs + "api_order_00025.html", everywhere},
	listQuotaCoupons:              {"ListQuotaCoupons", "POST", "/v2/partners/coupon-quotas/query", ByPartner, Read, unknownQuota, 100, docs + "mp_02006.html", mainland},
	createSubCustomer:             {"CreateSubCustomer", "POST", "/v2/partners/sub-customers", ByPartner, Keyed, 10, 0, docs + "mc_00016.html", everywhere},
	listSubCustomers:              {"ListSubCustomers", "POST", "/v2/partners/sub-customers/query", ByPartner, Read, unknownQuota, 100, docs + "mc_00021.html", everywhere},
	checkUserIdentity:             {"CheckUserIdentity", "POST", "/v2/partners/sub-customers/users/check-identity", ByPartner, Read, 5, 0, docs + "mc_00023.html", everywhere},
	listIncentiveDiscountPolicies: {"ListIncentiveDiscountPolicies", "GET", "/v2/products/incentive-discount-policies", ByPartner, Read, 10, 100, docs + "zh-cn_topic_0000001163166566.html", mainland},
	listIssuedPartnerCoupons:      {"ListIssuedPartnerCoupons", "GET", "/v2/promotions/benefits/partner-coupons", ByPartner, Read, unknownQuota, 100, docs + "mp_02001.html", mainland},
	createPartnerCoupons:          {"CreatePartnerCoupons", "POST", "/v2/promotions/benefits/partner-coupons", ByPartner, Once, unknownQuota, 0, docs + "mp_02002.html", mainland},
	reclaimPartnerCoupons:         {"ReclaimPartnerCoupons", "POST", "/v2/promotions/benefits/partner-coupons/reclaim", ByPartner, Keyed, unknownQuota, 0, docs + "mp_02004.html", mainland},
	listPartnerCouponsRecord:      {"ListPartnerCouponsRecord", "GET", "/v2/promotions/benefits/partner-coupons/records/query", ByPartner, Read, unknownQuota, 100, docs + "mp_02005.html", mainland},
	listPartnerAdjustRecords:      {"ListPartnerAdjustRecords", "GET", "/v3/accounts/partner-accounts/adjust-records", ByPartner, Read, 10, 100, docs + "zh-cn_topic_0000001191118881.html", mainland},
	payOrders:                     {"PayOrders", "POST", "/v3/orders/customer-orders/pay", ByCustomer, Once, unknownQuota, 0, docs + "api_order_00030.html", everywhere},
}
