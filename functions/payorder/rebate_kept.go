package payorder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	kindEstimate = "rebate-estimate"
	// quotedFor is how long an estimate is kept of a quote that nothing is known to
	// have come of: longer than an outcome may stay unknown.
	quotedFor = 40 * 24 * time.Hour
	// paidFor is how long one is kept of a payment, in months: as long as Huawei
	// Cloud keeps the bills.
	paidFor      = 18
	estimatePage = 200
)

// keptEstimate is the estimate of a quote, for the report a month later.
type keptEstimate struct {
	OrderID     string `json:"order_id"`
	CustomerID  string `json:"customer_id"`
	Association string `json:"association,omitempty"`
	// Price is what the order cost before coupons and after the discount.
	Price decimal.Decimal `json:"price"`
	// Vouchers and Excluded are what vouchers and cash coupons paid that do not
	// count.
	Vouchers decimal.Decimal `json:"vouchers"`
	Excluded decimal.Decimal `json:"excluded"`
	Rebate   Rebate          `json:"rebate"`

	// PaidAt is when the payment was recorded; of the row, not of the document.
	PaidAt time.Time `json:"-"`
}

// performance is the part of the estimate that counts for the partner's performance.
func (k keptEstimate) performance() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range k.Rebate.Lines {
		if l.Counts {
			sum = sum.Add(l.Basis)
		}
	}
	return sum
}

// estimates keeps the estimates of quotes. One whose order was paid as quoted is due
// at the instant of the payment, so that a month is a range.
type estimates struct {
	store ledger.Store
	now   func() time.Time
}

// estimateKey names what an order is paid with: the estimates of two quotes of one
// order differ where their coupons do.
func estimateKey(orderID string, fp ledger.Fingerprint) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(fp)) {
		fmt.Fprintf(h, "%q=%q,", name, fp[name])
	}
	return orderID + "/" + hex.EncodeToString(h.Sum(nil)[:12])
}

// quoted keeps the estimate of a quote, until it is known whether it was paid.
func (e estimates) quoted(ctx context.Context, q Quote, k keptEstimate) error {
	body, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode the estimate of order %s: %w", q.OrderID, err)
	}
	now := e.now()
	row := ledger.Row{
		Kind: kindEstimate, Key: estimateKey(q.OrderID, q.fingerprint()), Body: body,
		ExpiresAt: now.Add(quotedFor), CreatedAt: now, UpdatedAt: now,
	}
	err = e.store.Insert(ctx, row)
	if errors.Is(err, ledger.ErrExists) {
		err = e.requoted(ctx, row)
	}
	if err != nil {
		return fmt.Errorf("keep the estimate of order %s: %w", q.OrderID, err)
	}
	return nil
}

// requoted puts the estimate of a newer quote, by newer rules perhaps, in the place
// of one that was not paid.
func (e estimates) requoted(ctx context.Context, row ledger.Row) error {
	old, err := e.store.Get(ctx, row.Kind, row.Key)
	if err != nil || !old.DueAt.IsZero() {
		return err
	}
	row.Version = old.Version
	if err = e.store.Update(ctx, row); errors.Is(err, ledger.ErrVersion) {
		return nil // another quote was faster, or a payment
	}
	return err
}

// paid records that an order was paid as quoted. It may be called again, and of an
// order that was never quoted here.
func (e estimates) paid(ctx context.Context, orderID string, fp ledger.Fingerprint) error {
	for {
		row, err := e.store.Get(ctx, kindEstimate, estimateKey(orderID, fp))
		if errors.Is(err, ledger.ErrNotFound) || err == nil && !row.DueAt.IsZero() {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the estimate of order %s: %w", orderID, err)
		}
		row.UpdatedAt = e.now()
		row.DueAt, row.ExpiresAt = row.UpdatedAt, row.UpdatedAt.AddDate(0, paidFor, 0)
		err = e.store.Update(ctx, row)
		if errors.Is(err, ledger.ErrVersion) {
			continue
		}
		if err != nil {
			return fmt.Errorf("keep the estimate of the paid order %s: %w", orderID, err)
		}
		return nil
	}
}

