package huawei

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// NewOrder is an order to be placed. Only the customer and the official amount
// are required; for a combined order the customer and the members, whose amounts
// make up its own. Times are UTC, amounts CNY with at most 2 decimals.
type NewOrder struct {
	CustomerID          string          `json:"customer_id"`
	ServiceTypeCode     string          `json:"service_type_code"`   // default hws.service.type.ec2
	ServiceTypeName     string          `json:"service_type_name"`   // default: that of the code
	ProductDescription  string          `json:"product_description"` // product_spec_desc
	ProductID           string          `json:"product_id"`          // drawn if empty
	OrderType           int             `json:"order_type"`          // default 1, a new purchase
	Status              int             `json:"status"`              // OrderPendingPayment (default), OrderPendingReview or OrderUnconfirmed
	PeriodType          int             `json:"period_type"`         // PeriodMonth (default) or PeriodYear
	PeriodNum           int             `json:"period_num"`          // default 1
	OfficialAmount      decimal.Decimal `json:"official_amount"`
	AmountAfterDiscount decimal.Decimal `json:"amount_after_discount"` // default: the official amount
	EffectiveTime       time.Time       `json:"effective_time"`        // default: on delivery
	Deadline            time.Time       `json:"deadline"`              // of the payment; default in 7 days
	Discounts           []Discount      `json:"discounts"`
	Coupons             []string        `json:"coupons"`             // ids of the only coupons that may pay it; null: all that fit
	MaxCashCoupons      int             `json:"max_cash_coupons"`    // that may pay it; default 3
	Members             []NewOrder      `json:"members"`             // of a combined order
	QuotaShort          bool            `json:"quota_short"`         // paying is refused with CBC.99003141
	Shortage            int             `json:"shortage"`            // the same, with another type of quota info: 1 quota, 2 capacity, 3 specification, 4 related resource, 99 other
	ProjectFundsShort   bool            `json:"project_funds_short"` // paying is refused with CBC.99003155
	BudgetShort         bool            `json:"budget_short"`        // paying is refused with CBC.99003198
	TaxRateUnknown      bool            `json:"tax_rate_unknown"`    // paying is refused with CBC.99006093
}

// shortQuota is the shortage of a quota info that has the customer raise its quota.
const shortQuota = 1

// PlaceOrder places an order as the customer would on Huawei Cloud's console,
// and returns its id.
func (s *Server) PlaceOrder(n NewOrder) (string, error) {
	n = n.withDefaults()
	if err := n.check(); err != nil {
		return "", fmt.Errorf("huawei: placing an order: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(n.CustomerID)
	if err != nil {
		return "", err
	}
	if c.settledMonthly() && len(n.Discounts) > 0 {
		return "", errors.New("huawei: placing an order: a reseller customer is offered no discounts")
	}
	now := s.now()
	o := s.newOrder(n, now)
	s.state.orders = append(s.state.orders, o)
	for _, m := range n.Members {
		member := s.newOrder(m, now)
		member.combined, member.deadline = o, o.deadline
		o.members = append(o.members, member)
		s.state.orders = append(s.state.orders, member)
	}
	s.record(Effect{
		Time: now, Operation: "PlaceOrder", CustomerID: o.customerID,
		Amount: o.amountAfterDiscount(), Currency: s.currency(), Reference: o.id,
	})
	return o.id, nil
}

func (n NewOrder) withDefaults() NewOrder {
	n.ServiceTypeCode = cmp.Or(n.ServiceTypeCode, services[0].code)
	if known, ok := serviceOf(n.ServiceTypeCode); ok {
		n.ServiceTypeName = cmp.Or(n.ServiceTypeName, known.name)
	}
	n.OrderType = cmp.Or(n.OrderType, 1)
	n.Status = cmp.Or(n.Status, OrderPendingPayment)
	n.PeriodType = cmp.Or(n.PeriodType, PeriodMonth)
	n.PeriodNum = cmp.Or(n.PeriodNum, 1)
	if n.QuotaShort {
		n.Shortage = cmp.Or(n.Shortage, shortQuota)
	}
	if n.AmountAfterDiscount.IsZero() {
		n.AmountAfterDiscount = n.OfficialAmount
	}
	members := make([]NewOrder, len(n.Members))
	for i, m := range n.Members {
		m.CustomerID, m.Status = n.CustomerID, n.Status
		members[i] = m.withDefaults()
	}
	n.Members = members
	return n
}

func (n NewOrder) check() error {
	switch n.Status {
	case OrderPendingPayment, OrderPendingReview, OrderUnconfirmed:
	default:
		return fmt.Errorf("an order is not placed with status %d", n.Status)
	}
	for _, d := range n.Discounts {
		if err := d.check(); err != nil {
			return err
		}
	}
	for _, m := range n.Members {
		if len(m.Members) > 0 || len(m.Discounts) > 0 || m.Coupons != nil {
			return errors.New("a member of a combined order has members, discounts or coupons of its own")
		}
		if err := m.check(); err != nil {
			return err
		}
	}
	if len(n.Members) > 0 {
		return nil
	}
	return n.checkAmounts()
}

func (n NewOrder) checkAmounts() error {
	if !n.OfficialAmount.IsPositive() {
		return errors.New("the official amount is not positive")
	}
	if n.AmountAfterDiscount.GreaterThan(n.OfficialAmount) {
		return errors.New("the amount after discount exceeds the official amount")
	}
	return errors.Join(
		checkSeedAmount("the official amount", n.OfficialAmount),
		checkSeedAmount("the amount after discount", n.AmountAfterDiscount),
	)
}

func (d Discount) check() error {
	given := 0
	for _, v := range []decimal.Decimal{d.Ratio, d.Amount, d.Price} {
		if v.IsNegative() {
			return errors.New("a discount is negative")
		}
		if v.IsPositive() {
			given++
		}
	}
	if given != 1 || d.Ratio.GreaterThan(decimal.NewFromInt(1)) {
		return errors.New("a discount needs exactly one of a ratio of at most 1, an amount and a price")
	}
	if err := errors.Join(checkSeedAmount("a discount's amount", d.Amount), checkSeedAmount("a discount's price", d.Price)); err != nil {
		return err
	}
	switch d.Type {
	case DiscountPromotion, DiscountCommercial, DiscountPartner, DiscountAdjustment:
		return nil
	}
	return fmt.Errorf("no discount of type %d can be chosen for an order", d.Type)
}

func (s *Server) newOrder(n NewOrder, now time.Time) *order {
	o := &order{
		id: s.newOrderID(now), customerID: n.CustomerID, kind: n.OrderType, status: n.Status,
		service: service{code: n.ServiceTypeCode, name: n.ServiceTypeName},
		product: n.ProductDescription, productID: n.ProductID, periodType: n.PeriodType, periodNum: n.PeriodNum,
		official: n.OfficialAmount, placed: n.AmountAfterDiscount, price: n.AmountAfterDiscount,
		created: now, deadline: n.Deadline, effective: n.EffectiveTime,
		coupons: n.Coupons, cashCoupons: n.MaxCashCoupons, shortage: n.Shortage, projectShort: n.ProjectFundsShort,
		budgetShort: n.BudgetShort, taxUnknown: n.TaxRateUnknown,
	}
	if o.productID == "" {
		o.productID = "00301-" + s.newNumber(6) + "-0--0"
	}
	if o.deadline.IsZero() {
		o.deadline = now.Add(paymentTerm)
	}
	for _, d := range n.Discounts {
		if d.ID == "" {
			d.ID = s.newNumber(16)
		}
		o.discounts = append(o.discounts, d)
	}
	return o
}
