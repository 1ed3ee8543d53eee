package payorder

import (
	"context"
	"errors"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// Refund is what an order gave back and kept.
type Refund struct {
	OrderID    string `json:"order_id"`
	CustomerID string `json:"customer_id"`
	Currency   string `json:"currency"`
	// Returned went back to where it came from; Kept was consumed, or is a fee.
	Returned decimal.Decimal `json:"returned"`
	Kept     decimal.Decimal `json:"kept"`
	Items    []RefundItem    `json:"items"`
}

// RefundItem is one amount of a refund.
type RefundItem struct {
	// BaseOrderID is the purchase or renewal that had paid.
	BaseOrderID  string `json:"base_order_id"`
	Service      string `json:"service"`
	ResourceType string `json:"resource_type"`
	Region       string `json:"region"`
	// Amount is negative for what was given back, as the API has it.
	Amount decimal.Decimal `json:"amount"`
}

// showRefund tells what an unsubscription or a downgrade gave back.
func (f *function) showRefund(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	details, err := f.order(ctx, r.PathValue("order_id"), r.Query.Get("customer_id"))
	if err != nil {
		return nil, err
	}
	refund, err := f.refund(ctx, details.Order)
	if errors.Is(err, bss.ErrNotSupported) {
		return nil, &handler.Problem{Status: http.StatusConflict, Code: "order_without_refund", Cause: err,
			Detail: "The order gives nothing back: it is neither an unsubscription nor a downgrade.",
			Next:   "Ask for the refund of the order that the unsubscription was answered with."}
	}
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(refund), nil
}

func (f *function) refund(ctx context.Context, o bss.Order) (Refund, error) {
	rows, err := f.cloud.ShowRefundOrderDetails(ctx, bss.ShowRefundOrderDetailsRequest{OrderID: o.OrderID, CustomerID: o.CustomerID})
	if err != nil {
		return Refund{}, err
	}
	out := Refund{OrderID: o.OrderID, CustomerID: o.CustomerID, Currency: currencyOf(o), Items: []RefundItem{}}
	for _, row := range rows {
		out.Items = append(out.Items, RefundItem{row.BaseOrderID, row.ServiceTypeName, row.ResourceTypeName, row.RegionCode, row.Amount})
		if row.Amount.IsNegative() {
			out.Returned = out.Returned.Sub(row.Amount)
		} else {
			out.Kept = out.Kept.Add(row.Amount)
		}
	}
	return out, nil
}
