package payorder_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// poor is a world whose customer has 100 yuan, and whose partner may allocate up to
// 5,000 a payment.
func poor(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	require.NoError(t, w.Sim.SetCash(w.customer, yuan("100")))
	require.NoError(t, w.Sim.SetPartnerBalance(yuan("50000")))
	w.process(memory.New(), wire)
	return w
}

// process is a process of the function over a store and a way to Huawei Cloud.
func (w *world) process(store ledger.Store, way http.RoundTripper) {
	w.t.Helper()
	w.serve(func(cfg *payorder.Config, rt *functions.Runtime) {
		cfg.FundPayments = yuan("5000")
		cfg.VerifyPayments = "never"
		cfg.LedgerResolvers = []string{harness.Resolver}
		rt.Store, rt.Transport = store, way
	})
}

func (w *world) reconcile() {
	w.t.Helper()
	require.NoError(w.t, w.edge.Schedule(w.t.Context(), "reconcile", nil))
}

func (w *world) cash() string {
	w.t.Helper()
	rows, err := w.Sim.Client().ListCustomersBalancesDetail(w.t.Context(), bss.ListCustomersBalancesDetailRequest{
		CustomerInfos: []bss.CustomerID{{CustomerID: w.customer}},
	})
	require.NoError(w.t, err)
	return rows[0].Amount.String()
}

// lent is what the partner gave and has not got back.
func (w *world) lent() string {
	w.t.Helper()
	sum := decimal.Zero
	for r, err := range w.Sim.Client().ListPartnerAdjustRecords(w.t.Context(), bss.ListPartnerAdjustRecordsRequest{CustomerID: w.customer}) {
		require.NoError(w.t, err)
		if r.OperationType == bss.AdjustReclaim {
			sum = sum.Sub(r.Amount)
		} else {
			sum = sum.Add(r.Amount)
		}
	}
	return sum.String()
}

// funding is the body that pays an order with the partner's money.
func (w *world) funding(orderID string) fields {
	w.t.Helper()
	return w.with(fields{"quote": w.quote(orderID, nil).Quote, "fund": true})
}

// doubts lists what waits to be settled, by anybody.
func (w *world) doubts() []string {
	w.t.Helper()
	var out struct {
		Entries []struct {
			Key string `json:"key"`
		} `json:"entries"`
	}
	w.call(http.MethodGet, "/payorder/ledger?state=unknown", nil, &out)
	keys := []string{}
	for _, en := range out.Entries {
		keys = append(keys, en.Key)
	}
	return keys
}

func TestThePartnerPaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := poor(t)
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300.05")})
	id := w.place(huawei.NewOrder{})
	in := w.with(fields{"quote": w.quote(id, fields{"coupon_ids": []string{voucher}}).Quote, "fund": true})
	got := w.pay(id, in)
	assert.Equal(t, "completed", got.Status)
	assert.Equal(t, "599.95", got.Funded.String())
	assert.Equal(t, "0", w.cash())
	assert.Equal(t, "599.95", w.lent())

	before := w.Sim.Journal()
	assert.Equal(t, got, w.pay(id, in))
	assert.Equal(t, before, w.Sim.Journal())
	assert.Empty(t, w.doubts())
	w.requireSound()
}

func TestNothingIsAllocatedWhereNothingIsMissing(t *testing.T) {
	t.Parallel()
	w := poor(t)
	id := w.place(huawei.NewOrder{OfficialAmount: yuan("100")})
	got := w.pay(id, w.funding(id))
	assert.True(t, got.Funded.IsZero())
	assert.Equal(t, "0", w.lent())
	w.requireSound()
}

func TestWhatCannotBeFunded(t *testing.T) {
	t.Parallel()
	t.Run("not configured", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.place(huawei.NewOrder{})
		in := w.payment(id, w.quote(id, nil).Quote)
		in["fund"] = true
		assert.Equal(t, "funding_not_allowed", w.notPaid(id, in).Code)
		assert.Zero(t, w.payments())
	})
	t.Run("too much", func(t *testing.T) {
		t.Parallel()
		w := poor(t)
		id := w.place(huawei.NewOrder{OfficialAmount: yuan("5100.01")})
		before := w.Sim.Journal()
		assert.Equal(t, "funding_too_large", w.notPaid(id, w.funding(id)).Code)
		assert.Equal(t, before, w.Sim.Journal())
		assert.Empty(t, w.doubts())
	})
	t.Run("the partner has too little", func(t *testing.T) {
		t.Parallel()
		w := poor(t)
		require.NoError(t, w.Sim.SetPartnerBalance(yuan("899.99")))
		id := w.place(huawei.NewOrder{})
		in := w.funding(id)
		before := w.Sim.Journal()
		assert.Equal(t, "partner_balance_insufficient", w.notPaid(id, in).Code)
		assert.Equal(t, before, w.Sim.Journal())

		require.NoError(t, w.Sim.SetPartnerBalance(yuan("900")))
		assert.Equal(t, "900", w.pay(id, in).Funded.String(), "the same request, later")
	})
	t.Run("a referral customer", func(t *testing.T) {
		t.Parallel()
		w := poor(t)
		var err error
		w.customer, err = w.Sim.AddAccount(huawei.Account{Name: "delta-consulting", Association: huawei.AssociationReferral, Cash: yuan("1")})
		require.NoError(t, err)
		id := w.place(huawei.NewOrder{})
		assert.Equal(t, "customer_not_resale", w.notPaid(id, w.funding(id)).Code)
	})
	t.Run("an order that changed", func(t *testing.T) {
		t.Parallel()
		w := poor(t)
		id := w.place(huawei.NewOrder{})
		in := w.funding(id)
		w.cancel(id)
		assert.Equal(t, "order_cancelled", w.notPaid(id, in).Code)
		assert.Equal(t, "0", w.lent())
	})
}

