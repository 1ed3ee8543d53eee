package couponissue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// codeScarce is Huawei Cloud's refusal of a customer for whom the quota is
// insufficient.
const codeScarce = "CBC.99000013"

// issueBatch gives the customers of a batch their coupons, each by an entry of the
// ledger, and all by one call.
func (r *run) issueBatch(ctx context.Context, b batch) {
	if r.tooScarce(b.value) {
		for _, i := range b.who {
			b.set(i, Outcome{State: Refused, Code: codeScarce, Message: "The quota was insufficient for an equal coupon before."})
		}
		return
	}
	m := newMeeting(len(b.who), func(ctx context.Context, customers []string) answers {
		return r.call(ctx, b.value, customers)
	})
	causes := make([]error, len(b.who))
	var everybody sync.WaitGroup
	for place, i := range b.who {
		everybody.Go(func() { causes[place] = r.issueOne(ctx, b, i, place, m) })
	}
	everybody.Wait()
	if err := errors.Join(causes...); err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "coupons not issued", slog.String("campaign", r.campaign.Campaign),
			slog.String("part", b.of.part.ID), slog.Int("customers", failures(causes)), slog.Any("first_cause", first(causes)))
	}
}

// issueOne makes the entry of one customer, who comes to the batch's meeting where
// there is something to do for him.
func (r *run) issueOne(ctx context.Context, b batch, i, place int, m *meeting) error {
	recipient := b.of.recipients[i]
	grant := r.campaign.grant(recipient.CustomerID, b.value)
	coupon, err := ledger.Do(ctx, r.ledger, grant.key(), grant.fingerprint(), ledger.Effect[Coupon]{
		Apply:  func(ctx context.Context) (Coupon, error) { return m.attend(ctx, place, recipient.CustomerID) },
		Find:   r.inTurn(r.finder(grant)),
		Settle: recordDelay,
	})
	m.leave(ctx, place)
	outcome, stop := outcomeOf(recipient.CustomerID, coupon, err)
	b.set(i, outcome)
	switch {
	case stop != nil:
		r.stopBecause(stop)
	case outcome.Code == codeScarce:
		r.learnScarcity(b.value)
	}
	return err
}

// inTurn lets a few look at the records at a time: all of a batch at once would only
// wait for each other, each of them within its own time.
func (r *run) inTurn(find finding) finding {
	return func(ctx context.Context, since time.Time) (Coupon, ledger.Finding, error) {
		select {
		case r.asking <- struct{}{}:
		case <-ctx.Done():
			return Coupon{}, ledger.Unclear, ctx.Err()
		}
		defer func() { <-r.asking }()
		return find(ctx, since)
	}
}

func (b batch) set(i int, o Outcome) {
	o.CustomerID = b.of.recipients[i].CustomerID
	b.of.mu.Lock()
	defer b.of.mu.Unlock()
	b.of.outcomes[i] = o
}

// call serves customers by one call. Where a refusal of all may be about some of
// them, each half is served by a call of its own, and so on, so that the others get
// theirs.
func (r *run) call(ctx context.Context, value decimal.Decimal, customers []string) answers {
	issued, err := r.cloud.CreatePartnerCoupons(ctx, r.campaign.request(customers, value))
	if err == nil {
		return dealt(customers, issued)
	}
	err = refusedUnlessUnknown(err)
	refusal, ok := errors.AsType[*bss.Error](err)
	if !ok || refusal.Unknown || len(customers) == 1 || !concernsCustomers(refusal) {
		return forAll(customers, err)
	}
	half := len(customers) / 2
	all := r.call(ctx, value, customers[:half])
	for id, a := range r.call(ctx, value, customers[half:]) {
		all[id] = a
	}
	return all
}

// tooScarce says whether the quota was insufficient for such a coupon before, in
// this run.
func (r *run) tooScarce(value decimal.Decimal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.scarce.IsPositive() && value.GreaterThanOrEqual(r.scarce)
}

func (r *run) learnScarcity(value decimal.Decimal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.scarce.IsZero() || value.LessThan(r.scarce) {
		r.scarce = value
	}
}

func failures(causes []error) int {
	n := 0
	for _, err := range causes {
		if err != nil {
			n++
		}
	}
	return n
}

func first(causes []error) error {
	for _, err := range causes {
		if err != nil {
			return err
		}
	}
	return nil
}

// each does something for the places from 0 to n, a few at a time, and returns what
// failed first.
func each(n int, do func(i int) error) error {
	const atOnce = 16
	var group sync.WaitGroup
	var once sync.Once
	var failure error
	for worker := range min(atOnce, n) {
		group.Go(func() {
			for i := worker; i < n; i += atOnce {
				if err := do(i); err != nil {
					once.Do(func() { failure = err })
					return
				}
			}
		})
	}
	group.Wait()
	return failure
}
