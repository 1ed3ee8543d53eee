package payorder

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// recordDelay is how long an order may take to be shown after the call that placed
// it ended; sooner, that none is there proves nothing.
const recordDelay = time.Minute

// maxResources is how many resources one renewal or unsubscription takes.
const maxResources = 10

type renewalRequest struct {
	Quote string `json:"quote"`
}

// Renewal is the recorded outcome of a renewal: orders that wait for their payment,
// each to be quoted and paid like any other.
type Renewal struct {
	CustomerID string   `json:"customer_id"`
	OrderIDs   []string `json:"order_ids"`
	// Refused are resources that have no order.
	Refused []ResourceRefusal `json:"refused"`
	// Settled says how the orders became known: "answered" by the call itself, or
	// "found" among the customer's orders after the answer was lost.
	Settled string `json:"settled"`
}

// renewalQuote is what a renewal is bound to.
type renewalQuote struct {
	CustomerID  string          `json:"customer_id"`
	ResourceIDs []string        `json:"resource_ids"`
	PeriodType  string          `json:"period_type"` // as in renewalPeriods
	PeriodNum   int             `json:"period_num"`
	Amount      decimal.Decimal `json:"amount"`
	Currency    string          `json:"currency"`
	ExpiresAt   time.Time       `json:"expires_at"`
}

var renewalPeriods = map[string]bss.PeriodType{"month": bss.PeriodMonth, "year": bss.PeriodYear}

func (q renewalQuote) fingerprint() ledger.Fingerprint {
	return ledger.Fingerprint{
		"customer_id": q.CustomerID, "resource_ids": strings.Join(q.ResourceIDs, ","),
		"period_type": q.PeriodType, "period_num": strconv.Itoa(q.PeriodNum),
		"amount": q.Amount.StringFixed(2), "currency": q.Currency,
	}
}

// renewalOf is the renewal that an entry of the ledger is about.
func renewalOf(fp ledger.Fingerprint) (renewalQuote, error) {
	num, err := strconv.Atoi(fp["period_num"])
	if err != nil {
		return renewalQuote{}, fmt.Errorf("the fingerprint of a renewal has no number of periods: %w", err)
	}
	amount, err := decimal.NewFromString(fp["amount"])
	if err != nil {
		return renewalQuote{}, fmt.Errorf("the fingerprint of a renewal has no amount: %w", err)
	}
	return renewalQuote{
		CustomerID: fp["customer_id"], ResourceIDs: strings.Split(fp["resource_ids"], ","),
		PeriodType: fp["period_type"], PeriodNum: num, Amount: amount, Currency: fp["currency"],
	}, nil
}

// renew places the orders of a renewal as quoted, once a quote. Asked again, it tells
// what is recorded, also after the quote has expired.
func (f *function) renew(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in renewalRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var q renewalQuote
	id, err := f.renewals.open(in.Quote, &q)
	if err != nil {
		return nil, err
	}
	if q.CustomerID != r.PathValue("customer_id") {
		return nil, offerInvalid("The renewal quote is for another customer.")
	}
	key := "renew/" + id
	mayBegin := func() error {
		if !f.clock.Now().Before(q.ExpiresAt) {
			return offerExpired(q.ExpiresAt)
		}
		return f.mustCostAsQuoted(ctx, q)
	}
	if err := f.unlessBegun(ctx, key, mayBegin); err != nil {
		return nil, err
	}
	renewed, err := ledger.Do(ctx, f.ledger, key, q.fingerprint(), f.renewal(key, q))
	if err != nil {
		return nil, resourcesNotChanged(err)
	}
	return handler.OK(renewed), nil
}

// mustCostAsQuoted lets a renewal be made: nobody agreed to another price.
func (f *function) mustCostAsQuoted(ctx context.Context, q renewalQuote) error {
	ratings, err := f.rateRenewal(ctx, q)
	if err != nil {
		return err
	}
	now := sumOfRenewals(ratings)
	if len(ratings.FailResourceInfos) == 0 && now.Equal(q.Amount) {
		return nil
	}
	p := &handler.Problem{Status: http.StatusConflict, Code: "renewal_changed",
		Detail: "The renewal now costs " + now.StringFixed(2) + ", the quote was for " + q.Amount.StringFixed(2) + ".",
		Next:   "Ask for another quote."}
	for _, failed := range ratings.FailResourceInfos {
		p.Detail = "Not every resource can be renewed any longer."
		p.Fields = append(p.Fields, handler.FieldError{Field: failed.ResourceID, Reason: failed.Code + " " + failed.Message})
	}
	return p
}

func (f *function) renewal(key string, q renewalQuote) ledger.Effect[Renewal] {
	// A renewal in doubt that turns out not to have been made is made only for the price
	// that was agreed to.
	var changed error
	return ledger.Effect[Renewal]{
		Apply: func(ctx context.Context) (Renewal, error) {
			if changed != nil {
				return Renewal{}, ledger.Refused(changed)
			}
			customer, err := f.customer(ctx, q.CustomerID)
			if err != nil {
				return Renewal{}, ledger.Refused(err)
			}
			answer, err := f.cloud.RenewalResources(ctx, customer, bss.RenewalResourcesRequest{
				ResourceIDs: q.ResourceIDs, PeriodType: renewalPeriods[q.PeriodType], PeriodNum: q.PeriodNum,
			})
			if err != nil {
				return Renewal{}, doubtful(err)
			}
			out := Renewal{CustomerID: q.CustomerID, OrderIDs: answer.OrderIDs, Refused: refusals(answer.FailResourceInfos), Settled: "answered"}
			return out, f.orders.took(ctx, key, out.OrderIDs, out.Refused)
		},
		Find: func(ctx context.Context, since time.Time) (Renewal, ledger.Finding, error) {
			found, finding, err := f.findRenewal(ctx, key, q, since)
			if finding == ledger.Absent {
				changed = f.mustCostAsQuoted(ctx, q)
			}
			return found, finding, err
		},
		Settle: recordDelay,
	}
}

// settleRenewal asks what became of a renewal whose answer was lost.
func (f *function) settleRenewal(ctx context.Context, en ledger.Entry) error {
	q, err := renewalOf(en.Fingerprint)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.renewal(en.Key, q))
	return err
}
