package payorder

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// A partner pays for a resale customer by allocating what the customer's balance lacks
// and paying the order with the customer's token; what was allocated comes back when
// the payment definitely fails. Each movement of money is an entry of its own in the
// ledger, and one more holds them together:
//
//	fund/<order>               the whole of it
//	allocate/pay/<order>/<n>   the missing balance, n = 1, 2, …
//	pay/<order>                the payment, as without funding
//	reclaim/pay/<order>/<n>    what allocate/pay/<order>/<n> had given
//
// The money of n is outstanding from when its allocation is done until its reclaim is.
// These are the states of the whole, by the four kinds of entries:
//
//	fund      allocations       pay             what happens next
//	running   any               any             its caller goes on
//	due       one in doubt      –               it is asked about; absent is nothing given
//	due       outstanding       –, failed       asked for again: the payment is made with it;
//	                                            reconciled: it goes back
//	due       a reclaim         failed          it is asked about; absent is outstanding
//	          in doubt
//	due       outstanding       in doubt        the payment is asked about, and nothing goes
//	                                            back before that has an answer
//	due       outstanding       done            done: the money is spent
//	due       none outstanding  –, failed       failed: the customer has what it had before
//
// Due is an entry whose lease has ended or whose outcome is unknown: the reconciler
// comes back to it until it is done or failed. So a process may die between any two
// writes. A person who decides about pay/<order> decides about the money with it, which
// the reconciler then leaves or takes back; one who decides about fund/<order> itself
// has moved the money by hand or gives it up: what was allocated until then is no longer
// outstanding.
//
// Money in an account has no name. Payments of a customer take turns here, so that none
// of them spends what is being allocated for another one. But one that comes while the
// money of another is in doubt may, as may the customer itself in the console: then the
// reclaim is refused until the balance is there again, and the entry stays unknown and
// says so.

// funding decides about the money of partners for payments.
type funding struct {
	mover *funds.Mover
	most  decimal.Decimal // for one payment; zero where none is given
}

func fundingKey(orderID string) string { return "fund/" + orderID }

// inTurn lets one payment of a customer at a time happen, where payments are funded.
func (f *function) inTurn(ctx context.Context, customerID string, do func(ctx context.Context) error) error {
	if !f.funding.most.IsPositive() {
		return do(ctx)
	}
	return f.ledger.Turn(ctx, "payments/"+customerID, do)
}

// payFunded pays an order with what the customer has and what it lacks of the
// partner's, once.
func (f *function) payFunded(ctx context.Context, q Quote) (Payment, error) {
	return ledger.Do(ctx, f.ledger, fundingKey(q.OrderID), q.fingerprint(), ledger.Effect[Payment]{
		Apply: func(ctx context.Context) (Payment, error) { return f.fundAndPay(ctx, q) },
		// What is outstanding is kept for the payment that is made next.
		Find: func(ctx context.Context, _ time.Time) (Payment, ledger.Finding, error) { return f.findFunded(ctx, q) },
	})
}

// settleFunding brings a payment with the partner's money to its end without paying:
// it is done if the order was paid by it, and if it certainly was not, what is
// outstanding goes back.
func (f *function) settleFunding(ctx context.Context, en ledger.Entry) error {
	q, err := quoteOf(en)
	if err != nil {
		return err
	}
	return f.inTurn(ctx, q.CustomerID, func(ctx context.Context) error {
		_, err := ledger.Reconcile(ctx, f.ledger, en.Key, ledger.Effect[Payment]{
			Find: func(ctx context.Context, _ time.Time) (Payment, ledger.Finding, error) {
				paid, finding, err := f.findFunded(ctx, q)
				if finding != ledger.Absent {
					return paid, finding, err
				}
				if err := f.giveBack(ctx, q); err != nil {
					return paid, ledger.Unclear, err
				}
				return paid, ledger.Absent, nil
			},
		})
		return err
	})
}

