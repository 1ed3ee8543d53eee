package payorder_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

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
	for range 3 {
		p := w.notPaid(orderID, in)
		assert.Equal(t, "code_wrong", p.Code)
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
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
	for _, wrong := range []string{"", otherThan(right.(string))} {
		in["code"] = wrong
		assert.Equal(t, "code_wrong", w.notPaid(orderID, in).Code)
	}
	in["code"] = right
	w.pay(orderID, in)
}

func TestCodesThatAreNotOpen(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body func(w *world, orderID string) fields
		code string
	}{
		"none was sent": {func(w *world, orderID string) fields {
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": "123456"})
		}, "code_missing"},
		"it has expired": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.clock.Advance(5 * time.Minute)
			return in
		}, "code_missing"},
		"it was for another quote": {func(w *world, orderID string) fields {
			first := w.quote(orderID, nil).Quote
			w.clock.Advance(time.Second)
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": w.code(orderID, first)})
		}, "code_wrong"},
		"it was for another order": {func(w *world, orderID string) fields {
			other := w.place(huawei.NewOrder{})
			code := w.code(other, w.quote(other, nil).Quote)
			return w.with(fields{"quote": w.quote(orderID, nil).Quote, "code": code})
		}, "code_missing"},
		"a newer one was sent": {func(w *world, orderID string) fields {
			in := w.payment(orderID, w.quote(orderID, nil).Quote)
			w.code(orderID, in["quote"].(string))
			return in
		}, "code_wrong"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			orderID := w.place(huawei.NewOrder{})
			in := tt.body(w, orderID)
			assert.Equal(t, tt.code, w.notPaid(orderID, in).Code)
			assert.Zero(t, w.payments())
		})
	}
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
	p := w.refused(http.MethodPost, path(orderID, "/codes"), w.with(fields{"quote": w.quote(orderID, nil).Quote}))
	assert.Equal(t, "event_undelivered", p.Code)
	assert.Equal(t, http.StatusBadGateway, p.Status)
}
