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

func transfer(customer, amount string) string {
	return fmt.Sprintf(`{"customer_id":%q,"amount":%s}`, customer, amount)
}

func (m *market) partnerBalance() string {
	m.t.Helper()
	accounts := m.asPartner(http.MethodGet, pathPartner, "").fields(m.t)["account_balances"].([]any)
	return fmt.Sprint(accounts[0].(map[string]any)["amount"])
}

type adjustList struct {
	Total   int `json:"total_count"`
	Records []struct {
		ID        string `json:"trans_id"`
		Customer  string `json:"customer_id"`
		Operation string `json:"operation_type"`
		Amount    string `json:"amount"`
		Time      string `json:"operation_time"`
	} `json:"records"`
}

func (m *market) adjusts(query string) adjustList {
	m.t.Helper()
	return read[adjustList](m.t, m.asPartner(http.MethodGet, pathAdjusts+query, ""))
}

func TestMoneyMovesBetweenPartnerAndCustomer(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	allocated := m.call(http.StatusOK, pathAllocate, transfer(m.resale, "250.5"))["transfer_id"].(string)
	assert.Equal(t, "1250.5", m.cash())
	assert.Equal(t, "4749.5", m.partnerBalance())
	m.clock.Advance(time.Second)
	reclaimed := m.call(http.StatusOK, pathTakeBack, transfer(m.resale, "50"))["trans_id"].(string)
	assert.Equal(t, "1200.5", m.cash())
	assert.Equal(t, "4799.5", m.partnerBalance())

	all := m.adjusts("")
	require.Equal(t, 2, all.Total)
	assert.Equal(t, allocated, all.Records[0].ID)
	assert.Equal(t, "250.50", all.Records[0].Amount)
	assert.Equal(t, "SOURCE_OPERATION_BEADJUST", all.Records[0].Operation)
	assert.Equal(t, "2026-03-02T01:00:00Z", all.Records[0].Time)
	assert.Equal(t, reclaimed, all.Records[1].ID)
	for query, total := range map[string]int{
		"?operation_type=SOURCE_OPERATION_BERETRIEVE": 1,
		"?trans_id=" + allocated:                      1,
		"?customer_id=" + m.referral:                  0,
		"?operation_time_begin=2026-03-02T01:00:00Z":  1,
		"?operation_time_end=2026-03-02T01:00:01Z":    1,
		"?limit=1": 2,
	} {
		assert.Equal(t, total, m.adjusts(query).Total, query)
	}
}

func TestTransfersAreRefused(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	empty := m.account("empty-resale", huawei.AssociationResale)
	for name, test := range map[string]struct{ path, body, code string }{
		"nothing":                 {pathAllocate, transfer(m.resale, "0"), "CBC.0100"},
		"thirds":                  {pathAllocate, transfer(m.resale, "0.333"), "CBC.0100"},
		"negative":                {pathTakeBack, transfer(m.resale, "-1"), "CBC.0100"},
		"no amount":               {pathTakeBack, fmt.Sprintf(`{"customer_id":%q}`, m.resale), "CBC.0100"},
		"to a stranger":           {pathAllocate, transfer(m.stranger, "1"), "CBC.99000035"},
		"to nobody":               {pathAllocate, transfer("x", "1"), "CBC.99000035"},
		"from a stranger":         {pathTakeBack, transfer(m.stranger, "1"), "CBC.99000035"},
		"to a referral":           {pathAllocate, transfer(m.referral, "1"), "CBC.99005021"},
		"from a referral":         {pathTakeBack, transfer(m.referral, "1"), "CBC.99005021"},
		"beyond the partner's":    {pathAllocate, transfer(m.resale, "5000.01"), "CBC.99005003"},
		"beyond the customer's":   {pathTakeBack, transfer(m.resale, "1000.01"), "CBC.99005003"},
		"never funded":            {pathTakeBack, transfer(empty, "1"), "CBC.99000047"},
		"another's partner":       {pathAllocate, `{"customer_id":"x","amount":1,"indirect_partner_id":"p"}`, "CBC.99000037"},
		"reclaim of another's":    {pathTakeBack, `{"customer_id":"x","amount":1,"indirect_partner_id":"p"}`, "CBC.99000037"},
		"balances of another's":   {pathBatch, `{"customer_infos":[{"customer_id":"x"}],"indirect_partner_id":"p"}`, "CBC.99000037"},
		"balances of no customer": {pathBatch, `{"customer_infos":[]}`, "CBC.0100"},
	} {
		assert.Equal(t, test.code, m.call(http.StatusBadRequest, test.path, test.body)["error_code"], name)
	}
	for _, path := range []string{pathPartner, pathAdjusts} {
		assert.Equal(t, "CBC.99000037", m.asPartner(http.MethodGet, path+"?indirect_partner_id=p", "").code(t))
	}
	assert.Equal(t, "CBC.0100", m.asPartner(http.MethodGet, pathAdjusts+"?operation_time_begin=x", "").code(t))
	assert.Zero(t, m.adjusts("").Total)
}

func TestEverythingCanBeReclaimed(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.call(http.StatusOK, pathTakeBack, transfer(m.resale, "1000"))
	assert.Equal(t, "0", m.cash())
	assert.Equal(t, "CBC.99005003", m.call(http.StatusBadRequest, pathTakeBack, transfer(m.resale, "0.01"))["error_code"])
}

func TestBalancesOfOthersAreLeftOut(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rows := m.call(http.StatusOK, pathBatch, fmt.Sprintf(
		`{"customer_infos":[{"customer_id":%q},{"customer_id":%q},{"customer_id":%q},{"customer_id":"x"}]}`,
		m.stranger, m.resale, m.referral))["customer_balances"].([]any)
	require.Len(t, rows, 1)
	row := rows[0].(map[string]any)
	assert.Equal(t, m.resale, row["customer_id"])
	assert.InDelta(t, 1000, row["amount"], 0)
}

func TestAdjustRecordsAppearAfterADelay(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{RecordDelay: time.Minute})
	m.call(http.StatusOK, pathAllocate, transfer(m.resale, "1"))
	assert.Zero(t, m.adjusts("").Total)
	m.clock.Advance(time.Minute)
	assert.Equal(t, 1, m.adjusts("").Total)
}