// fundAndPay allocates what is missing and pays. It is refused only when nothing of
// the partner's is left with the customer.
func (f *function) fundAndPay(ctx context.Context, q Quote) (Payment, error) {
	begun, err := f.begun(ctx, paymentKey(q.OrderID))
	if err != nil {
		return Payment{}, err
	}
	if !begun {
		if err := f.prepare(ctx, q); err != nil {
			return Payment{}, f.unfunded(ctx, q, err)
		}
	}
	paid, err := f.payOnce(ctx, q)
	if err != nil {
		return Payment{}, f.unfunded(ctx, q, err)
	}
	return f.withFunds(ctx, paid)
}

// prepare makes sure that the order is still as quoted, and that the customer can pay.
func (f *function) prepare(ctx context.Context, q Quote) error {
	details, err := f.order(ctx, q.OrderID, q.CustomerID)
	if err != nil {
		return certain(fundingKey(q.OrderID), err)
	}
	if err := f.mustBeAsQuoted(details, q); err != nil {
		return certain(fundingKey(q.OrderID), err)
	}
	return f.allocateMissing(ctx, q)
}

// unfunded is the end of a payment that was not made: what is outstanding goes back
// where it certainly was not, and stays where nobody knows.
func (f *function) unfunded(ctx context.Context, q Quote, reason error) error {
	if _, refused := errors.AsType[*ledger.RefusedError](reason); !refused {
		return reason
	}
	if err := f.giveBack(ctx, q); err != nil {
		return fmt.Errorf("the order was not paid (%w), and what was allocated for it is not back yet: %w", reason, err)
	}
	return ledger.Refused(reason)
}

// certain marks an error as the answer that nothing was done under the key.
func certain(key string, err error) error { return &ledger.RefusedError{Key: key, Err: err} }

// findFunded tells by the payment's own entry whether the order was paid, and asks
// about it where that is in doubt.
func (f *function) findFunded(ctx context.Context, q Quote) (Payment, ledger.Finding, error) {
	paid, err := ledger.Reconcile(ctx, f.ledger, paymentKey(q.OrderID), f.payment(q))
	if _, refused := errors.AsType[*ledger.RefusedError](err); refused || errors.Is(err, ledger.ErrNotFound) {
		return Payment{}, ledger.Absent, nil
	}
	if err != nil {
		return Payment{}, ledger.Unclear, err
	}
	paid, err = f.withFunds(ctx, paid)
	return paid, ledger.Found, err
}

// withFunds adds to a payment what the partner gave for it.
func (f *function) withFunds(ctx context.Context, paid Payment) (Payment, error) {
	all, err := f.allocations(ctx, paid.OrderID)
	if err == nil {
		paid.Funded = outstanding(all)
	}
	return paid, err
}

// balance is what a resale customer can spend.
func (f *function) balance(ctx context.Context, customerID string) (decimal.Decimal, error) {
	rows, err := f.cloud.ListCustomersBalancesDetail(ctx, bss.ListCustomersBalancesDetailRequest{
		CustomerInfos: []bss.CustomerID{{CustomerID: customerID}},
	})
	if err != nil {
		return decimal.Zero, functions.Problem(err)
	}
	for _, row := range rows {
		if row.CustomerID == customerID {
			return row.Amount, nil
		}
	}
	return decimal.Zero, &handler.Problem{Status: http.StatusConflict, Code: "customer_not_resale",
		Detail: "The customer is none to whom the partner allocates money.",
		Next:   "Pay without fund: the customer pays from its own account."}
}

// mayFund refuses what the configuration does not allow, before anything happens.
func (f *function) mayFund(q Quote) error {
	if !f.funding.most.IsPositive() || q.Currency != funds.Currency {
		return &handler.Problem{Status: http.StatusConflict, Code: "funding_not_allowed",
			Detail: "The partner's money pays no orders here, or not in " + q.Currency + ".",
			Next:   "Pay without fund, or set FUND_PAYMENTS to the most that may be allocated for one payment."}
	}
	return nil
}

func fundingTooLarge(needed, most decimal.Decimal) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "funding_too_large",
		Detail: "The customer lacks " + needed.StringFixed(2) + " for the order; at most " + most.StringFixed(2) + " may be allocated for one payment.",
		Next:   "Allocate the money to the customer by hand and pay again, or raise FUND_PAYMENTS."}
}
