package payorder_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func (w *world) report(query string) payorder.RebateReport {
	w.t.Helper()
	var out payorder.RebateReport
	w.call(http.MethodGet, "/payorder/rebates?month="+query, nil, &out)
	return out
}

func (w *world) statement(month string, in fields) {
	w.t.Helper()
	w.call(http.MethodPost, "/payorder/rebates/"+month+"/actual", in, nil)
}

// month pays three orders as a partner does: one plainly, one with coupons, one
// that the customer takes back.
func (w *world) month() (plain, coupons, back string) {
	w.t.Helper()
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) {
		cfg.RebateRules = string(rules(
			map[string]any{"name": "flat", "service": "*", "association": "*", "from": "2026-01", "rate": "0.05"},
			map[string]any{"name": "walls", "service": firewalls, "association": "*", "from": "2026-01", "rate": "0.1"}))
	})
	plain, _ = w.buy(huawei.NewOrder{OfficialAmount: yuan("1000")}, nil)
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("100")})
	excluded := w.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("50"), Limits: []huawei.Limit{{Key: "isRebate", Value1: "0"}}})
	coupons, _ = w.buy(huawei.NewOrder{
		OfficialAmount: yuan("800"), ServiceTypeCode: firewalls,
		Discounts: []huawei.Discount{{ID: "d", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}},
	}, fields{"discount_id": "d", "coupon_ids": []string{voucher, excluded}})
	back, resource := w.buy(huawei.NewOrder{OfficialAmount: yuan("300")}, nil)
	w.clock.Advance(time.Hour)
	_, err := w.Sim.Client().CancelResourcesSubscription(w.t.Context(), "fjord-textiles", bss.CancelResourcesSubscriptionRequest{
		ResourceIDs: []string{resource}, UnsubscribeType: bss.UnsubscribeResources,
	})
	require.NoError(w.t, err)
	w.place(huawei.NewOrder{}) // is not paid
	return plain, coupons, back
}

func TestTheReportOfAMonth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain, coupons, back := w.month()
	w.clock.Advance(30 * 24 * time.Hour)
	w.statement("2026-03", fields{"amounts": []fields{
		{"order_id": plain, "amount": "50.00"},
		{"order_id": coupons, "service_type_code": firewalls, "amount": "55.50"},
		{"order_id": "CS0000000000OTHER", "amount": "1.23"},
		{"service_type_code": servers, "amount": -2},
	}})
	_, body, err := w.Platform.Send(t.Context(), http.MethodGet, "/payorder/rebates?month=2026-03", nil)
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, body, "", "  "))
	got := strings.NewReplacer(plain, "PLAIN", coupons, "COUPONS", back, "BACK", w.customer, "CUSTOMER").Replace(indented.String())
	// How long the client has waited for its quota is nothing to compare.
	got = regexp.MustCompile(`"(paid_at|posted_at)": "2026-0[34]-[0-9TZ:-]+"`).ReplaceAllString(got, `"$1": "INSTANT"`)
	const golden = "testdata/rebates-2026-03.golden.json"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	assert.Equal(t, string(read(t, golden)), got)
}

func TestWhatAReportComparesWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, coupons, back := w.month()
	r := w.report("2026-03")
	require.Len(t, r.List, 3)
	assert.Equal(t, 3, r.Orders)
	assert.Nil(t, r.Statement)
	assert.Nil(t, r.Total.Actual)
	for _, o := range r.List {
		switch o.OrderID {
		case back:
			assert.Equal(t, "300", o.Refunded.String())
			assert.Equal(t, "0", o.Basis.String())
			assert.Equal(t, "0", o.Rebate.String())
			assert.Equal(t, "unsubscribed", o.Reasons[0].Code)
		case coupons:
			assert.Equal(t, "570", o.EstimatedBasis.String(), "720 after the discount, less 100 and 50")
			assert.Equal(t, "570", o.Basis.String())
			assert.Equal(t, "57", o.Rebate.String())
			assert.Empty(t, o.Reasons)
		default:
			assert.Empty(t, o.Reasons)
		}
	}
	sum := payorder.RebateSums{}
	for _, s := range r.Services {
		sum.EstimatedBasis, sum.Basis = sum.EstimatedBasis.Add(s.EstimatedBasis), sum.Basis.Add(s.Basis)
		sum.EstimatedRebate, sum.Rebate = sum.EstimatedRebate.Add(s.EstimatedRebate), sum.Rebate.Add(s.Rebate)
	}
	assert.True(t, sum.Basis.Equal(r.Total.Basis) && sum.Rebate.Equal(r.Total.Rebate) &&
		sum.EstimatedBasis.Equal(r.Total.EstimatedBasis) && sum.EstimatedRebate.Equal(r.Total.EstimatedRebate))

	assert.Equal(t, 3, w.report("2026-03&customer_id="+w.customer).Orders)
	assert.Zero(t, w.report("2026-03&customer_id=nobody").Orders)
	assert.Zero(t, w.report("2026-02").Orders)
	assert.Equal(t, "month_future", w.refused(http.MethodGet, "/payorder/rebates?month=2026-04", nil).Code)
	for _, month := range []string{"", "2026-3", "2026-13", "march"} {
		assert.Equal(t, "invalid_fields", w.refused(http.MethodGet, "/payorder/rebates?month="+month, nil).Code, month)
	}
}

