package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathResellers      = "/v2/partners/indirect-partners/query"
	pathResellerAdjust = "/v2/accounts/partner-accounts/indirect-partner-adjust"
	pathResellerTake   = "/v2/accounts/partner-accounts/indirect-partner-reclaim"
	pathAddReseller    = "/_sim/resellers"
)

// channel is a market in which the partner also has two resellers, of whom the
// first has 500 and a resale customer of its own.
type channel struct {
	*market
	first, second string
	theirs        string // customer of the first
}

func newChannel(t *testing.T, o huawei.Options) *channel {
	t.Helper()
	ch := &channel{market: newMarket(t, o)}
	ch.first = ch.reseller(huawei.Reseller{AccountName: "reseller-one", Balance: yuan("500")})
	ch.second = ch.reseller(huawei.Reseller{AccountName: "reseller-two"})
	id, err := ch.server.AddAccount(huawei.Account{
		Name: "their-customer", Association: huawei.AssociationResale, Reseller: ch.first,
	})
	require.NoError(t, err)
	ch.theirs = id
	return ch
}

func (ch *channel) reseller(r huawei.Reseller) string {
	ch.t.Helper()
	id, err := ch.server.AddReseller(r)
	require.NoError(ch.t, err)
	return id
}

// balance is what a reseller has, or the partner itself.
func (ch *channel) balance(reseller string) string {
	ch.t.Helper()
	got := ch.asPartner(http.MethodGet, pathPartner+"?indirect_partner_id="+reseller, "").fields(ch.t)
	return fmt.Sprint(got["account_balances"].([]any)[0].(map[string]any)["amount"])
}

func resellerTransfer(reseller, amount string) string {
	return fmt.Sprintf(`{"indirect_partner_id":%q,"amount":%s}`, reseller, amount)
}

func (ch *channel) on(reseller string, fields fieldset) string {
	ch.t.Helper()
	return text(ch.t, fields.with(fieldset{"indirect_partner_id": reseller}))
}

func TestResellersAreListed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := m.administer(http.MethodPost, pathAddReseller, text(t, fieldset{
		"account_name": "reseller-one", "name": "甲", "mobile_phone": "13800000001", "email": "a@b.example",
		"account_manager_id": "manager", "account_manager_name": "李四", "balance": "1.5",
	}))
	require.Equal(t, http.StatusOK, got.status, got.body)
	first := got.fields(t)["indirect_partner_id"].(string)
	m.clock.Advance(time.Hour)
	second, err := m.server.AddReseller(huawei.Reseller{AccountName: "another"})
	require.NoError(t, err)

	all := m.call(http.StatusOK, pathResellers, `{}`)
	assert.EqualValues(t, 2, all["count"])
	assert.Equal(t, map[string]any{
		"indirect_partner_id": first, "account_name": "reseller-one", "name": "甲", "mobile_phone": "13800000001",
		"email": "a@b.example", "associated_on": "2026-03-02T01:00:00Z",
		"account_manager_id": "manager", "account_manager_name": "李四",
	}, all["indirect_partners"].([]any)[0])

	for query, want := range map[string][]string{
		`{"offset":1}`:                                   {second},
		`{"limit":1}`:                                    {first},
		`{"account_name":""}`:                            {first, second},
		`{"account_name":"another"}`:                     {second},
		`{"account_name":"reseller"}`:                    {first},
		`{"indirect_partner_id":"` + first + `"}`:        {first},
		`{"indirect_partner_id":"x"}`:                    {},
		`{"associated_on_begin":"2026-03-02T01:00:01Z"}`: {second},
		`{"associated_on_end":"2026-03-02T01:00:00Z"}`:   {first},
		`{"associated_on_begin":"2026-03-02T01:00:00Z","associated_on_end":"2026-03-02T02:00:00Z"}`: {first, second},
	} {
		ids := []string{}
		for _, row := range m.call(http.StatusOK, pathResellers, query)["indirect_partners"].([]any) {
			ids = append(ids, row.(map[string]any)["indirect_partner_id"].(string))
		}
		assert.Equal(t, want, ids, query)
	}
	for _, query := range []string{`{"associated_on_begin":""}`, `{"associated_on_end":"x"}`, `{"limit":101}`} {
		assert.Equal(t, "CBC.0100", m.call(http.StatusBadRequest, pathResellers, query)["error_code"], query)
	}
}

