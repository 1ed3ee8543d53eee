package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// resourceCodes are those of yearly/monthly resources. Each row begins with a
// resource that was bought.
func resourceCodes() []provocation {
	const (
		renews, unsubscribes, converts = "RenewalResources", "CancelResourcesSubscription", "UpdatePeriodToOnDemand"
		begins, ends                   = "AutoRenewalResources", "CancelAutoRenewalResources"
	)
	bought := func(do func(m *market, id string) result) func(*testing.T) result {
		return in(func(m *market) result { return do(m, m.buy(huawei.NewOrder{}).ID) })
	}
	part := func(m *market, id string) string {
		return m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID
	}
	renew := func(m *market, body string) result { return m.asCustomer(http.MethodPost, pathRenew, body) }
	unsubscribe := func(m *market, kind int, id string) result {
		return m.asCustomer(http.MethodPost, pathUnsubscribe, unsubscription(kind, id))
	}
	convert := func(m *market, id string) result {
		return m.asCustomer(http.MethodPost, pathToOnDemand, conversion("SET_UP", id))
	}
	marked := func(mark huawei.Mark, do func(m *market, id string) result) func(*testing.T) result {
		return bought(func(m *market, id string) result {
			require.NoError(m.t, m.server.MarkResource(id, mark))
			return do(m, id)
		})
	}
	plain := func(m *market, id string) result { return renew(m, renewal(2, 1, 0, id)) }
	all := func(m *market, id string) result { return unsubscribe(m, 1, id) }
	return []provocation{
		{"CBC.99003016", 400, renews, bought(func(m *market, _ string) result { return plain(m, "x") })},
		{"CBC.30010036", 400, renews, bought(func(m *market, id string) result { return plain(m, part(m, id)) })},
		{"CBC.30010069", 400, renews, bought(func(m *market, id string) result { return renew(m, renewal(3, 4, 0, id)) })},
		{"CBC.30050012", 400, renews, bought(func(m *market, id string) result { return renew(m, renewal(2, 1, 0, id, id)) })},
		{"CBC.30050006", 400, renews, bought(func(m *market, id string) result {
			require.NoError(m.t, m.server.SetCash(m.resale, yuan("0")))
			return renew(m, renewal(2, 1, 1, id))
		})},
		{"CBC.99003100", 400, renews, bought(func(m *market, id string) result {
			m.renew(renewal(2, 1, 0, id))
			return plain(m, id)
		})},
		{"CBC.99003144", 400, renews, bought(func(m *market, id string) result {
			m.renew(renewal(2, 1, 1, id))
			return plain(m, id)
		})},
		{"CBC.99003154", 400, renews, bought(func(m *market, id string) result {
			require.NoError(m.t, m.server.SetCash(m.resale, yuan("9999")))
			m.renew(renewal(3, 3, 1, id))
			m.later(time.Minute)
			return renew(m, renewal(3, 2, 0, id))
		})},
		{"CBC.99007281", 400, renews, bought(func(m *market, id string) result {
			require.NoError(m.t, m.server.SetConditions(m.resale, huawei.Conditions{FrozenByPartner: true}))
			return plain(m, id)
		})},
		{"CBC.99003634", 400, renews, marked(huawei.MarkBundle, plain)},

		{"CBC.99003012", 400, unsubscribes, in(func(m *market) result { return all(m, "x") })},
		{"CBC.30000067", 400, unsubscribes, bought(func(m *market, id string) result {
			m.unsubscribe(1, id)
			return all(m, id)
		})},
		{"CBC.99003185", 400, unsubscribes, bought(func(m *market, id string) result { return all(m, part(m, id)) })},
		{"CBC.99003100", 400, unsubscribes, bought(func(m *market, id string) result {
			m.renew(renewal(2, 1, 0, id))
			return all(m, id)
		})},
		{"CBC.99003651", 400, unsubscribes, bought(func(m *market, id string) result {
			m.renew(renewal(2, 1, 1, id))
			return all(m, id)
		})},
		{"CBC.99003656", 400, unsubscribes, bought(func(m *market, id string) result {
			m.later(40 * day)
			return all(m, id)
		})},
		{"CBC.99003128", 400, unsubscribes, bought(func(m *market, id string) result { return unsubscribe(m, 2, id) })},
		{"CBC.30000053", 400, unsubscribes, marked(huawei.MarkSavingsPlan, all)},
		{"CBC.99003643", 400, unsubscribes, marked(huawei.MarkInvoiced, all)},
		{"CBC.99003647", 400, unsubscribes, marked(huawei.MarkPackage, all)},
		{"CBC.99003649", 400, unsubscribes, marked(huawei.MarkTrial, all)},
		{"CBC.99003650", 400, unsubscribes, marked(huawei.MarkKooGallery, all)},
		{"CBC.99003652", 400, unsubscribes, marked(huawei.MarkDevCloud, all)},
		{"CBC.99003654", 400, unsubscribes, marked(huawei.MarkBandwidthAddOn, func(m *market, id string) result {
			return unsubscribe(m, 2, id)
		})},

		{"CBC.99003012", 400, converts, in(func(m *market) result { return convert(m, "x") })},
		{"CBC.99003609", 400, converts, bought(func(m *market, id string) result { return convert(m, part(m, id)) })},
		{"CBC.99003626", 400, converts, in(func(m *market) result {
			frozen, err := m.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true, Cash: yuan("500")})
			require.NoError(m.t, err)
			m.token = m.customerToken("frozen")
			m.pay(m.place(huawei.NewOrder{CustomerID: frozen}), nil, nil)
			m.clock.Advance(time.Minute)
			return convert(m, m.resources("{}").Resources[0].ID)
		})},
		{"CBC.99003623", 400, converts, bought(func(m *market, id string) result {
			m.renew(renewal(2, 1, 0, id))
			return convert(m, id)
		})},
		{"CBC.99003610", 200, converts, bought(func(m *market, id string) result {
			m.later(32 * day)
			return convert(m, id)
		})},
		{"CBC.99003608", 400, converts, marked(huawei.MarkStrictSelection, convert)},
		{"CBC.99003611", 400, converts, marked(huawei.MarkPackage, convert)},
		{"CBC.99003622", 400, converts, marked(huawei.MarkSolution, convert)},
		{"CBC.99003624", 400, converts, marked(huawei.MarkFrozenForBreach, convert)},
		{"CBC.99003625", 400, converts, marked(huawei.MarkFrozenBySecurity, convert)},

		{"CBC.99003012", 400, begins, in(func(m *market) result { return m.asCustomer(http.MethodPost, pathAutoRenew+"x", `{}`) })},
		{"CBC.99003602", 400, begins, bought(func(m *market, id string) result {
			m.later(32 * day)
			return m.asCustomer(http.MethodPost, pathAutoRenew+id, `{}`)
		})},
		{"CBC.99003012", 400, ends, in(func(m *market) result { return m.asCustomer(http.MethodDelete, pathAutoRenew+"x", "") })},
		{"CBC.99003605", 400, ends, bought(func(m *market, id string) result {
			return m.asCustomer(http.MethodDelete, pathAutoRenew+id, "")
		})},
	}
}

