package couponissue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// partSize is how many customers are kept in one document: few enough for the
	// 400 KB of a row of DynamoDB, with what became of each of them.
	partSize = 1000
	// maxParts bounds the plan itself, which lists its parts.
	maxParts = 1000
	// maxCampaign is how many customers a campaign can have.
	maxCampaign = 100_000
)

// plan is what is recorded of a campaign: its terms, its customers, and how far it
// has come.
type plan struct {
	// Campaign is without customers. It is zero until the campaign begins: those
	// of a file may come before.
	Campaign Campaign `json:"campaign"`
	Parts    []part   `json:"parts"`
	Currency string   `json:"currency,omitempty"`
	// Stopped is why the last run did not come to its end, if it did not.
	Stopped reason `json:"stopped,omitzero"`
	// QuotaBalanceAfter is nil where it could not be asked for after the last run.
	QuotaBalanceAfter *decimal.Decimal `json:"quota_balance_after,omitempty"`
}

// reason is a problem's code and words.
type reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// part is a number of customers who are kept together, and what became of them. A
// part that is finished is not looked at again, so that a campaign goes on where it
// stopped.
type part struct {
	// ID is made of the customers, so that nothing is lost or doubled when they are
	// added by several at once.
	ID        string `json:"id"`
	Customers int    `json:"customers"`
	// Own and OwnTotal are of those with a face value of their own.
	Own      int             `json:"own"`
	OwnTotal decimal.Decimal `json:"own_total"`
	// Calls is how many calls it takes to serve all of them.
	Calls int `json:"calls"`

	// Finished says that everybody has a coupon or a refusal.
	Finished     bool            `json:"finished"`
	Issued       int             `json:"issued"`
	IssuedAmount decimal.Decimal `json:"issued_amount"`
	Refused      int             `json:"refused"`
	Unknown      int             `json:"unknown"`
}

// total is what coupons for all of the part are worth.
func (p part) total(faceValue decimal.Decimal) decimal.Decimal {
	return p.OwnTotal.Add(faceValue.Mul(decimal.NewFromInt(int64(p.Customers - p.Own))))
}

func (p *plan) begun() bool { return p.Campaign.Campaign != "" }

func (p *plan) customers() int {
	n := 0
	for _, part := range p.Parts {
		n += part.Customers
	}
	return n
}

// free says whether the terms may still be changed: nobody has a coupon by them or
// may have one.
func (p *plan) free() bool {
	return !slices.ContainsFunc(p.Parts, func(part part) bool { return !part.Finished || part.Issued > 0 })
}

// agree refuses a campaign that was begun by other terms.
func (p *plan) agree(c Campaign) error {
	if !p.begun() || p.free() {
		return nil
	}
	if changed := differing(c.terms(), p.Campaign.terms()); len(changed) > 0 {
		return &ledger.ConflictError{Key: "campaign/" + c.Campaign, Fields: changed}
	}
	return nil
}

func differing(a, b ledger.Fingerprint) []string {
	var names []string
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// begin takes the terms over, and opens the parts with refusals once everything is
// finished: a campaign that is sent again tries those again.
func (p *plan) begin(c Campaign) {
	c.CustomerIDs, c.DryRun, c.AllowPartial = nil, false, false
	p.Campaign = c
	if slices.ContainsFunc(p.Parts, func(part part) bool { return !part.Finished }) {
		return
	}
	for i := range p.Parts {
		p.Parts[i].Finished = p.Parts[i].Refused == 0
	}
}

// plans keeps what campaigns are to do and have done.
type plans struct {
	plans    *ledger.Documents[plan]
	parts    *ledger.Documents[[]recipient]
	outcomes *ledger.Documents[[]Outcome]
}

func newPlans(rt functions.Runtime) plans {
	return plans{
		plans:    ledger.NewDocuments[plan](rt.Store, "campaign", rt.Clock.Now),
		parts:    ledger.NewDocuments[[]recipient](rt.Store, "campaign-customers", rt.Clock.Now),
		outcomes: ledger.NewDocuments[[]Outcome](rt.Store, "campaign-outcomes", rt.Clock.Now),
	}
}

// get returns an empty plan for a campaign that there is none of.
func (s plans) get(ctx context.Context, campaign string) (plan, error) {
	doc, err := s.plans.Get(ctx, campaign)
	if errors.Is(err, ledger.ErrNotFound) {
		return plan{}, nil
	}
	return doc.Value, err
}

// change edits the plan of a campaign as it is now. The edit may be made several
// times, each time upon what others have written meanwhile.
func (s plans) change(ctx context.Context, campaign string, edit func(p *plan) error) (plan, error) {
	return changed(ctx, s.plans, campaign, edit)
}

func changed[T any](ctx context.Context, docs *ledger.Documents[T], key string, edit func(*T) error) (T, error) {
	for {
		doc, err := docs.Get(ctx, key)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return doc.Value, err
		}
		doc.Key = key
		if err := edit(&doc.Value); err != nil {
			return doc.Value, err
		}
		doc, err = docs.Put(ctx, doc)
		if errors.Is(err, ledger.ErrExists) || errors.Is(err, ledger.ErrVersion) {
			continue // somebody else was first
		}
		return doc.Value, err
	}
}

