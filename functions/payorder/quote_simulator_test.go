package payorder_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// customerClient calls Huawei Cloud as the customer does in its console.
func (w *world) customerClient() *bss.Client {
	w.t.Helper()
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: w.SimURL, IAMEndpoint: w.SimURL, Clock: w.clock, Agency: harness.XAccountType, Transport: wire,
		User: bss.User{Domain: "sim-partner", Name: "sim-operator", Password: "Sim-Operator-1"},
		Keys: sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
	})
	require.NoError(w.t, err)
	return client
}

// offered is an order as Huawei Cloud shows it, with its offers.
type offered struct {
	details bss.OrderDetails
	offers  payorder.Offers
	coupons []string // granted, offered or not
}

const customerName bss.Customer = "fjord-textiles"

// offerOrder places one order of a kind that a seed decides, with coupons of its own.
func (w *world) offerOrder(client *bss.Client, seed uint64) offered {
	w.t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	n := huawei.NewOrder{
		OfficialAmount: fen(1 + r.Int64N(300)), ServiceTypeCode: pick(r, "hws.service.type.ec2", "hws.service.type.ebs"),
		ProductID: pick(r, "p1", "p2"), PeriodType: pick(r, huawei.PeriodMonth, huawei.PeriodYear), MaxCashCoupons: r.IntN(4), OrderType: pick(r, 1, 1, 3),
	}
	if r.IntN(2) == 0 {
		member := func() huawei.NewOrder {
			return huawei.NewOrder{
				OfficialAmount: fen(1 + r.Int64N(200)), ServiceTypeCode: pick(r, "hws.service.type.ec2", "hws.service.type.ebs"),
				ProductID: pick(r, "p1", "p2"), PeriodType: pick(r, huawei.PeriodMonth, huawei.PeriodYear),
			}
		}
		n = huawei.NewOrder{Members: []huawei.NewOrder{member(), member(), member()}, MaxCashCoupons: n.MaxCashCoupons, OrderType: n.OrderType}
	}
	for i := range r.IntN(3) {
		d := huawei.Discount{ID: fmt.Sprintf("d%d-%d", seed, i), Type: pick(r, 0, 2, 3, 2, 3, 609)}
		switch r.IntN(3) {
		case 0:
			d.Ratio = pick(r, yuan("0.87"), yuan("0.5"), yuan("0.333"))
		case 1:
			d.Amount = fen(1 + r.Int64N(100))
		default:
			d.Price = fen(1 + r.Int64N(300))
		}
		n.Discounts = append(n.Discounts, d)
	}
	o := offered{}
	n.Coupons = []string{}
	for range r.IntN(5) {
		n.Coupons = append(n.Coupons, w.grant(w.randomGrant(r)))
	}
	o.coupons = n.Coupons
	orderID := w.place(n)

	var err error
	o.details, err = client.ShowCustomerOrderDetails(w.t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: orderID, Limit: 100})
	require.NoError(w.t, err)
	coupons, err := client.ListOrderCouponsByOrderID(w.t.Context(), customerName, bss.ListOrderCouponsByOrderIDRequest{OrderID: orderID})
	require.NoError(w.t, err)
	o.offers.Coupons, o.offers.Most = coupons.UserCoupons, coupons.CouponMaxUseQuantity
	o.offers.Discounts, err = client.ListOrderDiscounts(w.t.Context(), customerName, bss.ListOrderDiscountsRequest{OrderID: orderID})
	require.NoError(w.t, err)
	return o
}

// randomGrant has only limits that the order tells of.
func (w *world) randomGrant(r *rand.Rand) huawei.NewCoupon {
	c := huawei.NewCoupon{
		Kind:  pick(r, huawei.CouponVoucher, huawei.CouponVoucher, huawei.CouponCash, huawei.CouponCash, huawei.CouponCash, huawei.CouponStoredCard, huawei.CouponDiscount),
		Group: pick(r, 0, 0, 0, 1, 2), Value: fen(1 + r.Int64N(150)),
	}
	if c.Kind == huawei.CouponDiscount {
		c.Value = yuan("0.8")
	}
	if r.IntN(12) == 0 {
		c.ValidTime = w.clock.Now().Add(time.Hour)
	}
	limits := []huawei.Limit{
		{Key: "serviceType", Value1: "hws.service.type.ec2"}, {Key: "productId", Value1: "p1,p3"}, {Key: "productBlackList", Value1: "p1"},
		{Key: "isForAnnualContracts", Value1: "1"}, {Key: "chargeScene", Value1: pick(r, "1", "2", "0")},
		{Key: "subscribeType", Value1: pick(r, "new", "change", "renew")}, {Key: "orderAmount", Value1: "1.00", Value2: pick(r, "", "2.50")},
		{Key: "minConsumeDiscount", Value1: pick(r, "0.5", "0.87", "0.9")}, {Key: "maxDeductionRatio", Value1: pick(r, "0.333", "0.5")},
		{Key: "simultaneousUseWithEmpowerDiscount", Value1: "0"}, {Key: "simultaneousUseWithContractDiscount", Value1: "0"},
		{Key: "simultaneousUseWithPromotionDiscount", Value1: "0"},
	}
	for range r.IntN(3) {
		l := pick(r, limits...)
		if !slices.ContainsFunc(c.Limits, func(other huawei.Limit) bool { return other.Key == l.Key }) {
			c.Limits = append(c.Limits, l)
		}
	}
	return c
}

