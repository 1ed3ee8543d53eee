package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathPostpaid = "/v2/bills/partner-bills/postpaid-bill-summary"
	pathConsume  = "/v2/partners/credit/consumption-quota"
)

type postpaidBill struct {
	Cycle       string           `json:"bill_cycle"`
	Due         *decimal.Decimal `json:"initial_amount_due"`
	Consumed    *decimal.Decimal `json:"consume_amount"`
	Refunds     *decimal.Decimal `json:"refunds"`
	Adjustments *decimal.Decimal `json:"adjustments"`
	Tax         *decimal.Decimal `json:"tax_amount"`
	Currency    string           `json:"currency"`
}

func (a *abroad) postpaid(cycle string) postpaidBill {
	a.t.Helper()
	return read[postpaidBill](a.t, a.asPartner(http.MethodGet, pathPostpaid+"?bill_cycle="+cycle, ""))
}

// monthlySums is what the customers' own monthly summaries say that is paid on
// credit: consumed, and given back.
func (a *abroad) monthlySums(cycle string, accounts ...string) (consumed, refunded decimal.Decimal) {
	a.t.Helper()
	for _, account := range accounts {
		got := a.withToken(a.customerToken(account), http.MethodGet, pathOwnSum+"?limit=1000&bill_cycle="+cycle, "")
		for _, row := range read[struct {
			Rows []ownRow `json:"bill_sums"`
		}](a.t, got).Rows {
			if row.BillType == 1 {
				consumed = consumed.Add(row.Credit)
			} else {
				refunded = refunded.Add(row.Credit)
			}
		}
	}
	return consumed, refunded
}

func TestThePartnersBillIsTheSumOfItsCustomers(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for _, customer := range []string{a.resale, a.theirs, a.referral} {
		require.NoError(t, a.server.AddBills("2026-02", customer, 200))
	}
	require.NoError(t, a.server.AddBills("2026-02", a.resale, 7))
	require.NoError(t, a.server.SpoilBill("2026-02", a.resale, 0, yuan("1000")))
	assert.Equal(t, postpaidBill{Cycle: "2026-02", Currency: "USD"}, a.postpaid("2026-02"), "not out yet")
	a.clock.Set(time.Date(2026, 3, 5, 3, 59, 59, 0, time.UTC))
	assert.Nil(t, a.postpaid("2026-02").Due)
	a.clock.Advance(time.Second) // 12:00 in GMT+8

	bill := a.postpaid("2026-02")
	consumed, refunded := a.monthlySums("2026-02", "resale-customer", "their-customer")
	assert.Equal(t, consumed.String(), bill.Consumed.String())
	assert.Equal(t, refunded.String(), bill.Refunds.String())
	assert.True(t, refunded.IsNegative())
	assert.Equal(t, consumed.Add(refunded).String(), bill.Due.String())
	assert.True(t, bill.Adjustments.IsZero())
	assert.True(t, bill.Tax.IsZero())
	assert.True(t, a.postpaid("2026-01").Due.IsZero(), "a month without consumption")
}

func TestOrdersAreOnTheBill(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	coupon := a.grant(voucher("30"))
	order := a.place(huawei.NewOrder{OfficialAmount: yuan("100.1"), AmountAfterDiscount: yuan("90"), ProductDescription: "a server"})
	require.Equal(t, http.StatusNoContent, a.pay(order, []benefit{{coupon, huawei.CouponVoucher}}, nil).status)
	combined := a.place(huawei.NewOrder{Members: []huawei.NewOrder{{OfficialAmount: yuan("1")}, {OfficialAmount: yuan("2.5")}}})
	require.Equal(t, http.StatusNoContent, a.pay(combined, nil, nil).status)
	a.later(5 * time.Second)
	id := a.resources(fmt.Sprintf(`{"order_id":%q,"only_main_resource":1}`, order)).Resources[0].ID
	a.renew(renewal(2, 1, 1, id))
	a.later(5 * time.Second)

	rows := a.ownRows(pathOwnResources + "?cycle=2026-03")
	require.Len(t, rows, 4)
	first := rows[0]
	assert.Equal(t, []string{order, id, "90", "60", "30"}, []string{
		first.TradeID, first.ResourceID, first.Amount.String(), first.Credit.String(), first.Coupon.String(),
	})
	assert.Equal(t, []string{"1", "2.5", "90"}, []string{rows[1].Credit.String(), rows[2].Credit.String(), rows[3].Credit.String()})
	assert.Equal(t, id, rows[3].ResourceID, "renewed")

	a.asCustomer(http.MethodPost, pathUnsubscribe, fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, id))
	rows = a.ownRows(pathOwnResources + "?cycle=2026-03")
	require.Len(t, rows, 5)
	assert.Equal(t, []string{"-150", "-30"}, []string{rows[4].Credit.String(), rows[4].Coupon.String()})
	a.later(40 * day)
	bill := a.postpaid("2026-03")
	assert.Equal(t, []string{"153.5", "-150", "3.5"}, []string{bill.Consumed.String(), bill.Refunds.String(), bill.Due.String()})
}