// recipients are the customers of a part.
func (s plans) recipients(ctx context.Context, campaign string, p part) ([]recipient, error) {
	doc, err := s.parts.Get(ctx, partKey(campaign, p.ID))
	return doc.Value, err
}

// outcomesOf are what became of a part's customers, nil where none is recorded yet.
func (s plans) outcomesOf(ctx context.Context, campaign string, p part) ([]Outcome, error) {
	doc, err := s.outcomes.Get(ctx, partKey(campaign, p.ID))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	return doc.Value, err
}

func partKey(campaign, id string) string { return campaign + "/" + id }

// add puts customers into the plan who are not in it yet, and says how many they
// are.
func (s plans) add(ctx context.Context, campaign string, p *plan, all []recipient) (int, error) {
	fresh, err := s.missing(ctx, campaign, p, all)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	chunks := slices.Collect(slices.Chunk(fresh, partSize))
	if p.customers()+len(fresh) > maxCampaign || len(p.Parts)+len(chunks) > maxParts {
		return 0, campaignFull()
	}
	for _, chunk := range chunks {
		added := newPart(chunk)
		_, err := s.parts.Put(ctx, ledger.Document[[]recipient]{Key: partKey(campaign, added.ID), Value: chunk})
		if err != nil && !errors.Is(err, ledger.ErrExists) { // one of the same id is the same
			return 0, err
		}
		p.Parts = append(p.Parts, added)
	}
	return len(fresh), nil
}

// missing are those who are not in the plan yet. Who is in it keeps the face value
// that it came with.
func (s plans) missing(ctx context.Context, campaign string, p *plan, all []recipient) ([]recipient, error) {
	if p.has(all) {
		return nil, nil
	}
	known := map[string]bool{}
	for _, part := range p.Parts {
		recipients, err := s.recipients(ctx, campaign, part)
		if err != nil {
			return nil, err
		}
		for _, r := range recipients {
			known[r.CustomerID] = true
		}
	}
	var fresh []recipient
	for _, r := range all {
		if !known[r.CustomerID] {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// has says whether the same customers were added before in the same order, which is
// so wherever a campaign is delivered again.
func (p *plan) has(all []recipient) bool {
	for chunk := range slices.Chunk(all, partSize) {
		id := partID(chunk)
		if !slices.ContainsFunc(p.Parts, func(part part) bool { return part.ID == id }) {
			return false
		}
	}
	return true
}

func newPart(recipients []recipient) part {
	p := part{ID: partID(recipients), Customers: len(recipients)}
	for _, r := range recipients {
		if r.FaceValue != nil {
			p.Own++
			p.OwnTotal = p.OwnTotal.Add(*r.FaceValue)
		}
	}
	for _, group := range byFaceValue(recipients, decimal.Zero) {
		p.Calls += (len(group) + callSize - 1) / callSize
	}
	return p
}

func partID(recipients []recipient) string {
	text, err := json.Marshal(recipients)
	if err != nil {
		panic(err) // texts and decimals always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// recording bounds the writing of what has happened, which must survive a caller
// that has gone.
func recording(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
}

// keepTimeout is within the part of a call's time that is kept for its report.
const keepTimeout = 10 * time.Second
