package payorder_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

type recorded struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
	LookAt string `json:"look_at"`
}

func (w *world) recorded(orderID string) (out recorded) {
	w.t.Helper()
	w.call(http.MethodGet, "/payorder/ledger/pay:"+orderID, nil, &out)
	return out
}

// Nobody has to ask again: the schedule finds out what became of a payment.
func TestAPaymentInDoubtIsSettledByTheSchedule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at      huawei.Point
		state   string
		settled string // by paying again
	}{
		"after the effect":  {huawei.AfterEffect, "done", "found"},
		"before the effect": {huawei.BeforeEffect, "failed", "answered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			order := w.place(huawei.NewOrder{})
			in := w.payment(order, w.quote(order, nil).Quote)
			w.fail("PayOrders", huawei.FaultReset, c.at, 1)
			require.Equal(t, "outcome_unknown", w.notPaid(order, in).Code)
			w.clock.Advance(5 * time.Minute)
			require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
			assert.Equal(t, c.state, w.recorded(order).State)

			if c.state == "failed" {
				in = w.payment(order, w.quote(order, nil).Quote)
			}
			assert.Equal(t, c.settled, w.pay(order, in).Settled)
			assert.Equal(t, 1, w.payments())
			w.requireSound()
		})
	}
}

// A payment that a person decided about is answered with that, however old its quote
// is by then.
func TestAPaymentThatAPersonDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := w.place(huawei.NewOrder{})
	in := w.payment(order, w.quote(order, nil).Quote)
	w.fail("PayOrders", huawei.FaultReset, huawei.AfterEffect, 1)
	require.Equal(t, "outcome_unknown", w.notPaid(order, in).Code)
	w.clock.Advance(time.Hour)
	w.fail("ShowCustomerOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 1000)
	require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
	doubt := w.recorded(order)
	assert.Equal(t, "unknown", doubt.State)
	assert.Contains(t, doubt.LookAt, "orders of customer "+w.customer)

	w.call(http.MethodPost, "/payorder/ledger/pay:"+order+"/resolution",
		fields{"decision": "done", "person": harness.Resolver, "reason": "The order is paid."}, nil)
	w.Sim.ClearFaults()
	got := w.pay(order, in)
	assert.Equal(t, "decided", got.Settled)
	assert.Equal(t, "1000", got.Amount.String())
	assert.Equal(t, 1, w.payments())
	w.requireSound()
}

type report struct {
	Entries []struct {
		Key    string `json:"key"`
		Path   string `json:"path"`
		LookAt string `json:"look_at"`
	} `json:"entries"`
}

func (w *world) inDoubt() (out report) {
	w.t.Helper()
	w.call(http.MethodGet, "/payorder/ledger?state=unknown", nil, &out)
	return out
}

// A renewal in doubt is settled like a payment, by the schedule or by a person, who
// names the order.
func TestARenewalInDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id)
	w.fail("RenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
	require.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
	inDoubt := w.inDoubt().Entries
	require.Len(t, inDoubt, 1)
	assert.Contains(t, inDoubt[0].Key, "renew/")
	assert.Contains(t, inDoubt[0].LookAt, id)

	w.fail("ListCustomerOrders", huawei.FaultUnavailable, huawei.BeforeEffect, 1000)
	decision := fields{"decision": "done", "person": harness.Resolver, "reason": "The order is there."}
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPost, inDoubt[0].Path+"/resolution", decision).Code)
	w.Sim.ClearFaults()
	w.clock.Advance(5 * time.Minute)
	require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
	assert.Empty(t, w.inDoubt().Entries)
	assert.Equal(t, "entry_not_in_doubt", w.refused(http.MethodPost, inDoubt[0].Path+"/resolution", decision).Code)
	assert.Equal(t, "found", w.renew(q.Quote).Settled)
	assert.Equal(t, 1, w.effects("RenewalResources"))
	w.requireSound()
}
