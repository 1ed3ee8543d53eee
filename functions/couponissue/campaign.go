package couponissue

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	maxCustomers = 1000 // of one request
	maxServices  = 10
	maxProducts  = 10
)

// Campaign asks for one coupon each for a number of customers. A customer gets one
// coupon of a campaign, however often the campaign is sent and with whatever other
// customers. Those who were named once stay in the campaign: a later request need
// not name them again.
type Campaign struct {
	// Campaign is its id: 1 to 64 of a-z, 0-9 and -.
	Campaign string `json:"campaign"`
	QuotaID  string `json:"quota_id"`
	// FaceValue is for each customer that has none of its own, in the quota's
	// currency, with at most two decimals.
	FaceValue decimal.Decimal `json:"face_value"`
	// CustomerIDs are 1 to 1000 different ones. Without them and without Filter
	// the campaign is for the customers that it has already, such as those of a
	// file.
	CustomerIDs []string `json:"customer_ids,omitempty"`
	// Filter is for customers by what Huawei Cloud knows about them. Whom it finds
	// when the campaign begins is recorded: nobody comes in or drops out later.
	Filter *Filter `json:"filter,omitempty"`
	// ValidTime and ExpireTime are UTC; the quota's own unless given.
	ValidTime  time.Time `json:"valid_time,omitzero"`
	ExpireTime time.Time `json:"expire_time,omitzero"`
	// CloudServiceTypes and ProductIDs, at most ten each, are the only ones that
	// the coupons pay for; the quota's own unless given.
	CloudServiceTypes []string `json:"cloud_service_types,omitempty"`
	ProductIDs        []string `json:"product_ids,omitempty"`
	// DryRun asks what the campaign would take, and issues and records nothing.
	DryRun bool `json:"dry_run,omitempty"`
	// AllowPartial begins a campaign that is larger than its quota: who comes
	// first is served first.
	AllowPartial bool `json:"allow_partial,omitempty"`
}

// postCampaign answers with the report also where not every customer got a coupon.
func (f *function) postCampaign(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	c, err := decodeCampaign(r.Body)
	if err != nil {
		return nil, err
	}
	if c.DryRun {
		return f.dryRun(ctx, c)
	}
	report, err := f.runCampaign(ctx, c)
	if err != nil {
		return nil, err
	}
	return handler.OK(report), nil
}

// scheduledCampaign issues the campaign of the timer's input, or the one of the
// configuration.
func (f *function) scheduledCampaign(ctx context.Context, payload json.RawMessage) error {
	if len(payload) == 0 {
		payload = f.scheduled
	}
	if len(payload) == 0 {
		return campaignMissing()
	}
	return f.deliveredCampaign(ctx, payload)
}

func (f *function) queuedCampaign(ctx context.Context, m handler.Message) error {
	return f.deliveredCampaign(ctx, m.Body)
}

// deliveredCampaign fails, so that the campaign is delivered again, until every
// customer has a coupon or a refusal.
func (f *function) deliveredCampaign(ctx context.Context, body []byte) error {
	c, err := decodeCampaign(body)
	if err != nil {
		return err
	}
	if c.DryRun {
		return handler.Invalid(handler.FieldError{Field: "dry_run", Reason: "is for who waits for the answer"})
	}
	report, err := f.runCampaign(ctx, c)
	if err != nil {
		return err
	}
	if !report.Finished {
		return campaignUnfinished(report)
	}
	return nil
}

func decodeCampaign(body []byte) (Campaign, error) {
	var c Campaign
	if err := (&handler.Request{Body: body}).Decode(&c); err != nil {
		return Campaign{}, err
	}
	return c, c.check()
}

// runCampaign makes sure that everything fits, records what is to be done, and only
// then issues.
func (f *function) runCampaign(ctx context.Context, c Campaign) (Report, error) {
	proposal, err := f.propose(ctx, c)
	if err != nil {
		return Report{}, functions.Problem(err)
	}
	if err := proposal.refuse(f.now()); err != nil {
		return Report{}, err
	}
	p, err := f.begin(ctx, proposal)
	if err != nil {
		return Report{}, functions.Problem(err)
	}
	atOnce := callsUnderWay
	if proposal.scarce() {
		atOnce = 1 // so that who comes first is served first
	}
	stopped, err := f.issue(ctx, p, atOnce)
	if err != nil {
		return Report{}, functions.Problem(err)
	}
	return f.finish(ctx, c, stopped)
}

func (c Campaign) check() error {
	var f fields
	f.match("campaign", c.Campaign, campaignPattern)
	f.match("quota_id", c.QuotaID, idPattern)
	f.amount("face_value", c.FaceValue)
	switch {
	case c.CustomerIDs != nil && c.Filter != nil:
		f.wrong("filter", "cannot be given beside customer_ids")
	case c.CustomerIDs != nil:
		f.list("customer_ids", c.CustomerIDs, idPattern, 1, maxCustomers)
	case c.Filter != nil:
		c.Filter.check(&f)
	}
	f.instant("valid_time", c.ValidTime)
	f.instant("expire_time", c.ExpireTime)
	f.list("cloud_service_types", c.CloudServiceTypes, servicePattern, 0, maxServices)
	f.list("product_ids", c.ProductIDs, servicePattern, 0, maxProducts)
	return f.problem()
}

// terms are what must be the same where a campaign is sent again.
func (c Campaign) terms() ledger.Fingerprint {
	return ledger.Fingerprint{
		"quota_id":            c.QuotaID,
		"face_value":          c.FaceValue.StringFixed(2),
		"valid_time":          bss.At(c.ValidTime).String(),
		"expire_time":         bss.At(c.ExpireTime).String(),
		"cloud_service_types": sorted(c.CloudServiceTypes),
		"product_ids":         sorted(c.ProductIDs),
		"filter":              c.Filter.String(),
	}
}

func sorted(texts []string) string {
	return strings.Join(slices.Sorted(slices.Values(texts)), ",")
}
