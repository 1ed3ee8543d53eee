package payorder

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

type unsubscriptionRequest struct {
	Offer string `json:"offer"`
	// ReasonType and Reason are the customer's, for Huawei Cloud; both optional.
	ReasonType int    `json:"unsubscribe_reason_type"`
	Reason     string `json:"unsubscribe_reason"`
}

// Unsubscription is the recorded outcome of an unsubscription.
type Unsubscription struct {
	CustomerID string `json:"customer_id"`
	// OrderIDs are the orders that refund.
	OrderIDs []string `json:"order_ids"`
	// Refused are resources that go on.
	Refused []ResourceRefusal `json:"refused"`
	// Settled is "answered" or "found", as of a renewal.
	Settled string `json:"settled"`
}

type unsubscriptionAnswer struct {
	Unsubscription
	// Refunds are those that can be seen already: a large refund is reviewed first.
	Refunds []Refund `json:"refunds"`
}

var unsubscribeTypes = map[string]bss.UnsubscribeType{
	"resources": bss.UnsubscribeResources, "renewals": bss.UnsubscribeRenewals,
}

// refundOffer is what an unsubscription is bound to.
type refundOffer struct {
	CustomerID  string   `json:"customer_id"`
	ResourceIDs []string `json:"resource_ids"`
	Type        string   `json:"unsubscribe_type"` // as in unsubscribeTypes
	// Expiries are when the resources would expire: a renewal since then would be
	// ended unseen.
	Expiries  []time.Time     `json:"expiries"`
	Refund    decimal.Decimal `json:"refund"`
	ExpiresAt time.Time       `json:"expires_at"`
}

func (o refundOffer) fingerprint() ledger.Fingerprint {
	expiries := make([]string, len(o.Expiries))
	for i, at := range o.Expiries {
		expiries[i] = at.UTC().Format(time.RFC3339)
	}
	return ledger.Fingerprint{
		"customer_id": o.CustomerID, "resource_ids": strings.Join(o.ResourceIDs, ","),
		"unsubscribe_type": o.Type, "expiries": strings.Join(expiries, ","), "refund": o.Refund.StringFixed(2),
	}
}

// refundOfferOf is the offer that an entry of the ledger is about.
func refundOfferOf(fp ledger.Fingerprint) (refundOffer, error) {
	o := refundOffer{CustomerID: fp["customer_id"], ResourceIDs: strings.Split(fp["resource_ids"], ","), Type: fp["unsubscribe_type"]}
	for text := range strings.SplitSeq(fp["expiries"], ",") {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return o, err
		}
		o.Expiries = append(o.Expiries, at)
	}
	var err error
	o.Refund, err = decimal.NewFromString(fp["refund"])
	return o, err
}

// unsubscribe ends what an offer was made for, once an offer. Asked again, it tells
// what is recorded, and what has been refunded since.
func (f *function) unsubscribe(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in unsubscriptionRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	var o refundOffer
	id, err := f.refundOffers.open(in.Offer, &o)
	if err != nil {
		return nil, err
	}
	if o.CustomerID != r.PathValue("customer_id") {
		return nil, offerInvalid("The refund offer is for another customer.")
	}
	key := "unsubscribe/" + id
	mayBegin := func() error {
		if !f.clock.Now().Before(o.ExpiresAt) {
			return offerExpired(o.ExpiresAt)
		}
		return f.mustBeAsOffered(ctx, o)
	}
	if err := f.unlessBegun(ctx, key, mayBegin); err != nil {
		return nil, err
	}
	ended, err := ledger.Do(ctx, f.ledger, key, in.fingerprint(o), f.unsubscription(key, in, o))
	if err != nil {
		return nil, resourcesNotChanged(err)
	}
	return handler.OK(unsubscriptionAnswer{ended, f.refundsOf(ctx, ended)}), nil
}

