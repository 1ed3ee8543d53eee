package payorder

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// pollEvery is the pause between two looks at an order that is being processed.
const pollEvery = 2 * time.Second

type payRequest struct {
	CustomerID string `json:"customer_id"`
	Quote      string `json:"quote"`
	// Code and Person confirm the payment, where it needs to be confirmed.
	Code   string `json:"code"`
	Person string `json:"person"`
	// Fund lets the partner allocate what the customer's balance lacks.
	Fund bool `json:"fund"`
}

// Payment is the recorded outcome of a payment.
type Payment struct {
	OrderID    string          `json:"order_id"`
	CustomerID string          `json:"customer_id"`
	Amount     decimal.Decimal `json:"amount"`
	// Payable was taken from the customer's balance; coupons paid the rest.
	Payable  decimal.Decimal `json:"payable"`
	Currency string          `json:"currency"`
	// Funded is what of that the partner allocated for the payment.
	Funded decimal.Decimal `json:"funded,omitzero"`
	// Settled says how the payment became known: "answered" by the call itself,
	// "found" by looking at the order after the answer was lost, or "decided" by a
	// person where neither told.
	Settled string `json:"settled"`
}

type paymentAnswer struct {
	Payment
	Status string    `json:"status"`
	PaidAt time.Time `json:"paid_at,omitzero"`
}

// pay pays an order as quoted, once, and waits a while for its completion. Asked
// again, it tells what is recorded.
func (f *function) pay(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in payRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	orderID := r.PathValue("order_id")
	q, err := f.quotes.read(in.Quote, orderID, in.CustomerID)
	if err != nil {
		return nil, err
	}
	paid, err := f.payAsAsked(ctx, q, in)
	if err != nil {
		return nil, notPaid(err)
	}
	order := f.await(ctx, q)
	out := paymentAnswer{Payment: paid, Status: statusName(order.Status), PaidAt: order.PaymentTime.Time}
	if order.Status == bss.OrderCompleted {
		return handler.OK(out), nil
	}
	res := handler.Accepted(out)
	res.Header = http.Header{"Location": {"/payorder/orders/" + url.PathEscape(orderID) + "?customer_id=" + url.QueryEscape(q.CustomerID)}}
	return res, nil
}

func paymentKey(orderID string) string { return "pay/" + orderID }

// payAsAsked pays from the customer's balance alone, or with what the partner adds. A
// payment that has begun was authorized then; the ledger settles it.
func (f *function) payAsAsked(ctx context.Context, q Quote, in payRequest) (Payment, error) {
	pay, authorize := f.payOnce, func() error { return f.authorize(ctx, q, in) }
	if in.Fund {
		if err := f.mayFund(q); err != nil {
			return Payment{}, err
		}
		pay, authorize = f.payFunded, func() error {
			return f.unlessBegun(ctx, fundingKey(q.OrderID), func() error { return f.authorize(ctx, q, in) })
		}
	}
	var paid Payment
	err := f.inTurn(ctx, q.CustomerID, func(ctx context.Context) error {
		err := f.unlessBegun(ctx, paymentKey(q.OrderID), authorize)
		if err == nil {
			paid, err = pay(ctx, q)
		}
		return err
	})
	return paid, err
}

func (f *function) payOnce(ctx context.Context, q Quote) (Payment, error) {
	return ledger.Do(ctx, f.ledger, paymentKey(q.OrderID), q.fingerprint(), f.payment(q))
}

// authorize lets a payment begin: the quote must be fresh, the order still as quoted, and
// the code must fit where one is needed.
func (f *function) authorize(ctx context.Context, q Quote, in payRequest) error {
	if err := q.mustBeFresh(f.clock.Now()); err != nil {
		return err
	}
	details, err := f.order(ctx, q.OrderID, q.CustomerID)
	if err != nil {
		return err
	}
	if err := f.mustBeAsQuoted(details, q); err != nil {
		return err
	}
	// Last, because a code begins one payment only.
	return f.confirm(ctx, q, in)
}

func (f *function) mustBeAsQuoted(details bss.OrderDetails, q Quote) error {
	if err := mustBePayable(details, f.clock.Now()); err != nil {
		return err
	}
	return q.mustMatch(details)
}

func (f *function) payment(q Quote) ledger.Effect[Payment] {
	done := Payment{OrderID: q.OrderID, CustomerID: q.CustomerID, Amount: q.Amount, Payable: q.Payable, Currency: q.Currency}
	// A payment in doubt that turns out not to have been made is made only of an
	// order that is still as quoted.
	var changed error
	return ledger.Effect[Payment]{
		Apply: func(ctx context.Context) (Payment, error) {
			if changed != nil {
				return Payment{}, ledger.Refused(changed)
			}
			customer, err := f.customer(ctx, q.CustomerID)
			if err != nil {
				return Payment{}, ledger.Refused(err)
			}
			done.Settled = "answered"
			return done, refusedUnlessUnknown(f.cloud.PayOrders(ctx, customer, bss.PayOrdersRequest{OrderID: q.OrderID, Coupons: q.Coupons, Discount: q.Discount}))
		},
		Find: func(ctx context.Context, since time.Time) (Payment, ledger.Finding, error) {
			details, err := f.order(ctx, q.OrderID, q.CustomerID)
			if err != nil {
				return Payment{}, ledger.Unclear, err
			}
			changed = f.mustBeAsQuoted(details, q)
			done.Settled = "found"
			finding, err := findPayment(details.Order, q, since)
			return done, finding, err
		},
		// An order shows its payment at once; the pause covers a payment that the
		// API still had in hand when its answer was lost.
		Settle: 30 * time.Second,
	}
}

func refusedUnlessUnknown(err error) error {
	if err == nil || errors.Is(err, bss.ErrOutcomeUnknown) || errors.Is(err, bss.ErrPaymentInProgress) {
		return err
	}
	return ledger.Refused(err)
}

// await looks at a paid order until it is completed, or the time for that is up. It
// cannot fail, because the payment has not: an order that cannot be looked at is
// being processed, as far as is known.
func (f *function) await(ctx context.Context, q Quote) bss.Order {
	order := bss.Order{Status: bss.OrderProcessing}
	until := f.clock.Now().Add(f.payWait)
	for {
		if details, err := f.order(ctx, q.OrderID, q.CustomerID); err == nil {
			order = details.Order
		}
		if order.Status == bss.OrderCompleted || !f.clock.Now().Before(until) || f.clock.Sleep(ctx, pollEvery) != nil {
			return order
		}
	}
}

// notPaid answers why an order was not paid.
func notPaid(err error) error {
	if _, unknown := errors.AsType[*ledger.UnknownError](err); unknown {
		return functions.Problem(err)
	}
	if p, ok := errors.AsType[*handler.Problem](err); ok {
		return p
	}
	if p := refusalOf(err); p != nil {
		return p
	}
	return functions.Problem(err)
}
