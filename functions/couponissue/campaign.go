package couponissue

import (
	"context"
	"encoding/json"
	"errors"
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
	maxCustomers = 1000
	maxServices  = 10
)

// Campaign asks for one coupon each for a number of customers. A customer gets one
// coupon of a campaign, however often the campaign is sent and with whatever other
// customers.
type Campaign struct {
	// Campaign is its id: 1 to 64 of a-z, 0-9 and -.
	Campaign string `json:"campaign"`
	QuotaID  string `json:"quota_id"`
	// FaceValue is for each customer, in the quota's currency, with at most two
	// decimals.
	FaceValue decimal.Decimal `json:"face_value"`
	// CustomerIDs are 1 to 1000 different ones.
	CustomerIDs []string `json:"customer_ids"`
	// ExpireTime is UTC; the quota's own unless given.
	ExpireTime time.Time `json:"expire_time"`
	// CloudServiceTypes, at most ten, are the only ones that the coupons pay for;
	// the quota's own unless given.
	CloudServiceTypes []string `json:"cloud_service_types"`
}

// postCampaign answers with the report also where not every customer got a coupon.
func (f *function) postCampaign(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	report, err := f.runCampaign(ctx, r)
	if err != nil {
		return nil, err
	}
	return handler.OK(report), nil
}

// showCampaign answers the last report, which is how a scheduled campaign's is read.
func (f *function) showCampaign(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	doc, err := f.reports.Get(ctx, r.PathValue("campaign"))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, campaignUnknown()
	}
	if err != nil {
		return nil, err
	}
	return handler.OK(doc.Value), nil
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
	report, err := f.runCampaign(ctx, &handler.Request{Body: body})
	if err != nil {
		return err
	}
	if report.Unknown+report.NotTried > 0 {
		return campaignUnfinished(report)
	}
	return nil
}

func (f *function) runCampaign(ctx context.Context, r *handler.Request) (Report, error) {
	var c Campaign
	if err := r.Decode(&c); err != nil {
		return Report{}, err
	}
	if err := c.check(); err != nil {
		return Report{}, err
	}
	report, err := f.issue(ctx, c)
	if err != nil {
		return Report{}, functions.Problem(err)
	}
	f.keep(ctx, report)
	return report, nil
}

func (c Campaign) check() error {
	var f fields
	f.match("campaign", c.Campaign, campaignPattern)
	f.match("quota_id", c.QuotaID, idPattern)
	f.amount("face_value", c.FaceValue)
	f.list("customer_ids", c.CustomerIDs, idPattern, 1, maxCustomers)
	f.instant("expire_time", c.ExpireTime)
	f.list("cloud_service_types", c.CloudServiceTypes, servicePattern, 0, maxServices)
	return f.problem()
}

// key is the ledger's key of one customer's coupon.
func (c Campaign) key(customerID string) string {
	return "coupon/" + c.Campaign + "/" + customerID
}

// fingerprint is what must be the same where a customer's coupon is asked for
// again.
func (c Campaign) fingerprint() ledger.Fingerprint {
	return ledger.Fingerprint{
		"quota_id":            c.QuotaID,
		"face_value":          c.FaceValue.StringFixed(2),
		"expire_time":         bss.At(c.ExpireTime).String(),
		"cloud_service_types": strings.Join(slices.Sorted(slices.Values(c.CloudServiceTypes)), ","),
	}
}