func (in unsubscriptionRequest) validate() error {
	var wrong []handler.FieldError
	if in.ReasonType < 0 || in.ReasonType > int(bss.ReasonOther) {
		wrong = append(wrong, handler.FieldError{Field: "unsubscribe_reason_type", Reason: "must be from 1 to 5"})
	}
	if utf8.RuneCountInString(in.Reason) > 512 {
		wrong = append(wrong, handler.FieldError{Field: "unsubscribe_reason", Reason: "must have at most 512 characters"})
	}
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

// fingerprint leaves the customer's own words out: they are nobody's business here.
func (in unsubscriptionRequest) fingerprint(o refundOffer) ledger.Fingerprint {
	fp := o.fingerprint()
	fp["unsubscribe_reason_type"] = strconv.Itoa(in.ReasonType)
	return fp
}

// mustBeAsOffered lets an unsubscription be made: the resources are what they were when
// the refund was shown.
func (f *function) mustBeAsOffered(ctx context.Context, o refundOffer) error {
	resources, err := f.mainResources(ctx, o.CustomerID, o.ResourceIDs)
	if err != nil {
		return err
	}
	for i, row := range resources {
		if !row.ExpireTime.Equal(o.Expiries[i]) {
			return &handler.Problem{Status: http.StatusConflict, Code: "refund_changed",
				Detail: "The resource " + row.ResourceID + " now expires at " + row.ExpireTime.String() + ", so its refund is another one.",
				Next:   "Ask for another refund offer."}
		}
	}
	return nil
}

func (f *function) unsubscription(key string, in unsubscriptionRequest, o refundOffer) ledger.Effect[Unsubscription] {
	// One in doubt that turns out not to have been made is made only of what was shown.
	var changed error
	return ledger.Effect[Unsubscription]{
		Apply: func(ctx context.Context) (Unsubscription, error) {
			if changed != nil {
				return Unsubscription{}, ledger.Refused(changed)
			}
			customer, err := f.customer(ctx, o.CustomerID)
			if err != nil {
				return Unsubscription{}, ledger.Refused(err)
			}
			answer, err := f.cloud.CancelResourcesSubscription(ctx, customer, bss.CancelResourcesSubscriptionRequest{
				ResourceIDs: o.ResourceIDs, UnsubscribeType: unsubscribeTypes[o.Type],
				UnsubscribeReasonType: bss.UnsubscribeReason(in.ReasonType), UnsubscribeReason: in.Reason,
			})
			if err != nil {
				return Unsubscription{}, doubtful(err)
			}
			out := Unsubscription{CustomerID: o.CustomerID, OrderIDs: answer.OrderIDs, Refused: refusals(answer.FailResourceInfos), Settled: "answered"}
			return out, f.orders.took(ctx, key, out.OrderIDs, out.Refused)
		},
		Find: func(ctx context.Context, since time.Time) (Unsubscription, ledger.Finding, error) {
			found, finding, err := f.findEnded(ctx, key, bss.OrderUnsubscribe, o, since)
			out := Unsubscription{CustomerID: o.CustomerID, OrderIDs: found.orderIDs, Settled: "found"}
			out.Refused = found.untouched("it goes on")
			if finding == ledger.Absent {
				changed = f.mustBeAsOffered(ctx, o)
			}
			return out, finding, err
		},
		Settle: recordDelay,
	}
}

// settleUnsubscription asks what became of an unsubscription whose answer was lost.
func (f *function) settleUnsubscription(ctx context.Context, en ledger.Entry) error {
	o, err := refundOfferOf(en.Fingerprint)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.unsubscription(en.Key, unsubscriptionRequest{}, o))
	return err
}

// refundsOf reads what was refunded. It cannot fail, because the unsubscription has
// not: what cannot be seen now can be asked for with the order.
func (f *function) refundsOf(ctx context.Context, u Unsubscription) []Refund {
	refunds := []Refund{}
	for _, id := range u.OrderIDs {
		details, err := f.order(ctx, id, u.CustomerID)
		if err != nil {
			continue
		}
		if refund, err := f.refund(ctx, details.Order); err == nil {
			refunds = append(refunds, refund)
		}
	}
	return refunds
}
