package payorder_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// codeAsked asks for a code for a person and returns the problem's code, if any, and
// Retry-After.
func (w *world) codeAsked(orderID, quote, person string) (code, retryAfter string) {
	w.t.Helper()
	res := w.post(path(orderID, "/codes"), encode(w.t, w.with(fields{"quote": quote, "person": person})))
	if res.StatusCode == http.StatusAccepted {
		return "", ""
	}
	p := problemIn(w.t, res)
	if res.StatusCode != http.StatusTooManyRequests {
		return p.Code, ""
	}
	return p.Code, res.Header.Get("Retry-After")
}

func TestFifteenCodesAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	for range 15 {
		code, _ := w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
		require.Empty(t, code)
		w.clock.Advance(time.Minute)
	}
	before := len(w.Platform.Inbox())
	code, wait := w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Equal(t, "code_limit_hour", code)
	assert.Equal(t, "2700", wait, "the first was sent 15 minutes ago")
	assert.Len(t, w.Platform.Inbox(), before, "none was sent")
	code, _ = w.codeAsked(orderID, w.quote(orderID, nil).Quote, "wang")
	assert.Empty(t, code, "another person")

	w.clock.Advance(45*time.Minute - time.Second)
	code, wait = w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Equal(t, "code_limit_hour", code)
	assert.Equal(t, "1", wait)
	w.clock.Advance(time.Second)
	code, _ = w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Empty(t, code, "the window slides")
	code, wait = w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Equal(t, "code_limit_hour", code)
	assert.Equal(t, "60", wait)
}

func TestSixtyCodesADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	for range 60 {
		code, _ := w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
		require.Empty(t, code)
		w.clock.Advance(5 * time.Minute)
	}
	code, wait := w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Equal(t, "code_limit_day", code)
	assert.Equal(t, "68400", wait, "the first was sent 5 hours ago")
	w.clock.Advance(19 * time.Hour)
	code, _ = w.codeAsked(w.place(huawei.NewOrder{}), "q", "lin")
	assert.Equal(t, "quote_invalid", code, "what is refused for another reason does not count")
	orderID = w.place(huawei.NewOrder{})
	code, _ = w.codeAsked(orderID, w.quote(orderID, nil).Quote, "lin")
	assert.Empty(t, code)
}

// Several processes that share a store send no more codes than one would.
func TestTheLimitHoldsAcrossProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := memory.New()
	var platforms []*harness.Platform
	var calls atomic.Int64
	for range 4 {
		w.serve(func(_ *payorder.Config, rt *functions.Runtime) { rt.Store = store })
		w.Platform.NewID = func() string { return fmt.Sprintf("one-of-all-%d", calls.Add(1)) }
		platforms = append(platforms, w.Platform)
	}
	orderID := w.place(huawei.NewOrder{})
	body := encode(t, w.with(fields{"quote": w.quote(orderID, nil).Quote, "person": "lin"}))
	statuses := make([]int, 20)
	var group sync.WaitGroup
	for i := range statuses {
		group.Go(func() {
			status, _, err := platforms[i%len(platforms)].Send(t.Context(), http.MethodPost, path(orderID, "/codes"), body)
			assert.NoError(t, err)
			statuses[i] = status
		})
	}
	group.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	assert.Equal(t, map[int]int{http.StatusAccepted: 15, http.StatusTooManyRequests: 5}, counts)
}
