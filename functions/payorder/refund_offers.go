package payorder

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type refundOfferRequest struct {
	ResourceIDs []string `json:"resource_ids"`
	// Type is resources, or renewals for those that have not begun.
	Type string `json:"unsubscribe_type"`
}

type refundOfferAnswer struct {
	CustomerID string           `json:"customer_id"`
	Type       string           `json:"unsubscribe_type"`
	Currency   string           `json:"currency"`
	Resources  []refundEstimate `json:"resources"`
	// Refund is the sum of those that can be estimated.
	Refund decimal.Decimal `json:"refund"`
	// Note says that it is an estimate, and what can change it.
	Note      string    `json:"note"`
	Offer     string    `json:"offer"`
	ExpiresAt time.Time `json:"expires_at"`
}

const refundNote = "An estimate by Huawei Cloud's published rules, which name no rates for the mainland: fees are those of the " +
	"international site, and a contract may waive them. Coupons that have expired do not come back. A large refund is reviewed first. " +
	"What counts is the refund of the order that the unsubscription is answered with."

// offerRefund shows what an unsubscription would give back, before anything ends. No
// operation of the API can tell, so it is estimated from what the orders of the
// resources cost. The signed offer is what they are unsubscribed with.
func (f *function) offerRefund(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in refundOfferRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := checkResourceIDs(in.ResourceIDs, maxResources)
	if unsubscribeTypes[in.Type] == 0 {
		wrong = append(wrong, handler.FieldError{Field: "unsubscribe_type", Reason: "must be resources or renewals"})
	}
	if len(wrong) > 0 {
		return nil, handler.Invalid(wrong...)
	}
	customerID := r.PathValue("customer_id")
	resources, err := f.mainResources(ctx, customerID, in.ResourceIDs)
	if err != nil {
		return nil, err
	}
	estimates, currency, err := f.estimateRefunds(ctx, customerID, resources, in.Type)
	if err != nil {
		return nil, functions.Problem(err)
	}
	o := refundOffer{
		CustomerID: customerID, ResourceIDs: in.ResourceIDs, Type: in.Type,
		ExpiresAt: f.clock.Now().Add(offerValidity).UTC().Truncate(time.Second),
	}
	for i, row := range resources {
		o.Expiries = append(o.Expiries, row.ExpireTime.Time)
		o.Refund = o.Refund.Add(estimates[i].Refund)
	}
	offer, err := f.refundOffers.sign(o)
	if err != nil {
		return nil, err
	}
	return handler.OK(refundOfferAnswer{
		CustomerID: customerID, Type: in.Type, Currency: currency, Resources: estimates,
		Refund: o.Refund, Note: refundNote, Offer: offer, ExpiresAt: o.ExpiresAt,
	}), nil
}

// estimateRefunds estimates each resource's refund, in the order of resources.
func (f *function) estimateRefunds(ctx context.Context, customerID string, resources []bss.PeriodResource, kind string) ([]refundEstimate, string, error) {
	paid, currency, err := f.paidTerms(ctx, customerID, resources)
	if err != nil {
		return nil, "", err
	}
	free, err := f.unconditionalLeft(ctx, customerID)
	if err != nil {
		return nil, "", err
	}
	now := f.clock.Now()
	estimates := []refundEstimate{}
	for _, row := range resources {
		e := estimateRefund(paid[row.ResourceID], kind, free, now)
		e.ResourceID, e.Name = row.ResourceID, row.ResourceName
		estimates = append(estimates, e)
	}
	return estimates, currency, nil
}

// unconditionalTimes is how many new resources an account may end for nothing.
const unconditionalTimes = 10

// unconditionalLeft reports whether the account certainly can end a new resource for
// nothing: it has not unsubscribed ten times for any reason.
func (f *function) unconditionalLeft(ctx context.Context, customerID string) (bool, error) {
	count := 0
	for o, err := range f.cloud.ListCustomerOrders(ctx, bss.ListCustomerOrdersRequest{CustomerID: customerID, OrderType: bss.OrderUnsubscribe}) {
		if err != nil {
			return false, err
		}
		if count += max(1, len(o.SubOrderInfos)); count >= unconditionalTimes {
			return false, nil
		}
	}
	return true, nil
}
