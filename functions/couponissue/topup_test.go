package couponissue_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const forEveryone = `[{"customer_id":"*","below":"50","to":"100","max_per_day":"150"}]`

// newTopUpWorld has those rules, and 1000 CNY to allocate.
func newTopUpWorld(t *testing.T, rules string) *world {
	t.Helper()
	w := newWorld(t)
	w.configure(couponissue.Config{TopUpRules: rules, PartnerBalanceLow: "100"})
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	return w
}

// topUp runs the schedule and returns its report.
func (w *world) topUp() couponissue.TopUpReport {
	w.t.Helper()
	require.NoError(w.t, w.edge.Schedule(w.t.Context(), "top-up", nil))
	return w.lastTopUp()
}

func (w *world) lastTopUp() couponissue.TopUpReport {
	w.t.Helper()
	var report couponissue.TopUpReport
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/couponissue/top-up", "", &report))
	return report
}

func (w *world) cash(customer string, amount int64) {
	w.t.Helper()
	require.NoError(w.t, w.cloud.SetCash(customer, decimal.NewFromInt(amount)))
}

// outcomes are those of a report as "state amount".
func outcomes(r couponissue.TopUpReport) []string {
	var all []string
	for _, o := range r.Customers {
		all = append(all, string(o.State)+" "+o.Amount.String())
	}
	return all
}

func TestWhoHasTooLittleIsToppedUp(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	customers := w.customers(3)
	w.account("pays-itself", huawei.AssociationReferral)
	w.cash(customers[0], 20)
	w.cash(customers[1], 50)

	report := w.topUp()

	assert.Equal(t, []string{"topped_up 80", "topped_up 100"}, outcomes(report))
	assert.Equal(t, []string{customers[0], customers[2]}, []string{report.Customers[0].CustomerID, report.Customers[1].CustomerID})
	assert.Equal(t, "20", report.Customers[0].Balance.String())
	assert.Equal(t, "allocate/top-up/"+customers[0]+"/2026-03-10/1", report.Customers[0].LedgerKey)
	assert.NotEmpty(t, report.Customers[0].TransferID)
	assert.Equal(t, 3, report.Checked)
	assert.Equal(t, 2, report.ToppedUp)
	assert.Equal(t, "180", report.Amount.String())
	assert.Equal(t, "820", report.Allocatable.String())
	assert.False(t, report.PartnerBalanceLow)
	assert.Equal(t, 2, w.effects(allocateOperation))
	assert.Empty(t, w.topUp().Customers, "all have enough")
	w.requireSound()
}

func TestACustomersOwnRuleComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(2)
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	w.configure(couponissue.Config{TopUpRules: fmt.Sprintf(`[
		{"customer_id":"*","below":50,"to":100,"max_per_day":150},
		{"customer_id":%q,"below":"200","amount":"30.5","max_per_day":"61"},
		{"customer_id":"nobody","below":"200","amount":"30.5","max_per_day":"61"}]`, customers[1])})
	w.cash(customers[1], 190)

	report := w.topUp()

	got := map[string]string{}
	for _, o := range report.Customers {
		got[o.CustomerID] = string(o.State) + " " + o.Amount.String()
	}
	assert.Equal(t, map[string]string{customers[0]: "topped_up 100", customers[1]: "topped_up 30.5", "nobody": "refused 0"}, got)
	assert.Equal(t, 1, report.Refused)
}

func TestTheDaysMaximumIsNotPassed(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	customer := w.customers(1)[0]
	assert.Equal(t, []string{"topped_up 100"}, outcomes(w.topUp()))
	w.clock.Advance(time.Hour)
	w.cash(customer, 10)
	report := w.topUp()
	assert.Equal(t, []string{"at_limit 90"}, outcomes(report))
	assert.Equal(t, 1, report.AtLimit)
	w.cash(customer, 49)
	w.clock.Advance(time.Hour)
	assert.Equal(t, []string{"at_limit 51"}, outcomes(w.topUp()))

	w.clock.Advance(12 * time.Hour) // 00:00 of the next day in Beijing
	report = w.topUp()
	assert.Equal(t, []string{"topped_up 51"}, outcomes(report))
	assert.Contains(t, report.Customers[0].LedgerKey, "/2026-03-11/1")
	w.requireSound()
}

