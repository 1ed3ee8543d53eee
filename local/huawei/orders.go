package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// States of an order.
const (
	OrderPendingReview  = 1
	OrderProcessing     = 3 // paid, not delivered yet
	OrderCancelled      = 4
	OrderCompleted      = 5
	OrderPendingPayment = 6
	OrderUnconfirmed    = 9 // placed by an account manager, waits for the customer
)

// paymentTerm is how long an order may stay unpaid, unless it says otherwise.
const paymentTerm = 7 * 24 * time.Hour

// order is an order of one product, or a combined order, which has members
// instead and is paid and cancelled with all of them.
type order struct {
	id         string
	customerID string
	kind       int // order_type: 1 new purchase, 2 renewal …
	status     int
	service    service
	product    string
	productID  string
	periodType int // 2 month, 3 year
	periodNum  int

	official decimal.Decimal // list price
	placed   decimal.Decimal // price when it was placed, after the product's own discount
	price    decimal.Decimal // amount_after_discount: placed, less what the payment's discount took
	taken    []takenDiscount // by the payment
	paidBy   paymentParts

	created   time.Time
	deadline  time.Time // of the payment
	effective time.Time // zero: at once
	paid      time.Time
	completed time.Time
	overdue   bool // cancelled because the deadline passed

	discounts    []Discount // that the customer may choose
	cashCoupons  int        // that it takes at most; 0: as many as it takes coupons
	coupons      []string   // the only ones that may pay it; nil: all of the customer's that fit
	members      []*order
	combined     *order // that it is a member of
	shortage     int    // what the resource is short of, a quota info's type; 0: nothing
	projectShort bool   // the enterprise project's funds are short
	budgetShort  bool   // the budget of the enterprise's unit is short
	taxUnknown   bool
}

// paymentParts says where the price came from; monthly is what the partner is
// billed for.
type paymentParts struct{ voucher, cashCoupon, card, cash, monthly decimal.Decimal }

func (p paymentParts) total() decimal.Decimal { return p.coupons().Add(p.cash).Add(p.monthly) }

func (p paymentParts) coupons() decimal.Decimal { return decimal.Sum(p.voucher, p.cashCoupon, p.card) }

func (p paymentParts) add(q paymentParts) paymentParts {
	return paymentParts{
		voucher: p.voucher.Add(q.voucher), cashCoupon: p.cashCoupon.Add(q.cashCoupon),
		card: p.card.Add(q.card), cash: p.cash.Add(q.cash), monthly: p.monthly.Add(q.monthly),
	}
}

// takenDiscount is money off, with the type that amount_info gives it.
type takenDiscount struct {
	kind   string
	amount decimal.Decimal
}

func orderOperations() map[string]operation {
	return map[string]operation{
		"ListCustomerOrders":        listOrders,
		"ShowCustomerOrderDetails":  showOrder,
		"ListOrderCouponsByOrderId": listOrderCoupons,
		"ListOrderDiscounts":        listOrderDiscounts,
		"PayOrders":                 payOrder,
		"CancelCustomerOrder":       cancelOrder,
	}
}

// lines are the orders of one product each that this order consists of.
func (o *order) lines() []*order {
	if len(o.members) > 0 {
		return o.members
	}
	return []*order{o}
}

// family is the order and its members.
func (o *order) family() []*order { return append([]*order{o}, o.members...) }

func (o *order) officialAmount() decimal.Decimal {
	return sumOf(o.lines(), func(l *order) decimal.Decimal { return l.official })
}

func (o *order) amountAfterDiscount() decimal.Decimal {
	return sumOf(o.lines(), func(l *order) decimal.Decimal { return l.price })
}

func (o *order) parts() paymentParts {
	var parts paymentParts
	for _, l := range o.lines() {
		parts = parts.add(l.paidBy)
	}
	return parts
}

// allTaken are the order's discounts: the product's own, which the price when it
// was placed contains, and those of the payment.
func (o *order) allTaken() []takenDiscount {
	var all []takenDiscount
	for _, l := range o.lines() {
		if own := l.official.Sub(l.placed); own.IsPositive() {
			all = addTaken(all, takenDiscount{takenProductsOwn, own})
		}
		for _, t := range l.taken {
			all = addTaken(all, t)
		}
	}
	return all
}

func addTaken(all []takenDiscount, t takenDiscount) []takenDiscount {
	i := slices.IndexFunc(all, func(a takenDiscount) bool { return a.kind == t.kind })
	if i < 0 {
		return append(all, t)
	}
	all[i].amount = all[i].amount.Add(t.amount)
	return all
}

func sumOf[T any](rows []T, amount func(T) decimal.Decimal) decimal.Decimal {
	var sum decimal.Decimal
	for _, r := range rows {
		sum = sum.Add(amount(r))
	}
	return sum
}

// settleOrders cancels what was not paid in time and completes what was paid
// long enough ago.
func (s *Server) settleOrders(now time.Time) {
	for _, o := range s.state.orders {
		delivered := o.paid.Add(s.options.ProvisioningDelay)
		switch {
		case o.status == OrderPendingPayment && !now.Before(o.deadline):
			o.status, o.overdue = OrderCancelled, true
		case o.status == OrderProcessing && !now.Before(delivered):
			o.status, o.completed = OrderCompleted, delivered
		}
	}
}

func (s *state) order(id string) *order {
	for _, o := range s.orders {
		if o.id == id {
			return o
		}
	}
	return nil
}

// visibleOrder finds an order that the caller may see: its owner, or the partner
// whose customer the owner is.
func (s *Server) visibleOrder(c *call, id string) (*order, error) {
	o := s.state.order(id)
	if o == nil || !s.sees(c, o.customerID) {
		return nil, errNoOrder()
	}
	return o, nil
}

func (s *Server) sees(c *call, customerID string) bool {
	if !c.caller.partner {
		return customerID == c.caller.customer
	}
	return c.serves(s.state.customer(customerID))
}

func errNoOrder() error {
	return refuse(http.StatusBadRequest, "CBC.30000010", "invalid order: it does not exist")
}

// cancelOrder cancels an order, and with a combined one its members. That an
// unknown order answers as it does in the other order operations is an
// assumption: the page lists no code for it.
func cancelOrder(s *Server, c *call) (any, error) {
	var r struct {
		OrderID string `json:"order_id"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	o, err := s.visibleOrder(c, r.OrderID)
	if err != nil {
		return nil, err
	}
	if o.combined != nil {
		return nil, errUseCombined()
	}
	if o.status != OrderPendingPayment {
		return nil, refuse(http.StatusBadRequest, "CBC.99005010", "the order's status does not allow cancelling")
	}
	for _, l := range o.family() {
		l.status = OrderCancelled
	}
	s.record(c.effect(o.customerID, o.id))
	return nil, nil
}

func errUseCombined() error {
	return refuse(http.StatusBadRequest, "CBC.99000089", "the order cannot be operated alone: use the number of the combined order")
}
