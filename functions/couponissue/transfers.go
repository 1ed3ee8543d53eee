package couponissue

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// transferCurrency is the one in which a partner funds its customers; the site
// where it does has no other.
const transferCurrency = "CNY"

// TransferRequest asks for one movement of money between the partner and a resale
// customer.
type TransferRequest struct {
	// RequestID names the movement: 1 to 64 letters, digits, _ and -. Sent again,
	// it is answered with what happened the first time.
	RequestID  string `json:"request_id"`
	CustomerID string `json:"customer_id"`
	// Amount is in Currency, with at most two decimals.
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// Transfer is a movement that happened.
type Transfer struct {
	TransferRequest
	TransferID string `json:"transfer_id"`
}

// direction is one of the two ways in which money moves.
type direction struct {
	verb      string // begins the ledger's key
	operation bss.AdjustOperation
	move      func(ctx context.Context, customerID string, amount decimal.Decimal) (transferID string, err error)
	tooLittle func(cause error) *handler.Problem
}

func (f *function) allocate(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transfer(ctx, r, direction{"allocate", bss.AdjustAllocate, f.give, partnerBalanceInsufficient})
}

func (f *function) reclaim(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.transfer(ctx, r, direction{"reclaim", bss.AdjustReclaim, f.take, customerBalanceInsufficient})
}

func (f *function) give(ctx context.Context, customerID string, amount decimal.Decimal) (string, error) {
	return f.cloud.UpdateCustomerAccountAmount(ctx, bss.UpdateCustomerAccountAmountRequest{CustomerID: customerID, Amount: amount})
}

func (f *function) take(ctx context.Context, customerID string, amount decimal.Decimal) (string, error) {
	return f.cloud.ReclaimToPartnerAccount(ctx, bss.ReclaimToPartnerAccountRequest{CustomerID: customerID, Amount: amount})
}

func (f *function) transfer(ctx context.Context, r *handler.Request, d direction) (*handler.Response, error) {
	var in TransferRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	key := d.verb + "/" + in.RequestID
	id, err := ledger.Do(ctx, f.ledger, key, in.fingerprint(), f.movement(key, in, d))
	if err != nil {
		return nil, notTransferred(err, d)
	}
	return handler.OK(Transfer{in, id}), nil
}

func (r TransferRequest) check() error {
	var f fields
	f.match("request_id", r.RequestID, requestIDPattern)
	f.match("customer_id", r.CustomerID, idPattern)
	f.amount("amount", r.Amount)
	if r.Currency != transferCurrency {
		f.wrong("currency", "must be "+transferCurrency)
	}
	return f.problem()
}

func (r TransferRequest) fingerprint() ledger.Fingerprint {
	return ledger.Fingerprint{"customer_id": r.CustomerID, "amount": r.Amount.StringFixed(2), "currency": r.Currency}
}

// movement is the effect of moving the money; its result is the transfer's id.
//
// The records of movements carry no key of ours, so one is known again by customer,
// direction, amount and time, and each record belongs to one request. Requests for
// equal movements need not wait for each other: which of two equal records belongs
// to which of them makes no difference, as long as there is one for each. A request
// whose own record another one has taken meanwhile does not know its outcome, and
// looks for a record that is left over.
func (f *function) movement(key string, in TransferRequest, d direction) ledger.Effect[string] {
	return ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			id, err := d.move(ctx, in.CustomerID, in.Amount)
			if err != nil {
				return "", refusedUnlessUnknown(err)
			}
			mine, err := f.owners.take(ctx, key, id)
			if err == nil && !mine {
				err = fmt.Errorf("the transfer %s was counted for an equal request that did not know its own", id)
			}
			return id, err
		},
		Find: func(ctx context.Context, since time.Time) (string, ledger.Finding, error) {
			return f.findTransfer(ctx, key, in, d, since)
		},
		Settle: recordDelay,
	}
}

// findTransfer looks for the movement among the records.
func (f *function) findTransfer(ctx context.Context, key string, in TransferRequest, d direction, since time.Time) (string, ledger.Finding, error) {
	id, mine, err := f.owners.taken(ctx, key)
	if err != nil {
		return "", ledger.Unclear, err
	}
	if mine {
		return id, ledger.Found, nil
	}
	records := f.cloud.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{
		CustomerID:         in.CustomerID,
		OperationType:      d.operation,
		OperationTimeBegin: bss.At(since.Add(-clockSkew)),
		OperationTimeEnd:   bss.At(f.now().Add(clockSkew)),
	})
	for record, err := range records {
		if err != nil {
			return "", ledger.Unclear, err
		}
		if !record.Amount.Equal(in.Amount) {
			continue
		}
		mine, err := f.owners.take(ctx, key, record.TransID)
		if err != nil {
			return "", ledger.Unclear, err
		}
		if mine {
			return record.TransID, ledger.Found, nil
		}
	}
	return "", ledger.Absent, nil
}
