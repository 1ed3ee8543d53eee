package huawei

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Types of a coupon quota.
const (
	QuotaVoucher    = 0
	QuotaCashCoupon = 1
)

// States of a coupon quota.
const (
	quotaNormal    = 0
	quotaInvalid   = 3 // expired
	quotaReclaimed = 6 // of a reseller's
)

// Kinds of a coupon, as orders number them. The lists of coupons number them
// 1 to 4; see coupon.listType.
const (
	CouponDiscount   = 300
	CouponVoucher    = 301
	CouponCash       = 302
	CouponStoredCard = 303
)

// Groups of a coupon; 0 is that of cloud services.
const (
	groupMarketplace = 1 // pays for what KooGallery sells
	groupDedicated   = 2
	groupHardware    = 3
)

// States of a coupon.
const (
	couponUsable    = 2
	couponUsed      = 3
	couponExpired   = 4
	couponReclaimed = 5
)

// Operations in the coupon records.
const (
	recordIssue   = "1"
	recordReclaim = "2"
	recordExpiry  = "4"
	recordOK      = "0"
	recordFailed  = "-1"
)

// couponQuota is an amount out of which the partner or a reseller issues coupons.
// Its value equals its balance, what its coupons hold or have spent, what
// resellers have out of it, and what was returned to the quota it came from.
type couponQuota struct {
	id        string
	kind      int // QuotaVoucher or QuotaCashCoupon
	status    int
	value     decimal.Decimal
	balance   decimal.Decimal
	effective time.Time
	expires   time.Time
	created   time.Time
	updated   time.Time

	services  []string // the only services its coupons may pay; nil: any
	products  []string // the only products its coupons may pay; nil: any
	customers []string // the only customers it may be issued to; nil: any
	firstOnly bool     // only to customers who are the partner's for the first time

	// of a reseller's quota
	reseller string
	parent   string          // the distributor's quota that it came from
	returned decimal.Decimal // to that quota

	// zero: no limit
	minFace, maxFace decimal.Decimal
	maxCount         int             // coupons a customer may hold out of it
	maxTotal         decimal.Decimal // sum of their face values
}

// coupon is a coupon of a customer. Its face value equals what it still holds,
// has spent and has returned to its quota. A discount coupon's face value is
// the share of the price that remains to be paid, such as 0.8.
type coupon struct {
	id         string
	customerID string
	kind       int    // CouponDiscount and so on
	group      int    // groupMarketplace and so on
	quotaID    string // empty where Huawei Cloud granted it
	status     int
	faceValue  decimal.Decimal
	balance    decimal.Decimal
	spent      decimal.Decimal
	returned   decimal.Decimal
	valid      time.Time
	expires    time.Time
	created    time.Time
	lastUsed   time.Time
	orderID    string // that used it last
	heldBy     string // the only order that may use it, while that waits for its payment
	limits     []Limit
	changes    []couponChange // since it was given
}

// Limit restricts the use of a coupon. These keys have an effect here. Of lines, all
// of which the coupon pays otherwise: serviceType, productId, productBlackList and
// regionCode (comma-separated lists in Value1), chargeScene (such a list: 0 and 6 any
// period, 1 year, 2 month), isForAnnualContracts and firstOrderInService ("1"). Of the
// order: subscribeType (new, renew, change), orderAmount (Value1, which the price of
// those lines must exceed, and Value2, which it must not), minConsumeDiscount and
// maxDeductionRatio (ratios), and simultaneousUseWithEmpowerDiscount,
// simultaneousUseWithContractDiscount and simultaneousUseWithPromotionDiscount ("0":
// not together with a discount that the partner granted, a commercial one, a
// promotional one). Others are shown and otherwise ignored. The names of
// productBlackList and orderAmount are not published.
type Limit struct {
	Key    string `json:"limit_key"`
	Value1 string `json:"value1"`
	Value2 string `json:"value2,omitempty"`
}

