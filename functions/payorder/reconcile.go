package payorder

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// decided is how something became known that a person decided.
const decided = "decided"

// settlers are who asks about entries in doubt, by the first segment of their key.
func (f *function) settlers() map[string]reconcile.Settler {
	return map[string]reconcile.Settler{
		"pay":         {Settle: f.settlePayment, Result: decidedPayment, LookAt: whereAPaymentShows},
		"renew":       {Settle: f.settleRenewal, Result: decidedRenewal, LookAt: whereOrdersShow},
		"unsubscribe": {Settle: f.settleUnsubscription, Result: decidedUnsubscription, LookAt: whereOrdersShow},
		"ondemand":    {Settle: f.settleConversion, Result: decidedConversion, LookAt: whereOrdersShow},
		"fund":        {Settle: f.settleFunding, Result: decidedPayment, LookAt: whereFundingShows},
		"allocate":    f.funding.mover.Settler(),
		"reclaim":     f.funding.mover.Settler(),
	}
}

func (f *function) settlePayment(ctx context.Context, en ledger.Entry) error {
	q, err := quoteOf(en)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.payment(q))
	return err
}

// quoteOf is what an entry tells of the quote that was paid: enough to ask about the
// payment, not to make it.
func quoteOf(en ledger.Entry) (Quote, error) {
	amount, err := decimal.NewFromString(en.Fingerprint["amount"])
	if err != nil {
		return Quote{}, fmt.Errorf("the amount of %q is unreadable: %w", en.Key, err)
	}
	payable, err := decimal.NewFromString(en.Fingerprint["payable"])
	if err != nil {
		return Quote{}, fmt.Errorf("what was payable of %q is unreadable: %w", en.Key, err)
	}
	return Quote{
		OrderID: orderOf(en), CustomerID: en.Fingerprint["customer_id"],
		Amount: amount, Payable: payable, Currency: en.Fingerprint["currency"],
	}, nil
}

// decidedPayment is what is recorded of a payment that a person says was made.
func decidedPayment(_ context.Context, en ledger.Entry, _ string) (any, error) {
	q, err := quoteOf(en)
	if err != nil {
		return nil, err
	}
	return Payment{
		OrderID: q.OrderID, CustomerID: q.CustomerID, Amount: q.Amount, Payable: q.Payable, Currency: q.Currency,
		Settled: decided,
	}, nil
}

func whereAPaymentShows(en ledger.Entry) string {
	return fmt.Sprintf("Partner centre, orders of customer %s: the status and the payment record of order %s. Paid is done; pending payment or cancelled, with no amount taken from the balance since %s, is failed.",
		en.Fingerprint["customer_id"], orderOf(en), en.Since.Format("2006-01-02 15:04 UTC"))
}

func whereFundingShows(en ledger.Entry) string {
	return fmt.Sprintf("The entries pay/%[1]s, allocate/pay/%[1]s/… and reclaim/pay/%[1]s/… of this ledger: decide about the one in doubt, and this one follows. Where the money cannot be taken back because the customer has spent it, failed gives it up.",
		orderOf(en))
}

// orderOf is the order that a payment's entry, or its funding's, is about.
func orderOf(en ledger.Entry) string {
	_, orderID, _ := strings.Cut(en.Key, "/")
	return orderID
}

// What is recorded of changes of resources that a person says were made: all that was
// asked for, with the order that they found.

func decidedRenewal(_ context.Context, en ledger.Entry, orderID string) (any, error) {
	orders, err := foundOrder(orderID)
	return Renewal{CustomerID: en.Fingerprint["customer_id"], OrderIDs: orders, Refused: []ResourceRefusal{}, Settled: decided}, err
}

func decidedUnsubscription(_ context.Context, en ledger.Entry, orderID string) (any, error) {
	orders, err := foundOrder(orderID)
	return Unsubscription{CustomerID: en.Fingerprint["customer_id"], OrderIDs: orders, Refused: []ResourceRefusal{}, Settled: decided}, err
}

func decidedConversion(_ context.Context, en ledger.Entry, orderID string) (any, error) {
	orders, err := foundOrder(orderID)
	return Conversion{
		CustomerID: en.Fingerprint["customer_id"], Converted: strings.Split(en.Fingerprint["resource_ids"], ","),
		InReview: []string{}, Refused: []ResourceRefusal{}, OrderIDs: orders, Settled: decided,
	}, err
}

func foundOrder(orderID string) ([]string, error) {
	if orderID == "" {
		return nil, reconcile.RecordNeeded("the id of the order")
	}
	return []string{orderID}, nil
}

func whereOrdersShow(en ledger.Entry) string {
	return fmt.Sprintf("Partner centre, orders of customer %s since %s: one about the resources %s. There is done, with the order's id; not there after an hour, and the resources as before, is failed.",
		en.Fingerprint["customer_id"], en.Since.Format("2006-01-02 15:04 UTC"), en.Fingerprint["resource_ids"])
}
