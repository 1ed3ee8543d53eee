package onboard_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

// A registration whose answer was lost is found by the schedule, and its customer can
// be looked at although nobody asked again.
func TestALostRegistrationIsSettledByTheSchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
	require.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	w.clock.Advance(10 * time.Minute)
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "reconcile", nil))

	assert.Equal(t, "ember-robotics", w.show("acct-1").LoginName)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

// So is one that a person found.
func TestARegistrationThatAPersonFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	require.Equal(t, "outcome_unknown", w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "ember-robotics"}).Code)
	w.fail(huawei.Fault{Operation: "ListSubCustomers", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Next: 1000})
	w.post("/onboard/ledger/customer:acct-1/resolution",
		fields{"decision": "done", "person": harness.Resolver, "reason": "It is in the list.", "record_id": "found-by-hand"}, nil)
	w.Sim.ClearFaults()
	assert.Equal(t, "found-by-hand", w.show("acct-1").CustomerID)
}