// The payment is refused after the money was allocated: exactly that comes back.
func TestARefusedPaymentGivesTheMoneyBack(t *testing.T) {
	t.Parallel()
	w := poor(t)
	id := w.place(huawei.NewOrder{QuotaShort: true})
	in := w.funding(id)
	for range 2 {
		assert.Equal(t, "quota_short", w.notPaid(id, in).Code)
		assert.Equal(t, "100", w.cash())
		assert.Equal(t, "0", w.lent())
	}
	assert.Equal(t, 2, w.effects("UpdateCustomerAccountAmount"))
	assert.Equal(t, 2, w.effects("ReclaimToPartnerAccount"))
	assert.Empty(t, w.doubts())
	w.requireSound()
}

func TestAFundedPaymentInDoubt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		operation string
		at        huawei.Point
		paid      bool // by the schedule alone
	}{
		"the payment was made":     {"PayOrders", huawei.AfterEffect, true},
		"the payment was not made": {"PayOrders", huawei.BeforeEffect, false},
		"allocated":                {"UpdateCustomerAccountAmount", huawei.AfterEffect, false},
		"not allocated":            {"UpdateCustomerAccountAmount", huawei.BeforeEffect, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, again := range []bool{false, true} {
				w := poor(t)
				id := w.place(huawei.NewOrder{})
				in := w.funding(id)
				w.fail(tt.operation, huawei.FaultReset, tt.at, 1)
				assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
				if tt.operation == "PayOrders" {
					assert.Equal(t, "900", w.lent(), "what is in doubt does not go back")
				}
				w.clock.Advance(5 * time.Minute)
				paid := tt.paid || again
				if again {
					assert.Equal(t, "900", w.pay(id, in).Funded.String())
				}
				w.reconcile()
				w.requireFunded(id, paid)
			}
		})
	}
	t.Run("the money is not back", func(t *testing.T) {
		t.Parallel()
		for _, at := range []huawei.Point{huawei.BeforeEffect, huawei.AfterEffect} {
			w := poor(t)
			id := w.place(huawei.NewOrder{QuotaShort: true})
			in := w.funding(id)
			w.fail("ReclaimToPartnerAccount", huawei.FaultReset, at, 1)
			assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
			w.clock.Advance(5 * time.Minute)
			w.reconcile()
			w.requireFunded(id, false)
		}
	})
}

// requireFunded holds the end of a payment of 1,000 by a customer who had 100: either
// it is made, out of 900 of the partner's, or everybody has what they had.
func (w *world) requireFunded(orderID string, paid bool) {
	w.t.Helper()
	cash, lent, payments := "100", "0", 0
	if paid {
		cash, lent, payments = "0", "900", 1
	}
	assert.Equal(w.t, cash, w.cash())
	assert.Equal(w.t, lent, w.lent())
	assert.Equal(w.t, payments, w.payments())
	assert.Empty(w.t, w.doubts(), orderID)
	w.requireSound()
}

