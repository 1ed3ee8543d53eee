package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

// subscriber plays at random what a customer can do with its resources, and
// looks at the books after each step.
type subscriber struct{ *trader }

func TestSubscriptionsConserveMoneyWhateverHappens(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		m.server.Reset()
		m.clock.Set(start)
		p := subscriber{&trader{market: m}}
		p.resale = p.account("resale-customer", huawei.AssociationResale)
		require.NoError(t, p.server.SetCash(p.resale, yuan("2000")))
		p.token = p.customerToken("resale-customer")
		r.Repeat(map[string]func(*rapid.T){
			"buy":          p.buyAny,
			"pay":          p.pay,
			"grant":        p.grant,
			"cancel":       p.cancel,
			"wait":         p.wait,
			"renew":        p.renewAny,
			"unsubscribe":  p.unsubscribeAny,
			"auto-renew":   p.autoRenewAny,
			"convert":      p.convertAny,
			"convert then": p.scheduleAny,
			"":             p.check,
		})
	})
}

func (p subscriber) buyAny(r *rapid.T) {
	p.place(r)
	id := p.orders[len(p.orders)-1]
	body := fmt.Sprintf(`{"order_id":%q,"use_coupon":"NO","use_discount":"NO"}`, id)
	p.expect(r, p.asCustomer(http.MethodPost, pathPay, body), http.StatusNoContent, http.StatusBadRequest)
	p.clock.Advance(5 * time.Second)
}

func (p subscriber) any(r *rapid.T) string {
	all := p.resources(`{"limit":500}`).Resources
	if len(all) == 0 {
		r.Skip("no resource")
	}
	return rapid.SampledFrom(all).Draw(r, "resource").ID
}

func (p subscriber) renewAny(r *rapid.T) {
	id := p.any(r)
	months, pay := rapid.IntRange(1, 11).Draw(r, "months"), rapid.IntRange(0, 1).Draw(r, "pay")
	p.expect(r, p.asCustomer(http.MethodPost, pathRenew, renewal(2, months, pay, id)), http.StatusOK, http.StatusBadRequest)
	for _, o := range p.market.orders("?order_type=2&status=6&limit=1").Orders {
		p.orders = append(p.orders, o.ID)
	}
}

func (p subscriber) unsubscribeAny(r *rapid.T) {
	body := unsubscription(rapid.IntRange(1, 2).Draw(r, "type"), p.any(r))
	p.expect(r, p.asCustomer(http.MethodPost, pathUnsubscribe, body), http.StatusOK, http.StatusBadRequest)
}

func (p subscriber) autoRenewAny(r *rapid.T) {
	body := fmt.Sprintf(`{"auto_renew_times":%d}`, rapid.IntRange(0, 3).Draw(r, "times"))
	p.expect(r, p.asCustomer(http.MethodPost, pathAutoRenew+p.any(r), body), http.StatusNoContent, http.StatusBadRequest)
}

func (p subscriber) convertAny(r *rapid.T) {
	body := fmt.Sprintf(`{"resource_ids":%s}`, ids(p.any(r)))
	p.expect(r, p.asCustomer(http.MethodPost, pathInstantly, body), http.StatusOK)
}

func (p subscriber) scheduleAny(r *rapid.T) {
	p.expect(r, p.asCustomer(http.MethodPost, pathToOnDemand, conversion("SET_UP", p.any(r))), http.StatusOK, http.StatusBadRequest)
}
