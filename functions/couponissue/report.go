package couponissue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// keepTimeout bounds the keeping of a report, which must survive a caller that has
// gone.
const keepTimeout = 10 * time.Second

// State is what became of one customer's coupon.
type State string

// The states of a customer's coupon. A campaign that is sent again reports a
// coupon of an earlier time as issued, so that a lost answer can be asked for
// again.
const (
	// Issued: the customer has the coupon.
	Issued State = "issued"
	// Refused: Huawei Cloud refused this customer. The next time it is tried again.
	Refused State = "refused"
	// Unknown: the coupon may have been issued. The next time it is looked for.
	Unknown State = "unknown"
	// NotTried: the campaign was stopped before this customer's turn.
	NotTried State = "not_tried"
)

// Outcome is what became of one customer's coupon, and why.
type Outcome struct {
	CustomerID string `json:"customer_id"`
	State      State  `json:"state"`
	CouponID   string `json:"coupon_id,omitempty"`
	// Code is Huawei Cloud's where it refused, and a problem's code elsewhere.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// Report is the answer to a campaign, its amounts in Currency.
type Report struct {
	Campaign     string          `json:"campaign"`
	QuotaID      string          `json:"quota_id"`
	Currency     string          `json:"currency"`
	FaceValue    decimal.Decimal `json:"face_value"`
	Issued       int             `json:"issued"`
	IssuedAmount decimal.Decimal `json:"issued_amount"`
	Refused      int             `json:"refused"`
	Unknown      int             `json:"unknown"`
	NotTried     int             `json:"not_tried"`
	// Customers are in the order of the campaign.
	Customers []Outcome `json:"customers"`
	// QuotaBalanceAfter is null where it could not be asked for in the end.
	QuotaBalanceAfter *decimal.Decimal `json:"quota_balance_after"`
}

func newReport(c Campaign, quota bss.CouponQuota) Report {
	return Report{
		Campaign:  c.Campaign,
		QuotaID:   c.QuotaID,
		Currency:  quota.Currency,
		FaceValue: c.FaceValue,
		Customers: make([]Outcome, 0, len(c.CustomerIDs)),
	}
}

func (r *Report) add(o Outcome) {
	r.Customers = append(r.Customers, o)
	switch o.State {
	case Issued:
		r.Issued++
		r.IssuedAmount = r.IssuedAmount.Add(r.FaceValue)
	case Refused:
		r.Refused++
	case Unknown:
		r.Unknown++
	case NotTried:
		r.NotTried++
	}
}

// keep makes the report the last one of its campaign. Where that fails, the coupons
// are issued all the same, and the log has it.
func (f *function) keep(ctx context.Context, r Report) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	if err := f.putReport(ctx, r); err != nil {
		f.log.LogAttrs(ctx, slog.LevelError, "campaign report not kept", slog.String("campaign", r.Campaign),
			slog.Int("issued", r.Issued), slog.Int("refused", r.Refused), slog.Int("unknown", r.Unknown), slog.Any("cause", err))
	}
}

func (f *function) putReport(ctx context.Context, r Report) error {
	for {
		doc, err := f.reports.Get(ctx, r.Campaign)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key, doc.Value = r.Campaign, r
		_, err = f.reports.Put(ctx, doc)
		if errors.Is(err, ledger.ErrExists) || errors.Is(err, ledger.ErrVersion) {
			continue // another delivery was reported meanwhile
		}
		return err
	}
}