// What an order cost in the end may be another amount than the quote's.
func TestAnOrderThatCostSomethingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rewrite := []string{`"amount_after_discount":1000`, `"amount_after_discount":900`, `"coupon_amount":0`, `"coupon_amount":200`}
	w.serve(func(cfg *payorder.Config, rt *functions.Runtime) {
		cfg.RebateRules = string(rule(nil))
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/v2/orders/customer-orders" {
				return rewritten(r, rewrite...)
			}
			return wire.RoundTrip(r)
		})
	})
	orderID := w.place(huawei.NewOrder{})
	w.pay(orderID, w.payment(orderID, w.quote(orderID, nil).Quote))
	got := w.report("2026-03").List[0]
	assert.Equal(t, "700", got.Basis.String())
	assert.Equal(t, "35", got.Rebate.String())
	assert.Equal(t, []string{"price_differs", "vouchers_differ"}, codesOf(got.Reasons))
}

func TestAPaymentThatHuaweiCloudDoesNotList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, rt *functions.Runtime) {
		cfg.RebateRules = string(rule(nil))
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/v2/orders/customer-orders" {
				return answered(r, http.StatusOK, `{"total_count":0,"order_infos":[]}`), nil
			}
			return wire.RoundTrip(r)
		})
	})
	orderID := w.place(huawei.NewOrder{})
	w.pay(orderID, w.payment(orderID, w.quote(orderID, nil).Quote))
	got := w.report("2026-03").List[0]
	assert.Equal(t, "1000", got.Basis.String(), "the estimate stands")
	assert.Equal(t, []string{"order_unknown"}, codesOf(got.Reasons))
}

// A payment whose answer was lost is in the report once it is settled.
func TestAPaymentInDoubtIsReportedOnceItIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.fail("PayOrders", huawei.FaultReset, huawei.AfterEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(orderID, in).Code)
	assert.Zero(t, w.report("2026-03").Orders)
	w.pay(orderID, in)
	assert.Equal(t, 1, w.report("2026-03").Orders)
}

func TestEveryPaymentOfALongMonthIsReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.Sim.SetCash(w.customer, yuan("100000")))
	const orders = 230 // more than a page, and many at one instant
	for i := range orders {
		orderID := w.place(huawei.NewOrder{OfficialAmount: yuan("10")})
		w.pay(orderID, w.payment(orderID, w.quote(orderID, nil).Quote))
		if i%100 == 99 {
			w.clock.Advance(time.Second)
		}
	}
	r := w.report("2026-03")
	assert.Equal(t, orders, r.Orders)
	assert.Equal(t, "2300", r.Total.Basis.String())
}

func TestAStatementFromASpreadsheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain, coupons, _ := w.month()
	w.statement("2026-03", fields{"csv": "\uFEFFamount,order_id\r\n 50.00 ," + plain + "\r\n\"7\"," + coupons + "\r\n"})
	r := w.report("2026-03")
	assert.Equal(t, "57", r.Total.Actual.String())
	assert.Equal(t, 2, r.Statement.Rows)
	assert.Empty(t, r.Statement.Unmatched)
	assert.Equal(t, "50", r.Services[0].Actual.String(), "an order of one service is that service's")

	w.statement("2026-03", fields{"csv": "service_type_code,amount\n" + servers + ",-1.5"})
	r = w.report("2026-03")
	assert.Equal(t, "-1.5", r.Total.Actual.String(), "the later statement counts")
	r = w.report("2026-03&customer_id=" + w.customer)
	assert.Nil(t, r.Total.Actual, "a service's rebate is not one customer's")
	assert.Equal(t, "-1.5", r.Statement.UnmatchedAmount.String())
}

func TestStatementsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.Sim.Journal()
	var long strings.Builder
	long.WriteString("order_id,amount\n")
	for i := range 2001 {
		fmt.Fprintf(&long, "CS%d,1\n", i)
	}
	tests := map[string]struct {
		in   any
		code string
	}{
		"nothing":             {fields{}, "invalid_fields"},
		"both":                {fields{"csv": "order_id,amount\nCS1,1", "amounts": []fields{{"order_id": "CS1", "amount": 1}}}, "invalid_fields"},
		"neither nor":         {fields{"amounts": []fields{{"amount": 1}}}, "invalid_fields"},
		"three decimals":      {fields{"amounts": []fields{{"order_id": "CS1", "amount": "1.005"}}}, "invalid_fields"},
		"huge":                {fields{"amounts": []fields{{"order_id": "CS1", "amount": "1e13"}}}, "invalid_fields"},
		"a huge exponent":     {fields{"amounts": []fields{{"order_id": "CS1", "amount": "1e9999"}}}, "invalid_fields"},
		"a tiny one":          {fields{"amounts": []fields{{"order_id": "CS1", "amount": "1e-9999"}}}, "invalid_fields"},
		"no number":           {fields{"amounts": []fields{{"order_id": "CS1", "amount": "many"}}}, "wrong_type"},
		"unknown field":       {fields{"amounts": []fields{{"order": "CS1", "amount": 1}}}, "unknown_field"},
		"a strange id":        {fields{"amounts": []fields{{"order_id": "../x", "amount": 1}}}, "invalid_fields"},
		"a strange service":   {fields{"amounts": []fields{{"service_type_code": "a b", "amount": 1}}}, "invalid_fields"},
		"one order twice":     {fields{"csv": "order_id,amount\nCS1,1\nCS1,2"}, "invalid_fields"},
		"too long":            {fields{"csv": long.String()}, "statement_too_large"},
		"an empty file":       {fields{"csv": "\uFEFF"}, "invalid_fields"},
		"a header alone":      {fields{"csv": "order_id,amount\r\n"}, "invalid_fields"},
		"no amount":           {fields{"csv": "order_id\nCS1"}, "invalid_fields"},
		"an unknown column":   {fields{"csv": "order_id,amount,note\nCS1,1,x"}, "invalid_fields"},
		"a column twice":      {fields{"csv": "order_id,amount,amount\nCS1,1,1"}, "invalid_fields"},
		"a short line":        {fields{"csv": "order_id,amount\nCS1"}, "invalid_fields"},
		"an exponent":         {fields{"csv": "order_id,amount\nCS1,1e2"}, "invalid_fields"},
		"a comma in a number": {fields{"csv": "order_id,amount\nCS1,\"1,000.00\""}, "invalid_fields"},
	}
	for name, tt := range tests {
		p := w.refused(http.MethodPost, "/payorder/rebates/2026-03/actual", tt.in)
		assert.Equal(t, tt.code, p.Code, name)
	}
	assert.Equal(t, "month_future", w.refused(http.MethodPost, "/payorder/rebates/2026-04/actual", fields{}).Code)
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPost, "/payorder/rebates/april/actual", fields{}).Code)
	assert.Nil(t, w.report("2026-03").Statement)
	assert.Equal(t, before, w.Sim.Journal())
}

// What a member of a combined order gives back is taken off the order that was paid.
func TestAMemberOfACombinedOrderIsGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.RebateRules = string(rule(nil)) })
	orderID := w.place(huawei.NewOrder{Members: []huawei.NewOrder{
		{OfficialAmount: yuan("400")}, {OfficialAmount: yuan("100"), ServiceTypeCode: disks},
	}})
	q := w.quote(orderID, nil)
	require.Len(t, q.Rebate.Lines, 2)
	w.pay(orderID, w.payment(orderID, q.Quote))
	for _, r := range w.resources("") {
		if r.Service == "云硬盘" {
			w.unsubscribeInConsole(r.ResourceID)
		}
	}
	r := w.report("2026-03")
	require.Len(t, r.List, 1)
	assert.Equal(t, "100", r.List[0].Refunded.String())
	assert.Equal(t, "400", r.List[0].Basis.String())
	assert.Equal(t, "20", r.List[0].Rebate.String())
	require.Len(t, r.Services, 2)
	assert.Equal(t, disks, r.Services[0].Service)
	assert.Equal(t, "0", r.Services[0].Basis.String())
	assert.Equal(t, "400", r.Services[1].Basis.String())
}

// Whatever an order cost in the end and gave back, no recomputed basis is negative,
// and the lines add up to the order.
func TestComparisonsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fen := func(label string, most int64) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, most).Draw(t, label), -2)
		}
		c := payorder.Case{Rules: rule(nil), Policies: policies}
		for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
			amount := fen("amount", 100_000)
			c.Payable = c.Payable.Add(amount)
			c.Lines = append(c.Lines, line(string(rune('a'+i)), rapid.SampledFrom([]string{servers, disks, domains}).Draw(t, "service"), amount.String()))
		}
		c.Vouchers = decimal.Min(fen("vouchers", 100_000), c.Payable)
		c.Payable = c.Payable.Sub(c.Vouchers)
		order := bss.Order{Status: bss.OrderCompleted, AmountAfterDiscount: fen("cost", 500_000)}
		order.AmountInfo.CouponAmount = fen("used", 100_000)
		returned := map[string]decimal.Decimal{}
		for range rapid.IntRange(0, 3).Draw(t, "refunds") {
			returned[rapid.SampledFrom([]string{servers, disks, "other"}).Draw(t, "refund of")] = fen("refund", 300_000)
		}
		got, lines := payorder.CompareCase(c, order, returned)
		basis, rebate := decimal.Zero, decimal.Zero
		for _, l := range lines {
			require.False(t, l.Basis.IsNegative())
			require.False(t, l.Rebate.IsNegative() || l.Rebate.GreaterThan(decimal.Max(l.Basis, l.EstimatedRebate)))
			basis, rebate = basis.Add(l.Basis), rebate.Add(l.Rebate)
		}
		require.True(t, got.Basis.Equal(basis) && got.Rebate.Equal(rebate))
		require.False(t, got.Basis.GreaterThan(order.AmountAfterDiscount))
	})
}