func TestResellersThatCannotBeAdded(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	for says, body := range map[string]string{
		"not an account name":  `{"account_name":"no"}`,
		"mobile number":        `{"account_name":"reseller","mobile_phone":"1"}`,
		"more than 2 decimals": `{"account_name":"reseller","balance":"0.001"}`,
		"exists already":       `{"account_name":"reseller-one"}`,
	} {
		got := ch.administer(http.MethodPost, pathAddReseller, body)
		assert.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Contains(t, got.body, says)
	}
	_, err := newMarket(t, huawei.Options{NoDistributor: true}).server.AddReseller(huawei.Reseller{AccountName: "reseller"})
	require.ErrorContains(t, err, "no distributor")
	_, err = ch.server.AddAccount(huawei.Account{Name: "yongzhi", Reseller: "unknown"})
	require.ErrorContains(t, err, "no reseller")
}

func TestOnlyADistributorHasResellers(t *testing.T) {
	t.Parallel()
	for path, request := range map[string][2]string{
		"/v2/partners/coupon-quotas/records": {http.MethodGet, ""},
		"/v2/partners/issued-coupon-quotas":  {http.MethodGet, ""},
		pathResellers:                        {http.MethodPost, `{}`},
		pathResellerAdjust:                   {http.MethodPost, resellerTransfer("x", "1")},
		pathResellerTake:                     {http.MethodPost, resellerTransfer("x", "1")},
		pathQuotaIssue:                       {http.MethodPost, `{"quota_id":"1","indirect_partner_ids":["x"],"quota_amount":1}`},
		pathQuotaReclaim:                     {http.MethodPost, `{"quota_ids":["1"]}`},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			got := newMarket(t, huawei.Options{NoDistributor: true}).asPartner(request[0], path, request[1])
			assert.Equal(t, http.StatusForbidden, got.status)
			assert.Equal(t, "CBC.0151", got.code(t))
		})
	}
}

func TestMoneyMovesThroughAReseller(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	allocated := ch.call(http.StatusOK, pathResellerAdjust, resellerTransfer(ch.second, "100.05"))["transfer_id"]
	reclaimed := ch.call(http.StatusOK, pathResellerTake, resellerTransfer(ch.first, "200"))["trans_id"]
	assert.Equal(t, "5099.95", ch.balance(""))
	assert.Equal(t, "300", ch.balance(ch.first))
	assert.Equal(t, "100.05", ch.balance(ch.second))

	ch.call(http.StatusOK, pathAllocate, ch.on(ch.first, fieldset{"customer_id": ch.theirs, "amount": 250}))
	ch.call(http.StatusOK, pathTakeBack, ch.on(ch.first, fieldset{"customer_id": ch.theirs, "amount": 50}))
	assert.Equal(t, "100", ch.balance(ch.first))
	assert.Equal(t, "5099.95", ch.balance(""))

	own := ch.adjusts("")
	require.Equal(t, 2, own.Total)
	assert.Equal(t, []any{allocated, reclaimed}, []any{own.Records[0].ID, own.Records[1].ID})
	assert.Equal(t, ch.second, own.Records[0].Customer)
	assert.Equal(t, "SOURCE_OPERATION_BERETRIEVE", own.Records[1].Operation)
	assert.Equal(t, 1, ch.adjusts("?customer_id="+ch.first).Total)
	theirs := ch.adjusts("?indirect_partner_id=" + ch.first)
	require.Equal(t, 2, theirs.Total)
	assert.Equal(t, ch.theirs, theirs.Records[0].Customer)
	assert.Zero(t, ch.adjusts("?indirect_partner_id="+ch.second).Total)
}

