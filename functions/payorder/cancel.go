package payorder

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type cancelRequest struct {
	CustomerID string `json:"customer_id"`
}

type cancelAnswer struct {
	OrderID    string `json:"order_id"`
	CustomerID string `json:"customer_id"`
	Status     string `json:"status"`
}

// codeUseCombined is the refusal of what can only be done with the whole of a
// combined order.
const codeUseCombined = "CBC.99000089"

// cancel cancels an order that waits for its payment. No money moves, and an order
// that is cancelled already is what was asked for, so it needs no entry of the
// ledger: whoever got no answer asks again.
func (f *function) cancel(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in cancelRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	orderID := r.PathValue("order_id")
	details, err := f.order(ctx, orderID, in.CustomerID)
	if err != nil {
		return nil, err
	}
	done := handler.OK(cancelAnswer{orderID, in.CustomerID, statusName(bss.OrderCancelled)})
	switch details.Order.Status {
	case bss.OrderCancelled:
		return done, nil
	case bss.OrderPendingPayment:
	default:
		return nil, notCancellable(details.Order.Status, nil)
	}
	customer, err := f.customer(ctx, in.CustomerID)
	if err != nil {
		return nil, err
	}
	if err := f.cloud.CancelCustomerOrder(ctx, customer, bss.CancelCustomerOrderRequest{OrderID: orderID}); err != nil {
		if err := f.notCancelled(ctx, details.Order, err); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// notCancelled answers why an order was not cancelled; nil where it was, although
// the call failed: a repeated one finds it cancelled.
func (f *function) notCancelled(ctx context.Context, o bss.Order, cause error) error {
	if refusal, ok := errors.AsType[*bss.Error](cause); ok && refusal.Code == codeUseCombined {
		return f.useCombined(ctx, o, cause)
	}
	if !errors.Is(cause, bss.ErrOutcomeUnknown) && !errors.Is(cause, bss.ErrOrderChanged) {
		return functions.Problem(cause)
	}
	details, err := f.order(ctx, o.OrderID, o.CustomerID)
	switch {
	case err != nil:
		return functions.Problem(cause) // what is not known is in the first error
	case details.Order.Status == bss.OrderCancelled:
		return nil
	case errors.Is(cause, bss.ErrOutcomeUnknown):
		return functions.Problem(cause)
	}
	return notCancellable(details.Order.Status, cause)
}

func notCancellable(s bss.OrderStatus, cause error) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "order_not_cancellable", Cause: cause,
		Detail: "The order does not wait for payment: it is " + statusName(s) + ".",
		Next:   "Cancel only what is not paid; what an order has bought is ended by unsubscribing from it."}
}

// useCombined says which order a member belongs to: it is cancelled as a whole.
func (f *function) useCombined(ctx context.Context, member bss.Order, cause error) error {
	number := "of which it is a part"
	for o, err := range f.cloud.ListCustomerOrders(ctx, bss.ListCustomerOrdersRequest{CustomerID: member.CustomerID, Status: member.Status}) {
		if err != nil {
			break // the number is a help, not the answer
		}
		if slices.ContainsFunc(o.SubOrderInfos, func(sub bss.Order) bool { return sub.OrderID == member.OrderID }) {
			number = o.OrderID
			break
		}
	}
	return &handler.Problem{Status: http.StatusConflict, Code: "order_combined", Cause: cause,
		Detail: "The order is a part of a combined order, whose parts are paid and cancelled together.",
		Next:   "Send the request for the combined order " + number + "."}
}
