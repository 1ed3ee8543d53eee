package payorder_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestAnAlteredQuoteIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	token := w.quote(orderID, nil).Quote
	before := len(w.Platform.Inbox())
	refused := func(altered string) {
		t.Helper()
		status, body, err := w.Platform.Send(t.Context(), http.MethodPost, path(orderID, "/codes"), encode(t, w.with(fields{"quote": altered})))
		require.NoError(t, err)
		if status != http.StatusUnprocessableEntity {
			t.Fatalf("HTTP %d for the quote %q: %s", status, altered, body)
		}
		require.Contains(t, string(body), `"code":"quote_invalid"`)
	}
	for i := range len(token) {
		for bit := range 7 {
			altered := []byte(token)
			altered[i] ^= 1 << bit
			refused(string(altered))
		}
	}
	for _, altered := range []string{token[1:], token[:len(token)-1], token + "=", token + "\n", token + ".", "." + token, token + "." + token} {
		refused(altered)
	}
	assert.Len(t, w.Platform.Inbox(), before, "no code was sent")
	w.code(orderID, token)
}

func TestQuotesThatDoNotFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID, other := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	before := w.Sim.Journal()

	assert.Equal(t, "quote_invalid", w.notPaid(other, in).Code, "it is for another order")
	for _, customer := range []string{"", w.customer + "x"} {
		p := w.notPaid(orderID, fields{"customer_id": customer, "quote": in["quote"], "code": in["code"]})
		assert.Equal(t, "quote_invalid", p.Code, "it is for another customer")
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	}
	w.clock.Advance(15 * time.Minute)
	p := w.notPaid(orderID, in)
	assert.Equal(t, "quote_expired", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Equal(t, before, w.Sim.Journal())
}

func TestAQuoteOfAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.serve(func(*payorder.Config, *functions.Runtime) {})
	assert.Equal(t, "quote_invalid", w.notPaid(orderID, in).Code)
}

// Whatever is chosen, the quote adds up, and Huawei Cloud takes from the balance
// exactly what the quote says: a fen less is not enough.
func TestAQuoteIsWhatIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		order, choice := w.randomChoice(random, i)
		q := w.quote(order, choice)
		sum := q.Payable
		for _, d := range q.Deductions {
			require.False(t, d.Amount.IsNegative())
			sum = sum.Add(d.Amount)
		}
		require.True(t, sum.Equal(q.Amount), "%d: %s of %s", i, sum, q.Amount)
		require.False(t, q.Payable.IsNegative())
		in := w.payment(order, q.Quote)
		if q.Payable.IsPositive() {
			require.NoError(t, w.Sim.SetCash(w.customer, q.Payable.Sub(yuan("0.01"))))
			require.Equal(t, "balance_insufficient", w.notPaid(order, in).Code, "%d: %+v", i, q)
		}
		require.NoError(t, w.Sim.SetCash(w.customer, q.Payable))
		in["code"] = w.code(order, q.Quote)
		require.Equal(t, "completed", w.pay(order, in).Status, "%d: %+v", i, q)
	}
	w.requireSound()
}

// randomChoice places an order, alone or of members, and chooses what to pay with.
func (w *world) randomChoice(random *rand.Rand, i int) (orderID string, choice fields) {
	fen := func(most int64) decimal.Decimal { return decimal.New(1+random.Int64N(most), -2) }
	discounts := []huawei.Discount{
		{Type: huawei.DiscountCommercial, Ratio: yuan("0.87")},
		{Type: huawei.DiscountPromotion, Amount: fen(5_000)},
		{Type: huawei.DiscountPartner, Price: fen(20_000)},
		{Type: huawei.DiscountPartner, Amount: yuan("99999")}, // more than there is
	}
	n := huawei.NewOrder{OfficialAmount: fen(100_000)}
	if random.IntN(3) == 0 {
		n = huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: fen(50_000)}, {OfficialAmount: fen(50_000)}, {OfficialAmount: fen(100)}}}
	}
	choice = fields{}
	if d := random.IntN(2 * len(discounts)); d < len(discounts) {
		discounts[d].ID = fmt.Sprintf("discount-%d", i)
		n.Discounts, choice["discount_id"] = discounts[d:d+1], discounts[d].ID
	}
	var coupons []string
	for _, kind := range []int{huawei.CouponStoredCard, huawei.CouponCash, huawei.CouponVoucher} {
		if random.IntN(2) == 0 {
			continue
		}
		c := huawei.NewCoupon{Kind: kind, Value: fen(40_000)}
		if random.IntN(2) == 0 {
			c.Limits = []huawei.Limit{{Key: "maxDeductionRatio", Value1: "0.333"}}
		}
		coupons = append(coupons, w.grant(c))
	}
	choice["coupon_ids"] = coupons
	return w.place(n), choice
}

func TestRebates(t *testing.T) {
	t.Parallel()
	limit := []huawei.Limit{{Key: "isRebate", Value1: "0"}}
	tests := map[string]struct {
		rates         string // of hws.service.type.waf; "" for none
		service       string
		coupon        huawei.NewCoupon
		basis, amount string
	}{
		"general":              {"", "hws.service.type.ec2", huawei.NewCoupon{}, "33.33", "1.66"}, // 1.6665 is cut off
		"specific, its rate":   {"0.1", "hws.service.type.waf", huawei.NewCoupon{}, "33.33", "3.33"},
		"specific, the others": {"", "hws.service.type.waf", huawei.NewCoupon{}, "33.33", "1.66"},
		"neither":              {"", "hws.service.type.domains", huawei.NewCoupon{}, "33.33", "0"},
		"performance only":     {"", "hws.service.type.msgsms", huawei.NewCoupon{}, "33.33", "0"},
		"no policy":            {"", "hws.service.type.unheard", huawei.NewCoupon{}, "33.33", "0"},
		"a voucher":            {"", "hws.service.type.ec2", huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("13.33")}, "20", "1"},
		"a cash coupon":        {"", "hws.service.type.ec2", huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("13.33")}, "33.33", "1.66"},
		"an excluded one":      {"", "hws.service.type.ec2", huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("13.33"), Limits: limit}, "20", "1"},
		"a stored-value card":  {"", "hws.service.type.ec2", huawei.NewCoupon{Kind: huawei.CouponStoredCard, Value: yuan("13.33")}, "33.33", "1.66"},
		"all by a voucher":     {"", "hws.service.type.ec2", huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("99")}, "0", "0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(func(cfg *payorder.Config, _ *functions.Runtime) {
				cfg.RebateRates = map[string]decimal.Decimal{"*": yuan("0.05")}
				if tt.rates != "" {
					cfg.RebateRates["hws.service.type.waf"] = yuan(tt.rates)
				}
			})
			orderID := w.place(huawei.NewOrder{OfficialAmount: yuan("33.33"), ServiceTypeCode: tt.service})
			choice := fields{}
			if tt.coupon.Kind != 0 {
				choice["coupon_ids"] = []string{w.grant(tt.coupon)}
			}
			got := w.quote(orderID, choice).Rebate
			assert.Equal(t, tt.basis, got.Basis.String())
			assert.Equal(t, tt.amount, got.Amount.String())
			assert.Equal(t, "CNY", got.Currency)
			assert.Contains(t, got.Reason, "an estimate")
		})
	}
}

func TestNoRateNoEstimate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(*payorder.Config, *functions.Runtime) {})
	got := w.quote(w.place(huawei.NewOrder{}), nil).Rebate
	assert.True(t, got.Rate.IsZero())
	assert.True(t, got.Amount.IsZero())
	assert.Contains(t, got.Reason, "no rate is configured")
}
