package payorder_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type renewalQuote struct {
	Resources []struct {
		ResourceID string          `json:"resource_id"`
		Amount     decimal.Decimal `json:"amount"`
	} `json:"resources"`
	Refused   []payorder.ResourceRefusal `json:"refused"`
	Amount    decimal.Decimal            `json:"amount"`
	Discounts []struct {
		DiscountID string          `json:"discount_id"`
		Amount     decimal.Decimal `json:"amount"`
		Best       bool            `json:"best"`
	} `json:"discounts"`
	Quote     string    `json:"quote"`
	ExpiresAt time.Time `json:"expires_at"`
}

// monthly prices a month more of resources.
func (w *world) monthly(ids ...string) renewalQuote {
	w.t.Helper()
	var out renewalQuote
	w.call(http.MethodPost, w.mine("/renewal-quotes"), fields{"resource_ids": ids, "period_type": "month", "period_num": 1}, &out)
	return out
}

func (w *world) renew(quote string) payorder.Renewal {
	w.t.Helper()
	var out payorder.Renewal
	w.call(http.MethodPost, w.mine("/renewals"), fields{"quote": quote}, &out)
	return out
}

func (w *world) notRenewed(quote string) handler.Problem {
	w.t.Helper()
	return w.refused(http.MethodPost, w.mine("/renewals"), fields{"quote": quote})
}

func TestARenewalIsPricedPlacedAndPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	commercial := huawei.Discount{ID: "d1", Type: huawei.DiscountCommercial, Ratio: yuan("0.9")}
	_, id := w.buy(huawei.NewOrder{Discounts: []huawei.Discount{commercial}}, nil)
	expires := w.resources("")[0].ExpiresAt

	q := w.monthly(id)
	assert.Equal(t, "1000", q.Amount.String())
	assert.Empty(t, q.Refused)
	require.Len(t, q.Discounts, 1)
	assert.Equal(t, "900", q.Discounts[0].Amount.String())
	assert.True(t, q.Discounts[0].Best)
	assert.Equal(t, w.clock.Now().Add(15*time.Minute).Truncate(time.Second), q.ExpiresAt)

	renewed := w.renew(q.Quote)
	require.Len(t, renewed.OrderIDs, 1)
	assert.Equal(t, "answered", renewed.Settled)
	order := renewed.OrderIDs[0]
	w.pay(order, w.payment(order, w.quote(order, fields{"discount_id": "d1"}).Quote))
	assert.Equal(t, expires.AddDate(0, 1, 0), w.resources("")[0].ExpiresAt)
	w.requireSound()
}

func TestARenewalIsPlacedOnceAQuote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id)
	first := w.renew(q.Quote)
	w.pay(first.OrderIDs[0], w.payment(first.OrderIDs[0], w.quote(first.OrderIDs[0], nil).Quote))
	w.clock.Advance(time.Hour) // the quote has expired, and the resource could be renewed again
	before := w.Sim.Journal()
	assert.Equal(t, first, w.renew(q.Quote))
	assert.Equal(t, before, w.Sim.Journal())
}

func TestTwentyRenewalsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id)
	body := encode(t, fields{"quote": q.Quote})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			status, _, err := w.Platform.Send(t.Context(), http.MethodPost, w.mine("/renewals"), body)
			assert.NoError(t, err)
			assert.Contains(t, []int{http.StatusOK, http.StatusConflict, http.StatusServiceUnavailable}, status)
		})
	}
	group.Wait()
	assert.Equal(t, 1, w.effects("RenewalResources"))
	assert.Len(t, w.renew(q.Quote).OrderIDs, 1)
}

func TestARenewalWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	t.Run("after the effect", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, first := w.buy(huawei.NewOrder{}, nil)
		_, second := w.buy(huawei.NewOrder{ServiceTypeCode: "hws.service.type.rds"}, nil)
		_, other := w.buy(huawei.NewOrder{ServiceTypeCode: "hws.service.type.ebs"}, nil)
		w.renew(w.monthly(other).Quote) // an order that looks alike
		q := w.monthly(first, second)
		w.fail("RenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
		found := w.renew(q.Quote)
		assert.Equal(t, "found", found.Settled)
		assert.Len(t, found.OrderIDs, 2)
		assert.Empty(t, found.Refused)
		assert.Equal(t, 3, w.effects("RenewalResources"), "an order each resource, once")
		assert.Equal(t, found, w.renew(q.Quote))
	})
	t.Run("after the effect, and paid since", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		q := w.monthly(id)
		w.fail("RenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
		order := w.ordersOf(bss.OrderRenewal)[0]
		w.pay(order, w.payment(order, w.quote(order, nil).Quote))
		assert.Equal(t, []string{order}, w.renew(q.Quote).OrderIDs)
		assert.Equal(t, 1, w.effects("RenewalResources"))
	})
	t.Run("before the effect", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		q := w.monthly(id)
		w.fail("RenewalResources", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code, "it may still come to light")
		w.clock.Advance(61 * time.Second)
		assert.Equal(t, "answered", w.renew(q.Quote).Settled)
		assert.Equal(t, 1, w.effects("RenewalResources"))
	})
	t.Run("before the effect, and it costs more since", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		q := w.monthly(id)
		w.fail("RenewalResources", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
		w.call(http.MethodPut, w.mine("/renew-config"), fields{"config_name": "EXPIRE_DATE", "config_value": -1}, nil)
		w.clock.Advance(time.Hour)
		assert.Equal(t, "renewal_changed", w.notRenewed(q.Quote).Code)
		assert.Zero(t, w.effects("RenewalResources"))
	})
	t.Run("beside one in the console", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		_, other := w.buy(huawei.NewOrder{}, nil)
		q := w.monthly(id)
		w.fail("RenewalResources", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
		_, err := w.Sim.Client().RenewalResources(t.Context(), "fjord-textiles", bss.RenewalResourcesRequest{ResourceIDs: []string{other}, PeriodType: bss.PeriodMonth, PeriodNum: 1})
		require.NoError(t, err)
		w.clock.Advance(time.Hour)
		assert.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code, "whose order it is cannot be told")
		assert.Equal(t, 1, w.effects("RenewalResources"))
	})
}

