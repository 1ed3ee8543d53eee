package huawei

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// benefitTerm is how long a quota or a coupon lasts, unless it says otherwise.
const benefitTerm = 365 * 24 * time.Hour

// NewQuota is a coupon quota that Huawei Cloud gives to the partner. Only the
// value is required; a limit that is zero or null limits nothing. Times are UTC,
// amounts CNY with at most 2 decimals.
type NewQuota struct {
	QuotaType     int             `json:"quota_type"` // QuotaVoucher or QuotaCashCoupon
	Value         decimal.Decimal `json:"value"`
	Status        int             `json:"status"`         // default 0, normal; 4 being adjusted, 5 frozen
	EffectiveTime time.Time       `json:"effective_time"` // default now
	ExpireTime    time.Time       `json:"expire_time"`    // default in 365 days

	MinFaceValue decimal.Decimal `json:"min_face_value"`
	MaxFaceValue decimal.Decimal `json:"max_face_value"`
	Services     []string        `json:"services"`   // codes of the only services that its coupons pay
	Products     []string        `json:"products"`   // ids of the only products that its coupons pay
	Customers    []string        `json:"customers"`  // ids of the only customers that it may be issued to
	FirstOnly    bool            `json:"first_only"` // only customers who are the partner's for the first time
	MaxCount     int             `json:"max_count"`  // coupons a customer may hold out of it
	MaxTotal     decimal.Decimal `json:"max_total"`  // sum of their face values
}

// AddQuota gives the partner a coupon quota and returns its id.
func (s *Server) AddQuota(n NewQuota) (string, error) {
	if n.QuotaType != QuotaVoucher && n.QuotaType != QuotaCashCoupon {
		return "", fmt.Errorf("huawei: adding a quota: no quota has type %d", n.QuotaType)
	}
	if !n.Value.IsPositive() {
		return "", errors.New("huawei: adding a quota: its value is not positive")
	}
	if err := checkSeedAmount("a quota's value", n.Value); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	from, to := benefitTimes(n.EffectiveTime, n.ExpireTime, now)
	q := &couponQuota{
		id: s.newQuotaID(), kind: n.QuotaType, status: n.Status, value: n.Value, balance: n.Value,
		effective: from, expires: to, created: now, updated: now,
		services: n.Services, products: n.Products, customers: n.Customers, firstOnly: n.FirstOnly,
		minFace: n.MinFaceValue, maxFace: n.MaxFaceValue, maxCount: n.MaxCount, maxTotal: n.MaxTotal,
	}
	s.state.quotas = append(s.state.quotas, q)
	s.record(Effect{Time: now, Operation: "AddQuota", Amount: q.value, Currency: s.currency(), Reference: q.id})
	return q.id, nil
}

func benefitTimes(from, to, now time.Time) (time.Time, time.Time) {
	if from.IsZero() {
		from = now
	}
	if to.IsZero() {
		to = from.Add(benefitTerm)
	}
	return from, to
}

// NewCoupon is a coupon or a stored-value card that Huawei Cloud itself gives to
// a customer.
type NewCoupon struct {
	CustomerID string          `json:"customer_id"`
	Kind       int             `json:"kind"`        // CouponDiscount, CouponVoucher, CouponCash or CouponStoredCard
	Group      int             `json:"group"`       // 0 cloud services (default), 1 marketplace, 2 dedicated voucher, 3 hardware
	Value      decimal.Decimal `json:"value"`       // in CNY; of a discount coupon the share that remains to be paid
	ValidTime  time.Time       `json:"valid_time"`  // default now
	ExpireTime time.Time       `json:"expire_time"` // default in 365 days
	Limits     []Limit         `json:"limits"`
	HeldBy     string          `json:"held_by"` // the only order that may use it, until it is paid or cancelled
}

// GrantCoupon gives a customer a coupon that the partner did not issue, and
// returns its id.
func (s *Server) GrantCoupon(n NewCoupon) (string, error) {
	if err := n.check(); err != nil {
		return "", fmt.Errorf("huawei: granting a coupon: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(n.CustomerID)
	if err != nil {
		return "", err
	}
	now := s.now()
	from, to := benefitTimes(n.ValidTime, n.ExpireTime, now)
	p := &coupon{
		id: s.newCouponID(), customerID: c.id, kind: n.Kind, group: n.Group, status: couponUsable,
		faceValue: n.Value, balance: n.Value, valid: from, expires: to, created: now, limits: n.Limits, heldBy: n.HeldBy,
	}
	s.state.coupons = append(s.state.coupons, p)
	s.record(Effect{Time: now, Operation: "GrantCoupon", CustomerID: c.id, Amount: p.faceValue, Currency: s.currency(), Reference: p.id})
	return p.id, nil
}

func (n NewCoupon) check() error {
	if n.Kind < CouponDiscount || n.Kind > CouponStoredCard {
		return fmt.Errorf("no coupon has kind %d", n.Kind)
	}
	if n.Group < 0 || n.Group > groupHardware {
		return fmt.Errorf("no coupon has group %d", n.Group)
	}
	if !n.Value.IsPositive() {
		return errors.New("its value is not positive")
	}
	if n.Kind != CouponDiscount {
		return checkSeedAmount("a coupon's value", n.Value)
	}
	if n.Value.GreaterThanOrEqual(decimal.NewFromInt(1)) {
		return errors.New("a discount coupon's value is a share below 1")
	}
	return nil
}
