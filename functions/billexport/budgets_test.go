package billexport_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

// platform takes the events of a function.
type platform struct {
	mu     sync.Mutex
	events []reached
	ids    []string
	// published has an entry for each export that was told of.
	published chan struct{}
}

type reached struct {
	Type string `json:"type"`
	Data struct {
		CustomerID string          `json:"customer_id"`
		Cycle      string          `json:"cycle"`
		Threshold  int             `json:"threshold"`
		Spent      decimal.Decimal `json:"spent"`
		Budget     decimal.Decimal `json:"budget"`
		State      string          `json:"state"`
	} `json:"data"`
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var e reached
	if json.Unmarshal(body, &e) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	id := r.Header.Get("webhook-id")
	if slices.Contains(p.ids, id) {
		return // it was sent again
	}
	p.ids = append(p.ids, id)
	switch e.Type {
	case "billexport.run.published":
		p.published <- struct{}{}
	case "billexport.budget.reached":
		p.events = append(p.events, e)
	}
}

// exported exports a cycle, and takes what was told of budgets until the end of the run
// was told.
func (w *world) exported(p *platform, cycle string) []reached {
	w.t.Helper()
	require.Equal(w.t, billexport.RunPublished, w.run(runOf(cycle)).State)
	for waiting := true; waiting; {
		select {
		case <-p.published:
			waiting = false
		default: // a machine that is busy may not have sent it at once
			w.clock.Advance(time.Minute)
			status, text := w.call(http.MethodPost, "/billexport/schedules/events", "")
			require.Equal(w.t, http.StatusOK, status, "%s", text)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.events
	p.events = nil
	return told
}

func thresholds(events []reached) []int {
	list := []int{}
	for _, e := range events {
		list = append(list, e.Data.Threshold)
	}
	return list
}

// withPlatform is a world whose events a platform takes.
func withPlatform(t *testing.T) (*world, *platform) {
	t.Helper()
	w, p := newWorld(t), &platform{published: make(chan struct{}, 100)}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	w.cfg.EventsURL, w.cfg.EventsSecret, w.cfg.EventsParallel = server.URL, handler.NewSecret(callerSecret), 1
	w.open(billexport.Platform{})
	return w, p
}

func (w *world) budget(id, amount string) {
	w.t.Helper()
	status, text := w.call(http.MethodPut, "/billexport/budgets/"+id, fmt.Sprintf(`{"amount":%q,"currency":"CNY"}`, amount))
	require.Equal(w.t, http.StatusOK, status, "%s", text)
}

// spent is what a customer paid by the published export.
func (w *world) spent(id string) decimal.Decimal {
	w.t.Helper()
	for _, s := range w.published(february).CustomerSums {
		if s.CustomerID == id {
			return s.Amounts[bill.Payment].Decimal()
		}
	}
	w.t.Fatal("the customer is not in the export")
	return decimal.Zero
}

func TestBudgetIsToldOnceAThreshold(t *testing.T) {
	t.Parallel()
	w, p := withPlatform(t)
	w.customer("without-a-budget", huawei.AssociationResale, february, 20)
	id := w.customer("resale", huawei.AssociationResale, february, 90)
	assert.Empty(t, w.exported(p, february), "nobody has a budget")
	spent := w.spent(id)
	require.True(t, spent.IsPositive())

	w.budget(id, spent.Div(decimal.New(9, -1)).Round(2).String()) // 90 % of it is spent
	w.budget("nobody", "1")
	first := w.exported(p, february)
	require.Equal(t, []int{50, 80}, thresholds(first))
	assert.Equal(t, id, first[0].Data.CustomerID)
	assert.Equal(t, february, first[0].Data.Cycle)
	assert.True(t, spent.Equal(first[0].Data.Spent))
	assert.Equal(t, "final", first[0].Data.State)

	assert.Empty(t, w.exported(p, february), "it was told")
	w.budget(id, spent.Mul(decimal.NewFromInt(4)).String())
	assert.Empty(t, w.exported(p, february))
	w.budget(id, spent.Mul(decimal.NewFromInt(2)).String())
	assert.Empty(t, w.exported(p, february), "half of a budget that was raised was told of before")

	status, _ := w.call(http.MethodDelete, "/billexport/budgets/"+id, "")
	require.Equal(t, http.StatusNoContent, status)
	assert.Empty(t, w.exported(p, february))
	w.budget(id, spent.String())
	assert.Equal(t, []int{100}, thresholds(w.exported(p, february)))

	require.NoError(t, w.cloud.AddBills("2026-03", id, 90))
	assert.NotEmpty(t, w.exported(p, "2026-03"), "another month begins anew")
}

func TestBudgetOfAnotherCurrencyIsNotCompared(t *testing.T) {
	t.Parallel()
	w, p := withPlatform(t)
	id := w.customer("resale", huawei.AssociationResale, february, 5)
	status, _ := w.call(http.MethodPut, "/billexport/budgets/"+id, `{"amount":"0.01","currency":"USD"}`)
	require.Equal(t, http.StatusOK, status)
	assert.Empty(t, w.exported(p, february))
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/billexport/budgets/c1"
	assert.Equal(t, "budget_not_found", w.refused(http.MethodGet, path, "").Code)
	status, _ := w.call(http.MethodDelete, path, "")
	assert.Equal(t, http.StatusNoContent, status)

	status, text := w.call(http.MethodPut, path, `{"amount":"1000.50","currency":"CNY","thresholds":[120,10]}`)
	require.Equal(t, http.StatusOK, status, "%s", text)
	assert.JSONEq(t, `{"customer_id":"c1","amount":"1000.5","currency":"CNY","thresholds":[10,120],"set_at":"2026-03-10T02:00:00Z"}`, string(text))
	_, shown := w.call(http.MethodGet, path, "")
	assert.JSONEq(t, string(text), string(shown))
	w.budget("c1", "7")
	assert.Equal(t, []int{50, 80, 100}, get[billexport.Budget](w, path).Thresholds, "those of who names none")

	status, _ = w.call(http.MethodDelete, path, "")
	assert.Equal(t, http.StatusNoContent, status)
	assert.Equal(t, "budget_not_found", w.refused(http.MethodGet, path, "").Code)
	w.budget("c1", "7")

	for body, field := range map[string]string{
		`{"amount":"0","currency":"CNY"}`: "amount", `{"amount":"-1","currency":"CNY"}`: "amount", `{"amount":"0.001","currency":"CNY"}`: "amount",
		`{"amount":"1000000000000.01","currency":"CNY"}`: "amount", `{"currency":"CNY"}`: "amount", `{"amount":"1"}`: "currency",
		`{"amount":"1","currency":"yuan"}`: "currency", `{"amount":"1","currency":"CNY","thresholds":[0]}`: "thresholds",
		`{"amount":"1","currency":"CNY","thresholds":[50,50]}`: "thresholds", `{"amount":"1","currency":"CNY","thresholds":[1001]}`: "thresholds",
		`{"amount":"1","currency":"CNY","thresholds":[` + strings.Repeat("1,", 10) + `2]}`: "thresholds",
	} {
		p := w.refused(http.MethodPut, path, body)
		require.Equal(t, "invalid_fields", p.Code, body)
		assert.Equal(t, field, p.Fields[0].Field, body)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		assert.Equal(t, "invalid_fields", w.refused(method, "/billexport/budgets/no.body", "").Code)
	}
}
