package couponissue_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

func (w *world) statement(query string) couponissue.Statement {
	w.t.Helper()
	var s couponissue.Statement
	require.Equal(w.t, http.StatusOK, w.call(http.MethodGet, "/couponissue/statement?"+query, "", &s))
	return s
}

func (w *world) getRefused(path string) handler.Problem {
	w.t.Helper()
	var p handler.Problem
	require.Equal(w.t, w.call(http.MethodGet, path, "", &p), p.Status)
	require.NotEmpty(w.t, p.Code, "not a problem")
	return p
}

func since(from, to time.Time) string {
	return url.Values{"from": {from.Format(time.RFC3339)}, "to": {to.Format(time.RFC3339)}}.Encode()
}

// moved makes three movements a minute apart: 10 and 20.5 to a customer, 5 back.
func (w *world) moved(customer string) (from time.Time) {
	w.t.Helper()
	require.NoError(w.t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
	from = w.clock.Now()
	for _, m := range []struct{ path, id, amount string }{
		{"/couponissue/allocations", "1", "10"}, {"/couponissue/allocations", "2", "20.5"}, {"/couponissue/reclamations", "1", "5"},
	} {
		w.transfer(m.path, transfer(m.id, customer, m.amount))
		w.clock.Advance(time.Minute)
	}
	return from
}

// allocateByHand moves money that the function knows nothing of.
func (w *world) allocateByHand(customer string, amount int64) {
	w.t.Helper()
	client, err := functions.Config{
		Site: "cn", Endpoint: w.url, IAMEndpoint: w.url,
		AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"), XAccountType: "SIM_IDP",
	}.Client(functions.Runtime{Clock: w.clock, Transport: wire})
	require.NoError(w.t, err)
	_, err = client.UpdateCustomerAccountAmount(w.t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: customer, Amount: decimal.NewFromInt(amount)})
	require.NoError(w.t, err)
}

func TestTheStatementHasRunningTotals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.customers(1)[0]
	from := w.moved(customer)
	s := w.statement(since(from, from.Add(time.Hour)))

	var lines []string
	for _, l := range s.Lines {
		assert.Equal(t, customer, l.CustomerID)
		assert.Equal(t, "customer-0", l.CustomerName)
		lines = append(lines, strings.Join([]string{l.Direction, l.Amount.String(), l.Currency, l.RunningTotal.String(), l.MadeBy, l.Function, l.LedgerKey}, " "))
	}
	assert.Equal(t, []string{
		"allocate 10 CNY 10 us couponissue allocate/1",
		"allocate 20.5 CNY 30.5 us couponissue allocate/2",
		"reclaim 5 CNY 5 us couponissue reclaim/1",
	}, lines)
	assert.Equal(t, 3, s.Count)
	assert.Zero(t, s.Next)
	require.Len(t, s.Totals, 2)
	assert.Equal(t, "allocate 2 30.5", fmt.Sprint(s.Totals[0].Direction, " ", s.Totals[0].Count, " ", s.Totals[0].Amount))
	assert.Equal(t, "reclaim 1 5", fmt.Sprint(s.Totals[1].Direction, " ", s.Totals[1].Count, " ", s.Totals[1].Amount))
}

// The bounds are whole seconds: the first is in it, the last is not.
func TestTheStatementIsOfItsSpanAndCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customers := w.customers(2)
	from := w.moved(customers[0])
	for i, m := range []struct{ path, amount string }{{"allocations", "10"}, {"allocations", "20"}, {"reclamations", "5"}} {
		w.transfer("/couponissue/"+m.path, transfer(fmt.Sprint("other-", i), customers[1], m.amount))
	}
	assert.Equal(t, 2, w.statement(since(from, from.Add(2*time.Minute))).Count)
	assert.Equal(t, 1, w.statement(since(from.Add(time.Minute), from.Add(2*time.Minute))).Count)
	hour := since(from, from.Add(time.Hour))
	assert.Equal(t, 6, w.statement(hour).Count)
	assert.Equal(t, 3, w.statement(hour+"&customer_id="+customers[1]).Count)
	assert.Empty(t, w.statement(hour+"&customer_id=nobody").Lines)
}

func TestTheStatementHasPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := w.moved(w.customers(1)[0])
	hour := since(from, from.Add(time.Hour))
	whole := w.statement(hour)
	first := w.statement(hour + "&limit=2")
	assert.Equal(t, whole.Lines[:2], first.Lines)
	assert.Equal(t, whole.Totals, first.Totals)
	require.Equal(t, 2, first.Next)
	second := w.statement(hour + "&limit=2&offset=2")
	assert.Equal(t, whole.Lines[2:], second.Lines)
	assert.Zero(t, second.Next)
	assert.Empty(t, w.statement(hour+"&offset=3").Lines)
}

func TestTheStatementSaysWhoMovedMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.customers(1)[0]
	from := w.moved(customer)
	w.allocateByHand(customer, 10)
	w.clock.Advance(10 * time.Minute)
	w.fail(allocateOperation, huawei.FaultReset, huawei.AfterEffect)
	w.refused("/couponissue/allocations", transfer("lost", customer, "10"))
	w.clock.Advance(time.Minute)

	lines := w.statement(since(from, from.Add(time.Hour))).Lines
	require.Len(t, lines, 5)
	assert.Equal(t, "us", lines[0].MadeBy, "equal, but made before and claimed")
	assert.Equal(t, "others", lines[3].MadeBy, "equal, but made before")
	assert.Empty(t, lines[3].LedgerKey)
	assert.Equal(t, "in_doubt", lines[4].MadeBy)
	assert.Equal(t, "allocate/lost", lines[4].LedgerKey)

	var held struct{ Customers []couponissue.CustomerBalance }
	w.call(http.MethodGet, "/couponissue/customer-balances?customer_ids="+customer, "", &held)
	require.Len(t, held.Customers, 1)
	assert.Equal(t, []string{"allocate/lost"}, held.Customers[0].InDoubt)
	assert.Equal(t, "45.5", held.Customers[0].Amount.String())

	w.transfer("/couponissue/allocations", transfer("lost", customer, "10"))
	assert.Equal(t, "us", w.statement(since(from, from.Add(time.Hour))).Lines[4].MadeBy)
}

func TestBadStatementsAndBalancesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	span := since(w.clock.Now(), w.clock.Now().Add(time.Hour))
	for query, field := range map[string]string{
		"statement?to=2026-03-10T02:00:00Z":                            "from",
		"statement?from=yesterday&to=2026-03-10T02:00:00Z":             "from",
		"statement?" + since(w.clock.Now(), w.clock.Now()):             "to",
		"statement?" + span + "&limit=0":                               "limit",
		"statement?" + span + "&limit=201":                             "limit",
		"statement?" + span + "&offset=-1":                             "offset",
		"statement?" + span + "&offset=x":                              "offset",
		"statement?" + span + "&customer_id=a/b":                       "customer_id",
		"statement?" + span + "&customer_id=":                          "customer_id",
		"statement?" + span + "&customer=a":                            "customer",
		"statement?" + span + "&limit=1&limit=2":                       "limit",
		"balances?indirect_partner_id=":                                "indirect_partner_id",
		"customer-balances":                                            "customer_ids",
		"customer-balances?customer_ids=a,a":                           "customer_ids[1]",
		"customer-balances?customer_ids=a,":                            "customer_ids[1]",
		"customer-balances?customer_ids=a" + strings.Repeat(",a", 100): "customer_ids",
	} {
		p := w.getRefused("/couponissue/" + query)
		assert.Equal(t, "invalid_fields", p.Code, query)
		require.NotEmpty(t, p.Fields, query)
		assert.Equal(t, field, p.Fields[0].Field, query)
	}
	for _, path := range []string{"balances?", "customer-balances?customer_ids=a&", "statement?" + span + "&"} {
		assert.Equal(t, "reseller_unknown", w.getRefused("/couponissue/"+path+"indirect_partner_id=nobody").Code, path)
	}
}

func TestBalancesSayWhatCanBeAllocated(t *testing.T) {
	t.Parallel()
	w := newWorldBehind(t, rewritten("/partner-accounts/balances", func(body string) string {
		return strings.Replace(body, `"designated_amount":0`, `"designated_amount":30`, 1)
	}))
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(100)))
	var out struct {
		Accounts    []couponissue.PartnerAccount
		Allocatable decimal.Decimal
	}
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/balances", "", &out))
	assert.Equal(t, "70", out.Allocatable.String())
	require.Len(t, out.Accounts, 2)
	assert.Equal(t, "balance", out.Accounts[0].AccountType)
	assert.Equal(t, "credit", out.Accounts[1].AccountType)

	var held struct {
		Customers []couponissue.CustomerBalance
		NotResale []string `json:"not_resale"`
	}
	customer := w.customers(1)[0]
	referral := w.account("pays-itself", huawei.AssociationReferral)
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/customer-balances?customer_ids="+referral+","+customer, "", &held))
	require.Len(t, held.Customers, 1)
	assert.Equal(t, customer, held.Customers[0].CustomerID)
	assert.Empty(t, held.Customers[0].InDoubt)
	assert.Equal(t, []string{referral}, held.NotResale)
}
