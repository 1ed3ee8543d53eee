package huawei_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

// trader plays at random what a partner and its customer can do, over HTTP, and
// looks at the books after each step.
type trader struct {
	*market
	quota   string
	orders  []string
	coupons []benefit
}

func TestMoneyIsConservedWhateverHappens(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		m.server.Reset()
		m.clock.Set(start)
		p := &trader{market: m}
		p.resale = p.account("resale-customer", huawei.AssociationResale)
		require.NoError(t, p.server.SetPartnerBalance(yuan("1000")))
		p.quota = p.market.quota(huawei.NewQuota{Value: yuan("300")})
		p.token = p.customerToken("resale-customer")
		r.Repeat(map[string]func(*rapid.T){
			"place":    p.place,
			"pay":      p.pay,
			"cancel":   p.cancel,
			"issue":    p.issue,
			"grant":    p.grant,
			"take":     p.takeCoupon,
			"allocate": func(r *rapid.T) { p.transfer(r, pathAllocate) },
			"reclaim":  func(r *rapid.T) { p.transfer(r, pathTakeBack) },
			"wait":     p.wait,
			"":         p.check,
		})
	})
}

func (p *trader) check(r *rapid.T) {
	if wrong := p.server.Check(); len(wrong) > 0 {
		r.Fatal(wrong)
	}
}

// expect refuses answers that no rule explains.
func (p *trader) expect(r *rapid.T, got result, allowed ...int) {
	if !slices.Contains(allowed, got.status) {
		r.Fatalf("status %d: %s", got.status, got.body)
	}
}

func amount(r *rapid.T, name string) decimal.Decimal {
	return decimal.New(rapid.Int64Range(1, 30_000).Draw(r, name), -2)
}

func (p *trader) place(r *rapid.T) {
	n := huawei.NewOrder{CustomerID: p.resale, OfficialAmount: amount(r, "official")}
	for range rapid.IntRange(0, 3).Draw(r, "members") {
		n.Members = append(n.Members, huawei.NewOrder{OfficialAmount: amount(r, "member")})
	}
	switch rapid.IntRange(0, 3).Draw(r, "discount") {
	case 1:
		n.Discounts = []huawei.Discount{{ID: "d", Ratio: decimal.New(rapid.Int64Range(1, 100).Draw(r, "ratio"), -2)}}
	case 2:
		n.Discounts = []huawei.Discount{{ID: "d", Amount: amount(r, "off")}}
	case 3:
		n.Discounts = []huawei.Discount{{ID: "d", Price: amount(r, "price")}}
	}
	id, err := p.server.PlaceOrder(n)
	if err != nil {
		r.Fatal(err)
	}
	p.orders = append(p.orders, id)
}

func (p *trader) order(r *rapid.T) string {
	if len(p.orders) == 0 {
		r.Skip("no order")
	}
	return rapid.SampledFrom(p.orders).Draw(r, "order")
}

func (p *trader) pay(r *rapid.T) {
	id := p.order(r)
	var coupons, discounts []benefit
	if len(p.coupons) > 0 {
		coupons = rapid.SliceOfNDistinct(rapid.SampledFrom(p.coupons), 0, min(3, len(p.coupons)), rapid.ID).Draw(r, "coupons")
	}
	if rapid.Bool().Draw(r, "use discount") {
		discounts = []benefit{{"d", huawei.DiscountPromotion}}
	}
	p.expect(r, p.market.pay(id, coupons, discounts), http.StatusNoContent, http.StatusBadRequest)
}

func (p *trader) cancel(r *rapid.T) {
	got := p.asCustomer(http.MethodPut, pathCancel, fmt.Sprintf(`{"order_id":%q}`, p.order(r)))
	p.expect(r, got, http.StatusNoContent, http.StatusBadRequest)
}

func (p *trader) issue(r *rapid.T) {
	got := p.asPartner(http.MethodPost, pathCoupons, issueBody(p.quota, amount(r, "face").String(), p.resale))
	p.expect(r, got, http.StatusOK, http.StatusBadRequest)
	if got.status != http.StatusOK {
		return
	}
	for _, c := range read[issueAnswer](p.t, got).Coupons {
		p.coupons = append(p.coupons, benefit{c.CouponID, huawei.CouponVoucher})
	}
}

func (p *trader) grant(r *rapid.T) {
	kind := rapid.IntRange(huawei.CouponDiscount, huawei.CouponStoredCard).Draw(r, "kind")
	value := amount(r, "value")
	if kind == huawei.CouponDiscount {
		value = decimal.New(rapid.Int64Range(1, 99).Draw(r, "share"), -2)
	}
	p.coupons = append(p.coupons, benefit{p.market.grant(huawei.NewCoupon{CustomerID: p.resale, Kind: kind, Value: value}), kind})
}

func (p *trader) takeCoupon(r *rapid.T) {
	if len(p.coupons) == 0 {
		r.Skip("no coupon")
	}
	coupon := rapid.SampledFrom(p.coupons).Draw(r, "coupon")
	got := p.asPartner(http.MethodPost, pathReclaim, fmt.Sprintf(`{"coupon_id":%q}`, coupon.ID))
	p.expect(r, got, http.StatusNoContent, http.StatusOK, http.StatusBadRequest)
}

func (p *trader) transfer(r *rapid.T, path string) {
	got := p.asPartner(http.MethodPost, path, transfer(p.resale, amount(r, "amount").String()))
	p.expect(r, got, http.StatusOK, http.StatusBadRequest)
}

// wait lets orders be delivered, go overdue and coupons expire. Tokens last a
// day, so there is a new one afterwards.
func (p *trader) wait(r *rapid.T) {
	p.clock.Advance(rapid.SampledFrom([]time.Duration{time.Second, time.Hour, week, 200 * 24 * time.Hour}).Draw(r, "time"))
	p.token = p.customerToken("resale-customer")
}