// in iterates the estimates of payments in a month of GMT+8, in the order of the
// payments.
func (e estimates) in(ctx context.Context, month string) iter.Seq2[keptEstimate, error] {
	return func(yield func(keptEstimate, error) bool) {
		from, until, err := monthRange(month)
		pages := paidPages{e.store, from, until, map[string]bool{}}
		for err == nil {
			var rows []ledger.Row
			if rows, err = pages.next(ctx); err == nil && len(rows) == 0 {
				return
			}
			for _, row := range rows {
				k, err := readEstimate(row)
				if !yield(k, err) || err != nil {
					return
				}
			}
		}
		yield(keptEstimate{}, fmt.Errorf("list the estimates of %s: %w", month, err))
	}
}

// paidPages pages through the rows due in a range.
type paidPages struct {
	store       ledger.Store
	from, until time.Time
	// seen are the rows at from that a page had already.
	seen map[string]bool
}

func (p *paidPages) next(ctx context.Context) ([]ledger.Row, error) {
	rows, err := p.store.Due(ctx, kindEstimate, p.from, p.until, estimatePage+len(p.seen))
	fresh := slices.DeleteFunc(rows, func(row ledger.Row) bool { return p.seen[row.Key] })
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	last := fresh[len(fresh)-1].DueAt
	if last.After(p.from) {
		clear(p.seen)
	}
	for _, row := range fresh {
		if row.DueAt.Equal(last) {
			p.seen[row.Key] = true
		}
	}
	p.from = last
	return fresh, nil
}

func readEstimate(row ledger.Row) (keptEstimate, error) {
	k := keptEstimate{PaidAt: row.DueAt}
	if err := json.Unmarshal(row.Body, &k); err != nil {
		return k, fmt.Errorf("the estimate %s is unreadable: %w", row.Key, err)
	}
	return k, nil
}

// monthRange is the first and the last instant of a month of GMT+8, to the
// microsecond, as stores keep them.
func monthRange(month string) (first, last time.Time, err error) {
	first, err = time.ParseInLocation("2006-01", month, cycleZone())
	if err != nil {
		return first, first, fmt.Errorf("%q is no month: %w", month, err)
	}
	return first.UTC(), first.AddDate(0, 1, 0).Add(-time.Microsecond).UTC(), nil
}

// keepQuoted keeps the estimate that a quote is answered with. A quote is good
// without it: what fails here is logged.
func (f *function) keepQuoted(ctx context.Context, q Quote, p pricedOrder, r Rebate) {
	k := keptEstimate{OrderID: q.OrderID, CustomerID: q.CustomerID, Association: r.association, Rebate: r}
	for _, d := range p.deductions {
		switch {
		case d.Kind == couponKinds[bss.KindVoucher]:
			k.Vouchers = k.Vouchers.Add(d.Amount)
		case d.Kind == couponKinds[bss.KindCashCoupon] && !d.countsForRebate:
			k.Excluded = k.Excluded.Add(d.Amount)
		}
	}
	k.Price = p.cash().Add(k.Vouchers).Add(k.Excluded)
	if err := f.estimates.quoted(ctx, q, k); err != nil {
		f.logger.ErrorContext(ctx, "the rebate report will lack the order if it is paid", "order_id", q.OrderID, "error", err)
	}
}

// announced keeps the estimate of each payment that a ledger announces, whoever has
// settled it, and lets next announce everything. It is asked again where it fails.
func (e estimates) announced(next func(context.Context, ledger.Entry) error) func(context.Context, ledger.Entry) error {
	return func(ctx context.Context, en ledger.Entry) error {
		if orderID, isPayment := strings.CutPrefix(en.Key, paymentKey("")); isPayment && en.State == ledger.StateDone {
			if err := e.paid(ctx, orderID, en.Fingerprint); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		return next(ctx, en)
	}
}
