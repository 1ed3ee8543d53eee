package bss_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/pkg/bss"
)

// growing is a list of orders, the newest first, to which orders are added between the
// pages.
type growing struct {
	ids   []string
	adds  []int // how many come before the answer to each request
	added int
	total bool // whether it says how many there are
}

func (g *growing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(g.adds) > 0 {
		for range g.adds[0] {
			g.added++
			g.ids = append([]string{fmt.Sprintf("new-%d", g.added)}, g.ids...)
		}
		g.adds = g.adds[1:]
	}
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	var answer struct {
		Total int                 `json:"total_count,omitempty"`
		Rows  []map[string]string `json:"order_infos"`
	}
	if g.total {
		answer.Total = len(g.ids)
	}
	for _, id := range g.ids[min(offset, len(g.ids)):min(offset+limit, len(g.ids))] {
		answer.Rows = append(answer.Rows, map[string]string{"order_id": id})
	}
	w.Header().Set("Content-Type", jsonType)
	_ = json.NewEncoder(w).Encode(answer)
}

func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("old-%d", i)
	}
	return all
}

// read lists the orders in pages of 3 and returns their ids.
func (g *growing) read(t *testing.T) []string {
	t.Helper()
	c, _ := answering(t, g.ServeHTTP)
	rows, err := bss.Collect(c.ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{Limit: 3}))
	require.NoError(t, err)
	read := make([]string, len(rows))
	for i, row := range rows {
		read[i] = row.OrderID
	}
	return read
}

func TestRowsAddedInFrontWhilePaging(t *testing.T) {
	t.Parallel()
	for name, adds := range map[string][]int{
		"none": nil, "one": {0, 1}, "one a page": {0, 1, 1, 1, 1}, "a page": {0, 3}, "more than a page": {0, 7}, "again and again": {0, 4, 0, 5, 1, 0, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := (&growing{ids: ids(8), adds: adds, total: true}).read(t)
			assert.Subset(t, got, ids(8))
			unique := map[string]bool{}
			for _, id := range got {
				assert.False(t, unique[id], "%s came twice", id)
				unique[id] = true
			}
		})
	}
}

func TestWhateverIsAddedInFrontEachRowComesOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		g := &growing{ids: ids(rapid.IntRange(0, 12).Draw(rt, "rows")), total: true}
		g.adds = append([]int{0}, rapid.SliceOfN(rapid.IntRange(0, 8), 0, 6).Draw(rt, "adds")...)
		want := len(g.ids)
		unique := map[string]bool{}
		for _, id := range g.read(t) {
			require.False(rt, unique[id], "%s came twice", id)
			unique[id] = true
		}
		for _, id := range ids(want) {
			require.True(rt, unique[id], "%s was lost", id)
		}
	})
}

// Without a total, overlaps alone say that the list grows.
func TestRowsAddedInFrontOfAListWithoutATotal(t *testing.T) {
	t.Parallel()
	got := (&growing{ids: ids(8), adds: []int{0, 2, 1}}).read(t)
	assert.Subset(t, got, ids(8))
	unique := map[string]bool{}
	for _, id := range got {
		assert.False(t, unique[id], "%s came twice", id)
		unique[id] = true
	}
}

// A server that always says the first page is not asked for ever.
func TestAListThatIgnoresItsOffset(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, saying(http.StatusOK, jsonType, `{"order_infos":[{"order_id":"a"},{"order_id":"b"}]}`))
	rows, err := bss.Collect(c.ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{Limit: 2}))
	require.NoError(t, err)
	assert.Len(t, rows, 2)
	assert.Len(t, sent.all(), 2)
}
