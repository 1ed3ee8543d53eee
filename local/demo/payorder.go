package demo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/local/huawei"
)

const funding = "9000.00"

// allocate moves money of the partner to the customer, who pays from it.
func (d *day) allocate(ctx context.Context, s *Step) error {
	var out struct {
		Amount     decimal.Decimal `json:"amount"`
		Currency   string          `json:"currency"`
		TransferID string          `json:"transfer_id"`
	}
	in := map[string]any{"request_id": "funding-1002", "customer_id": d.bound.customerID, "amount": funding, "currency": "CNY"}
	if err := d.Platform.Call(ctx, http.MethodPost, "/couponissue/allocations", in, &out); err != nil {
		return err
	}
	s.add("allocated", "%s to %s", money(out.Amount, out.Currency), d.bound.loginName)
	s.add("transfer", "%s", out.TransferID)
	return nil
}

// placeOrder is what the customer does in Huawei Cloud's console.
func (d *day) placeOrder() (err error) {
	d.orderID, err = d.Sim.PlaceOrder(huawei.NewOrder{
		CustomerID:         d.bound.customerID,
		ServiceTypeCode:    "hws.service.type.ec2",
		ProductDescription: "General computing-plus c7.2xlarge.4 | 8 vCPUs | 32 GB",
		PeriodType:         huawei.PeriodYear,
		OfficialAmount:     decimal.NewFromInt(9600),
		Discounts:          []huawei.Discount{{Type: huawei.DiscountCommercial, Ratio: decimal.RequireFromString("0.9")}},
	})
	if err != nil {
		return err
	}
	_, err = d.Sim.GrantCoupon(huawei.NewCoupon{CustomerID: d.bound.customerID, Kind: huawei.CouponVoucher, Value: decimal.NewFromInt(300)})
	return err
}

func (d *day) orderPath(rest string) string { return "/payorder/orders/" + d.orderID + rest }

func (d *day) lookAtOrder(ctx context.Context, s *Step) error {
	if err := d.placeOrder(); err != nil {
		return err
	}
	var out struct {
		Service   string          `json:"service"`
		Status    string          `json:"status"`
		Amount    decimal.Decimal `json:"amount"`
		Currency  string          `json:"currency"`
		PayBefore time.Time       `json:"pay_before"`
		Payable   bool            `json:"payable"`
		Lines     []struct {
			Product string `json:"product"`
			Period  string `json:"period"`
		} `json:"lines"`
		Checks []struct {
			Name   string `json:"name"`
			OK     bool   `json:"ok"`
			Detail string `json:"detail"`
		} `json:"checks"`
	}
	if err := d.Platform.Call(ctx, http.MethodGet, d.orderPath("?customer_id="+d.bound.customerID), nil, &out); err != nil {
		return err
	}
	s.add("order", "%s of %s, %s", d.orderID, d.bound.loginName, readable(out.Status))
	for _, l := range out.Lines {
		s.add("product", "%s, %s", l.Product, l.Period)
	}
	s.add("amount", "%s", money(out.Amount, out.Currency))
	s.add("pay before", "%s", out.PayBefore.Format(time.RFC3339))
	var held []string
	for _, c := range out.Checks {
		if !c.OK {
			return errors.New(c.Detail)
		}
		held = append(held, readable(c.Name))
	}
	s.add("checked", "%s", strings.Join(held, ", "))
	return nil
}

type offersAnswer struct {
	Coupons []struct {
		CouponID string          `json:"coupon_id"`
		Kind     string          `json:"kind"`
		Balance  decimal.Decimal `json:"balance"`
	} `json:"coupons"`
	Discounts []struct {
		DiscountID string          `json:"discount_id"`
		Kind       string          `json:"kind"`
		Off        decimal.Decimal `json:"off"`
	} `json:"discounts"`
}

func (d *day) offers(ctx context.Context) (offersAnswer, error) {
	var out offersAnswer
	err := d.Platform.Call(ctx, http.MethodGet, d.orderPath("/offers?customer_id="+d.bound.customerID), nil, &out)
	if err == nil && (len(out.Coupons) == 0 || len(out.Discounts) == 0) {
		err = errors.New("no coupon or no discount is offered for the order")
	}
	return out, err
}