// couponRecord is an entry of the partner's coupon records; failed operations
// are recorded too.
type couponRecord struct {
	id         string
	operation  string
	quota      *couponQuota
	couponID   string
	customerID string
	amount     decimal.Decimal
	time       time.Time
	result     string
	remark     string
}

func couponOperations() map[string]operation {
	return map[string]operation{
		"ListQuotaCoupons":         listQuotas,
		"CreatePartnerCoupons":     issueCoupons,
		"ReclaimPartnerCoupons":    reclaimCoupon,
		"ListIssuedPartnerCoupons": listIssuedCoupons,
		"ListPartnerCouponsRecord": listCouponRecords,
		"ListSubCustomerCoupons":   listCustomerCoupons,
	}
}

func (s *Server) settle(now time.Time) {
	s.settleOrders(now)
	s.settleCoupons(now)
	s.settleFreezes(now)
	s.settleInvoices(now)
}

// settleCoupons expires coupons. What a coupon of the partner still holds goes
// back to its quota, even if the quota has expired.
func (s *Server) settleCoupons(now time.Time) {
	for _, q := range s.state.quotas {
		if q.status == quotaNormal && !now.Before(q.expires) {
			q.status = quotaInvalid
		}
	}
	for _, p := range s.state.coupons {
		if p.status == couponUsable && !now.Before(p.expires) {
			p.status = couponExpired
			s.returnBalance(p, recordExpiry, "", p.expires)
		}
	}
}

// returnBalance gives what the coupon still holds back to its quota, and
// returns it.
func (s *Server) returnBalance(p *coupon, operation, remark string, at time.Time) decimal.Decimal {
	q := s.state.quota(p.quotaID)
	if q == nil {
		return decimal.Zero
	}
	rest := p.balance
	p.returned, p.balance = p.returned.Add(rest), decimal.Zero
	p.changed(returnTrade(operation), rest.Neg(), p.id, at)
	q.balance, q.updated = q.balance.Add(rest), at
	s.addRecord(couponRecord{
		operation: operation, quota: q, couponID: p.id, customerID: p.customerID,
		amount: rest, time: at, result: recordOK, remark: remark,
	})
	return rest
}

func (s *Server) addRecord(r couponRecord) {
	r.id = s.newNumber(16)
	s.state.records = append(s.state.records, &r)
}

func (s *state) quota(id string) *couponQuota {
	for _, q := range s.quotas {
		if q.id == id {
			return q
		}
	}
	return nil
}

func (s *state) coupon(id string) *coupon {
	for _, p := range s.coupons {
		if p.id == id {
			return p
		}
	}
	return nil
}

// listType is the coupon's type as the lists of coupons number it: 1 voucher,
// 2 discount coupon, 4 cash coupon. A stored-value card is in none of them.
func (p *coupon) listType() int {
	switch p.kind {
	case CouponVoucher:
		return 1
	case CouponDiscount:
		return 2
	case CouponCash:
		return 4
	}
	return 0
}

// version is 1 for a coupon that can be used once, 2 for one that can be used
// until nothing is left.
func (p *coupon) version() int {
	if p.kind == CouponDiscount {
		return 1
	}
	return 2
}

// allows reports whether a limit of that key, if there is one, lists the value.
func (p *coupon) allows(key, value string) bool {
	_, limited := p.limit(key)
	return !limited || p.lists(key, value)
}

// lists reports whether there is a limit of that key that lists the value.
func (p *coupon) lists(key, value string) bool {
	return slices.ContainsFunc(p.limits, func(l Limit) bool {
		return l.Key == key && slices.Contains(splitList(l.Value1), value)
	})
}

func (p *coupon) limit(key string) (Limit, bool) {
	i := slices.IndexFunc(p.limits, func(l Limit) bool { return l.Key == key })
	if i < 0 {
		return Limit{}, false
	}
	return p.limits[i], true
}
