package payorder_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// doubted is the one entry that waits for its outcome.
func (w *world) doubted() (key string) {
	w.t.Helper()
	keys := w.doubts()
	require.Len(w.t, keys, 1)
	return keys[0]
}

// Nobody has to ask again: the schedule finds out what became of resources.
func TestChangesOfResourcesInDoubtAreSettledByTheSchedule(t *testing.T) {
	t.Parallel()
	changes := map[string]struct {
		operation string
		request   func(w *world, id string) (route string, in fields)
	}{
		"renew": {"RenewalResources", func(w *world, id string) (string, fields) {
			return "/renewals", fields{"quote": w.monthly(id).Quote}
		}},
		"unsubscribe": {"CancelResourcesSubscription", func(w *world, id string) (string, fields) {
			return "/unsubscriptions", fields{"offer": w.offer("resources", id).Offer}
		}},
		"ondemand": {"UpdatePeriodToOnDemandInstantly", func(_ *world, id string) (string, fields) {
			return "/to-on-demand/instantly", fields{"request_id": "r1", "resource_ids": []string{id}}
		}},
	}
	for name, change := range changes {
		for at, settled := range map[huawei.Point]string{huawei.AfterEffect: "found", huawei.BeforeEffect: "answered"} {
			t.Run(name+", "+string(at), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				_, id := w.buy(huawei.NewOrder{}, nil)
				route, in := change.request(w, id)
				w.fail(change.operation, huawei.FaultReset, at, 1)
				require.Equal(t, "outcome_unknown", w.refused(http.MethodPost, w.mine(route), in).Code)
				assert.Contains(t, w.doubted(), name+"/")
				w.clock.Advance(5 * time.Minute)
				require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
				assert.Empty(t, w.doubts())

				orders := func() int {
					return len(w.ordersOf(bss.OrderRenewal)) + len(w.ordersOf(bss.OrderUnsubscribe)) + len(w.ordersOf(bss.OrderPeriodToOnDemand))
				}
				assert.Equal(t, settled == "found", orders() == 1, "the schedule asks, and does nothing itself")
				var out struct {
					Settled  string   `json:"settled"`
					OrderIDs []string `json:"order_ids"`
				}
				w.call(http.MethodPost, w.mine(route), in, &out)
				assert.Equal(t, settled, out.Settled)
				assert.Len(t, out.OrderIDs, 1)
				assert.Equal(t, 1, orders())
				w.requireSound()
			})
		}
	}
}

func TestAPersonDecidesAboutARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	q := w.monthly(id)
	w.fail("RenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
	require.Equal(t, "outcome_unknown", w.notRenewed(q.Quote).Code)
	order := w.ordersOf(bss.OrderRenewal)[0]
	w.cancel(order) // of a cancelled order nobody can tell what it was for
	w.clock.Advance(5 * time.Minute)
	require.NoError(t, w.RunSchedule(t.Context(), "payorder", "reconcile", nil))
	key := w.doubted()
	w.call(http.MethodPost, "/payorder/ledger/renew:"+key[len("renew/"):]+"/resolution",
		fields{"decision": "done", "person": harness.Resolver, "reason": "It was placed and cancelled.", "record_id": order}, nil)
	renewed := w.renew(q.Quote)
	assert.Equal(t, "decided", renewed.Settled)
	assert.Equal(t, []string{order}, renewed.OrderIDs)
	assert.Equal(t, 1, w.effects("RenewalResources"))
}
