package payorder_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type resource struct {
	ResourceID string    `json:"resource_id"`
	Service    string    `json:"service"`
	Status     string    `json:"status"`
	ExpiresAt  time.Time `json:"expires_at"`
	OnExpiry   string    `json:"on_expiry"`
}

// mine is a path about the customer's resources.
func (w *world) mine(rest string) string { return "/payorder/customers/" + w.customer + rest }

func (w *world) resources(query string) []resource {
	w.t.Helper()
	var out struct{ Resources []resource }
	w.call(http.MethodGet, w.mine("/resources"+query), nil, &out)
	return out.Resources
}

// buy pays an order, and returns the main resource that it has bought.
func (w *world) buy(o huawei.NewOrder, choice fields) (orderID, resourceID string) {
	w.t.Helper()
	orderID = w.place(o)
	w.pay(orderID, w.payment(orderID, w.quote(orderID, choice).Quote))
	bought := w.resources("?order_id=" + orderID)
	require.Len(w.t, bought, 1)
	return orderID, bought[0].ResourceID
}

// part is a resource that belongs to the customer's first main one.
func (w *world) part() string {
	w.t.Helper()
	for row, err := range w.Sim.Client().ListPayPerUseCustomerResources(w.t.Context(), bss.ListPayPerUseCustomerResourcesRequest{CustomerID: w.customer}) {
		require.NoError(w.t, err)
		if row.IsMainResource == 0 {
			return row.ResourceID
		}
	}
	require.Fail(w.t, "there is no part")
	return ""
}

// effects counts what an operation of Huawei Cloud has done.
func (w *world) effects(operation string) int {
	count := 0
	for _, effect := range w.Sim.Journal() {
		if effect.Operation == operation {
			count++
		}
	}
	return count
}

// mark is what the simulator forbids about a resource.
func (w *world) mark(resourceID string, m huawei.Mark) {
	w.t.Helper()
	require.NoError(w.t, w.Sim.MarkResource(resourceID, m))
}

func TestTheResourcesOfACustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Empty(t, w.resources(""))
	order, first := w.buy(huawei.NewOrder{}, nil)
	_, second := w.buy(huawei.NewOrder{ServiceTypeCode: "hws.service.type.rds"}, nil)
	_, third := w.buy(huawei.NewOrder{}, nil)

	all := w.resources("")
	require.Len(t, all, 3, "main resources only")
	assert.Equal(t, first, all[0].ResourceID)
	assert.Equal(t, "in_use", all[0].Status)
	assert.Equal(t, "grace_period", all[0].OnExpiry)
	for query, want := range map[string][]string{
		"?order_id=" + order:                      {first},
		"?service_type_code=hws.service.type.rds": {second},
		"?status=in_use":                          {first, second, third},
		"?status=closed":                          {},
		"?offset=1&limit=1":                       {second},
		"?offset=2":                               {third},
		"?offset=3":                               {},
	} {
		ids := []string{}
		for _, row := range w.resources(query) {
			ids = append(ids, row.ResourceID)
		}
		assert.Equal(t, want, ids, query)
	}
	var page struct {
		NextOffset int `json:"next_offset"`
	}
	w.call(http.MethodGet, w.mine("/resources?limit=2"), nil, &page)
	assert.Equal(t, 2, page.NextOffset)

	w.clock.Advance(32 * 24 * time.Hour)
	assert.Equal(t, "expired", w.resources("")[0].Status)
	w.clock.Advance(30 * 24 * time.Hour)
	assert.Empty(t, w.resources(""))
	assert.Len(t, w.resources("?status=closed"), 3)
}

func TestResourcesThatCannotBeListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, field := range map[string]string{
		"?limit=101": "limit", "?limit=x": "limit", "?offset=-1": "offset", "?status=gone": "status",
		"?order_id=" + long: "order_id",
	} {
		p := w.refused(http.MethodGet, w.mine("/resources"+query), nil)
		require.Len(t, p.Fields, 1, query)
		assert.Equal(t, field, p.Fields[0].Field)
	}
	for _, customer := range []string{"nobody", long, "a%20b"} {
		assert.Equal(t, "customer_unknown", w.refused(http.MethodGet, "/payorder/customers/"+customer+"/resources", nil).Code)
	}
	w.fail("ListPayPerUseCustomerResources", huawei.FaultUnavailable, huawei.BeforeEffect, 9)
	assert.Equal(t, "upstream_unavailable", w.refused(http.MethodGet, w.mine("/resources"), nil).Code)
}

var long = strings.Repeat("a", 65)

// Whatever is done to resources checks their ids before anything is sent.
func TestIdsOfResources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.buy(huawei.NewOrder{}, nil)
	part := w.part()
	_, others := w.on(t).as(w.account("other-one", "9000")).buy(huawei.NewOrder{}, nil)
	var eleven []string
	for i := range 11 {
		eleven = append(eleven, string(rune('a'+i)))
	}
	tests := map[string]struct {
		ids  any
		code string
	}{
		"none":               {[]string{}, "invalid_fields"},
		"null":               {nil, "invalid_fields"},
		"eleven":             {eleven, "invalid_fields"},
		"one twice":          {[]string{id, id}, "invalid_fields"},
		"no id":              {[]string{"a/b"}, "invalid_fields"},
		"an empty one":       {[]string{""}, "invalid_fields"},
		"an unknown one":     {[]string{id, "none"}, "resource_unknown"},
		"another's":          {[]string{others}, "resource_unknown"},
		"a part of another":  {[]string{part}, "resource_not_main"},
		"a part beside main": {[]string{id, part}, "resource_not_main"},
	}
	requests := map[string]fields{
		"/renewal-quotes":         {"period_type": "month", "period_num": 1},
		"/refund-offers":          {"unsubscribe_type": "resources"},
		"/to-on-demand":           {"operation": "SET_UP"},
		"/to-on-demand/instantly": {"request_id": "r1"},
	}
	before := w.Sim.Journal()
	for name, tt := range tests {
		for route, request := range requests {
			if name == "eleven" && route == "/to-on-demand" {
				continue // which takes a hundred
			}
			in := fields{"resource_ids": tt.ids}
			for field, value := range request {
				in[field] = value
			}
			method := http.MethodPost
			if route == "/to-on-demand" {
				method = http.MethodPut
			}
			p := w.refused(method, w.mine(route), in)
			assert.Equal(t, tt.code, p.Code, "%s, %s", route, name)
			require.NotEmpty(t, p.Fields, "%s, %s", route, name)
			assert.Contains(t, p.Fields[0].Field, "resource_ids")
		}
	}
	assert.Equal(t, before, w.Sim.Journal())
}

// as is the same world of another customer.
func (w *world) as(customer string) *world {
	other := *w
	other.customer = customer
	return &other
}

func fieldNames(p handler.Problem) []string {
	var names []string
	for _, f := range p.Fields {
		names = append(names, f.Field)
	}
	return names
}
