package huawei

import (
	"net/http"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// refund is what came back for a resource: an order with negative amounts.
type refund struct {
	order         *order
	resource      *resource
	unconditional bool
	lines         []refundLine
}

// refundLine is what became of the price that one order had paid. Vouchers do
// not come back for a term that has begun; of the rest, what was consumed and
// the fee are kept.
type refundLine struct {
	base     *order
	paid     paymentParts
	returned paymentParts
	consumed decimal.Decimal
	fee      decimal.Decimal
	lost     decimal.Decimal // vouchers that were used, and coupons that have expired since
}

// refund gives back what is left of terms, and places the order that says so. A
// term that has ended leaves nothing.
func (s *Server) refund(r *resource, terms []term, unconditional bool, kind int, c *call) *refund {
	f := &refund{resource: r, unconditional: unconditional}
	var total paymentParts
	for _, t := range terms {
		if c.now.Before(t.to) {
			line := s.refundTerm(t, unconditional, c.now)
			f.lines, total = append(f.lines, line), total.add(line.returned)
		}
	}
	f.order = s.placeRefund(r, total, kind, c)
	s.state.subscriptions.refunds = append(s.state.subscriptions.refunds, f)
	return f
}

func (s *Server) refundTerm(t term, unconditional bool, now time.Time) refundLine {
	line := refundLine{base: t.order, paid: t.order.paidBy}
	due := line.paid
	if !unconditional && !now.Before(t.from) {
		due.voucher = decimal.Zero
		line.consumed, line.fee = t.kept(due.total(), now)
		due = due.without(line.consumed.Add(line.fee))
	}
	line.returned = s.returnParts(t.order, due, now)
	line.lost = line.paid.total().Sub(decimal.Sum(line.returned.total(), line.consumed, line.fee))
	return line
}

// kept is what was consumed of the amount, by whole hours, and the fee, rounded
// to the fen; together not more than the amount.
func (t term) kept(amount decimal.Decimal, now time.Time) (consumed, fee decimal.Decimal) {
	begun := t.from.Truncate(time.Hour)
	used := decimal.NewFromInt(int64(now.Truncate(time.Hour).Sub(begun) / time.Hour))
	subscribed := decimal.NewFromInt(int64(t.to.Truncate(time.Hour).Sub(begun) / time.Hour))
	consumed = amount.Mul(used).DivRound(subscribed, 2)
	fee = amount.Mul(t.feeRate(now)).Round(2)
	return consumed, decimal.Min(fee, amount.Sub(consumed))
}

// feeRate is the share of the price that ending a term early costs. The table is
// that of the international site; the Chinese one is not published.
func (t term) feeRate(now time.Time) decimal.Decimal {
	rates := []string{"0.1"}
	if t.order.periodType == PeriodYear {
		switch t.order.periodNum {
		case 2:
			rates = []string{"0.15", "0.1"}
		case 3:
			rates = []string{"0.15", "0.1", "0.05"}
		}
	}
	year := 0
	for year < len(rates)-1 && !now.Before(t.from.AddDate(year+1, 0, 0)) {
		year++
	}
	return price(rates[year])
}

// without takes an amount out of the parts in the order in which they were paid:
// what was consumed first is what was paid first. Which part the documentation
// takes first is not said.
func (p paymentParts) without(amount decimal.Decimal) paymentParts {
	for _, part := range []*decimal.Decimal{&p.voucher, &p.cashCoupon, &p.card, &p.cash, &p.monthly} {
		taken := decimal.Min(*part, amount)
		*part, amount = part.Sub(taken), amount.Sub(taken)
	}
	return p
}

// returnParts gives the coupons of an order back what is due, and returns what
// came back. The rest is moved with the refund's order.
func (s *Server) returnParts(o *order, due paymentParts, now time.Time) paymentParts {
	return paymentParts{
		voucher:    s.returnToCoupons(o, CouponVoucher, due.voucher, now),
		cashCoupon: s.returnToCoupons(o, CouponCash, due.cashCoupon, now),
		card:       s.returnToCoupons(o, CouponStoredCard, due.card, now),
		cash:       due.cash,
		monthly:    due.monthly,
	}
}

// returnToCoupons gives back to the coupons of a kind what they paid, to those
// that can still be used first. What belongs to a coupon that has expired or was
// reclaimed is lost.
func (s *Server) returnToCoupons(o *order, kind int, due decimal.Decimal, now time.Time) decimal.Decimal {
	payer := o.payer().id
	returned := decimal.Zero
	for _, p := range s.state.coupons {
		if p.kind != kind || p.status != couponUsable && p.status != couponUsed || !now.Before(p.expires) {
			continue
		}
		amount := decimal.Min(p.paidOf(payer), due.Sub(returned))
		if amount.IsPositive() {
			p.giveBack(amount, payer, now)
			returned = returned.Add(amount)
		}
	}
	return returned
}

// paidOf is what the coupon paid of an order and has not got back.
func (p *coupon) paidOf(orderID string) decimal.Decimal {
	return sumOf(p.changes, func(c couponChange) decimal.Decimal {
		if c.reference == orderID {
			return c.change.Neg()
		}
		return decimal.Zero
	})
}

func (p *coupon) giveBack(amount decimal.Decimal, orderID string, now time.Time) {
	p.balance, p.spent, p.status = p.balance.Add(amount), p.spent.Sub(amount), couponUsable
	p.changed(tradeRefund, amount, orderID, now)
}

// placeRefund places the order of a refund, which is completed at once. Its
// amounts are negative, as those of the refund's details are: the documentation
// says only that the official amount equals the one after discount. How an
// order of more than 50,000 CNY is reviewed is not simulated.
func (s *Server) placeRefund(r *resource, returned paymentParts, kind int, c *call) *order {
	bought, total := r.order, returned.total().Neg()
	o := &order{
		id: s.newOrderID(c.now), customerID: bought.customerID, kind: kind, status: OrderCompleted,
		service: bought.service, product: bought.product, productID: bought.productID, periodType: bought.periodType,
		official: total, placed: total, price: total, paidBy: paymentParts{
			voucher: returned.voucher.Neg(), cashCoupon: returned.cashCoupon.Neg(),
			card: returned.card.Neg(), cash: returned.cash.Neg(), monthly: returned.monthly.Neg(),
		},
		created: c.now, deadline: c.now, paid: c.now, completed: c.now,
	}
	s.state.orders = append(s.state.orders, o)
	customer := s.state.customer(o.customerID)
	s.move(customer, returned.cash, o.id, c.now)
	if customer.settledMonthly() || !returned.monthly.IsZero() {
		s.chargeOrder(customer, o, r.id, c.now)
	}
	e := c.effect(o.customerID, o.id)
	e.Amount, e.Currency = returned.total(), s.currency()
	s.record(e)
	return o
}

type refundRow struct {
	ID               string `json:"id"`
	Amount           money  `json:"amount"`
	MeasureID        string `json:"measure_id"`
	CustomerID       string `json:"customer_id"`
	ResourceTypeCode string `json:"resource_type_code"`
	ResourceTypeName string `json:"resource_type_name"`
	ServiceTypeCode  string `json:"service_type_code"`
	ServiceTypeName  string `json:"service_type_name"`
	RegionCode       string `json:"region_code"`
	BaseOrderID      string `json:"base_order_id"`
}

// showRefund answers what a refund gave back and kept, by the orders that had
// paid.
// https://support.huaweicloud.com/api-bpconsole/api_order_00020.html
func showRefund(s *Server, c *call) (any, error) {
	customerID := c.query.Get("customer_id")
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	if c.caller.partner && customerID == "" {
		return nil, errParameter("customer_id is required where the partner calls")
	}
	o, err := s.visibleOrder(c, c.query.Get("order_id"))
	if err != nil {
		return nil, err
	}
	if c.caller.partner && o.customerID != customerID {
		return nil, errNoOrder()
	}
	for _, f := range s.state.subscriptions.refunds {
		if f.order == o {
			rows := f.rows()
			return map[string]any{"refund_infos": rows, "total_count": len(rows)}, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "CBC.99005026", "the order is neither an unsubscription nor a downgrade")
}

// rows are negative for what came back, positive for what was kept.
func (f *refund) rows() []refundRow {
	rows := []refundRow{}
	kind := f.resource.kind
	for _, line := range f.lines {
		for _, amount := range []decimal.Decimal{line.returned.total().Neg(), line.consumed, line.fee} {
			if amount.IsZero() {
				continue
			}
			rows = append(rows, refundRow{
				ID: f.order.id + "-" + strconv.Itoa(len(rows)+1), Amount: money(amount), MeasureID: strconv.Itoa(measureYuan),
				CustomerID: f.order.customerID, ResourceTypeCode: kind.code, ResourceTypeName: kind.name,
				ServiceTypeCode: kind.service.code, ServiceTypeName: kind.service.name,
				RegionCode: regions[0].code, BaseOrderID: line.base.id,
			})
		}
	}
	return rows
}
