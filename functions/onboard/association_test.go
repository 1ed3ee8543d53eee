package onboard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

type pending struct {
	Associations []struct {
		AccountID  string    `json:"account_id"`
		CustomerID string    `json:"customer_id"`
		Asked      int       `json:"asked"`
		NextAsk    time.Time `json:"next_ask"`
		Overdue    bool      `json:"overdue"`
	} `json:"associations"`
	More bool `json:"more"`
}

func (w *world) pending() pending {
	w.t.Helper()
	var out pending
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, "/onboard/associations", nil, &out))
	return out
}

// minutely runs the schedule once a minute for as long as d.
func (w *world) minutely(d time.Duration) {
	w.t.Helper()
	for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
		w.clock.Advance(time.Minute)
		require.NoError(w.t, w.RunSchedule(w.t.Context(), "onboard", "associations", nil))
	}
}

// told are the data of the events of a type.
func (w *world) told(kind string) []fields {
	w.t.Helper()
	var all []fields
	for _, e := range w.Platform.InboxOf(kind) {
		var data fields
		require.NoError(w.t, json.Unmarshal(e.Data, &data))
		all = append(all, data)
	}
	return all
}

// Huawei Cloud gives up waiting for the association: the account is there, is
// registered once, and is asked about until its association is there.
func TestAnAssociationThatTakesLonger(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: 10 * time.Minute})
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "include_association_result": true}
	created := w.register(in)
	assert.Equal(t, "pending", created.Association)
	assert.Equal(t, "ember-robotics", created.LoginName)
	assert.Equal(t, created, w.register(in), "it is not created twice")
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
	require.Len(t, w.pending().Associations, 1)
	assert.Equal(t, created.CustomerID, w.pending().Associations[0].CustomerID)

	w.minutely(9 * time.Minute)
	assert.Empty(t, w.told("onboard.customer.associated"))
	w.minutely(5 * time.Minute)
	told := w.told("onboard.customer.associated")
	require.Len(t, told, 1)
	assert.Equal(t, "acct-1", told[0]["account_id"])
	assert.Equal(t, created.CustomerID, told[0]["customer_id"])
	assert.Equal(t, huawei.AssociationResale, told[0]["association_type"])
	assert.Empty(t, w.pending().Associations)

	w.minutely(time.Hour)
	assert.Equal(t, "associated", w.show("acct-1").Association)
	assert.Equal(t, "associated", w.register(in).Association)
	assert.Len(t, w.told("onboard.customer.associated"), 1)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

func TestAnAssociationThatIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.register(fields{"account_id": "acct-1", "include_association_result": true})
	assert.Equal(t, "associated", created.Association)
	assert.Len(t, w.told("onboard.customer.associated"), 1)
	assert.Empty(t, w.pending().Associations)
}

// Looking at the customer is enough to find out; the schedule then tells nothing more.
func TestLookingAtACustomerEndsItsWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(fields{"account_id": "acct-1"})
	w.show("acct-1")
	assert.Empty(t, w.told("onboard.customer.associated"))
	w.clock.Advance(3 * time.Second)
	w.show("acct-1")
	w.show("acct-1")
	w.minutely(2 * time.Minute)
	assert.Len(t, w.told("onboard.customer.associated"), 1)
}

func TestAnAssociationThatDoesNotCome(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: 40 * 24 * time.Hour})
	w.register(fields{"account_id": "acct-1"})
	w.minutely(23 * time.Hour)
	before := w.pending().Associations[0]
	assert.False(t, before.Overdue)
	assert.Less(t, before.Asked, 40, "the time between two questions grows")
	assert.Empty(t, w.told("onboard.customer.association-overdue"))

	w.minutely(12 * time.Hour)
	assert.True(t, w.pending().Associations[0].Overdue)
	assert.True(t, w.show("acct-1").Overdue)
	require.Len(t, w.told("onboard.customer.association-overdue"), 1)

	for range 40 {
		w.clock.Advance(24 * time.Hour)
		require.NoError(t, w.RunSchedule(t.Context(), "onboard", "associations", nil))
	}
	assert.Empty(t, w.pending().Associations, "it is given up")
	assert.Len(t, w.told("onboard.customer.association-overdue"), 1)
	assert.Empty(t, w.told("onboard.customer.associated"))
	assert.Equal(t, "associated", w.show("acct-1").Association, "whoever looks sees it all the same")
}

// A run asks about no more than a hundred, and those that are left come next.
func TestARunIsBounded(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: time.Hour})
	for i := range 130 {
		w.clock.Advance(time.Second)
		w.register(fields{"account_id": fmt.Sprintf("acct-%d", i)})
	}
	assert.True(t, w.pending().More)
	assert.Len(t, w.pending().Associations, 100)
	w.clock.Advance(2 * time.Hour)
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "associations", nil))
	assert.Len(t, w.pending().Associations, 30)
	assert.Equal(t, "acct-100", w.pending().Associations[0].AccountID, "the oldest were asked about first")
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "associations", nil))
	assert.Empty(t, w.pending().Associations)
}

// While Huawei Cloud does not answer, nothing is put off and nothing is told.
func TestARunThatIsNotAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(fields{"account_id": "acct-1"})
	w.clock.Advance(time.Minute)
	w.fail(huawei.Fault{Operation: "ListSubCustomers", Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
	require.Error(t, w.RunSchedule(t.Context(), "onboard", "associations", nil))
	assert.Zero(t, w.pending().Associations[0].Asked)
	w.Sim.ClearFaults()
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "associations", nil))
	assert.Len(t, w.told("onboard.customer.associated"), 1)
}

// The answer of the registration is lost and its association takes hours: the name is
// taken, so that nobody believes that nothing happened.
func TestALostAnswerOfASlowAssociation(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: 3 * time.Hour})
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	w.clock.Advance(time.Hour)
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	p := w.getRefused("/onboard/customers/acct-1")
	assert.Equal(t, "customer_unknown", p.Code)
	assert.Contains(t, p.Detail, "in doubt")
	w.clock.Advance(3 * time.Hour)
	require.NoError(t, w.RunSchedule(t.Context(), "onboard", "reconcile", nil))
	assert.Equal(t, "associated", w.show("acct-1").Association)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
	assert.Len(t, w.told("onboard.customer.associated"), 1)
}
