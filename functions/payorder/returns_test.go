package payorder_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
)

type returned struct {
	OrderID   string    `json:"order_id"`
	Confirmed bool      `json:"confirmed"`
	Status    string    `json:"status"`
	Amount    string    `json:"amount"`
	PaidAt    time.Time `json:"paid_at"`
}

// returns tells of a customer who has come back with a query.
func (w *world) returns(query string, orderIDs ...string) []returned {
	w.t.Helper()
	var out struct {
		CustomerID string
		Orders     []struct {
			returned
			Amount json.RawMessage `json:"amount"`
		} `json:"orders"`
	}
	w.call(http.MethodPost, "/payorder/returns", fields{"customer_id": w.customer, "query": query, "order_ids": orderIDs}, &out)
	orders := []returned{}
	for _, o := range out.Orders {
		o.returned.Amount = strings.Trim(string(o.Amount), `"`)
		orders = append(orders, o.returned)
	}
	return orders
}

func TestAReturnIsToldWhatTheAPIConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paidOrder, open := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{})
	q := w.quote(paidOrder, nil)
	w.pay(paidOrder, w.payment(paidOrder, q.Quote))

	got := w.returns("status=paid&amount=0.01&paid=true&orderId="+paidOrder, open)
	require.Len(t, got, 2)
	assert.Equal(t, open, got[0].OrderID, "what the platform knows comes first")
	assert.Equal(t, "pending_payment", got[0].Status)
	assert.True(t, got[0].PaidAt.IsZero())
	assert.True(t, got[1].Confirmed)
	assert.Equal(t, "completed", got[1].Status)
	assert.Equal(t, "1000", got[1].Amount)
	assert.False(t, got[1].PaidAt.IsZero())
	assert.Equal(t, got, w.returns("?order_ids="+open+"%2C"+paidOrder+"&orderId="+paidOrder), "each is asked for once")
	assert.Empty(t, w.returns(""))
}

func TestOthersOrdersAreAnsweredLikeUnknownOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	others := w.place(huawei.NewOrder{CustomerID: w.account("ember-robotics", "0")})
	assert.Equal(t, []returned{{OrderID: others}, {OrderID: "CS0000000000UNKNOWN"}}, w.returns("order_id=CS0000000000UNKNOWN", others))

	mine := w.place(huawei.NewOrder{})
	var out map[string]any
	w.call(http.MethodPost, "/payorder/returns", fields{"customer_id": "nobody", "query": "order_id=" + mine}, &out)
	assert.Equal(t, []any{map[string]any{"order_id": mine, "confirmed": false}}, out["orders"])
}

func TestWhatAQueryMayHintAt(t *testing.T) {
	t.Parallel()
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprintf("order_id=CS%d", i)
	}
	for query, want := range map[string][]string{
		"":                                       nil,
		"?":                                      nil,
		"order_id=CS1":                           {"CS1"},
		"?orderId=CS1&order_ids=CS2,CS3":         {"CS1", "CS2", "CS3"},
		"order_id=CS1&order_id=CS1":              {"CS1", "CS1"},
		"OrderId=CS1&order%5Fid=CS1&id=CS1":      nil,
		"order_id[]=CS1&order_id%00=CS1":         nil,
		"order_id=../../v2/orders":               nil,
		"order_id=CS1%00&order_id=CS1%0d%0aX:+y": nil,
		"order_id=CS1' or '1'='1":                nil,
		"order_id=<script>&order_id={{7*7}}":     nil,
		"order_id=ＣＳ１&order_id=CS1%E2%80%8B":     nil,
		"order_id=%zz&order_id=CS2":              {"CS2"},
		"order_id=CS1;order_id=CS2":              nil,
		"order_id=" + strings.Repeat("C", 65):    nil,
		"order_id":                               nil,
		"&&&=&order_id=CS9":                      {"CS9"},
		strings.Repeat("a&", 64) + "order_id=C":  nil,
	} {
		assert.Equal(t, want, payorder.Hints(query), query)
	}
	assert.Len(t, payorder.Hints(strings.Join(many, "&")), 64)
}

func TestAReturnAsksForTenOrdersAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := w.place(huawei.NewOrder{})
	got := w.returns("order_ids="+strings.Repeat("X,", 1000)+strings.Repeat("Y,", 9)+"A,B,C,D,E,F,G,H,I,J,K", known)
	require.Len(t, got, 10)
	assert.True(t, got[0].Confirmed)
	for _, o := range got[1:] {
		assert.Equal(t, returned{OrderID: o.OrderID}, o)
	}
}

func TestReturnsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eleven := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}
	for field, in := range map[string]fields{
		"customer_id":  {"query": ""},
		"query":        {"customer_id": w.customer, "query": strings.Repeat("x", 8<<10+1)},
		"order_ids":    {"customer_id": w.customer, "order_ids": eleven},
		"order_ids[1]": {"customer_id": w.customer, "order_ids": []string{"a", "a"}},
		"order_ids[0]": {"customer_id": w.customer, "order_ids": []string{"a/b"}},
	} {
		p := w.refused(http.MethodPost, "/payorder/returns", in)
		assert.Equal(t, "invalid_fields", p.Code, field)
		require.Len(t, p.Fields, 1, field)
		assert.Equal(t, field, p.Fields[0].Field)
	}
}

// That nobody can tell is no answer about an order.
func TestAReturnWhileHuaweiCloudIsDownIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	orderID := w.place(huawei.NewOrder{})
	w.fail("ShowCustomerOrderDetails", huawei.FaultUnavailable, huawei.BeforeEffect, 1000)
	p := w.refused(http.MethodPost, "/payorder/returns", fields{"customer_id": w.customer, "query": "order_id=" + orderID})
	assert.Equal(t, "upstream_unavailable", p.Code)
}

func FuzzHints(f *testing.F) {
	f.Add("?order_id=CS1&orderIds=CS2,%43S3&x=%zz")
	f.Fuzz(func(t *testing.T, query string) {
		for _, id := range payorder.Hints(query) {
			assert.Regexp(t, `\A[A-Za-z0-9_-]{1,64}\z`, id)
			assert.Contains(t, []bool{strings.Contains(query, id), strings.Contains(query, "%")}, true, "it is in the query")
		}
	})
}
