package couponissue

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxTopUpOutcomes bounds the customers that a report names.
const maxTopUpOutcomes = 1000

// TopUpState says what became of one customer who had too little.
type TopUpState string

// The states of a top-up.
const (
	ToppedUp      TopUpState = "topped_up"
	TopUpRecent   TopUpState = "recent"    // a moment ago, so that the balance may not show it
	TopUpInDoubt  TopUpState = "in_doubt"  // a movement of the customer's must be settled first
	TopUpAtLimit  TopUpState = "at_limit"  // the day's maximum would be passed
	TopUpRefused  TopUpState = "refused"   // nothing was moved
	TopUpNotTried TopUpState = "not_tried" // something that concerns all stopped the run
	// topUpEnough is none of the report: the balance was enough after all.
	topUpEnough TopUpState = ""
)

// TopUpOutcome is what became of one customer.
type TopUpOutcome struct {
	CustomerID string     `json:"customer_id"`
	State      TopUpState `json:"state"`
	// Balance is the one before, and Amount what was moved or would have been.
	Balance    decimal.Decimal `json:"balance"`
	Amount     decimal.Decimal `json:"amount"`
	TransferID string          `json:"transfer_id,omitempty"`
	LedgerKey  string          `json:"ledger_key,omitempty"`
	// Code and Message say why nothing was moved, or why that is not known.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// TopUpReport is what one run did, in CNY.
type TopUpReport struct {
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	// Checked counts the customers whose balance was read.
	Checked  int             `json:"checked"`
	ToppedUp int             `json:"topped_up"`
	Amount   decimal.Decimal `json:"amount"`
	InDoubt  int             `json:"in_doubt"`
	AtLimit  int             `json:"at_limit"`
	Refused  int             `json:"refused"`
	// Customers are the first thousand who had too little.
	Customers []TopUpOutcome `json:"customers"`
	// Stopped says why the run ended before it had seen everybody.
	Stopped string `json:"stopped,omitempty"`
	// Allocatable is what the partner can still allocate; null where it could not be
	// read. PartnerBalanceLow says that it is less than PARTNER_BALANCE_LOW.
	Allocatable       *decimal.Decimal `json:"allocatable"`
	PartnerBalanceLow bool             `json:"partner_balance_low"`
}

func (r *TopUpReport) add(o TopUpOutcome) {
	switch o.State {
	case ToppedUp:
		r.ToppedUp++
		r.Amount = r.Amount.Add(o.Amount)
	case TopUpInDoubt:
		r.InDoubt++
	case TopUpAtLimit:
		r.AtLimit++
	case TopUpRefused:
		r.Refused++
	case TopUpRecent, TopUpNotTried:
	case topUpEnough:
		return
	}
	if len(r.Customers) < maxTopUpOutcomes {
		r.Customers = append(r.Customers, o)
	}
}

// topUps is what topping up needs.
type topUps struct {
	rules topUpRules
	// low is what the partner's own balance should not be less than; zero for none.
	low     decimal.Decimal
	reports *ledger.Documents[TopUpReport]
	log     *slog.Logger
}

// lastTopUp is the only key of the reports.
const lastTopUp = "last"

// newTopUps reads the configuration.
func newTopUps(cfg Config, rt functions.Runtime, log *slog.Logger) (topUps, error) {
	rules, err := parseTopUpRules(cfg.TopUpRules)
	if err != nil {
		return topUps{}, err
	}
	t := topUps{rules: rules, reports: ledger.NewDocuments[TopUpReport](rt.Store, "top-up-report", rt.Clock.Now), log: log}
	if cfg.PartnerBalanceLow == "" {
		return t, nil
	}
	t.low, err = decimal.NewFromString(cfg.PartnerBalanceLow)
	if err != nil || !isAmount(t.low) {
		return topUps{}, errors.New("PARTNER_BALANCE_LOW is no amount of CNY with at most two decimals")
	}
	return t, nil
}

// keep makes the report the last one. Where that fails, the log has its sums.
func (t topUps) keep(ctx context.Context, r TopUpReport) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	doc, err := t.reports.Get(ctx, lastTopUp)
	if err == nil || errors.Is(err, ledger.ErrNotFound) {
		doc.Key, doc.Value = lastTopUp, r
		_, err = t.reports.Put(ctx, doc)
	}
	level := slog.LevelInfo
	if err != nil || r.InDoubt+r.AtLimit+r.Refused > 0 || r.Stopped != "" {
		level = slog.LevelWarn
	}
	t.log.LogAttrs(ctx, level, "customers topped up", slog.Int("checked", r.Checked), slog.Int("topped_up", r.ToppedUp),
		slog.String("amount", r.Amount.StringFixed(2)), slog.Int("in_doubt", r.InDoubt), slog.Int("at_limit", r.AtLimit),
		slog.Int("refused", r.Refused), slog.String("stopped", r.Stopped), slog.Any("report_not_kept", err))
}

// showTopUp answers the last report.
func (f *function) showTopUp(ctx context.Context, _ *handler.Request) (*handler.Response, error) {
	doc, err := f.topUps.reports.Get(ctx, lastTopUp)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, &handler.Problem{Status: http.StatusNotFound, Code: "top_up_not_run",
			Detail: "Nobody has been topped up by rule so far.",
			Next:   "Look again after the timer of top-up has started."}
	}
	if err != nil {
		return nil, err
	}
	return handler.OK(doc.Value), nil
}

// watchPartnerBalance reads what the partner can still allocate, and warns where that
// is little.
func (f *function) watchPartnerBalance(ctx context.Context, report *TopUpReport) error {
	balances, err := f.cloud.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
	if err != nil {
		return err
	}
	left := allocatable(balances)
	report.Allocatable = &left
	if f.topUps.low.IsZero() || !left.LessThan(f.topUps.low) {
		return nil
	}
	report.PartnerBalanceLow = true
	f.log.LogAttrs(ctx, slog.LevelWarn, "the partner's balance is low", slog.String("allocatable", left.StringFixed(2)),
		slog.String("low", f.topUps.low.StringFixed(2)))
	return f.notify(ctx, notice{
		id: "partner-balance-low-" + f.now().In(beijing).Format(time.DateOnly), subject: "partner", kind: "couponissue.partner_balance_low",
		data: map[string]any{"allocatable": left, "low": f.topUps.low, "currency": "CNY"},
	})
}
