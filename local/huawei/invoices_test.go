package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

type invoiceInfo struct {
	ID     string          `json:"requestId"`
	Number string          `json:"invoiceNo"`
	Amount decimal.Decimal `json:"invoiceAmount"`
	State  int             `json:"invoiceState"`
	Time   string          `json:"applyTime"`
	Mode   string          `json:"requestMode"`
	Source string          `json:"srcRequestId"`
	Trade  int             `json:"tradeType"`
	Cycle  string          `json:"billCycle"`
}

type invoiceList struct {
	Count    int           `json:"count"`
	Invoices []invoiceInfo `json:"invoices"`
}

// partnerID is the partner's domain, as IAM names it.
func (a *abroad) partnerID() string {
	a.t.Helper()
	got := a.asPartner(http.MethodGet, "/v3/auth/domains", "").fields(a.t)
	return got["domains"].([]any)[0].(map[string]any)["id"].(string)
}

const ever = "?start_time=2020-01-01T00:00:00Z&end_time=2030-01-01T00:00:00Z"

func pathInvoices(domain string) string { return "/v1.0/" + domain + "/payments/intl-invoices" }

func (a *abroad) invoices(query string) invoiceList {
	a.t.Helper()
	return read[invoiceList](a.t, a.asPartner(http.MethodGet, pathInvoices(a.partnerID())+query, ""))
}

func TestABillIsInvoicedWhenItComesOut(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("30.5")
	require.NoError(t, a.server.AddBills("2026-02", a.resale, 30))
	a.clock.Set(time.Date(2026, 3, 5, 3, 59, 59, 0, time.UTC))
	assert.Zero(t, a.invoices(ever+"&offset=1&limit=10").Count)
	a.clock.Set(time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC))

	list := a.invoices(ever + "&offset=1&limit=10")
	require.Equal(t, 2, list.Count)
	february, march := list.Invoices[0], list.Invoices[1]
	assert.Equal(t, "2026-02", february.Cycle)
	assert.Equal(t, a.postpaid("2026-02").Due.String(), february.Amount.String())
	assert.Equal(t, "2026-03-05T04:00:00Z", february.Time, "whenever somebody looks")
	assert.Equal(t, invoiceInfo{
		ID: march.ID, Number: march.Number, Amount: march.Amount, State: 8, Time: "2026-04-05T04:00:00Z",
		Mode: "0", Trade: 6, Cycle: "2026-03",
	}, march)
	assert.Equal(t, "30.5", march.Amount.String())
	assert.NotEqual(t, february.ID, march.ID)
	assert.NotEqual(t, february.Number, march.Number)
}

func TestWhatComesLateIsInvoicedToo(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	require.NoError(t, a.server.AddBills("2026-02", a.resale, 2))
	a.later(10 * day)
	before := a.invoices(ever + "&offset=1&limit=10")
	require.Equal(t, 1, before.Count)
	require.NoError(t, a.server.AddBills("2026-02", a.theirs, 2))
	after := a.invoices(ever + "&offset=1&limit=10")
	require.Equal(t, 2, after.Count)
	assert.Equal(t, before.Invoices[0], after.Invoices[0])
	assert.Equal(t, a.postpaid("2026-02").Due.String(), after.Invoices[0].Amount.Add(after.Invoices[1].Amount).String())
	assert.Equal(t, "2026-03-12T01:00:00Z", after.Invoices[1].Time)
}

// Whether somebody looks in between does not matter.
func TestWhatIsGivenBackLateIsReturned(t *testing.T) {
	t.Parallel()
	for name, looks := range map[string]bool{"seen": true, "unseen": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t, huawei.Options{})
			require.NoError(t, a.server.AddBills("2026-02", a.resale, 2))
			a.clock.Advance(10 * day)
			if looks {
				require.Equal(t, 1, a.invoices(ever+"&offset=1&limit=10").Count)
			}
			require.NoError(t, a.server.ChargeLate("2026-02", a.resale, yuan("-1.5")))
			list := a.invoices(ever + "&offset=1&limit=10")
			require.Equal(t, 2, list.Count)
			returned := list.Invoices[1]
			assert.Equal(t, invoiceInfo{
				ID: returned.ID, Number: returned.Number, Amount: yuan("-1.5"), State: 9, Time: "2026-03-12T01:00:00Z",
				Mode: "1", Source: list.Invoices[0].ID, Trade: 6, Cycle: "2026-02",
			}, returned)
		})
	}
}

func TestInvoicesHavePagesFromOne(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for range 3 {
		a.spend("10")
		a.later(31 * day)
	}
	a.later(10 * day)
	all := a.invoices(ever + "&offset=1&limit=100").Invoices
	require.Len(t, all, 3)
	for query, want := range map[string][]invoiceInfo{
		ever + "&offset=1&limit=2": all[:2],
		ever + "&offset=2&limit=2": all[2:],
		ever + "&offset=3&limit=2": {},
		"?start_time=2026-05-05T04:00:00Z&end_time=2026-06-05T03:59:59Z&offset=1&limit=10": all[1:2],
		"?start_time=2026-04-05T04:00:01Z&end_time=2026-04-30T00:00:00Z&offset=1&limit=10": {},
	} {
		assert.Equal(t, want, a.invoices(query).Invoices, query)
	}
}

func TestInvoicesAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("10")
	a.later(40 * day)
	own := read[invoiceList](t, a.asCustomer(http.MethodGet, pathInvoices(a.resale)+ever+"&offset=1&limit=10", ""))
	assert.Zero(t, own.Count, "the partner invoices its customers itself")
	for _, got := range []result{
		a.asCustomer(http.MethodGet, pathInvoices(a.partnerID())+ever+"&offset=1&limit=10", ""),
		a.asCustomer(http.MethodGet, pathInvoices(a.theirs)+ever+"&offset=1&limit=10", ""),
		a.asPartner(http.MethodGet, pathInvoices(a.resale)+ever+"&offset=1&limit=10", ""),
	} {
		assert.Equal(t, http.StatusForbidden, got.status)
		assert.Equal(t, "CBC.0151", got.code(t))
	}
	for _, query := range []string{
		"?offset=1&limit=10", ever, ever + "&offset=0&limit=10", ever + "&offset=1&limit=101", ever + "&offset=1&limit=0",
		"?start_time=2026&end_time=2030-01-01T00:00:00Z&offset=1&limit=10",
		"?start_time=2026-01-01T00:00:00Z&end_time=x&offset=1&limit=10",
	} {
		assert.Equal(t, "CBC.0100", a.asPartner(http.MethodGet, pathInvoices(a.partnerID())+query, "").code(t), query)
	}
}
