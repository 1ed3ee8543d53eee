package payorder

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxOnDemand is how many resources one change to on demand takes.
const maxOnDemand = 100

var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

type onDemandRequest struct {
	// Operation is SET_UP or CANCEL, in the API's words.
	Operation   bss.OnDemandOperation `json:"operation"`
	ResourceIDs []string              `json:"resource_ids"`
}

type onDemandAnswer struct {
	CustomerID string                `json:"customer_id"`
	Operation  bss.OnDemandOperation `json:"operation"`
	// Set are the resources for which it was done, Refused the others.
	Set     []string          `json:"set"`
	Refused []ResourceRefusal `json:"refused"`
}

// setOnDemand lets resources be charged on demand once they expire, or no longer. A
// repetition sets the same again.
func (f *function) setOnDemand(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in onDemandRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := checkResourceIDs(in.ResourceIDs, maxOnDemand)
	if in.Operation != bss.OnDemandSetUp && in.Operation != bss.OnDemandCancel {
		wrong = append(wrong, handler.FieldError{Field: "operation", Reason: "must be SET_UP or CANCEL"})
	}
	if len(wrong) > 0 {
		return nil, handler.Invalid(wrong...)
	}
	customerID := r.PathValue("customer_id")
	if _, err := f.mainResources(ctx, customerID, in.ResourceIDs); err != nil {
		return nil, err
	}
	customer, err := f.customer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	failed, err := f.cloud.UpdatePeriodToOnDemand(ctx, customer, bss.UpdatePeriodToOnDemandRequest{ResourceIDs: in.ResourceIDs, Operation: in.Operation})
	if err != nil {
		return nil, resourcesNotChanged(err)
	}
	out := onDemandAnswer{CustomerID: customerID, Operation: in.Operation, Refused: []ResourceRefusal{}}
	for _, item := range failed {
		out.Refused = append(out.Refused, ResourceRefusal{item.ID, item.Code, item.Message})
	}
	out.Set = slices.DeleteFunc(slices.Clone(in.ResourceIDs), func(id string) bool {
		return slices.ContainsFunc(out.Refused, func(r ResourceRefusal) bool { return r.ResourceID == id })
	})
	return handler.OK(out), nil
}

type conversionRequest struct {
	// RequestID names the conversion: sent again, it is answered with what happened
	// the first time.
	RequestID   string   `json:"request_id"`
	ResourceIDs []string `json:"resource_ids"`
}

// Conversion is the recorded outcome of a change to on demand that takes place at
// once.
type Conversion struct {
	CustomerID string `json:"customer_id"`
	// Converted are charged on demand now, InReview may be later, Refused go on as
	// they were.
	Converted []string          `json:"converted"`
	InReview  []string          `json:"in_review"`
	Refused   []ResourceRefusal `json:"refused"`
	// OrderIDs are the orders that refund.
	OrderIDs []string `json:"order_ids"`
	// Settled is "answered" or "found", as of a renewal.
	Settled string `json:"settled"`
}

// convert ends yearly/monthly resources, which go on to be charged on demand, and
// refunds what is left. It is done once a request_id.
func (f *function) convert(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in conversionRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := checkResourceIDs(in.ResourceIDs, maxResources)
	if !requestIDPattern.MatchString(in.RequestID) {
		wrong = append(wrong, handler.FieldError{Field: "request_id", Reason: "must match " + requestIDPattern.String()})
	}
	if len(wrong) > 0 {
		return nil, handler.Invalid(wrong...)
	}
	customerID, key := r.PathValue("customer_id"), "ondemand/"+in.RequestID
	areMain := func() error {
		_, err := f.mainResources(ctx, customerID, in.ResourceIDs)
		return err
	}
	if err := f.unlessBegun(ctx, key, areMain); err != nil {
		return nil, err
	}
	converted, err := ledger.Do(ctx, f.ledger, key, ledger.Fingerprint{
		"customer_id": customerID, "resource_ids": strings.Join(in.ResourceIDs, ","),
	}, f.conversion(key, customerID, in.ResourceIDs))
	if err != nil {
		return nil, resourcesNotChanged(err)
	}
	return handler.OK(converted), nil
}

func (f *function) conversion(key, customerID string, resourceIDs []string) ledger.Effect[Conversion] {
	return ledger.Effect[Conversion]{
		Apply: func(ctx context.Context) (Conversion, error) {
			customer, err := f.customer(ctx, customerID)
			if err != nil {
				return Conversion{}, ledger.Refused(err)
			}
			rows, err := f.cloud.UpdatePeriodToOnDemandInstantly(ctx, customer, bss.UpdatePeriodToOnDemandInstantlyRequest{ResourceIDs: resourceIDs})
			if err != nil {
				return Conversion{}, doubtful(err)
			}
			out := conversionOf(customerID, rows)
			return out, f.orders.took(ctx, key, out.OrderIDs, out.Refused)
		},
		Find: func(ctx context.Context, since time.Time) (Conversion, ledger.Finding, error) {
			found, finding, err := f.findEnded(ctx, key, bss.OrderPeriodToOnDemand, refundOffer{CustomerID: customerID, ResourceIDs: resourceIDs}, since)
			return Conversion{
				CustomerID: customerID, Converted: found.ended, InReview: []string{},
				Refused: found.untouched("it goes on as it was"), OrderIDs: found.orderIDs, Settled: "found",
			}, finding, err
		},
		Settle: recordDelay,
	}
}

func conversionOf(customerID string, rows []bss.OnDemandConversion) Conversion {
	out := Conversion{
		CustomerID: customerID, Converted: []string{}, InReview: []string{}, Refused: []ResourceRefusal{}, OrderIDs: []string{}, Settled: "answered",
	}
	for _, row := range rows {
		switch row.Result {
		case bss.ConversionDone:
			out.Converted = append(out.Converted, row.ResourceID)
		case bss.ConversionInReview:
			out.InReview = append(out.InReview, row.ResourceID)
		default:
			out.Refused = append(out.Refused, ResourceRefusal{row.ResourceID, row.Code, row.Message})
		}
		if row.OrderID != "" {
			out.OrderIDs = append(out.OrderIDs, row.OrderID)
		}
	}
	return out
}

// settleConversion asks what became of a conversion whose answer was lost.
func (f *function) settleConversion(ctx context.Context, en ledger.Entry) error {
	ids := strings.Split(en.Fingerprint["resource_ids"], ",")
	_, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.conversion(en.Key, en.Fingerprint["customer_id"], ids))
	return err
}
