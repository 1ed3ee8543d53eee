package couponissue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// recipient is a customer of a campaign.
type recipient struct {
	CustomerID string `json:"id"`
	// FaceValue is the customer's own; nil is the campaign's.
	FaceValue *decimal.Decimal `json:"value,omitempty"`
}

// value is what the customer's coupon is worth.
func (r recipient) value(standard decimal.Decimal) decimal.Decimal {
	if r.FaceValue != nil {
		return *r.FaceValue
	}
	return standard
}

// Filter finds customers by what Huawei Cloud knows about them; at least one field
// is given.
type Filter struct {
	// AccountName and Customer (the real name) match parts.
	AccountName string `json:"account_name,omitempty"`
	Customer    string `json:"customer,omitempty"`
	Label       string `json:"label,omitempty"`
	// AssociationType is 2, resale, unless given: others are refused coupons.
	AssociationType bss.AssociationType `json:"association_type,omitempty"`
	// AssociatedOnBegin and AssociatedOnEnd are UTC and not part of the range.
	AssociatedOnBegin time.Time `json:"associated_on_begin,omitzero"`
	AssociatedOnEnd   time.Time `json:"associated_on_end,omitzero"`
}

const (
	maxNameLength  = 128
	maxLabelLength = 64
)

func (f *Filter) check(found *fields) {
	if *f == (Filter{}) {
		found.wrong("filter", "must have at least one field")
	}
	found.length("filter.account_name", f.AccountName, maxNameLength)
	found.length("filter.customer", f.Customer, maxNameLength)
	found.length("filter.label", f.Label, maxLabelLength)
	switch f.AssociationType {
	case "", bss.Referral, bss.Resale, bss.Reseller:
	default:
		found.wrong("filter.association_type", "must be 1, 2 or 3")
	}
	found.instant("filter.associated_on_begin", f.AssociatedOnBegin)
	found.instant("filter.associated_on_end", f.AssociatedOnEnd)
	if !f.AssociatedOnEnd.IsZero() && !f.AssociatedOnEnd.After(f.AssociatedOnBegin) {
		found.wrong("filter.associated_on_end", "must be later than associated_on_begin")
	}
}

// String is the same for the same filter, and empty for none.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts and instants always encode
	}
	return string(text)
}

func (f *Filter) request() bss.ListSubCustomersRequest {
	kind := f.AssociationType
	if kind == "" {
		kind = bss.Resale
	}
	return bss.ListSubCustomersRequest{
		AccountName: f.AccountName, Customer: f.Customer, Label: f.Label, AssociationType: kind,
		AssociatedOnBegin: bss.At(f.AssociatedOnBegin), AssociatedOnEnd: bss.At(f.AssociatedOnEnd),
	}
}

// named are the customers that a request brings for a plan: those of its list, or
// those that its filter finds when the campaign begins.
func (f *function) named(ctx context.Context, c Campaign, p *plan) ([]recipient, error) {
	if c.Filter != nil && !p.resolved(c) {
		return f.found(ctx, c.Filter)
	}
	all := make([]recipient, 0, len(c.CustomerIDs))
	for _, id := range c.CustomerIDs {
		all = append(all, recipient{CustomerID: id})
	}
	return all, nil
}

// resolved says whether it is recorded whom the campaign's filter found.
func (p *plan) resolved(c Campaign) bool {
	return p.begun() && p.Campaign.Filter.String() == c.Filter.String()
}

func (f *function) found(ctx context.Context, filter *Filter) ([]recipient, error) {
	var all []recipient
	seen := map[string]bool{}
	for customer, err := range f.cloud.ListSubCustomers(ctx, filter.request()) {
		if err != nil {
			return nil, err
		}
		if seen[customer.CustomerID] {
			continue // the list grew while it was read
		}
		if len(all) == maxCampaign {
			return nil, campaignFull()
		}
		seen[customer.CustomerID] = true
		all = append(all, recipient{CustomerID: customer.CustomerID})
	}
	return all, nil
}