// priceCodes are those of price queries.
func priceCodes() []provocation {
	const renewals, usage, periods = "ListRenewRateOnPeriod", "ListOnDemandResourceRatings", "ListRateOnPeriodDetail"
	rate := func(change func(m *market, id string) string) func(*testing.T) result {
		return in(func(m *market) result {
			return m.asCustomer(http.MethodPost, pathRenewRate, change(m, m.buy(huawei.NewOrder{}).ID))
		})
	}
	price := func(path, body string) func(*testing.T) result {
		return in(func(m *market) result { return m.asCustomer(http.MethodPost, path, body) })
	}
	dear := strings.Replace(rateBody("", disk("a", "cn-north-4", oneYear)), `"resource_size":100,`, `"resource_size":214783647,`, 1)
	return []provocation{
		{"CBC.30050007", 200, renewals, rate(func(m *market, id string) string {
			return renewal(2, 1, 0, m.resources(fmt.Sprintf(`{"resource_ids":[%q]}`, id)).Resources[1].ID)
		})},
		{"CBC.30050008", 200, renewals, rate(func(_ *market, id string) string { return renewal(3, 4, 0, id) })},
		{"CBC.30050009", 200, renewals, rate(func(*market, string) string { return renewal(2, 1, 0, "x") })},
		{"CBC.30050010", 200, renewals, rate(func(m *market, id string) string {
			m.renew(renewal(2, 1, 0, id))
			return renewal(2, 1, 0, id)
		})},
		{"CBC.30050011", 200, renewals, rate(func(m *market, id string) string {
			m.renew(renewal(2, 1, 1, id))
			return renewal(2, 1, 0, id)
		})},
		{"CBC.30050013", 200, renewals, rate(func(m *market, id string) string {
			require.NoError(m.t, m.server.MarkResource(id, huawei.MarkNotRenewable))
			return renewal(2, 1, 0, id)
		})},
		{"CBC.30050012", 400, renewals, rate(func(_ *market, id string) string { return renewal(2, 1, 0, id, id) })},
		{"CBC.99006006", 400, periods, price(pathPeriod, rateBody("", vm("a", `"period_type":3,"period_num":4`)))},
		{"CBC.99006055", 400, periods, price(pathPeriod, dear)},
		{"CBC.99006073", 400, periods, price(pathPeriod, strings.Replace(rateBody("", vm("a", oneMonth)), aProject, "project", 1))},
		{"CBC.99006050", 400, usage, price(pathOnDemand, rateBody("", vm("a", `"usage_factor":"Duration","usage_value":1,"usage_measure_id":10`)))},
		{"CBC.99006074", 400, usage, price(pathOnDemand, rateBody("", vm("a", `"usage_factor":"length","usage_value":1,"usage_measure_id":4`)))},
	}
}
