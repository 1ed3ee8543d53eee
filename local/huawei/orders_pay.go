package huawei

import (
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// benefitChoice names a discount or a coupon.
type benefitChoice struct {
	ID   string `json:"id"`
	Type int    `json:"type"`
}

type payRequest struct {
	OrderID     string          `json:"order_id"`
	UseCoupon   string          `json:"use_coupon"`
	UseDiscount string          `json:"use_discount"`
	Coupons     []benefitChoice `json:"coupon_infos"`
	Discounts   []benefitChoice `json:"discount_infos"`
}

// payOrder pays an order out of the chosen discount and coupons and the
// customer's cash, or on the partner's bill, and answers nothing.
// https://support.huaweicloud.com/api-bpconsole/api_order_00030.html
func payOrder(s *Server, c *call) (any, error) {
	var r payRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	o, err := s.visibleOrder(c, r.OrderID)
	if err != nil {
		return nil, err
	}
	if err := o.payable(c.now); err != nil {
		return nil, err
	}
	p, err := s.plan(c, o, r)
	if err != nil {
		return nil, err
	}
	customer := s.state.customer(o.customerID)
	if err := s.refusePayment(customer, c.now); err != nil {
		return nil, err
	}
	if err := s.refuseSpending(customer, c.now); err != nil {
		return nil, err
	}
	if !customer.affords(p.cash()) {
		return nil, refuse(http.StatusBadRequest, "CBC.99005003", "the balance is insufficient")
	}
	s.carryOut(p, o, c.now)
	e := c.effect(o.customerID, o.id)
	e.Amount, e.Currency = o.amountAfterDiscount(), s.currency()
	s.record(e)
	return nil, nil
}

// check holds the flags against the lists. The documentation says both that a
// list is ignored and that it must not be sent where its flag is NO; the latter
// is the stricter.
func (r payRequest) check() error {
	if err := checkFlag("use_coupon", r.UseCoupon, "coupon_infos", len(r.Coupons)); err != nil {
		return err
	}
	return checkFlag("use_discount", r.UseDiscount, "discount_infos", len(r.Discounts))
}

func checkFlag(flag, value, list string, length int) error {
	switch {
	case value != "YES" && value != "NO":
		return errParameter(flag + " is neither YES nor NO")
	case value == "YES" && length == 0:
		return errParameter(list + " is required where " + flag + " is YES")
	case value == "NO" && length > 0:
		return errParameter(list + " must not be sent where " + flag + " is NO")
	}
	return nil
}

// payable decides what depends on the order alone.
func (o *order) payable(now time.Time) error {
	switch {
	case o.combined != nil:
		return errUseCombined()
	case o.status == OrderProcessing:
		return refuse(http.StatusBadRequest, "CBC.99000088", "the payment is in progress, do not pay again")
	case o.overdue:
		return refuse(http.StatusBadRequest, "CBC.99003110", "the order is past its payment deadline, submit it again")
	case o.status != OrderPendingPayment:
		return refuse(http.StatusBadRequest, "CBC.99003106", "the order's status has changed, it cannot be paid")
	}
	for _, l := range o.family() {
		if err := l.deliverable(now); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) deliverable(now time.Time) error {
	switch {
	case !o.effective.IsZero() && now.After(o.effective):
		return refuse(http.StatusBadRequest, "CBC.99003162", "the payment is later than the configured effective time")
	case o.shortage != 0:
		err := refuse(http.StatusBadRequest, "CBC.99003141", "the quota or capacity is insufficient")
		err.body = map[string]any{"quota_infos": []any{o.quotaInfo()}}
		return err
	case o.projectShort:
		err := refuse(http.StatusBadRequest, "CBC.99003155", "the funds of the enterprise project are insufficient")
		err.body = map[string]any{"enterprise_project_auth_result": []any{
			map[string]any{"enterprise_project_id": "0", "enterprise_project_name": "default"},
		}}
		return err
	case o.budgetShort:
		return refuse(http.StatusBadRequest, "CBC.99003198", "the budget of the enterprise's unit is insufficient")
	case o.taxUnknown:
		return refuse(http.StatusBadRequest, "CBC.99006093", "the tax rate is unavailable")
	}
	return nil
}

// quotaInfo says what is short. Not all names of its fields are published; these
// are, but for error_type, whose values are.
func (o *order) quotaInfo() map[string]any {
	return map[string]any{
		"region_code":             regions[0].code,
		"region_name":             regions[0].name,
		"cloud_service_type":      o.service.code,
		"cloud_service_type_name": o.service.name,
		"resource_Type_code":      kindsOf(o.service)[0].code,
		"resource_type_name":      kindsOf(o.service)[0].name,
		"available_zone":          regions[0].code + "a",
		"error_type":              o.shortage,
	}
}

// paymentPlan is all that a payment will do, worked out before anything changes.
type paymentPlan struct {
	lines []*plannedLine
	uses  []couponUse
}

type plannedLine struct {
	order *order
	price decimal.Decimal
	taken []takenDiscount
	parts paymentParts // without what the coupons leave open
}

func (l *plannedLine) open() decimal.Decimal { return l.price.Sub(l.parts.total()) }

type couponUse struct {
	coupon *coupon
	amount decimal.Decimal // zero for a discount coupon
}

func (p *paymentPlan) cash() decimal.Decimal { return sumOf(p.lines, (*plannedLine).open) }

// plan applies the discount, then the coupons in their order; the customer's
// cash pays what stays open.
func (s *Server) plan(c *call, o *order, r payRequest) (*paymentPlan, error) {
	discount, err := o.chosenDiscount(r.Discounts)
	if err != nil {
		return nil, err
	}
	coupons, err := s.chosenCoupons(c, o, r.Coupons)
	if err != nil {
		return nil, err
	}
	p := &paymentPlan{}
	for _, l := range o.lines() {
		p.lines = append(p.lines, &plannedLine{order: l, price: l.placed})
	}
	if discount != nil {
		p.reduce(discount.taken(), discount.reductions(p.prices()))
	}
	if err := o.checkTogether(coupons, discount, p.ratios()); err != nil {
		return nil, err
	}
	for _, q := range coupons {
		pays := s.linesFor(q, p.lines)
		// No code is documented for this either.
		if !q.allowsAmount(sumOf(pays, func(l *plannedLine) decimal.Decimal { return l.price })) {
			return nil, errParameter("coupon_infos names a coupon for another amount")
		}
		p.use(q, pays)
	}
	return p, nil
}

func (p *paymentPlan) prices() []decimal.Decimal {
	var prices []decimal.Decimal
	for _, l := range p.lines {
		prices = append(prices, l.price)
	}
	return prices
}

func (p *paymentPlan) ratios() []decimal.Decimal {
	var ratios []decimal.Decimal
	for _, l := range p.lines {
		ratios = append(ratios, ratio(l.price, l.order.placed))
	}
	return ratios
}

func (p *paymentPlan) reduce(kind string, off []decimal.Decimal) {
	for i, l := range p.lines {
		l.reduce(kind, off[i])
	}
}

func (l *plannedLine) reduce(kind string, off decimal.Decimal) {
	l.price = l.price.Sub(off)
	l.taken = append(l.taken, takenDiscount{kind, off})
}

// linesFor are the lines that a coupon pays.
func (s *Server) linesFor(q *coupon, lines []*plannedLine) []*plannedLine {
	var pays []*plannedLine
	for _, l := range lines {
		if s.fits(l.order, q) {
			pays = append(pays, l)
		}
	}
	return pays
}

// use lets a coupon pay as much as it may of what is still open of the lines that it
// pays.
func (p *paymentPlan) use(q *coupon, pays []*plannedLine) {
	if q.kind == CouponDiscount {
		for _, l := range pays {
			l.reduce(takenDiscountCoupon, reduceTo(q.faceValue, []decimal.Decimal{l.price})[0])
		}
		p.uses = append(p.uses, couponUse{coupon: q})
		return
	}
	amount := decimal.Min(q.balance, sumOf(pays, (*plannedLine).open))
	if share, ok := q.limitRatio("maxDeductionRatio"); ok {
		price := sumOf(pays, func(l *plannedLine) decimal.Decimal { return l.price })
		amount = decimal.Min(amount, price.Mul(share).Truncate(2))
	}
	if amount.IsZero() {
		return // nothing is left to pay: the coupon stays as it is
	}
	var open []decimal.Decimal
	for _, l := range pays {
		open = append(open, l.open())
	}
	for i, part := range shareEvenly(amount, open) {
		pays[i].parts = pays[i].parts.add(partOf(q.kind, part))
	}
	p.uses = append(p.uses, couponUse{q, amount})
}

func partOf(kind int, amount decimal.Decimal) paymentParts {
	switch kind {
	case CouponVoucher:
		return paymentParts{voucher: amount}
	case CouponCash:
		return paymentParts{cashCoupon: amount}
	}
	return paymentParts{card: amount}
}

// carryOut changes what the plan says.
func (s *Server) carryOut(p *paymentPlan, o *order, now time.Time) {
	customer, cash := s.state.customer(o.customerID), p.cash()
	if customer.settledMonthly() {
		cash = decimal.Zero
	}
	s.move(customer, cash.Neg(), o.id, now)
	for _, u := range p.uses {
		u.coupon.spend(u.amount, o.id, now)
	}
	for _, l := range p.lines {
		if customer.settledMonthly() {
			l.parts.monthly = l.open()
		} else {
			l.parts.cash = l.open()
		}
		l.order.price, l.order.paidBy = l.price, l.parts
		l.order.taken = l.taken
	}
	for _, member := range o.family() {
		member.status, member.paid = OrderProcessing, now
	}
	if customer.settledMonthly() {
		s.chargeOrder(customer, o, "", now)
	}
}

func (p *coupon) spend(amount decimal.Decimal, orderID string, now time.Time) {
	p.balance, p.spent = p.balance.Sub(amount), p.spent.Add(amount)
	p.changed(tradeConsume, amount.Neg(), orderID, now)
	p.orderID, p.lastUsed = orderID, now
	if p.version() == 1 || p.balance.IsZero() {
		p.status = couponUsed
	}
}