// combos are all sets of three coupons at most, each with every discount and none.
func (o offered) combos(do func(d bss.OrderDiscount, set []bss.OrderCoupon)) {
	for _, d := range append([]bss.OrderDiscount{{}}, o.offers.Discounts...) {
		brute{offers: o.offers}.eachSet(nil, 0, func(set []bss.OrderCoupon) { do(d, set) })
	}
}

func payingWith(orderID string, d bss.OrderDiscount, set []bss.OrderCoupon) bss.PayOrdersRequest {
	request := bss.PayOrdersRequest{OrderID: orderID}
	for _, c := range set {
		request.Coupons = append(request.Coupons, bss.UsedCoupon{ID: c.CouponID, Type: c.CouponType})
	}
	if d.DiscountID != "" {
		request.Discount = &bss.UsedDiscount{ID: d.DiscountID, Type: d.DiscountType}
	}
	return request
}

// What the engine calls legal is taken by the simulator, for exactly what was quoted;
// what it refuses is refused there too. The two have nothing in common but the rules.
func TestTheSimulatorTakesWhatIsQuotedAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.customerClient()
	legal, refusals := 0, 0
	for seed := range uint64(simulatedOrders) {
		first := w.offerOrder(client, seed)
		number, sampled := 0, 0
		first.combos(func(d bss.OrderDiscount, set []bss.OrderCoupon) {
			number++
			ids := idsOf(set)
			_, refused := payorder.Choose(first.details, first.offers, w.clock.Now(), d.DiscountID, ids)
			switch {
			case unpriced(refused):
				return // the simulator knows what a discount coupon takes off
			case len(refused) > 0:
				before := w.Sim.Journal()
				err := client.PayOrders(t.Context(), customerName, payingWith(first.details.Order.OrderID, d, set))
				refusal, ok := errors.AsType[*bss.Error](err)
				require.True(t, ok, "order %d: %v with %q is taken, the engine says %v", seed, ids, d.DiscountID, refused)
				require.Equal(t, http.StatusBadRequest, refusal.Status)
				require.NotEqual(t, "CBC.99005003", refusal.Code, "order %d: %v", seed, refused)
				require.Equal(t, before, w.Sim.Journal())
				refusals++
			case (number+int(seed))%5 == 0 && sampled < 4:
				sampled++
				w.payLikewise(client, first, seed, d, set)
				legal++
			}
		})
	}
	assert.Greater(t, legal, simulatedOrders/2)
	assert.Greater(t, refusals, simulatedOrders*5/4)
	w.requireSound()
}

// payLikewise pays another order of the seed with the same combination: the coupons
// that were granted in the same places.
func (w *world) payLikewise(client *bss.Client, first offered, seed uint64, d bss.OrderDiscount, set []bss.OrderCoupon) {
	w.t.Helper()
	o := w.offerOrder(client, seed)
	var ids []string
	for _, c := range set {
		ids = append(ids, o.coupons[slices.Index(first.coupons, c.CouponID)])
	}
	quoted, refused := payorder.Choose(o.details, o.offers, w.clock.Now(), d.DiscountID, ids)
	require.Empty(w.t, refused)
	var used []bss.OrderCoupon
	for _, deduction := range quoted.Deductions { // in the order in which they pay
		for _, c := range o.offers.Coupons {
			if c.CouponID == deduction.ID {
				used = append(used, c)
			}
		}
	}
	orderID := o.details.Order.OrderID
	require.NoError(w.t, w.Sim.SetCash(w.customer, quoted.Payable))
	require.NoError(w.t, client.PayOrders(w.t.Context(), customerName, payingWith(orderID, d, used)), "order %d: %q with %q", seed, idsOf(used), d.DiscountID)
	paid, err := client.ShowCustomerOrderDetails(w.t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: orderID})
	require.NoError(w.t, err)
	info := paid.Order.AmountInfo
	cash := paid.Order.AmountAfterDiscount.Sub(decimal.Sum(info.CouponAmount, info.FlexipurchaseCouponAmount, info.StoredCardAmount))
	require.Equal(w.t, quoted.Payable.StringFixed(2), cash.StringFixed(2), "order %d: %q with %q", seed, idsOf(used), d.DiscountID)
}

func idsOf(set []bss.OrderCoupon) []string {
	ids := []string{}
	for _, c := range set {
		ids = append(ids, c.CouponID)
	}
	return ids
}

func unpriced(refused []payorder.Refused) bool {
	return slices.ContainsFunc(refused, func(r payorder.Refused) bool { return r.Reason == "discount_coupon_unpriced" })
}