// A payment that nobody can tell about keeps its money until a person decides.
func TestAPersonDecidesAboutAFundedPayment(t *testing.T) {
	t.Parallel()
	for decision, at := range map[string]huawei.Point{"done": huawei.AfterEffect, "failed": huawei.BeforeEffect} {
		t.Run(decision, func(t *testing.T) {
			t.Parallel()
			w := poor(t)
			id := w.place(huawei.NewOrder{})
			in := w.funding(id)
			w.fail("PayOrders", huawei.FaultReset, at, 1)
			assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
			w.fail("ShowCustomerOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 1000)
			for range 3 {
				w.clock.Advance(time.Hour)
				w.reconcile()
				assert.Equal(t, "900", w.lent(), "what is in doubt does not go back")
			}
			w.call(http.MethodPost, "/payorder/ledger/pay:"+id+"/resolution",
				fields{"decision": decision, "person": harness.Resolver, "reason": "The order says so."}, nil)
			w.Sim.ClearFaults()
			w.clock.Advance(5 * time.Minute)
			w.reconcile()
			w.requireFunded(id, decision == "done")
		})
	}
}

// The customer spends in the console what was allocated: it cannot go back before the
// balance is there again, and that is not forgotten.
func TestMoneyThatTheCustomerHasSpent(t *testing.T) {
	t.Parallel()
	w := poor(t)
	id := w.place(huawei.NewOrder{})
	other := w.place(huawei.NewOrder{OfficialAmount: yuan("500")})
	in := w.funding(id)
	w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
	require.NoError(t, w.Sim.Client().PayOrders(t.Context(), "fjord-textiles", bss.PayOrdersRequest{OrderID: other}))
	w.clock.Advance(5 * time.Minute)
	w.reconcile()
	assert.Equal(t, "900", w.lent())
	assert.Contains(t, w.doubts(), "fund/"+id)

	require.NoError(t, w.Sim.SetCash(w.customer, yuan("1000")))
	w.clock.Advance(5 * time.Minute)
	w.reconcile()
	assert.Equal(t, "0", w.lent())
	assert.Empty(t, w.doubts())
}

// A person gives up what the customer has spent: it is not asked back later, when the
// same order is paid with the partner's money again.
func TestMoneyThatAPersonHasGivenUp(t *testing.T) {
	t.Parallel()
	w := poor(t)
	id := w.place(huawei.NewOrder{})
	other := w.place(huawei.NewOrder{OfficialAmount: yuan("500")})
	in := w.funding(id)
	w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
	w.payInConsole(other)
	w.clock.Advance(5 * time.Minute)
	w.reconcile()
	w.call(http.MethodPost, "/payorder/ledger/fund:"+id+"/resolution",
		fields{"decision": "failed", "person": harness.Resolver, "reason": "The customer has spent it and owes it."}, nil)
	w.clock.Advance(5 * time.Minute)
	w.reconcile()
	assert.Equal(t, "900", w.lent())
	assert.Empty(t, w.doubts())

	require.NoError(t, w.Sim.RefuseNext(huawei.Refusal{Operation: "PayOrders", Code: "CBC.99003141"}))
	assert.Equal(t, "capacity_short", w.notPaid(id, w.funding(id)).Code)
	assert.Equal(t, "900", w.lent(), "only what was allocated since is back")
	assert.Equal(t, "500", w.pay(id, w.funding(id)).Funded.String())
	w.requireSound()
}

// What was given before counts against the most that may be.
func TestMoneyThatTheCustomerHasSpentIsNotGivenAgainBeyondTheMost(t *testing.T) {
	t.Parallel()
	w := poor(t)
	id := w.place(huawei.NewOrder{OfficialAmount: yuan("4000")})
	other := w.place(huawei.NewOrder{OfficialAmount: yuan("3000")})
	in := w.funding(id)
	w.fail("PayOrders", huawei.FaultReset, huawei.BeforeEffect, 1)
	assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
	require.NoError(t, w.Sim.Client().PayOrders(t.Context(), "fjord-textiles", bss.PayOrdersRequest{OrderID: other}))
	w.clock.Advance(time.Minute)
	assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
	assert.Equal(t, "balance_insufficient", w.notPaid(id, w.with(fields{"quote": in["quote"]})).Code)
	assert.Equal(t, "outcome_unknown", w.notPaid(id, in).Code)
	assert.Equal(t, "3900", w.lent())
	assert.Equal(t, 1, w.payments(), "the customer's own")
}

func TestTwentyFundedPaymentsAtOnce(t *testing.T) {
	t.Parallel()
	w := poor(t)
	first, second := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{OfficialAmount: yuan("500")})
	bodies := map[string][]byte{first: encode(t, w.funding(first)), second: encode(t, w.funding(second))}
	var group sync.WaitGroup
	for id, body := range bodies {
		for range 10 {
			group.Go(func() {
				status, _, err := w.Platform.Send(t.Context(), http.MethodPost, path(id, "/payments"), body)
				assert.NoError(t, err)
				assert.Contains(t, []int{http.StatusOK, http.StatusAccepted, http.StatusConflict, http.StatusServiceUnavailable}, status)
			})
		}
	}
	group.Wait()
	assert.Equal(t, 2, w.payments())
	assert.Equal(t, "0", w.cash())
	assert.Equal(t, "1400", w.lent(), "neither spent what was allocated for the other")
	w.requireSound()
}
