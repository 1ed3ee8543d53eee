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
	"github.com/bssfn/bssfn/pkg/handler"
)

type refundOffer struct {
	Resources []struct {
		ResourceID string          `json:"resource_id"`
		Estimated  bool            `json:"estimated"`
		Reason     string          `json:"reason"`
		Refund     decimal.Decimal `json:"refund"`
		Paid       decimal.Decimal `json:"paid"`
		Vouchers   decimal.Decimal `json:"vouchers"`
		Consumed   decimal.Decimal `json:"consumed"`
		Fee        decimal.Decimal `json:"fee"`
	} `json:"resources"`
	Refund    decimal.Decimal `json:"refund"`
	Note      string          `json:"note"`
	Offer     string          `json:"offer"`
	ExpiresAt time.Time       `json:"expires_at"`
}

func (w *world) offer(kind string, ids ...string) refundOffer {
	w.t.Helper()
	var out refundOffer
	w.call(http.MethodPost, w.mine("/refund-offers"), fields{"resource_ids": ids, "unsubscribe_type": kind}, &out)
	return out
}

type ended struct {
	payorder.Unsubscription
	Refunds []refund `json:"refunds"`
}

func (w *world) unsubscribe(o refundOffer) ended {
	w.t.Helper()
	var out ended
	w.call(http.MethodPost, w.mine("/unsubscriptions"), fields{"offer": o.Offer}, &out)
	return out
}

func (w *world) notEnded(in fields) handler.Problem {
	w.t.Helper()
	return w.refused(http.MethodPost, w.mine("/unsubscriptions"), in)
}

// renewNow renews a resource and pays for it.
func (w *world) renewNow(id string) {
	w.t.Helper()
	order := w.renew(w.monthly(id).Quote).OrderIDs[0]
	w.pay(order, w.payment(order, w.quote(order, nil).Quote))
}

// The estimate is what then comes back, by the rules that the simulator has too.
func TestTheRefundIsShownFirst(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arrange func(w *world) (resourceID string)
		kind    string
		refund  string // empty: whatever it is
	}{
		"new": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			return id
		}, "resources", "1000"},
		"new, with a voucher": {func(w *world) string {
			voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})
			_, id := w.buy(huawei.NewOrder{}, fields{"coupon_ids": []string{voucher}})
			return id
		}, "resources", "1000"},
		"in use": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.clock.Advance(10*24*time.Hour + 30*time.Minute)
			return id
		}, "resources", ""},
		"in use, with a voucher": {func(w *world) string {
			voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300.33")})
			_, id := w.buy(huawei.NewOrder{OfficialAmount: yuan("1234.56")}, fields{"coupon_ids": []string{voucher}})
			w.clock.Advance(7 * 24 * time.Hour)
			return id
		}, "resources", ""},
		"three years, in the second": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{OfficialAmount: yuan("7777.77"), PeriodType: huawei.PeriodYear, PeriodNum: 3}, nil)
			w.clock.Advance(500 * 24 * time.Hour)
			return id
		}, "resources", ""},
		"used up": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.clock.Advance(30 * 24 * time.Hour)
			return id
		}, "resources", ""},
		"renewed": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.clock.Advance(6 * 24 * time.Hour)
			w.renewNow(id)
			return id
		}, "resources", ""},
		"its renewals": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.clock.Advance(6 * 24 * time.Hour)
			w.renewNow(id)
			w.clock.Advance(time.Hour)
			w.renewNow(id)
			return id
		}, "renewals", "2000"},
		"renewed, and unsubscribed from that": {func(w *world) string {
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.clock.Advance(6 * 24 * time.Hour)
			w.renewNow(id)
			w.unsubscribe(w.offer("renewals", id))
			w.clock.Advance(24 * time.Hour)
			return id
		}, "resources", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := tt.arrange(w)
			o := w.offer(tt.kind, id)
			require.Len(t, o.Resources, 1)
			assert.True(t, o.Resources[0].Estimated, o.Resources[0].Reason)
			assert.Equal(t, o.Refund, o.Resources[0].Refund)
			assert.Contains(t, o.Note, "estimate")
			if tt.refund != "" {
				assert.Equal(t, tt.refund, o.Refund.String())
			}
			out := w.unsubscribe(o)
			require.Len(t, out.Refunds, 1)
			assert.Equal(t, out.Refunds[0].Returned.String(), o.Refund.String())
			assert.True(t, out.Refunds[0].Kept.Equal(o.Resources[0].Consumed.Add(o.Resources[0].Fee)))
			w.requireSound()
		})
	}
}

func TestARefundThatCannotBeEstimated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	for range 50 {
		order := w.place(huawei.NewOrder{OfficialAmount: yuan("0.01")})
		w.pay(order, w.payment(order, w.quote(order, nil).Quote))
		w.clock.Advance(15 * time.Minute)
	}
	o := w.offer("resources", id)
	assert.False(t, o.Resources[0].Estimated)
	assert.Contains(t, o.Resources[0].Reason, "purchase")
	assert.Len(t, w.unsubscribe(o).OrderIDs, 1, "it can be ended all the same")
}

func TestAnUnsubscriptionIsMadeOnceAnOffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	o := w.offer("resources", id)
	first := w.unsubscribe(o)
	assert.Equal(t, "answered", first.Settled)
	w.clock.Advance(time.Hour)
	before := w.Sim.Journal()
	assert.Equal(t, first, w.unsubscribe(o))
	p := w.notEnded(fields{"offer": o.Offer, "unsubscribe_reason_type": 3})
	assert.Equal(t, "key_conflict", p.Code)
	assert.Equal(t, []string{"unsubscribe_reason_type"}, fieldNames(p))
	assert.Equal(t, before, w.Sim.Journal())
	w.requireSound()
}

func TestTwentyUnsubscriptionsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	body := encode(t, fields{"offer": w.offer("resources", id).Offer})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			status, _, err := w.Platform.Send(t.Context(), http.MethodPost, w.mine("/unsubscriptions"), body)
			assert.NoError(t, err)
			assert.Contains(t, []int{http.StatusOK, http.StatusConflict, http.StatusServiceUnavailable}, status)
		})
	}
	group.Wait()
	assert.Equal(t, 1, w.effects("CancelResourcesSubscription"))
	w.requireSound()
}

func TestAnUnsubscriptionWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"resources", "renewals"} {
		t.Run("after the effect, "+kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, id := w.buy(huawei.NewOrder{}, nil)
			_, other := w.buy(huawei.NewOrder{}, nil)
			w.renewNow(id)
			w.unsubscribe(w.offer("resources", other)) // an order that looks alike
			o := w.offer(kind, id)
			w.fail("CancelResourcesSubscription", huawei.FaultReset, huawei.AfterEffect, 1)
			assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code)
			found := w.unsubscribe(o)
			assert.Equal(t, "found", found.Settled)
			require.Len(t, found.Refunds, 1)
			assert.Equal(t, o.Refund.String(), found.Refunds[0].Returned.String())
			assert.Equal(t, 2, w.effects("CancelResourcesSubscription"))
			w.requireSound()
		})
	}
	t.Run("before the effect", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		o := w.offer("resources", id)
		w.fail("CancelResourcesSubscription", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code)
		assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code)
		w.clock.Advance(61 * time.Second)
		assert.Equal(t, "answered", w.unsubscribe(o).Settled)
		assert.Equal(t, 1, w.effects("CancelResourcesSubscription"))
	})
	t.Run("before the effect, and renewed since", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		o := w.offer("resources", id)
		w.fail("CancelResourcesSubscription", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code)
		w.renewNow(id)
		w.clock.Advance(time.Hour)
		assert.Equal(t, "refund_changed", w.notEnded(fields{"offer": o.Offer}).Code, "the new term would be ended unseen")
		assert.Zero(t, w.effects("CancelResourcesSubscription"))
	})
	t.Run("and ended in the console with another", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		_, other := w.buy(huawei.NewOrder{}, nil)
		o := w.offer("resources", id)
		w.fail("CancelResourcesSubscription", huawei.FaultReset, huawei.BeforeEffect, 1)
		assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code)
		w.unsubscribeInConsole(id, other)
		w.clock.Advance(time.Hour)
		assert.Equal(t, "outcome_unknown", w.notEnded(fields{"offer": o.Offer}).Code, "which order is ours cannot be told")
		assert.Equal(t, 2, w.effects("CancelResourcesSubscription"))
	})
}

func TestOffersThatAreNotGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	o := w.offer("resources", id).Offer
	for name, offer := range map[string]string{
		"none": "", "altered": o[:10] + flip(o[10]) + o[11:], "a renewal's": w.monthly(id).Quote,
	} {
		assert.Equal(t, "offer_invalid", w.notEnded(fields{"offer": offer}).Code, name)
	}
	other := w.as(w.account("other-one", "0"))
	assert.Equal(t, "offer_invalid", other.notEnded(fields{"offer": o}).Code)
	for _, in := range []fields{{"offer": o, "unsubscribe_reason_type": 6}, {"offer": o, "unsubscribe_reason_type": -1}, {"offer": o, "unsubscribe_reason": long512}} {
		assert.Equal(t, "invalid_fields", w.notEnded(in).Code)
	}
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPost, w.mine("/refund-offers"), fields{"resource_ids": []string{id}, "unsubscribe_type": "all"}).Code)
	w.renewNow(id)
	assert.Equal(t, "refund_changed", w.notEnded(fields{"offer": o}).Code, "a renewal would be ended unseen")
	w.clock.Advance(15 * time.Minute)
	assert.Equal(t, "offer_expired", w.notEnded(fields{"offer": o}).Code)
	assert.Zero(t, w.effects("CancelResourcesSubscription"))
}

func TestWhyResourcesAreNotEnded(t *testing.T) {
	t.Parallel()
	for mark, want := range map[huawei.Mark]string{
		huawei.MarkSavingsPlan: "resource_not_supported", huawei.MarkInvoiced: "resource_not_supported", huawei.MarkTrial: "resource_not_supported",
	} {
		t.Run(string(mark), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, id := w.buy(huawei.NewOrder{}, nil)
			w.mark(id, mark)
			p := w.notEnded(fields{"offer": w.offer("resources", id).Offer})
			assert.Equal(t, want, p.Code)
			assert.Zero(t, w.effects("CancelResourcesSubscription"))
		})
	}
	t.Run("an order waits", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		w.renew(w.monthly(id).Quote)
		assert.Equal(t, "resource_in_unpaid_order", w.notEnded(fields{"offer": w.offer("resources", id).Offer}).Code)
	})
	t.Run("no renewals", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, id := w.buy(huawei.NewOrder{}, nil)
		o := w.offer("renewals", id)
		assert.True(t, o.Refund.IsZero())
		assert.Equal(t, "resource_not_supported", w.notEnded(fields{"offer": o.Offer}).Code)
	})
}
