package bss_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const invoicesPath = "/v1.0/partner-1/payments/intl-invoices"

var invoicesOf = bss.ListInvoicesRequest{DomainID: "partner-1", StartTime: bss.At(start.Add(-time.Hour)), EndTime: bss.At(start)}

// invoicesByPage answers n invoices by pages that are counted from 1.
func invoicesByPage(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		rows := []map[string]string{}
		for i := (number - 1) * limit; i < min(n, number*limit); i++ {
			rows = append(rows, map[string]string{"requestId": fmt.Sprint(i)})
		}
		body, _ := json.Marshal(map[string]any{"count": n, "invoices": rows})
		saying(http.StatusOK, jsonType, string(body))(w, r)
	}
}

func TestInvoicesComeByNumberedPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offset, rows int
		first        string
		pages        []string
	}{
		"from the first page": {offset: 0, rows: 7, first: "0", pages: []string{"1", "2", "3"}},
		"from the third page": {offset: 6, rows: 1, first: "6", pages: []string{"3"}},
		"from within a page":  {offset: 4, rows: 3, first: "4", pages: []string{"2", "3"}},
		"from the last row":   {offset: 5, rows: 2, first: "5", pages: []string{"2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, sent := answering(t, invoicesByPage(7), onSite(bss.SiteIntl))
			request := invoicesOf
			request.Offset, request.Limit = test.offset, 3
			rows, err := bss.Collect(c.ListInvoices(t.Context(), request))
			require.NoError(t, err)
			require.Len(t, rows, test.rows)
			assert.Equal(t, test.first, rows[0].RequestID)
			var pages []string
			for _, e := range sent.to(invoicesPath) {
				pages = append(pages, e.query.Get("offset"))
				assert.Equal(t, "2026-03-02T00:00:00Z", e.query.Get("start_time"))
			}
			assert.Equal(t, test.pages, pages)
		})
	}
}

func TestAnInvoiceIsReadWhole(t *testing.T) {
	t.Parallel()
	c, _ := abroad(t, http.StatusOK, `{"count":1,"invoices":[{"requestId":"q2","cancelReason":"no","titleType":1,"channelType":0,
		"invoiceType":1,"invoiceTitle":"甲","invoiceAmount":9007199254740993.01,"invoiceMethod":0,"invoiceClass":1,"invoiceState":9,
		"applyOpera":"operator","addressInfo":{"address":"a","recipients":"r","zipCode":"z","mobilePhone":"m"},
		"applyTime":"2026-03-02T01:00:00Z","invoiceMode":"0","email":"e","requestMode":"1","srcRequestId":"q1","salesId":"s",
		"invoiceNo":"n","tradeType":6,"billCycle":"2026-02","taxList":[{"taxClass":"VAT","taxRate":"0.08","subTaxClass":"VAT",
		"taxAmount":0.07,"taxVisibleFlag":"Y","taxAccountingFlag":"N"}]}]}`)
	rows, err := bss.Collect(c.ListInvoices(t.Context(), invoicesOf))
	require.NoError(t, err)
	assert.Equal(t, []bss.Invoice{{
		RequestID: "q2", InvoiceNo: "n", InvoiceState: bss.InvoiceReturned, BillCycle: "2026-02", InvoiceAmount: yuan("9007199254740993.01"),
		TaxList:   []bss.InvoiceTax{{TaxClass: "VAT", SubTaxClass: "VAT", TaxRate: "0.08", TaxAmount: yuan("0.07"), TaxVisibleFlag: "Y", TaxAccountingFlag: "N"}},
		ApplyTime: "2026-03-02T01:00:00Z", Applicant: "operator", RequestMode: bss.RequestReturn, SourceRequestID: "q1", CancelReason: "no",
		InvoiceTitle: "甲", TitleType: bss.InvoiceToEnterprise, InvoiceType: bss.InvoiceOrdinaryVAT, InvoiceClass: bss.InvoiceCommercial,
		InvoiceMethod: bss.InvoiceByCycle, InvoiceMode: "0", TradeType: bss.InvoiceOfPartnerMonth, SalesID: "s",
		AddressInfo: bss.PostAddress{Recipients: "r", Address: "a", ZipCode: "z", MobilePhone: "m"}, Email: "e",
	}}, rows)
}

func TestListPostpaidBillSum(t *testing.T) {
	t.Parallel()
	c, sent := abroad(t, http.StatusOK, `{"bill_cycle":"2026-02","initial_amount_due":90.1,"consume_amount":100.1,"refunds":-10,
		"adjustments":0,"tax_amount":1.23,"currency":"USD"}`)
	got, err := c.ListPostpaidBillSum(t.Context(), bss.ListPostpaidBillSumRequest{BillCycle: "2026-02"})
	require.NoError(t, err)
	equalAmount(t, "90.1", got.InitialAmountDue)
	equalAmount(t, "100.1", got.ConsumeAmount)
	equalAmount(t, "-10", got.Refunds)
	equalAmount(t, "0", got.Adjustments)
	equalAmount(t, "1.23", got.TaxAmount)
	assert.Equal(t, []string{"2026-02", "USD"}, []string{got.BillCycle, got.Currency})
	assert.Equal(t, "2026-02", sent.to("/v2/bills/partner-bills/postpaid-bill-summary")[0].query.Get("bill_cycle"))
}

// partnerID is the id of the partner's account, as IAM knows it.
func (w *world) partnerID(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v3/auth/domains", nil)
	require.NoError(t, err)
	require.NoError(t, sign.Sign(request, nil, partnerKeys, w.clock.Now()))
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	var out struct {
		Domains []struct {
			ID string `json:"id"`
		} `json:"domains"`
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&out))
	require.Len(t, out.Domains, 1)
	return out.Domains[0].ID
}

func TestAMonthIsBilledAndInvoiced(t *testing.T) {
	t.Parallel()
	w := newWorldAbroad(t)
	require.NoError(t, w.AddBills("2026-02", w.resale, 30))
	w.clock.Set(time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC))
	c := w.client(t)
	bill, err := c.ListPostpaidBillSum(t.Context(), bss.ListPostpaidBillSumRequest{BillCycle: "2026-02"})
	require.NoError(t, err)
	equalAmount(t, bill.InitialAmountDue.String(), bill.ConsumeAmount.Add(bill.Refunds).Add(bill.Adjustments))
	assert.True(t, bill.InitialAmountDue.IsPositive())

	invoices, err := bss.Collect(c.ListInvoices(t.Context(), bss.ListInvoicesRequest{
		DomainID: w.partnerID(t), StartTime: bss.At(start), EndTime: bss.At(w.clock.Now()),
	}))
	require.NoError(t, err)
	require.Len(t, invoices, 1)
	assert.Equal(t, "2026-02", invoices[0].BillCycle)
	equalAmount(t, bill.InitialAmountDue.String(), invoices[0].InvoiceAmount)
	assert.Equal(t, bss.InvoiceOfPartnerMonth, invoices[0].TradeType)

	_, err = bss.Collect(c.ListInvoices(t.Context(), bss.ListInvoicesRequest{DomainID: "stranger", StartTime: bss.At(start), EndTime: bss.At(start)}))
	require.ErrorIs(t, err, bss.ErrAccessDenied)
}
