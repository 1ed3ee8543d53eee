package couponissue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// maxListed is how many customers a report names.
	maxListed = 1000
	// maxMessage bounds the words about one customer, in bytes.
	maxMessage = 160
)

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
	// NotTried: the campaign has not come to this customer's turn.
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

// Totals are how far a campaign has come, its amounts in Currency.
type Totals struct {
	Campaign  string          `json:"campaign"`
	QuotaID   string          `json:"quota_id"`
	Currency  string          `json:"currency"`
	FaceValue decimal.Decimal `json:"face_value"`
	// Finished says that every customer has a coupon or a refusal.
	Finished      bool            `json:"finished"`
	CustomerCount int             `json:"customer_count"`
	Issued        int             `json:"issued"`
	IssuedAmount  decimal.Decimal `json:"issued_amount"`
	Refused       int             `json:"refused"`
	Unknown       int             `json:"unknown"`
	NotTried      int             `json:"not_tried"`
	// QuotaBalanceAfter is null where it could not be asked for in the end, and
	// while the campaign runs for the first time.
	QuotaBalanceAfter *decimal.Decimal `json:"quota_balance_after"`
}

// Report is how far a campaign has come, with customers.
type Report struct {
	Totals
	// Customers are in the order of the campaign: all of up to 1000, and of more the
	// first 1000 of those without a coupon whose turn has come.
	Customers []Outcome `json:"customers"`
}

// showCampaign answers how far a campaign has come, also while it is under way.
func (f *function) showCampaign(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	p, err := f.plans.get(ctx, r.PathValue("campaign"))
	if err != nil {
		return nil, err
	}
	if !p.begun() {
		return nil, campaignUnknown()
	}
	report, err := f.report(ctx, p)
	if err != nil {
		return nil, err
	}
	return handler.OK(report), nil
}

// finish records why the run ended and what it left in the quota, and reports.
func (f *function) finish(ctx context.Context, c Campaign, stopped error) (Report, error) {
	balance := f.balanceAfter(ctx, c)
	ctx, cancel := recording(ctx)
	defer cancel()
	p, err := f.plans.change(ctx, c.Campaign, func(p *plan) error {
		p.Stopped, p.QuotaBalanceAfter = reasonOf(stopped), balance
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	report, err := f.report(ctx, p)
	if err != nil || !report.Finished {
		return report, err
	}
	return report, f.notify(ctx, notice{
		id: report.eventID(), subject: "campaign/" + c.Campaign, kind: "couponissue.campaign.finished", data: report.Totals,
	})
}

// eventID is another one where a campaign that was finished has come further, by more
// customers or by another try at those who were refused.
func (t Totals) eventID() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %d", t.Campaign, t.CustomerCount, t.Issued, t.Refused))
	return "campaign-" + hex.EncodeToString(sum[:16])
}

// balanceAfter is nil where the quota cannot be asked for any more: what was
// issued must be reported all the same.
func (f *function) balanceAfter(ctx context.Context, c Campaign) *decimal.Decimal {
	quota, err := f.quota(ctx, c.QuotaID)
	if err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "quota not read after its campaign", slog.String("campaign", c.Campaign),
			slog.String("quota_id", c.QuotaID), slog.Any("cause", err))
		return nil
	}
	return &quota.Balance
}

func (f *function) report(ctx context.Context, p plan) (Report, error) {
	report := Report{Customers: []Outcome{}, Totals: Totals{
		Campaign:          p.Campaign.Campaign,
		QuotaID:           p.Campaign.QuotaID,
		Currency:          p.Currency,
		FaceValue:         p.Campaign.FaceValue,
		CustomerCount:     p.customers(),
		QuotaBalanceAfter: p.QuotaBalanceAfter,
	}}
	for _, part := range p.Parts {
		report.Issued += part.Issued
		report.IssuedAmount = report.IssuedAmount.Add(part.IssuedAmount)
		report.Refused += part.Refused
		report.Unknown += part.Unknown
	}
	report.NotTried = report.CustomerCount - report.Issued - report.Refused - report.Unknown
	report.Finished = report.Unknown+report.NotTried == 0
	return report, f.list(ctx, p, &report)
}

// list names customers in a report. It reads only those parts that have some to
// name.
func (f *function) list(ctx context.Context, p plan, report *Report) error {
	all := report.CustomerCount <= maxListed
	for _, part := range p.Parts {
		if len(report.Customers) == maxListed {
			return nil
		}
		if !all && part.Refused+part.Unknown == 0 {
			continue
		}
		outcomes, err := f.partOutcomes(ctx, p, part)
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			if (all || o.State == Refused || o.State == Unknown) && len(report.Customers) < maxListed {
				report.Customers = append(report.Customers, o)
			}
		}
	}
	return nil
}

// partOutcomes are what is recorded about the customers of a part.
func (f *function) partOutcomes(ctx context.Context, p plan, part part) ([]Outcome, error) {
	outcomes, err := f.plans.outcomesOf(ctx, p.Campaign.Campaign, part)
	if err != nil {
		return nil, err
	}
	if outcomes == nil {
		recipients, err := f.plans.recipients(ctx, p.Campaign.Campaign, part)
		if err != nil {
			return nil, err
		}
		for _, r := range recipients {
			outcomes = append(outcomes, Outcome{CustomerID: r.CustomerID, State: NotTried})
		}
	}
	for i := range outcomes {
		if outcomes[i].State == NotTried && outcomes[i].Code == "" {
			outcomes[i].Code, outcomes[i].Message = p.Stopped.Code, p.Stopped.Message
		}
	}
	return outcomes, nil
}

// clip bounds a message without cutting a character in two.
func clip(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "")
}