// Whatever orders did, every list of the customer's bills comes to the same.
func TestOrdersAreInEveryListOfBills(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	month := a.buy(huawei.NewOrder{OfficialAmount: yuan("31")}).ID
	a.buy(huawei.NewOrder{OfficialAmount: yuan("1000.07"), PeriodType: huawei.PeriodYear, PeriodNum: 3}, benefit{a.grant(voucher("100")), huawei.CouponVoucher})
	a.renew(renewal(2, 3, 1, month))
	got := a.asCustomer(http.MethodPost, pathUnsubscribe, fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, month))
	require.Equal(t, http.StatusBadRequest, got.status, "its renewal is not completed")
	a.later(5 * time.Second)
	got = a.asCustomer(http.MethodPost, pathUnsubscribe, fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, month))
	require.Equal(t, http.StatusOK, got.status, got.body)
	a.later(40 * day)
	require.NoError(t, a.server.AddBills("2026-03", a.resale, 20))

	credit, consumed := decimal.Zero, decimal.Zero
	for _, row := range a.ownRows(pathOwnResources + "?cycle=2026-03&limit=1000") {
		credit, consumed = credit.Add(row.Credit), consumed.Add(row.Amount)
	}
	assert.Equal(t, credit.Add(yuan("100")).String(), consumed.String())
	assert.Equal(t, credit.String(), a.postpaid("2026-03").Due.String())
	inBill, given := a.monthlySums("2026-03", "resale-customer")
	assert.Equal(t, credit.String(), inBill.Add(given).String())
	for statistic := 1; statistic <= 3; statistic++ {
		body := fmt.Sprintf(`{"cycle":"2026-03","limit":1000,"statistic_type":%d}`, statistic)
		sum := decimal.Zero
		for _, row := range read[ownDetails](t, a.asCustomer(http.MethodPost, pathOwnDetails, body)).Rows {
			sum = sum.Add(row.Credit)
		}
		assert.Equal(t, credit.String(), sum.String(), "statistic %d", statistic)
	}
	assert.Equal(t, consumed.String(), a.costs(costBody(2, "2026-03", "2026-03", byService, "ORIGINAL_COST", "PAYMENT_AMOUNT", "")).sum().String())
	a.later(40 * 30 * day)
	spread := a.costs(costBody(2, "2028-07", "2029-03", byService, "AMORTIZED_COST", "PAYMENT_AMOUNT", "")).sum()
	assert.True(t, spread.IsPositive(), "the third year of the order: %s", spread)
}

// What the partner was billed for comes back to it, also after the customer left,
// and what the customer paid itself, to the customer.
func TestRefundsGoToWhoPaid(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	require.NoError(t, a.server.SetCash(a.stranger, yuan("100")))
	stranger := a.userToken(huawei.NewUser{AccountName: "a-stranger"})
	own := a.buyAs(stranger, a.stranger)
	require.NoError(t, a.server.Bind(t.Context(), huawei.Binding{AccountName: "a-stranger", XAccountID: "u1", XUserID: "1"}))
	a.giveBack(stranger, own)
	leaver := a.userToken(huawei.NewUser{AccountName: "resale-customer"})
	partners := a.buyAs(leaver, a.resale)
	require.NoError(t, a.server.Disassociate(a.resale))
	a.clock.Advance(time.Hour)
	a.giveBack(leaver, partners)
	a.clock.Set(start.Add(40 * day))
	bill := a.postpaid("2026-03")
	assert.Equal(t, []string{"100", "-100", "0"}, []string{bill.Consumed.String(), bill.Refunds.String(), bill.Due.String()})
}

