package funds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// clockSkew is how much our clock and Huawei Cloud's may differ.
	clockSkew = 2 * time.Minute
	// recordDelay is how long records may take to come to light. It is not
	// documented.
	recordDelay = 2 * time.Minute
)

// effect is the movement of the money; its result is the transfer's id. The note is
// the account's as it was looked at before; nil where nothing may be moved.
func (v *Mover) effect(m Movement, note *note) ledger.Effect[string] {
	return ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			if note == nil {
				return "", ledger.Refused(errors.New("it was only to be asked about"))
			}
			if err := v.open(ctx, *note, m); err != nil {
				return "", ledger.Refused(err)
			}
			return v.apply(ctx, m)
		},
		Find: func(ctx context.Context, _ time.Time) (string, ledger.Finding, error) {
			return v.find(ctx, m)
		},
		Settle: recordDelay,
	}
}

func (v *Mover) apply(ctx context.Context, m Movement) (string, error) {
	id, err := v.send(ctx, m)
	if err != nil {
		return "", refusedUnlessUnknown(err)
	}
	if id == "" {
		return "", errors.New("the answer names no transfer")
	}
	mine, err := v.book.Claim(ctx, id, v.claimant(m.Key))
	if err == nil && !mine {
		err = fmt.Errorf("the transfer %s of the answer belongs to another movement", id)
	}
	return id, err
}

func (v *Mover) send(ctx context.Context, m Movement) (string, error) {
	reseller := m.CustomerID == ""
	switch {
	case reseller && m.Direction == Reclaim:
		return v.cloud.ReclaimIndirectPartnerAccount(ctx, bss.ReclaimIndirectPartnerAccountRequest{
			IndirectPartnerID: m.IndirectPartnerID, Amount: m.Amount,
		})
	case reseller:
		return v.cloud.UpdateIndirectPartnerAccount(ctx, bss.UpdateIndirectPartnerAccountRequest{
			IndirectPartnerID: m.IndirectPartnerID, Amount: m.Amount,
		})
	case m.Direction == Reclaim:
		return v.cloud.ReclaimToPartnerAccount(ctx, bss.ReclaimToPartnerAccountRequest{
			CustomerID: m.CustomerID, Amount: m.Amount, IndirectPartnerID: m.IndirectPartnerID,
		})
	default:
		return v.cloud.UpdateCustomerAccountAmount(ctx, bss.UpdateCustomerAccountAmountRequest{
			CustomerID: m.CustomerID, Amount: m.Amount, IndirectPartnerID: m.IndirectPartnerID,
		})
	}
}

// refusedUnlessUnknown marks a failure after which nothing can have happened. What
// is no answer of the API and no failure to reach it proves nothing.
func refusedUnlessUnknown(err error) error {
	if failure, ok := errors.AsType[*bss.Error](err); ok && !failure.Unknown {
		return ledger.Refused(err)
	}
	return err
}

// find looks for the record of a movement in doubt.
func (v *Mover) find(ctx context.Context, m Movement) (string, ledger.Finding, error) {
	en, err := v.book.Entry(ctx, m.Key)
	if err != nil {
		return "", ledger.Unclear, err
	}
	var candidates []string
	for record, err := range v.cloud.ListPartnerAdjustRecords(ctx, m.records(span(en))) {
		if err != nil {
			return "", ledger.Unclear, err
		}
		if !m.made(record) {
			continue
		}
		owner, err := v.book.Claimant(ctx, record.TransID)
		if err != nil {
			return "", ledger.Unclear, err
		}
		switch owner {
		case v.claimant(m.Key):
			return record.TransID, ledger.Found, nil
		case "":
			candidates = append(candidates, record.TransID)
		}
	}
	return v.take(ctx, m, candidates)
}

// take claims the one record that nobody else has.
func (v *Mover) take(ctx context.Context, m Movement, candidates []string) (string, ledger.Finding, error) {
	switch len(candidates) {
	case 0:
		return "", ledger.Absent, nil
	case 1:
	default:
		return "", ledger.Unclear, fmt.Errorf("the transfers %v could all be this one, so somebody moved money by hand; look at them in the partner centre and decide", candidates)
	}
	mine, err := v.book.Claim(ctx, candidates[0], v.claimant(m.Key))
	if err == nil && !mine {
		err = fmt.Errorf("the transfer %s was taken by another movement at this moment", candidates[0])
	}
	if err != nil {
		return "", ledger.Unclear, err
	}
	return candidates[0], ledger.Found, nil
}

// claimant is what a transfer is claimed for. Claims are those of all functions, so it
// says whose entry it is.
func (v *Mover) claimant(key string) string { return v.book.Space() + "/" + key }

// span is when the record of an entry can have been made.
func span(en ledger.Entry) (from, to time.Time) {
	ended := en.Ended
	if en.State == ledger.StateRunning {
		ended = en.DueAt
	}
	return en.Since.Add(-clockSkew), ended.Add(recordDelay + clockSkew)
}

// records asks for those of the movement's account in that span.
func (m Movement) records(from, to time.Time) bss.ListPartnerAdjustRecordsRequest {
	r := bss.ListPartnerAdjustRecordsRequest{
		CustomerID:         m.account(),
		OperationType:      m.operation(),
		OperationTimeBegin: bss.At(from),
		OperationTimeEnd:   bss.At(to),
	}
	if m.CustomerID != "" {
		r.IndirectPartnerID = m.IndirectPartnerID
	}
	return r
}

// made reports whether the movement can have made the record. One without a currency
// is in the partner's.
func (m Movement) made(r bss.AdjustRecord) bool {
	return r.CustomerID == m.account() && r.OperationType == m.operation() && r.Amount.Equal(m.Amount) &&
		(r.Currency == "" || r.Currency == m.Currency)
}
