package payorder

import (
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// Check is one reason why an order could not be paid, and how it stands.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Detail and Next say what is wrong and what to do; both are empty where the
	// check holds.
	Detail string `json:"detail,omitempty"`
	Next   string `json:"next,omitempty"`

	code string // of the problem
}

// verify checks an order as it stands at an instant: the payment deadline, its
// state, the effective times and the amount. The deadline comes first, because an
// order that is past it is cancelled, and the deadline says why.
func verify(d bss.OrderDetails, now time.Time) []Check {
	return []Check{checkDeadline(d.Order, now), checkState(d.Order), checkEffectiveTime(d, now), checkAmount(d)}
}

// verify checks also what the order itself does not tell.
func (o orderLook) verify(now time.Time) []Check {
	return append(verify(o.OrderDetails, now), o.checkCombined(), o.checkAccount())
}

func (o orderLook) checkCombined() Check {
	if o.combined == "" {
		return Check{Name: "combined", OK: true}
	}
	return failed("combined", orderCombined(o.combined))
}

// The accounts of resale customers can be frozen abroad only.
func (o orderLook) checkAccount() Check {
	if o.customer.IsFrozen == bss.NotFrozen {
		return Check{Name: "account", OK: true}
	}
	return failed("account", accountFrozen())
}

func failed(name string, p *handler.Problem) Check {
	return Check{Name: name, code: p.Code, Detail: p.Detail, Next: p.Next}
}

func checkState(o bss.Order) Check {
	switch o.Status {
	case bss.OrderPendingPayment:
		return Check{Name: "state", OK: true}
	case bss.OrderProcessing, bss.OrderCompleted:
		return Check{Name: "state", code: "order_paid", Detail: "The order is paid already.", Next: "There is nothing to pay."}
	case bss.OrderCancelled:
		return Check{Name: "state", code: "order_cancelled", Detail: "The order is cancelled.", Next: "Let the customer order again."}
	case bss.OrderPendingApproval, bss.OrderPendingRefund, bss.OrderPendingConfirmation,
		bss.OrderPendingDelivery, bss.OrderPendingReceipt, bss.OrderPendingPickup, bss.OrderReplacing:
	}
	return Check{Name: "state", code: "order_not_payable", Detail: "The order does not wait for payment: it is " + statusName(o.Status) + ".",
		Next: "Wait until it is approved or confirmed in Huawei Cloud."}
}

func checkDeadline(o bss.Order, now time.Time) Check {
	end := o.PendingPaymentEndTime
	unpaid := o.Status == bss.OrderPendingPayment || o.Status == bss.OrderCancelled
	if !unpaid || end.IsZero() || now.Before(end.Time) {
		return Check{Name: "deadline", OK: true}
	}
	return Check{Name: "deadline", code: "order_past_deadline", Detail: "The order had to be paid before " + end.String() + ".",
		Next: "Let the customer order again."}
}

// A renewal takes effect when the old period ends, which may have been yesterday:
// only new purchases have an effective time that can be missed.
func checkEffectiveTime(d bss.OrderDetails, now time.Time) Check {
	if d.Order.Status != bss.OrderPendingPayment || d.Order.OrderType != bss.OrderNew {
		return Check{Name: "effective_time", OK: true}
	}
	for _, l := range d.Lines {
		if !l.EffectiveTime.IsZero() && now.After(l.EffectiveTime.Time) {
			return Check{Name: "effective_time", code: "order_effective_time_passed",
				Detail: "The order was to take effect at " + l.EffectiveTime.String() + ", which has passed.",
				Next:   "Let the customer order again."}
		}
	}
	return Check{Name: "effective_time", OK: true}
}

func checkAmount(d bss.OrderDetails) Check {
	sum := decimal.Zero
	for _, l := range d.Lines {
		sum = sum.Add(l.AmountAfterDiscount)
	}
	amount := d.Order.AmountAfterDiscount
	_, toTheFen := fenOf(amount)
	for _, l := range d.Lines {
		_, ok := fenOf(l.AmountAfterDiscount)
		toTheFen = toTheFen && ok
	}
	switch {
	case d.TotalCount > len(d.Lines):
		return Check{Name: "amount", code: "order_too_long", Detail: "The order has more lines than can be verified here.", Next: "Pay it in Huawei Cloud's console."}
	case amount.IsNegative() || !sum.Equal(amount):
		return Check{Name: "amount", code: "order_amount_inconsistent",
			Detail: "The lines of the order come to " + sum.StringFixed(2) + ", the order says " + amount.StringFixed(2) + ".",
			Next:   "Look at the order in Huawei Cloud's console before paying it."}
	case !toTheFen:
		return notToTheFen()
	}
	return Check{Name: "amount", OK: true}
}

func notToTheFen() Check {
	return Check{Name: "amount", code: "order_amount_inconsistent",
		Detail: "The order's amounts are no amounts of money: they are negative, too large, or not to the cent.",
		Next:   "Look at the order in Huawei Cloud's console before paying it."}
}

func firstFailed(checks []Check) *Check {
	for i := range checks {
		if !checks[i].OK {
			return &checks[i]
		}
	}
	return nil
}

// mustBePayable is the problem of the first check that does not hold.
func mustBePayable(d bss.OrderDetails, now time.Time) error { return firstProblem(verify(d, now)) }

func (o orderLook) mustBePayable(now time.Time) error { return firstProblem(o.verify(now)) }

func firstProblem(checks []Check) error {
	if failed := firstFailed(checks); failed != nil {
		return failed.problem()
	}
	return nil
}

func (c Check) problem() error {
	return &handler.Problem{Status: http.StatusConflict, Code: c.code, Detail: c.Detail, Next: c.Next}
}
