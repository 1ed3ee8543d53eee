package huawei

import "net/http"

// reclaimCoupon takes back the whole remaining balance of a coupon that the
// partner issued, and returns it to the quota.
// https://support.huaweicloud.com/api-bpconsole/mp_02004.html
func reclaimCoupon(s *Server, c *call) (any, error) {
	var r struct {
		CouponID        string `json:"coupon_id"`
		IndirectPartner string `json:"indirect_partner_id"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	p, err := s.reclaimable(c, r.CouponID)
	if err != nil {
		return nil, err
	}
	if err := s.refuseReclaim(c, p); err != nil {
		s.addRecord(couponRecord{
			operation: recordReclaim, quota: s.state.quota(p.quotaID), couponID: p.id,
			customerID: p.customerID, amount: p.balance, time: c.now, result: recordFailed,
		})
		return nil, err
	}
	p.status = couponReclaimed
	amount := s.returnBalance(p, recordReclaim, "", c.now)
	e := c.effect(p.customerID, p.id)
	e.Amount, e.Currency = amount, s.currency()
	s.record(e)
	return nil, nil
}

// reclaimable finds a coupon of the kind that can be reclaimed: one that the
// partner issued to a resale customer. No code is documented for one that the
// partner did not issue.
func (s *Server) reclaimable(c *call, id string) (*coupon, error) {
	p := s.state.coupon(id)
	if p == nil || s.state.customer(p.customerID).reseller != c.reseller {
		return nil, errParameter("coupon_id is not a coupon that the partner issued")
	}
	if s.state.customer(p.customerID).association == AssociationReferral {
		return nil, refuse(http.StatusBadRequest, "CBC.99000045", "coupons of referral customers cannot be reclaimed")
	}
	if p.quotaID == "" {
		return nil, errParameter("coupon_id is not a coupon that the partner issued")
	}
	return p, nil
}

func (s *Server) refuseReclaim(c *call, p *coupon) error {
	if !s.state.customer(p.customerID).associated(c.now) {
		return refuse(http.StatusBadRequest, "CBC.99000035", "the customer is not a customer of the partner")
	}
	// A used coupon holds nothing to reclaim; no code of its own is documented.
	if p.status != couponUsable {
		return refuse(http.StatusOK, "CBC.99000048", "the coupon has expired, has been reclaimed or is used up")
	}
	return nil
}