// buyAs buys a server for a month at 100, and returns the resource.
func (a *abroad) buyAs(token, customer string) string {
	a.t.Helper()
	order := a.place(huawei.NewOrder{CustomerID: customer})
	paid := a.withToken(token, http.MethodPost, pathPay, text(a.t, payment{OrderID: order, UseCoupon: "NO", UseDiscount: "NO"}))
	require.Equal(a.t, http.StatusNoContent, paid.status, paid.body)
	a.clock.Advance(5 * time.Second)
	return read[resourceList](a.t, a.withToken(token, http.MethodPost, pathResources, `{"only_main_resource":1}`)).Resources[0].ID
}

func (a *abroad) giveBack(token, resource string) {
	a.t.Helper()
	body := fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, resource)
	got := a.withToken(token, http.MethodPost, pathUnsubscribe, body)
	require.Equal(a.t, http.StatusOK, got.status, got.body)
	require.Empty(a.t, a.server.Check())
}

func TestDiscountsAreNotForResellerCustomers(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	order := a.place(huawei.NewOrder{})
	assert.Contains(t, a.asCustomer(http.MethodGet, pathOrderOffers+"?order_id="+order, "").body, `"discounts":[]`)
	assert.Equal(t, "CBC.99003108", a.pay(order, nil, []benefit{{"d", huawei.DiscountCommercial}}).code(t))
	_, err := a.server.PlaceOrder(huawei.NewOrder{
		CustomerID: a.resale, OfficialAmount: yuan("1"), Discounts: []huawei.Discount{ratio("d", huawei.DiscountCommercial, "0.9")},
	})
	require.ErrorContains(t, err, "no discounts")
}

func TestReferralCustomersPayThemselves(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	token := a.customerToken("referral-customer")
	pay := func(amount string) result {
		order := a.place(huawei.NewOrder{CustomerID: a.referral, OfficialAmount: yuan(amount)})
		return a.withToken(token, http.MethodPost, pathPay, text(t, payment{OrderID: order, UseCoupon: "NO", UseDiscount: "NO"}))
	}
	assert.Equal(t, "CBC.99005003", pay("1000.01").code(t))
	assert.Equal(t, http.StatusNoContent, pay("400").status)
	assert.Contains(t, a.withToken(token, http.MethodGet, pathBalances, "").body, `"amount":600`)
	assert.Contains(t, a.asPartner(http.MethodGet, pathConsume, "").body, `"used_consumption_quota":"0.00"`)
}

func TestTheBillIsRefused(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for _, cycle := range []string{"", "2026-13", "202602", "2024-08", "2026-02-01-1"} {
		assert.Equal(t, "CBC.0100", a.asPartner(http.MethodGet, pathPostpaid+"?bill_cycle="+cycle, "").code(t), cycle)
	}
	assert.Equal(t, "CBC.0151", a.asCustomer(http.MethodGet, pathPostpaid+"?bill_cycle=2026-02", "").code(t))
}

func TestTheConsumptionQuotaIsUsed(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	quota := func() map[string]any { return a.asPartner(http.MethodGet, pathConsume, "").fields(t) }
	assert.Equal(t, map[string]any{
		"consumption_quota": "100000.00", "amount": "0.00", "coupon_amount": "0.00", "due_amount": "0.00",
		"unbilled_amount": "0.00", "used_consumption_quota": "0.00", "measure_id": 1.0, "currency": "USD",
	}, quota())
	require.NoError(t, a.server.SetPartnerBalance(yuan("30")))
	set := a.administer(http.MethodPut, "/_sim/consumption-quota", `{"amount":"500.5"}`)
	require.Equal(t, http.StatusOK, set.status, set.body)
	a.spend("100")
	got := quota()
	assert.Equal(t, []any{"500.50", "30.00", "0.00", "100.00", "70.00"},
		[]any{got["consumption_quota"], got["amount"], got["due_amount"], got["unbilled_amount"], got["used_consumption_quota"]})
	a.later(40 * day)
	a.spend("7")
	got = quota()
	assert.Equal(t, []any{"100.00", "7.00", "77.00"}, []any{got["due_amount"], got["unbilled_amount"], got["used_consumption_quota"]})
	require.Error(t, a.server.SetConsumptionQuota(yuan("-1")))
	require.NoError(t, a.server.SetConsumptionQuota(yuan("76.99")))
	refused := a.pay(a.place(huawei.NewOrder{}), nil, nil)
	assert.Equal(t, "CBC.18000016", refused.code(t))
	require.NoError(t, a.server.SetConsumptionQuota(yuan("77")))
	a.spend("1")
	assert.Equal(t, "CBC.0151", a.asCustomer(http.MethodGet, pathConsume, "").code(t))
}