// Whether a balance shows at once what was allocated is not documented.
func TestNobodyIsToppedUpTwiceInAMoment(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, `[{"customer_id":"*","below":"50","amount":"10","max_per_day":"1000"}]`)
	w.customers(1)
	assert.Equal(t, []string{"topped_up 10"}, outcomes(w.topUp()))
	assert.Equal(t, []string{"recent 0"}, outcomes(w.topUp()))
	w.clock.Advance(2 * time.Minute)
	assert.Equal(t, []string{"topped_up 10"}, outcomes(w.topUp()))

	night := time.Date(2026, 3, 10, 15, 59, 30, 0, time.UTC) // half a minute before midnight in Beijing
	w.clock.Advance(night.Sub(w.clock.Now()))
	assert.Equal(t, []string{"topped_up 10"}, outcomes(w.topUp()))
	w.clock.Advance(time.Minute)
	assert.Equal(t, []string{"recent 0"}, outcomes(w.topUp()), "the day before counts too")
	assert.Equal(t, 3, w.effects(allocateOperation))
}

// Whatever the balance says meanwhile: while a movement may have changed it, or may
// yet, nothing is decided by it.
func TestNobodyIsToppedUpWhileAMovementIsInDoubt(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	customer := w.customers(1)[0]
	w.fail(allocateOperation, huawei.FaultUnavailable, huawei.BeforeEffect)
	report := w.topUp()
	assert.Equal(t, []string{"in_doubt 100"}, outcomes(report))
	assert.Equal(t, "outcome_unknown", report.Customers[0].Code)
	w.clock.Advance(time.Minute)
	report = w.topUp()
	assert.Equal(t, []string{"in_doubt 0"}, outcomes(report))
	assert.Equal(t, "movement_in_doubt", report.Customers[0].Code)
	assert.Zero(t, w.effects(allocateOperation))

	w.clock.Advance(3 * time.Minute)
	report = w.topUp()
	assert.Equal(t, []string{"topped_up 100"}, outcomes(report), "it is proven not to have happened")
	assert.Contains(t, report.Customers[0].LedgerKey, "/1")

	w.clock.Advance(24 * time.Hour)
	w.cash(customer, 0)
	w.fail(allocateOperation, huawei.FaultReset, huawei.AfterEffect)
	w.topUp()
	w.cash(customer, 0)
	assert.Equal(t, []string{"recent 0"}, outcomes(w.topUp()), "it is found, and counts")
	w.clock.Advance(time.Hour)
	assert.Equal(t, []string{"at_limit 100"}, outcomes(w.topUp()))
	assert.Equal(t, 2, w.effects(allocateOperation))

	w.clock.Advance(24 * time.Hour)
	w.fail(reclaimOperation, huawei.FaultUnavailable, huawei.BeforeEffect)
	w.cash(customer, 40)
	w.refused("/couponissue/reclamations", transfer("r", customer, "5"))
	assert.Equal(t, []string{"in_doubt 0"}, outcomes(w.topUp()), "another movement of the customer's")
	w.requireSound()
}

// A timer delivers at least once, and several processes may get it.
func TestTimersAtTheSameMomentTopUpOnce(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, `[{"customer_id":"*","below":"50","amount":"10","max_per_day":"1000"}]`)
	w.customers(4)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			assert.NoError(t, w.edge.Schedule(t.Context(), "top-up", nil))
		})
	}
	group.Wait()
	assert.Equal(t, 4, w.effects(allocateOperation))
	w.requireSound()
}

func TestATopUpThatTheLedgerForgotIsFound(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: memory.New()}
	w := newWorldOn(t, store, nil)
	w.configure(couponissue.Config{TopUpRules: forEveryone})
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	customer := w.customers(1)[0]
	store.armed.Store(true)
	assert.Equal(t, []string{"in_doubt 100"}, outcomes(w.topUp()))
	w.cash(customer, 0)
	w.clock.Advance(time.Hour)
	assert.Equal(t, []string{"recent 0"}, outcomes(w.topUp()), "it was known a moment ago")
	w.clock.Advance(time.Hour)
	assert.Equal(t, []string{"at_limit 100"}, outcomes(w.topUp()))
	assert.Equal(t, 1, w.effects(allocateOperation))
}

// What the partner does not have, the next customers do not get either.
func TestATopUpStopsWhereThePartnerHasTooLittle(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	w.customers(3)
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(150)))
	report := w.topUp()
	assert.Equal(t, []string{"topped_up 100", "not_tried 100"}, outcomes(report))
	assert.Equal(t, "partner_balance_insufficient", report.Customers[1].Code)
	assert.NotEmpty(t, report.Stopped)
	assert.True(t, report.PartnerBalanceLow)
	assert.Equal(t, "50", report.Allocatable.String())
}

func TestATopUpThatCannotReadFails(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	w.customers(3)
	for _, operation := range []string{"ListSubCustomers", "ListCustomersBalancesDetail", "ListPartnerBalances"} {
		_, err := w.cloud.AddFault(huawei.Fault{Operation: operation, Kind: huawei.FaultUnavailable, Point: huawei.BeforeEffect, Probability: 1})
		require.NoError(t, err)
		require.Error(t, w.edge.Schedule(t.Context(), "top-up", nil), operation)
		w.cloud.ClearFaults()
		w.clock.Advance(time.Hour)
	}
	assert.Nil(t, w.lastTopUp().Allocatable)
}

func TestATopUpStopsInTime(t *testing.T) {
	t.Parallel()
	w := newTopUpWorld(t, forEveryone)
	w.customers(1)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second) // less than what is kept for the report
	defer cancel()
	require.Error(t, w.edge.Schedule(ctx, "top-up", nil))
	assert.Zero(t, w.effects(allocateOperation))
}

func TestATopUpNeedsRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, "top_up_not_run", w.getRefused("/couponissue/top-up").Code)
	p, ok := errors.AsType[*handler.Problem](w.edge.Schedule(t.Context(), "top-up", nil))
	require.True(t, ok)
	assert.Equal(t, "top_up_rules_missing", p.Code)
}

func TestBadTopUpRulesDoNotStart(t *testing.T) {
	t.Parallel()
	rule := func(fields string) string { return `[{"customer_id":"c",` + fields + `}]` }
	for rules, why := range map[string]string{
		`{}`:                             "array",
		`[] []`:                          "goes on",
		`[{"customer":"c"}]`:             "unknown field",
		`[{"customer_id":"a/b"}]`:        "customer_id",
		rule(`"below":"ten"`):            "array",
		rule(`"to":10,"max_per_day":10`): "below",
		rule(`"below":-1,"to":10,"max_per_day":10`):             "below",
		rule(`"below":0.001,"to":10,"max_per_day":10`):          "below",
		rule(`"below":1e12,"to":1e12,"max_per_day":10`):         "below",
		rule(`"below":10,"max_per_day":10`):                     "either to or amount",
		rule(`"below":10,"to":20,"amount":20,"max_per_day":20`): "either to or amount",
		rule(`"below":10,"to":9,"max_per_day":20`):              "to, 9",
		rule(`"below":10,"amount":-9,"max_per_day":20`):         "amount, -9",
		rule(`"below":10,"amount":9`):                           "max_per_day",
		rule(`"below":10,"amount":9,"max_per_day":8`):           "max_per_day",
		`[{"customer_id":"c","below":10,"amount":9,"max_per_day":9},{"customer_id":"c","below":10,"amount":9,"max_per_day":9}]`: "already",
	} {
		_, err := couponissue.New(couponissue.Config{Config: goodConfig(), TopUpRules: rules}, goodRuntime())
		require.ErrorContains(t, err, "TOPUP_RULES", rules)
		require.ErrorContains(t, err, why, rules)
	}
	for _, low := range []string{"much", "-1", "0.001"} {
		_, err := couponissue.New(couponissue.Config{Config: goodConfig(), PartnerBalanceLow: low}, goodRuntime())
		require.ErrorContains(t, err, "PARTNER_BALANCE_LOW", low)
	}
}

func goodConfig() functions.Config {
	return functions.Config{
		Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK"), XAccountType: "SIM_IDP",
		CallerSecrets: []handler.Secret{handler.NewSecret(callerSecret)},
	}
}

func goodRuntime() functions.Runtime {
	return functions.Runtime{Clock: clock.NewFrozen(time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)), Store: memory.New()}
}
