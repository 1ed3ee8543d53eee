package huawei

import (
	"cmp"
	"strconv"
	"time"
)

// How long a coupon stays in the lists after its end, in years.
const (
	expiredYearsForPartner  = 2
	expiredYearsForCustomer = 1
)

// useLimitRow is a coupon's limit as the lists of coupons write it; the spelling
// of its first field is Huawei Cloud's.
type useLimitRow struct {
	ID     string `json:"use_limiti_info_id"`
	Key    string `json:"limit_key"`
	Value1 string `json:"value1"`
	Value2 string `json:"value2,omitempty"`
}

func (p *coupon) limitRows() []useLimitRow {
	rows := []useLimitRow{}
	for i, l := range p.limits {
		rows = append(rows, useLimitRow{p.id + "-" + strconv.Itoa(i+1), l.Key, l.Value1, l.Value2})
	}
	return rows
}

type issuedCouponRow struct {
	CouponID      string        `json:"coupon_id"`
	CustomerID    string        `json:"customer_id"`
	Status        int           `json:"status"`
	CouponType    int           `json:"coupon_type"`
	MeasureID     int           `json:"measure_id"`
	FaceValue     money         `json:"face_value"`
	Balance       money         `json:"balance"`
	EffectiveTime string        `json:"effective_time"`
	ExpireTime    string        `json:"expire_time"`
	CreateTime    string        `json:"create_time"`
	ActiveTime    string        `json:"active_time"`
	LastUsedTime  string        `json:"last_used_time,omitempty"`
	OrderID       string        `json:"order_id,omitempty"`
	MediaType     int           `json:"media_type"`
	FetchMethod   int           `json:"fetch_method"`
	IsFrozen      string        `json:"is_frozen"`
	UseLimits     []useLimitRow `json:"use_limits"`
}

// listIssuedCoupons answers what the partner issued to its resale customers, in
// the order of issue.
func listIssuedCoupons(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	created, err := c.span("create_time")
	if err != nil {
		return nil, err
	}
	effective, err := c.span("effective_time")
	if err != nil {
		return nil, err
	}
	expires, err := c.span("expire_time")
	if err != nil {
		return nil, err
	}
	rows := []issuedCouponRow{}
	for _, p := range s.state.coupons {
		customer := s.state.customer(p.customerID)
		visible := p.quotaID != "" && c.serves(customer) && customer.association == AssociationResale &&
			!p.forgotten(c.now, expiredYearsForPartner)
		if visible && c.filteredCoupon(p) && c.filtered("customer_id", p.customerID) &&
			created.holds(p.created) && effective.holds(p.valid) && expires.holds(p.expires) {
			rows = append(rows, p.issuedRow())
		}
	}
	return map[string]any{"user_coupons": window(rows, c.page()), "total_count": len(rows)}, nil
}

func (p *coupon) forgotten(now time.Time, years int) bool {
	return now.After(p.expires.AddDate(years, 0, 0))
}

// filteredCoupon applies the filters that both lists of coupons have.
func (c *call) filteredCoupon(p *coupon) bool {
	return c.filtered("coupon_id", p.id) && c.filtered("order_id", p.orderID) &&
		c.filteredNumber("coupon_type", p.listType()) && c.filteredNumber("status", p.status)
}

func (p *coupon) issuedRow() issuedCouponRow {
	return issuedCouponRow{
		CouponID: p.id, CustomerID: p.customerID, Status: p.status, CouponType: p.listType(), MeasureID: measureYuan,
		FaceValue: money(p.faceValue), Balance: money(p.balance),
		EffectiveTime: instant(p.valid), ExpireTime: instant(p.expires), CreateTime: instant(p.created),
		ActiveTime: instant(p.created), LastUsedTime: instant(p.lastUsed), OrderID: p.orderID,
		MediaType: mediaElectronic, FetchMethod: fetchIssuedOnline, IsFrozen: "0", UseLimits: p.limitRows(),
	}
}

const (
	measureYuan       = 1
	mediaElectronic   = 1
	fetchIssuedOnline = 3
)

