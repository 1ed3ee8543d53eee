package bss_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const customersPath = "/v2/partners/sub-customers/query"

// customers makes n customers in all.
func (w *world) customers(t *testing.T, n int) {
	t.Helper()
	for i := 1; i < n; i++ {
		w.account(t, fmt.Sprintf("customer-%02d", i), huawei.AssociationResale)
	}
}

func TestAListGoesOverItsPages(t *testing.T) {
	t.Parallel()
	for rows, pages := range map[int]int{1: 1, 3: 1, 4: 2, 7: 3, 9: 3} {
		t.Run(strconv.Itoa(rows), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.customers(t, rows)
			all, err := bss.Collect(w.client(t, pagesOf(3)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
			require.NoError(t, err)
			seen := map[string]bool{}
			for _, row := range all {
				seen[row.CustomerID] = true
			}
			assert.Len(t, all, rows)
			assert.Len(t, seen, rows)
			assert.Len(t, w.wire.to(customersPath), pages)
		})
	}
}

func TestAnEmptyListIsOneCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := bss.Collect(w.client(t).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{Label: "none"}))
	require.NoError(t, err)
	assert.Empty(t, rows)
	assert.Len(t, w.wire.to(customersPath), 1)
}

func TestLeavingAListStopsFetching(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customers(t, 9)
	read := 0
	for _, err := range w.client(t, pagesOf(3)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}) {
		require.NoError(t, err)
		if read++; read == 4 {
			break
		}
	}
	assert.Len(t, w.wire.to(customersPath), 2)
}

func TestAListCanBeReadTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customers(t, 4)
	rows := w.client(t, pagesOf(3)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{})
	first, err := bss.Collect(rows)
	require.NoError(t, err)
	second, err := bss.Collect(rows)
	require.NoError(t, err)
	assert.Equal(t, first, second)
}

func TestAListResumesFromAnOffset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customers(t, 8)
	c := w.client(t, pagesOf(3))
	all, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
	require.NoError(t, err)
	rest, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{Offset: 4, Limit: 2}))
	require.NoError(t, err)
	assert.Equal(t, all[4:], rest)
	beyond, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{Offset: 99}))
	require.NoError(t, err)
	assert.Empty(t, beyond)
}

func TestAnErrorInTheMiddleOfAListSurfacesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customers(t, 9)
	rows, failures := 0, 0
	for row, err := range w.client(t, pagesOf(3)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}) {
		if err != nil {
			failures++
			assert.Zero(t, row)
			assert.ErrorIs(t, err, bss.ErrUnavailable)
			continue
		}
		if rows++; rows == 3 {
			w.fault(t, "ListSubCustomers", huawei.FaultUnavailable, huawei.BeforeEffect, 100)
		}
	}
	assert.Equal(t, 3, rows)
	assert.Equal(t, 1, failures)

	_, err := bss.Collect(w.client(t).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
	assert.ErrorIs(t, err, bss.ErrUnavailable)
}

func TestRowsThatAppearWhilePagingDoNotLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customers(t, 6)
	read := 0
	for _, err := range w.client(t, pagesOf(3)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}) {
		require.NoError(t, err)
		if read++; read <= 4 {
			w.account(t, fmt.Sprintf("late-customer-%d", read), huawei.AssociationResale)
		}
	}
	assert.Equal(t, 10, read)
}

// rowsOf is a bill list of n rows that, like a disappointing server, tells a total
// of its own.
func rowsOf(n, total int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		answer := struct {
			Total   int              `json:"total_count,omitempty"`
			Records []map[string]int `json:"fee_records"`
		}{Total: total}
		for i := offset; i < min(offset+limit, n); i++ {
			answer.Records = append(answer.Records, map[string]int{"charging_mode": i})
		}
		w.Header().Set("Content-Type", jsonType)
		_ = json.NewEncoder(w).Encode(answer)
	}
}

var billRequest = bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c", Limit: 3}

func TestATotalThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ total, pages int }{
		"too large": {99, 4}, // the empty page ends it
		"missing":   {0, 4},
		"right":     {7, 3},
	} {
		c, sent := answering(t, rowsOf(7, test.total))
		rows, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), billRequest))
		require.NoError(t, err, name)
		assert.Len(t, rows, 7, name)
		assert.Len(t, sent.to(billPath), test.pages, name)
	}
}

// cautious refuses pages over 100 rows, as some lists do against their
// documentation.
func cautious(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if limit, _ := strconv.Atoi(r.URL.Query().Get("limit")); limit > 100 {
			saying(http.StatusBadRequest, jsonType, `{"error_code":"CBC.0100","error_msg":"limit"}`)(w, r)
			return
		}
		next(w, r)
	}
}

func TestASmallerPageIsTriedOnceAndRemembered(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, cautious(rowsOf(250, 250)))
	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "c"}
	for range 2 {
		rows, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), request))
		require.NoError(t, err)
		assert.Len(t, rows, 250)
	}
	var limits []string
	for _, e := range sent.to(billPath) {
		limits = append(limits, e.query.Get("limit"))
	}
	assert.Equal(t, []string{"1000", "100", "100", "100", "100", "100", "100"}, limits)
}

func TestARefusalThatIsNotAboutThePageStays(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, saying(http.StatusBadRequest, jsonType, `{"error_code":"CBC.0100","error_msg":"bill_cycle"}`))
	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "soon", CustomerID: "c"}
	for range 2 {
		_, err := bss.Collect(c.ListSubCustomerBillDetail(t.Context(), request))
		require.ErrorIs(t, err, bss.ErrInvalid)
	}
	last := sent.to(billPath)
	require.Len(t, last, 4)
	assert.Equal(t, "1000", last[2].query.Get("limit"), "a smaller page did not help, so it is not remembered")
}

func TestAClientsPageSizeNeverExceedsTheOperations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, drain(w.client(t, pagesOf(500)).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{Limit: 400})))
	assert.JSONEq(t, `{"limit":100}`, w.wire.to(customersPath)[0].body)
}

func TestEmptyFieldsAreNotSent(t *testing.T) {
	t.Parallel()
	var query string
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		rowsOf(0, 0)(w, r)
	}))
	t.Cleanup(listener.Close)
	c, err := bss.New(bss.Config{Site: bss.SiteCN, Endpoint: listener.URL, Keys: partnerKeys})
	require.NoError(t, err)
	require.NoError(t, drain(c.ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: "永志 a+b"})))
	assert.Equal(t, "bill_cycle=2026-02&customer_id=%E6%B0%B8%E5%BF%97+a%2Bb&limit=1000", query)
}
