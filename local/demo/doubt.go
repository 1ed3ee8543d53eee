package demo

import (
	"context"
	"errors"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

// payInDoubt pays an order while the connection breaks after the money has moved
// and before the answer is there. Asked again, the function does not pay again: it
// looks at the order.
func (d *day) payInDoubt(ctx context.Context, s *Step) error {
	var err error
	d.orderID, err = d.Sim.PlaceOrder(huawei.NewOrder{
		CustomerID:         d.bound.customerID,
		ServiceTypeCode:    "hws.service.type.ebs",
		ProductDescription: "General purpose SSD | 200 GB",
		PeriodType:         huawei.PeriodMonth,
		OfficialAmount:     decimal.NewFromInt(140),
	})
	if err != nil {
		return err
	}
	payment, err := d.prepare(ctx, d.orderID)
	if err != nil {
		return err
	}
	lost := huawei.Fault{Operation: "PayOrders", Point: huawei.AfterEffect, Kind: huawei.FaultReset, Next: 1}
	if _, err := d.Sim.AddFault(lost); err != nil {
		return err
	}
	refusal, refused := errors.AsType[*harness.Refusal](d.Platform.Call(ctx, http.MethodPost, d.orderPath("/payments"), payment, nil))
	if !refused || refusal.Problem.Code != "outcome_unknown" {
		return errors.New("a payment without an answer should be in doubt")
	}
	s.add("order", "%s, 140.00 CNY; the connection breaks after the effect", d.orderID)
	s.add("answer", "HTTP %d %s", refusal.Status, refusal.Problem.Code)
	var paid struct {
		Payable  decimal.Decimal `json:"payable"`
		Currency string          `json:"currency"`
		Status   string          `json:"status"`
		Settled  string          `json:"settled"`
	}
	if err := d.Platform.Call(ctx, http.MethodPost, d.orderPath("/payments"), payment, &paid); err != nil {
		return err
	}
	s.add("asked again", "%s %s, %s by looking at the order", money(paid.Payable, paid.Currency), paid.Status, paid.Settled)
	if n := d.payments(d.orderID); n != 1 || paid.Settled != "found" {
		return errors.New("the order should have been paid once, and found to be")
	}
	s.add("money moved", "once, says Huawei Cloud's journal")
	return nil
}

// prepare quotes an order without coupons and reads the code, as the sales platform
// does, and returns what pays it.
func (d *day) prepare(ctx context.Context, orderID string) (map[string]any, error) {
	payment := map[string]any{"customer_id": d.bound.customerID}
	var quoted struct {
		Quote string `json:"quote"`
	}
	if err := d.Platform.Call(ctx, http.MethodPost, "/payorder/orders/"+orderID+"/quotes", payment, &quoted); err != nil {
		return nil, err
	}
	payment["quote"] = quoted.Quote
	return payment, d.confirm(ctx, orderID, payment)
}

// payments counts how often the order was paid.
func (d *day) payments(orderID string) int {
	n := 0
	for _, effect := range d.Sim.Journal() {
		if effect.Operation == "PayOrders" && effect.Reference == orderID {
			n++
		}
	}
	return n
}