// ordersOf are the customer's orders of a type, the newest first.
func (w *world) ordersOf(kind bss.OrderType) []string {
	w.t.Helper()
	var ids []string
	for o, err := range w.Sim.Client().ListCustomerOrders(w.t.Context(), bss.ListCustomerOrdersRequest{CustomerID: w.customer, OrderType: kind}) {
		require.NoError(w.t, err)
		ids = append(ids, o.OrderID)
	}
	return ids
}

func TestResourcesThatHaveNoPrice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, good := w.buy(huawei.NewOrder{}, nil)
	_, marked := w.buy(huawei.NewOrder{}, nil)
	_, waiting := w.buy(huawei.NewOrder{}, nil)
	w.mark(marked, huawei.MarkNotRenewable)
	w.renew(w.monthly(waiting).Quote)
	q := w.monthly(good, marked, waiting)
	assert.Empty(t, q.Quote, "all are renewed or none")
	assert.Len(t, q.Resources, 1)
	require.Len(t, q.Refused, 2)
	assert.Equal(t, marked, q.Refused[0].ResourceID)
	assert.Equal(t, "CBC.30050013", q.Refused[0].Code)
	assert.Equal(t, "CBC.30050010", q.Refused[1].Code)
}

func TestQuotesOfRenewalsThatAreNotGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id).Quote
	order := w.place(huawei.NewOrder{})
	before := w.Sim.Journal()
	for name, quote := range map[string]string{
		"none":            "",
		"altered":         q[:10] + flip(q[10]) + q[11:],
		"cut":             q[:len(q)-1],
		"of an order":     w.quote(order, nil).Quote,
		"a refund's":      w.offer("resources", id).Offer,
		"signed by other": "eyJhIjoxfQ.c2lnbmF0dXJl",
	} {
		p := w.notRenewed(quote)
		assert.Equal(t, "offer_invalid", p.Code, name)
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	}
	other := w.as(w.account("other-one", "0"))
	assert.Equal(t, "offer_invalid", other.notRenewed(q).Code)
	w.clock.Advance(15 * time.Minute)
	p := w.notRenewed(q)
	assert.Equal(t, "offer_expired", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Zero(t, w.effects("RenewalResources"))
	assert.Len(t, w.Sim.Journal(), len(before)+1, "the account of the other customer")
}

func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

func TestPeriodsOfRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, in := range []fields{
		{"period_type": "month", "period_num": 0}, {"period_type": "month", "period_num": 12}, {"period_type": "month", "period_num": -1},
		{"period_type": "year", "period_num": 4}, {"period_type": "week", "period_num": 1}, {"period_num": 1},
	} {
		in["resource_ids"] = []string{"any"}
		p := w.refused(http.MethodPost, w.mine("/renewal-quotes"), in)
		assert.Equal(t, "invalid_fields", p.Code)
		assert.Contains(t, []string{"period_type", "period_num"}, fieldNames(p)[0])
	}
}

func TestARenewalThatHasChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id)
	w.mark(id, huawei.MarkNotRenewable)
	p := w.notRenewed(q.Quote)
	assert.Equal(t, "renewal_changed", p.Code)
	assert.Equal(t, []string{id}, fieldNames(p))
	assert.Zero(t, w.effects("RenewalResources"))
}

func TestWhyResourcesAreNotRenewed(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"CBC.99003016": "resource_unknown", "CBC.30010036": "resource_not_supported", "CBC.99003100": "resource_in_unpaid_order",
		"CBC.99003144": "resource_busy", "CBC.99003154": "resource_not_supported", "CBC.99003634": "resource_not_supported",
		"CBC.99007281": "resource_frozen", "CBC.30010069": "upstream_refused", "CBC.0151": "upstream_denied",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, id := w.buy(huawei.NewOrder{}, nil)
			q := w.monthly(id)
			require.NoError(t, w.Sim.RefuseNext(huawei.Refusal{Operation: "RenewalResources", Code: code}))
			assert.Equal(t, want, w.notRenewed(q.Quote).Code)
			assert.Zero(t, w.effects("RenewalResources"))
			assert.Len(t, w.renew(q.Quote).OrderIDs, 1, "the same quote may be used again")
		})
	}
}