func TestMoneyOfResellersIsRefused(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{})
	for name, c := range map[string]struct{ path, body, code string }{
		"unknown":                {pathResellerAdjust, resellerTransfer("x", "1"), "CBC.99000037"},
		"nothing":                {pathResellerAdjust, resellerTransfer(ch.first, "0"), "CBC.0100"},
		"a third decimal":        {pathResellerAdjust, resellerTransfer(ch.first, "0.001"), "CBC.0100"},
		"more than there is":     {pathResellerAdjust, resellerTransfer(ch.first, "5000.01"), "CBC.99005003"},
		"reclaim: unknown":       {pathResellerTake, resellerTransfer("x", "1"), "CBC.99000037"},
		"reclaim: nothing":       {pathResellerTake, resellerTransfer(ch.first, "0"), "CBC.0100"},
		"reclaim: third decimal": {pathResellerTake, resellerTransfer(ch.first, "0.011"), "CBC.0100"},
		"reclaim: too much":      {pathResellerTake, resellerTransfer(ch.first, "500.01"), "CBC.99005003"},
		"reseller's too much":    {pathAllocate, ch.on(ch.first, fieldset{"customer_id": ch.theirs, "amount": 500.01}), "CBC.99005003"},
		"reseller's unnamed":     {pathAllocate, transfer(ch.theirs, "1"), "CBC.99000000"},
		"another reseller's":     {pathAllocate, ch.on(ch.second, fieldset{"customer_id": ch.theirs, "amount": 1}), "CBC.99000035"},
		"the distributor's":      {pathAllocate, ch.on(ch.first, fieldset{"customer_id": ch.resale, "amount": 1}), "CBC.99000035"},
		"reclaim: distributor's": {pathTakeBack, ch.on(ch.first, fieldset{"customer_id": ch.resale, "amount": 1}), "CBC.99000035"},
		"registration":           {pathCustomers, ch.on("x", fieldset{"xaccount_id": "u1", "xaccount_type": "SIM_IDP"}), "CBC.99000037"},
		"list":                   {pathQuery, ch.on("x", fieldset{}), "CBC.99000037"},
		"tags":                   {pathTags, ch.on("x", fieldset{}), "CBC.99000037"},
		"real name":              {pathPerson, text(t, passport(ch.theirs, "E1")), "CBC.99000000"},
	} {
		assert.Equal(t, c.code, ch.call(http.StatusBadRequest, c.path, c.body)["error_code"], name)
	}
	assert.Equal(t, "5000", ch.balance(""))
	assert.Equal(t, "500", ch.balance(ch.first))
}

func TestAResellersCustomersAreSeenForItOnly(t *testing.T) {
	t.Parallel()
	ch := newChannel(t, huawei.Options{AssociationDelay: -1})
	created := ch.call(http.StatusOK, pathCustomers, ch.on(ch.second, fieldset{"xaccount_id": "u1", "xaccount_type": "SIM_IDP"}))
	require.NoError(t, ch.server.AddBills("2026-02", ch.theirs, 3))
	order := ch.place(huawei.NewOrder{CustomerID: ch.theirs})
	ch.clock.Advance(48 * time.Hour)

	count := func(reseller string) any {
		return ch.call(http.StatusOK, pathQuery, ch.on(reseller, fieldset{}))["count"]
	}
	assert.EqualValues(t, 2, count(""))
	assert.EqualValues(t, 1, count(ch.first))
	row := ch.call(http.StatusOK, pathQuery, ch.on(ch.second, fieldset{}))["customer_infos"].([]any)[0].(map[string]any)
	assert.Equal(t, created["domain_id"], row["customer_id"])

	batch := fieldset{"customer_infos": []fieldset{{"customer_id": ch.theirs}, {"customer_id": ch.resale}}}
	balances := func(reseller string) []any {
		return ch.call(http.StatusOK, pathBatch, ch.on(reseller, batch))["customer_balances"].([]any)
	}
	require.Len(t, balances(ch.first), 1)
	assert.Equal(t, ch.theirs, balances(ch.first)[0].(map[string]any)["customer_id"])
	assert.Equal(t, ch.resale, balances("")[0].(map[string]any)["customer_id"])

	total := func(path, member string) any {
		return ch.asPartner(http.MethodGet, path, "").fields(t)[member]
	}
	mine, others := "&indirect_partner_id="+ch.first, "&indirect_partner_id="+ch.second
	for path, member := range map[string]string{
		pathOrders + "?limit=10": "total_count",
		pathBillDetail + "?bill_cycle=2026-02&customer_id=" + ch.theirs: "total_count",
	} {
		assert.NotZero(t, total(path+mine, member), path)
		assert.Zero(t, total(path, member), path)
		assert.Zero(t, total(path+others, member), path)
	}
	sums := func(reseller string) float64 {
		n := 0.0
		for _, mode := range []string{"1", "3", "11"} {
			n += total(pathBillSums+"?cycle=2026-02&charge_mode="+mode+reseller, "count").(float64)
		}
		return n
	}
	assert.NotZero(t, sums(mine))
	assert.Zero(t, sums(""))
	assert.EqualValues(t, 0, ch.call(http.StatusOK, pathConsumers, `{"bill_cycle":"2026-02"}`)["total_count"])
	details := pathOrders + "/details/" + order + "?limit=10"
	assert.Equal(t, http.StatusOK, ch.asPartner(http.MethodGet, details+mine, "").status)
	assert.Equal(t, "CBC.30000010", ch.asPartner(http.MethodGet, details, "").code(t))
}
