package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

var tradePassed = trade{"COUPONADJUST", "SOURCE_OPERATION_COUPONADJUST"}

// passedCoupon is a coupon that a master gave out of one of its own. What it
// gave counts as returned in the master's.
type passedCoupon struct{ parent, child *coupon }

type couponTransfer struct {
	CustomerID  string `json:"customer_id"`
	CouponID    string `json:"coupon_id"`
	SubCouponID string `json:"sub_coupon_id"`
	Amount      string `json:"amount"`
	TransID     string `json:"trans_id"`
}

// couponTransfer reads a transfer of a coupon or its reverse and refuses what
// both refuse.
func (s *Server) couponTransfer(c *call) (r couponTransfer, x *enterprise, m *member, err error) {
	if err := c.decode(&r); err != nil {
		return r, nil, nil, err
	}
	if x, err = s.master(c); err != nil {
		return r, nil, nil, err
	}
	if err := x.checkTransID(r.TransID); err != nil {
		return r, nil, nil, err
	}
	if x.master.conditions.TransferUnfinished {
		return r, nil, nil, refuse(http.StatusInternalServerError, "CBC.99007461", "a transfer or reclaim has not ended, try again later")
	}
	if m = x.member(r.CustomerID); m == nil {
		return r, nil, nil, refuse(http.StatusBadRequest, "CBC.99000043", "the transfer or reclaim failed: the customer is no member")
	}
	return r, x, m, x.checkMovable(m, c.now)
}

// transferCoupon gives a member a coupon out of one of the master's, with its
// limits and its end.
// https://support.huaweicloud.com/api-oce/ep_00026.html
func transferCoupon(s *Server, c *call) (any, error) {
	r, x, m, err := s.couponTransfer(c)
	if err != nil {
		return nil, err
	}
	if err := checkFenAmount(r.Amount); err != nil {
		return nil, err
	}
	amount := decimal.RequireFromString(r.Amount)
	p := s.state.coupon(r.CouponID)
	if p == nil || p.customerID != x.master.id || !p.transferable(c.now) {
		return nil, errBusinessCheck("the coupon cannot be transferred")
	}
	if amount.GreaterThan(p.balance) {
		return nil, errInsufficient()
	}
	child := &coupon{
		id: s.newCouponID(), customerID: m.customer.id, kind: p.kind, status: couponUsable, faceValue: amount,
		balance: amount, valid: p.valid, expires: p.expires, created: c.now, limits: slices.Clone(p.limits),
	}
	s.state.coupons = append(s.state.coupons, child)
	s.state.enterprise.passed = append(s.state.enterprise.passed, passedCoupon{p, child})
	p.passOn(amount, child.id, c.now)
	x.use(r.TransID)
	s.recordCoupon(c, child, amount)
	return map[string]any{"sub_coupon_id": child.id}, nil
}

// transferable reports whether a coupon is of the kind that can be given on: a
// voucher of Huawei Cloud itself that is valid and holds something.
func (p *coupon) transferable(now time.Time) bool {
	return p.kind == CouponVoucher && p.quotaID == "" && p.status == couponUsable &&
		!now.Before(p.valid) && p.balance.IsPositive()
}

// passOn takes from the coupon what a member gets, or puts it back if negative.
func (p *coupon) passOn(amount decimal.Decimal, reference string, now time.Time) {
	p.balance, p.returned = p.balance.Sub(amount), p.returned.Add(amount)
	p.changed(tradePassed, amount.Neg(), reference, now)
	switch {
	case p.balance.IsZero() && p.status == couponUsable:
		p.status = couponUsed
	case p.balance.IsPositive() && p.status == couponUsed:
		p.status = couponUsable
	}
}

func (s *Server) recordCoupon(c *call, p *coupon, amount decimal.Decimal) {
	e := c.effect(p.customerID, p.id)
	e.Amount, e.Currency = amount, s.currency()
	s.record(e)
}

// retrieveCoupon takes back what is left of a coupon that the master gave.
func retrieveCoupon(s *Server, c *call) (any, error) {
	r, x, m, err := s.couponTransfer(c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.state.enterprise.passed, func(g passedCoupon) bool {
		return g.child.id == r.SubCouponID && g.parent.id == r.CouponID &&
			g.parent.customerID == x.master.id && g.child.customerID == m.customer.id
	})
	if i < 0 || !s.state.enterprise.passed[i].retrievable() {
		return nil, errBusinessCheck("nothing of the coupon can be taken back")
	}
	given := s.state.enterprise.passed[i]
	rest := given.child.balance
	given.child.passOn(rest, given.parent.id, c.now)
	given.child.status = couponReclaimed
	given.parent.passOn(rest.Neg(), given.child.id, c.now)
	x.use(r.TransID)
	s.recordCoupon(c, given.child, rest)
	return map[string]any{"real_retrieve_amout": rest.StringFixed(2)}, nil // the spelling is Huawei Cloud's
}

func (g passedCoupon) retrievable() bool {
	return g.child.status == couponUsable && g.child.balance.IsPositive()
}

type passableRow struct {
	CouponID      string        `json:"coupon_id"`
	SubCouponID   string        `json:"sub_coupon_id,omitempty"`
	Balance       string        `json:"balance"`
	EffectiveTime string        `json:"effective_time"`
	ExpireTime    string        `json:"expire_time"`
	UseLimits     []useLimitRow `json:"use_limits"`
}

func (p *coupon) passableRow() passableRow {
	return passableRow{
		CouponID: p.id, Balance: p.balance.StringFixed(2), EffectiveTime: instant(p.valid),
		ExpireTime: instant(p.expires), UseLimits: p.limitRows(),
	}
}

// listTransferableCoupons answers the master's coupons that it can give on.
func listTransferableCoupons(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	rows := []passableRow{}
	for _, p := range s.state.coupons {
		if p.customerID == x.master.id && p.transferable(c.now) {
			rows = append(rows, p.passableRow())
		}
	}
	return map[string]any{"avail_transfer_coupons": window(rows, c.page()), "total_count": len(rows)}, nil
}

// listRetrievableCoupons answers the coupons that the master can take back from
// a member.
func listRetrievableCoupons(s *Server, c *call) (any, error) {
	x, err := s.master(c)
	if err != nil {
		return nil, err
	}
	m := x.member(c.query.Get("sub_customer_id"))
	if m == nil {
		return nil, errParameter("sub_customer_id is no member of the enterprise")
	}
	rows := []passableRow{}
	for _, g := range s.state.enterprise.passed {
		if g.child.customerID == m.customer.id && g.retrievable() {
			row := g.child.passableRow()
			row.CouponID, row.SubCouponID = g.parent.id, g.child.id
			rows = append(rows, row)
		}
	}
	return map[string]any{"avail_retrieve_coupons": window(rows, c.page()), "total_count": len(rows)}, nil
}
