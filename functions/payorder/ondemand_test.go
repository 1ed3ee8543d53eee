package payorder_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

var long512 = strings.Repeat("退", 513)

// unsubscribeInConsole is what the customer does by itself.
func (w *world) unsubscribeInConsole(ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		_, err := w.Sim.Client().CancelResourcesSubscription(w.t.Context(), "fjord-textiles", bss.CancelResourcesSubscriptionRequest{
			ResourceIDs: []string{id}, UnsubscribeType: bss.UnsubscribeResources,
		})
		require.NoError(w.t, err)
	}
}

type onDemand struct {
	Set     []string                   `json:"set"`
	Refused []payorder.ResourceRefusal `json:"refused"`
}

func (w *world) setOnDemand(operation string, ids ...string) onDemand {
	w.t.Helper()
	var out onDemand
	w.call(http.MethodPut, w.mine("/to-on-demand"), fields{"operation": operation, "resource_ids": ids}, &out)
	return out
}

func TestResourcesAreChargedOnDemandOnceTheyExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	_, other := w.buy(huawei.NewOrder{PeriodNum: 2}, nil)
	assert.Equal(t, onDemand{[]string{id}, []payorder.ResourceRefusal{}}, w.setOnDemand("SET_UP", id))
	assert.Equal(t, "on_demand", w.resources("")[0].OnExpiry)
	assert.Equal(t, []string{id}, w.setOnDemand("SET_UP", id).Set, "again")
	assert.Equal(t, []string{id}, w.setOnDemand("CANCEL", id).Set)
	assert.Equal(t, "grace_period", w.resources("")[0].OnExpiry)

	w.clock.Advance(32 * 24 * time.Hour) // the first one has expired
	out := w.setOnDemand("SET_UP", id, other)
	assert.Equal(t, []string{other}, out.Set)
	require.Len(t, out.Refused, 1)
	assert.Equal(t, id, out.Refused[0].ResourceID)
	assert.Equal(t, "CBC.99003610", out.Refused[0].Code)

	w.mark(other, huawei.MarkSolution)
	in := fields{"operation": "SET_UP", "resource_ids": []string{other}}
	assert.Equal(t, "resource_not_supported", w.refused(http.MethodPut, w.mine("/to-on-demand"), in).Code)
	in["operation"] = "set_up"
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPut, w.mine("/to-on-demand"), in).Code)
}

func (w *world) convert(request string, ids ...string) payorder.Conversion {
	w.t.Helper()
	var out payorder.Conversion
	w.call(http.MethodPost, w.mine("/to-on-demand/instantly"), fields{"request_id": request, "resource_ids": ids}, &out)
	return out
}

func TestResourcesAreChargedOnDemandAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	_, bad := w.buy(huawei.NewOrder{}, nil)
	w.mark(bad, huawei.MarkPackage)
	first := w.convert("r1", id, bad)
	assert.Equal(t, []string{id}, first.Converted)
	require.Len(t, first.Refused, 1)
	assert.Equal(t, bad, first.Refused[0].ResourceID)
	assert.Equal(t, "CBC.99003611", first.Refused[0].Code)
	assert.Len(t, first.OrderIDs, 1)

	before := w.Sim.Journal()
	assert.Equal(t, first, w.convert("r1", id, bad))
	in := fields{"request_id": "r1", "resource_ids": []string{bad}}
	assert.Equal(t, "key_conflict", w.refused(http.MethodPost, w.mine("/to-on-demand/instantly"), in).Code)
	in["request_id"] = "r2"
	p := w.refused(http.MethodPost, w.mine("/to-on-demand/instantly"), in)
	assert.Equal(t, "resources_refused", p.Code)
	assert.Equal(t, []string{bad}, fieldNames(p))
	in["request_id"] = "a/b"
	assert.Equal(t, "invalid_fields", w.refused(http.MethodPost, w.mine("/to-on-demand/instantly"), in).Code)
	assert.Equal(t, before, w.Sim.Journal())
	w.requireSound()
}

func TestTwentyConversionsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	body := encode(t, fields{"request_id": "r1", "resource_ids": []string{id}})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			_, _, err := w.Platform.Send(t.Context(), http.MethodPost, w.mine("/to-on-demand/instantly"), body)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.Len(t, w.ordersOf(bss.OrderPeriodToOnDemand), 1)
	w.requireSound()
}

func TestAConversionWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	_, bad := w.buy(huawei.NewOrder{}, nil)
	_, later := w.buy(huawei.NewOrder{}, nil)
	w.mark(bad, huawei.MarkPackage)
	in := fields{"request_id": "r1", "resource_ids": []string{id, bad}}
	w.fail("UpdatePeriodToOnDemandInstantly", huawei.FaultReset, huawei.AfterEffect, 1)
	assert.Equal(t, "outcome_unknown", w.refused(http.MethodPost, w.mine("/to-on-demand/instantly"), in).Code)
	found := w.convert("r1", id, bad)
	assert.Equal(t, "found", found.Settled)
	assert.Equal(t, []string{id}, found.Converted)
	assert.Equal(t, bad, found.Refused[0].ResourceID)
	assert.Equal(t, w.ordersOf(bss.OrderPeriodToOnDemand), found.OrderIDs)

	in = fields{"request_id": "r2", "resource_ids": []string{later}}
	w.fail("UpdatePeriodToOnDemandInstantly", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.refused(http.MethodPost, w.mine("/to-on-demand/instantly"), in).Code)
	w.clock.Advance(61 * time.Second)
	assert.Equal(t, []string{later}, w.convert("r2", later).Converted)
	assert.Len(t, w.ordersOf(bss.OrderPeriodToOnDemand), 2)
	w.requireSound()
}

func TestAutomaticRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	renewal := w.mine("/auto-renewals/" + id)
	var out struct {
		AutoRenew bool `json:"auto_renew"`
	}
	for range 2 { // a repetition sets the same
		w.call(http.MethodPut, renewal, fields{"auto_renew_times": 2, "period_type": "MONTH"}, &out)
		assert.True(t, out.AutoRenew)
		assert.Equal(t, "renewal", w.resources("")[0].OnExpiry)
	}
	for range 2 {
		w.call(http.MethodDelete, renewal, nil, &out)
		assert.False(t, out.AutoRenew)
		assert.Equal(t, "grace_period", w.resources("")[0].OnExpiry)
	}
	w.fail("AutoRenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
	w.call(http.MethodPut, renewal, fields{}, &out)
	w.fail("CancelAutoRenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
	w.call(http.MethodDelete, renewal, nil, &out)
	assert.Equal(t, "grace_period", w.resources("")[0].OnExpiry)

	for _, in := range []fields{{"auto_renew_times": 100}, {"auto_renew_times": -1}, {"period_type": "DAY"}} {
		assert.Equal(t, "invalid_fields", w.refused(http.MethodPut, renewal, in).Code)
	}
	for _, other := range []string{"none", "a%20b", w.part()} {
		assert.Contains(t, []string{"resource_unknown", "resource_not_main"}, w.refused(http.MethodPut, w.mine("/auto-renewals/"+other), fields{}).Code)
	}
	w.clock.Advance(32 * 24 * time.Hour)
	assert.Equal(t, "resource_frozen", w.refused(http.MethodPut, renewal, fields{}).Code)
}

func TestTheDayOfAutomaticRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	w.call(http.MethodPut, w.mine("/renew-config"), fields{"config_name": "DEDUCTION_DATE", "config_value": 3}, nil)
	w.call(http.MethodPut, w.mine("/renew-config"), fields{"config_name": "EXPIRE_DATE", "config_value": -1}, nil)
	assert.True(t, w.monthly(id).Amount.GreaterThan(yuan("1000")), "the days to the last of the month are paid")
	for _, in := range []fields{
		{"config_name": "DEDUCTION_DATE", "config_value": 1}, {"config_name": "DEDUCTION_DATE", "config_value": 8}, {"config_name": "DEDUCTION_DATE", "config_value": -1},
		{"config_name": "EXPIRE_DATE", "config_value": 0}, {"config_name": "EXPIRE_DATE", "config_value": 29}, {"config_name": "DAY", "config_value": 3},
	} {
		assert.Equal(t, "invalid_fields", w.refused(http.MethodPut, w.mine("/renew-config"), in).Code)
	}
	assert.Equal(t, "customer_unknown", w.refused(http.MethodPut, "/payorder/customers/nobody/renew-config", fields{"config_name": "DEDUCTION_DATE", "config_value": 3}).Code)
	assert.Equal(t, 2, w.effects("SetResourcesRenewConfig"))
}