func (d *day) showOffers(ctx context.Context, s *Step) error {
	out, err := d.offers(ctx)
	if err != nil {
		return err
	}
	for _, x := range out.Discounts {
		s.add(readable(x.Kind), "discount, takes off %s", money(x.Off, "CNY"))
	}
	for _, c := range out.Coupons {
		s.add(readable(c.Kind), "%s left in %s", money(c.Balance, "CNY"), c.CouponID)
	}
	return nil
}

func (d *day) quote(ctx context.Context, s *Step) error {
	available, err := d.offers(ctx)
	if err != nil {
		return err
	}
	var quote struct {
		Amount     decimal.Decimal `json:"amount"`
		Payable    decimal.Decimal `json:"payable"`
		Currency   string          `json:"currency"`
		Quote      string          `json:"quote"`
		ExpiresAt  time.Time       `json:"expires_at"`
		Deductions []struct {
			Kind   string          `json:"kind"`
			Amount decimal.Decimal `json:"amount"`
		} `json:"deductions"`
		Rebate struct {
			Basis  decimal.Decimal `json:"basis"`
			Rate   decimal.Decimal `json:"rate"`
			Amount decimal.Decimal `json:"amount"`
		} `json:"rebate"`
	}
	in := map[string]any{
		"customer_id": d.bound.customerID,
		"discount_id": available.Discounts[0].DiscountID,
		"coupon_ids":  []string{available.Coupons[0].CouponID},
	}
	if err := d.Platform.Call(ctx, http.MethodPost, d.orderPath("/quotes"), in, &quote); err != nil {
		return err
	}
	s.add("amount", "%s", money(quote.Amount, quote.Currency))
	for _, x := range quote.Deductions {
		s.add(readable(x.Kind), "-%s", money(x.Amount, quote.Currency))
	}
	s.add("to pay", "%s, the quote is good until %s", money(quote.Payable, quote.Currency), quote.ExpiresAt.Format(time.RFC3339))
	s.add("estimated rebate", "%s, %s %% of %s", money(quote.Rebate.Amount, quote.Currency),
		quote.Rebate.Rate.Shift(2), money(quote.Rebate.Basis, quote.Currency))
	d.quoted = quote.Quote
	return nil
}

func (d *day) pay(ctx context.Context, s *Step) error {
	in := map[string]any{"customer_id": d.bound.customerID, "quote": d.quoted}
	if err := d.confirm(ctx, d.orderID, in); err != nil {
		return err
	}
	s.add("verification code", "sent to the sales platform as a signed event, %d digits", len(in["code"].(string)))
	var paid struct {
		Payable  decimal.Decimal `json:"payable"`
		Currency string          `json:"currency"`
		Status   string          `json:"status"`
		PaidAt   time.Time       `json:"paid_at"`
	}
	if err := d.Platform.Call(ctx, http.MethodPost, d.orderPath("/payments"), in, &paid); err != nil {
		return err
	}
	s.add("paid", "%s with the customer's own token, at %s", money(paid.Payable, paid.Currency), paid.PaidAt.Format(time.RFC3339))
	s.add("order", "%s", paid.Status)
	if paid.Status != "completed" {
		return errors.New("the order was paid and is not completed: it is " + paid.Status)
	}
	return nil
}

// confirm asks for a verification code and puts it into the payment, as the person
// at the sales platform does who reads it there.
func (d *day) confirm(ctx context.Context, orderID string, payment map[string]any) error {
	payment["person"] = "lin"
	if err := d.Platform.Call(ctx, http.MethodPost, "/payorder/orders/"+orderID+"/codes", payment, nil); err != nil {
		return err
	}
	code, err := d.paymentCode()
	payment["code"] = code
	return err
}

func (d *day) paymentCode() (string, error) {
	inbox := d.Platform.Inbox()
	for i := len(inbox) - 1; i >= 0; i-- {
		if inbox[i].Type != "payorder.code" {
			continue
		}
		var data struct {
			Code string `json:"code"`
		}
		err := json.Unmarshal(inbox[i].Data, &data)
		return data.Code, err
	}
	return "", errors.New("the sales platform received no code")
}

// readable is a name of the API for a person.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }
