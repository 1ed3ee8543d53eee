package payorder_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// otherThan is a code that was not sent.
func otherThan(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

func TestThreeWrongCodesUseACodeUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	right := in["code"]
	in["code"] = otherThan(right.(string))
	for _, left := range []string{"2 tries", "1 tries", "0 tries"} {
		p := w.notPaid(orderID, in)
		assert.Equal(t, "code_wrong", p.Code)
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
		assert.Contains(t, p.Detail, left)
	}
	in["code"] = right
	p := w.notPaid(orderID, in)
	assert.Equal(t, "code_used_up", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Zero(t, w.payments())

	in["code"] = w.code(orderID, in["quote"].(string))
	w.pay(orderID, in)
}

func TestTwoWrongCodesAndTheRightOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	right := in["code"]
	for _, wrong := range []string{right.(string) + " ", otherThan(right.(string))} {
		in["code"] = wrong
		assert.Equal(t, "code_wrong", w.notPaid(orderID, in).Code)
	}
	in["code"] = right
	w.pay(orderID, in)
}

// Each way in which a code does not fit has its own problem, and moves nothing.
func TestCodesThatDoNotFit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   func(w *world, orderID string) fields
		status int
		code   string
	}{
		"none was given": {func(w *world, orderID string) fields {
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "person": confirming(orderID)})
		}, http.StatusUnprocessableEntity, "code_required"},
		"none was sent": {func(w *world, orderID string) fields {
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": "123456", "person": confirming(orderID)})
		}, http.StatusConflict, "code_missing"},
		"it has expired": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.clock.Advance(5 * time.Minute)
			return in
		}, http.StatusUnprocessableEntity, "code_expired"},
		"it was for another quote": {func(w *world, orderID string) fields {
			first := w.quote(orderID, nil).Quote
			w.clock.Advance(time.Second)
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": w.code(orderID, first), "person": confirming(orderID)})
		}, http.StatusUnprocessableEntity, "code_wrong"},
		"it was for another order": {func(w *world, orderID string) fields {
			other := w.place(huawei.NewOrder{})
			code := w.code(other, w.quote(other, nil).Quote)
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": code, "person": confirming(other)})
		}, http.StatusConflict, "code_missing"},
		"it was for another person": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			in["person"] = "somebody else"
			return in
		}, http.StatusUnprocessableEntity, "code_wrong"},
		"no person": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			delete(in, "person")
			return in
		}, http.StatusUnprocessableEntity, "invalid_fields"},
		"a newer one was sent": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.code(orderID, in["quote"].(string))
			return in
		}, http.StatusUnprocessableEntity, "code_replaced"},
		"an older one than the last": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.code(orderID, in["quote"].(string))
			w.code(orderID, in["quote"].(string))
			return in
		}, http.StatusUnprocessableEntity, "code_replaced"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID := w.place(huawei.NewOrder{})
			in := tt.body(w, orderID)
			before := w.Sim.Journal()
			p := w.notPaid(orderID, in)
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, tt.status, p.Status)
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}

// A replaced code opens nothing: typing it leaves the newer one its tries.
func TestAReplacedCodeCostsNoTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	newer := w.code(orderID, in["quote"].(string))
	for range 4 {
		assert.Equal(t, "code_replaced", w.notPaid(orderID, in).Code)
	}
	in["code"] = newer
	w.pay(orderID, in)
}

func TestACodeBeginsOnePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{ProjectFundsShort: true})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	assert.Equal(t, "project_funds_short", w.notPaid(orderID, in).Code)
	before := w.Sim.Journal()
	p := w.notPaid(orderID, in)
	assert.Equal(t, "code_used", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Equal(t, before, w.Sim.Journal())

	in["code"] = w.code(orderID, in["quote"].(string))
	assert.Equal(t, "project_funds_short", w.notPaid(orderID, in).Code, "another code begins another attempt")
}

func TestAnOrderThatCannotBePaidKeepsItsCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	w.fail("ShowCustomerOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 5)
	assert.Equal(t, "upstream_unavailable", w.notPaid(orderID, in).Code)
	w.pay(orderID, in)
}

// race sends twenty payments at the same moment and counts their answers.
func (w *world) race(orderID string, body func(i int) fields) map[string]int {
	w.t.Helper()
	var group sync.WaitGroup
	answers := make([]string, 20)
	for i := range answers {
		group.Go(func() {
			res := w.post(path(orderID, "/payments"), encode(w.t, body(i)))
			if res.StatusCode < http.StatusBadRequest {
				answers[i] = "paid"
				return
			}
			answers[i] = problemIn(w.t, res).Code
		})
	}
	group.Wait()
	counts := map[string]int{}
	for _, answer := range answers {
		counts[answer]++
	}
	return counts
}

func TestTwentyGuessesAtOnceAreThreeTries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	before := w.Sim.Journal()
	wrong := w.with(in)
	wrong["code"] = otherThan(in["code"].(string))
	assert.Equal(t, map[string]int{"code_wrong": 3, "code_used_up": 17}, w.race(orderID, func(int) fields { return wrong }))
	assert.Equal(t, "code_used_up", w.notPaid(orderID, in).Code, "the right one comes too late")
	assert.Equal(t, before, w.Sim.Journal())
}

// However the right code and wrong ones interleave, money moves once or not at all.
func TestTheRightCodeAmongWrongOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	wrong := w.with(in)
	wrong["code"] = otherThan(in["code"].(string))
	counts := w.race(orderID, func(i int) fields {
		if i%2 == 0 {
			return wrong
		}
		return in
	})
	assert.LessOrEqual(t, counts["code_wrong"], 3)
	if counts["code_used_up"] == 0 {
		assert.Equal(t, 1, w.payments(), "%v", counts)
	}
	assert.LessOrEqual(t, w.payments(), 1, "%v", counts)
	w.requireSound()
}

// busyStore lets somebody else write the code of an order just before it is written.
type busyStore struct {
	ledger.Store
	busy atomic.Int64
}

func (s *busyStore) Update(ctx context.Context, row ledger.Row) error {
	if strings.HasSuffix(row.Kind, "payment-code") && s.busy.Add(-1) >= 0 {
		if err := s.Store.Update(ctx, row); err != nil {
			return err
		}
	}
	return s.Store.Update(ctx, row)
}

func TestGuessesAtTheSameMomentAreAllCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &busyStore{Store: memory.New()}
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) { rt.Store = store })
	orderID := w.place(huawei.NewOrder{})
	in := w.payment(orderID, w.quote(orderID, nil).Quote)
	right := in["code"]
	in["code"] = otherThan(right.(string))

	store.busy.Store(1) // two guesses at once
	assert.Equal(t, "code_wrong", w.notPaid(orderID, in).Code)
	assert.Equal(t, "code_wrong", w.notPaid(orderID, in).Code)
	in["code"] = right
	assert.Equal(t, "code_used_up", w.notPaid(orderID, in).Code, "three were wrong")
	assert.Zero(t, w.payments())

	store.busy.Store(1) // two codes at once: the later one counts
	in["code"] = w.code(orderID, in["quote"].(string))
	w.pay(orderID, in)
}

func TestACodeThatThePlatformDoesNotTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.EventsURL = "http://127.0.0.1:1/events" })
	orderID := w.place(huawei.NewOrder{})
	p := w.refused(http.MethodPost, path(orderID, "/codes"), w.with(fields{"quote": w.quote(orderID, nil).Quote, "person": "p"}))
	assert.Equal(t, "event_undelivered", p.Code)
	assert.Equal(t, http.StatusBadGateway, p.Status)
}

func TestWhoConfirmsIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	quote := w.quote(orderID, nil).Quote
	for _, person := range []string{"", strings.Repeat("人", 65), "a\x00b", "line\nbreak"} {
		p := w.refused(http.MethodPost, path(orderID, "/codes"), w.with(fields{"quote": quote, "person": person}))
		require.Len(t, p.Fields, 1, "%q", person)
		assert.Equal(t, "person", p.Fields[0].Field)
	}
	w.call(http.MethodPost, path(orderID, "/codes"), w.with(fields{"quote": quote, "person": strings.Repeat("人", 64)}), nil)
}