type customerCouponRow struct {
	CouponID      string        `json:"coupon_id"`
	CustomerID    string        `json:"customer_id"`
	Status        int           `json:"status"`
	CouponType    int           `json:"coupon_type"`
	MeasureID     int           `json:"measure_id"`
	Currency      string        `json:"currency"`
	FaceValue     money         `json:"face_value"`
	Balance       *money        `json:"balance,omitempty"` // absent for a coupon that can be used once
	CouponVersion int           `json:"coupon_version"`
	ValidTime     string        `json:"valid_time"`
	ExpireTime    string        `json:"expire_time"`
	CreateTime    string        `json:"create_time"`
	ActiveTime    string        `json:"active_time"`
	ReserveTime   string        `json:"reserve_time,omitempty"`
	OrderID       string        `json:"order_id,omitempty"`
	SourceID      string        `json:"source_id,omitempty"`
	MediaType     int           `json:"media_type"`
	FetchMethod   int           `json:"fetch_method"`
	IsFrozen      string        `json:"is_frozen"`
	UseLimits     []useLimitRow `json:"use_limits"`
}

// listCustomerCoupons answers the coupons of the customer who calls. The partner
// sees its own here, of which the simulated one has none.
func listCustomerCoupons(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	if c.query.Has("offset") && !c.query.Has("limit") {
		return nil, errParameter("offset needs limit")
	}
	if err := c.refuseBlanks("active_start_time", "active_end_time"); err != nil {
		return nil, err
	}
	active, err := c.namedSpan("active_start_time", "active_end_time")
	if err != nil {
		return nil, err
	}
	rows := []customerCouponRow{}
	for _, p := range s.state.coupons {
		visible := p.customerID == c.caller.customer && p.listType() != 0 && !p.forgottenByOwner(c.now)
		if visible && c.filteredCoupon(p) && s.filteredOwnCoupon(c, p) && active.holds(p.created) {
			rows = append(rows, s.customerCouponRow(p))
		}
	}
	return map[string]any{"user_coupons": window(rows, c.page()), "count": len(rows)}, nil
}

// filteredOwnCoupon applies the filters that an empty value does not switch off:
// it finds the coupons that have no order, or that the partner did not issue.
// The simulated coupons belong to no promotion plan.
func (s *Server) filteredOwnCoupon(c *call, p *coupon) bool {
	return c.filteredExactly("coupon_id", p.id) && c.filteredExactly("order_id", p.orderID) &&
		c.filteredExactly("source_id", s.sourceOf(p)) && c.filteredExactly("promotion_plan_id", "")
}

// forgottenByOwner reports whether the coupon ended too long ago for its owner's
// list: it was used or taken back, or it expired.
func (p *coupon) forgottenByOwner(now time.Time) bool {
	ended := p.expires
	if n := len(p.changes); n > 0 && (p.status == couponUsed || p.status == couponReclaimed) {
		ended = p.changes[n-1].time
	}
	return now.After(ended.AddDate(expiredYearsForCustomer, 0, 0))
}

// sourceOf is the id of the partner or the reseller who issued it, otherwise
// empty.
func (s *Server) sourceOf(p *coupon) string {
	if p.quotaID == "" {
		return ""
	}
	return cmp.Or(s.state.quota(p.quotaID).reseller, s.state.partnerID)
}

func (s *Server) customerCouponRow(p *coupon) customerCouponRow {
	return customerCouponRow{
		CouponID: p.id, CustomerID: p.customerID, Status: p.status, CouponType: p.listType(),
		MeasureID: measureYuan, Currency: s.currency(), FaceValue: money(p.faceValue), Balance: p.reusableBalance(),
		CouponVersion: p.version(), ValidTime: instant(p.valid), ExpireTime: instant(p.expires),
		CreateTime: instant(p.created), ActiveTime: instant(p.created), ReserveTime: instant(p.lastUsed),
		OrderID: p.orderID, SourceID: s.sourceOf(p), MediaType: mediaElectronic, FetchMethod: fetchIssuedOnline,
		IsFrozen: "0", UseLimits: p.limitRows(),
	}
}

func (p *coupon) reusableBalance() *money {
	if p.version() == 1 {
		return nil
	}
	balance := money(p.balance)
	return &balance
}
