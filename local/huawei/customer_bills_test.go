package huawei_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathOwnSum       = "/v2/bills/customer-bills/monthly-sum"
	pathOwnFlow      = "/v2/bills/customer-bills/fee-records"
	pathOwnResources = "/v2/bills/customer-bills/res-fee-records"
	pathOwnDetails   = "/v2/bills/customer-bills/res-records/query"
)

// ownRow is a row of any list of a customer's own bills.
type ownRow struct {
	ID           string           `json:"id"`
	CustomerID   string           `json:"customer_id"`
	AccountName  string           `json:"account_name"`
	Payer        string           `json:"payer_account_id"`
	Service      string           `json:"service_type_code"`
	CloudService string           `json:"cloud_service_type"`
	ResourceType string           `json:"resource_type_code"`
	Region       string           `json:"region_code"`
	InRegion     string           `json:"region"`
	ResourceID   string           `json:"resource_id"`
	InstanceID   string           `json:"res_instance_id"`
	TradeID      string           `json:"trade_id"`
	OrderID      string           `json:"order_id"`
	TradeTime    string           `json:"trade_time"`
	BillDate     string           `json:"bill_date"`
	Effective    string           `json:"effective_time"`
	Expire       string           `json:"expire_time"`
	Mode         int              `json:"charging_mode"`
	ChargeMode   any              `json:"charge_mode"`
	BillType     int              `json:"bill_type"`
	Status       int              `json:"status"`
	Formula      string           `json:"formula"`
	Unit         string           `json:"unit"`
	UnitPrice    *decimal.Decimal `json:"unit_price"`
	Usage        *decimal.Decimal `json:"usage"`
	Official     decimal.Decimal  `json:"official_amount"`
	Discount     decimal.Decimal  `json:"official_discount_amount"`
	Reduction    decimal.Decimal  `json:"discount_amount"`
	Truncated    decimal.Decimal  `json:"truncated_amount"`
	Erased       decimal.Decimal  `json:"erase_amount"`
	Consume      decimal.Decimal  `json:"consume_amount"`
	Amount       decimal.Decimal  `json:"amount"`
	Cash         decimal.Decimal  `json:"cash_amount"`
	Credit       decimal.Decimal  `json:"credit_amount"`
	Coupon       decimal.Decimal  `json:"coupon_amount"`
	CashCoupon   decimal.Decimal  `json:"flexipurchase_coupon_amount"`
	Card         decimal.Decimal  `json:"stored_value_card_amount"`
	StoredCard   decimal.Decimal  `json:"stored_card_amount"`
	Bonus        decimal.Decimal  `json:"bonus_amount"`
	Debt         decimal.Decimal  `json:"debt_amount"`
	Writeoff     decimal.Decimal  `json:"writeoff_amount"`
	Adjustment   decimal.Decimal  `json:"adjustment_amount"`
}

// paid is the sum of the parts, whichever names the list gives them.
func (r ownRow) paid() decimal.Decimal {
	return decimal.Sum(r.Cash, r.Credit, r.Coupon, r.CashCoupon, r.Card, r.StoredCard, r.Bonus, r.Debt, r.Writeoff, r.Adjustment)
}

type ownSum struct {
	Total int      `json:"total_count"`
	Rows  []ownRow `json:"bill_sums"`
	ownRow
}

type ownFlow struct {
	Total int      `json:"total_count"`
	Rows  []ownRow `json:"records"`
}

type ownResources struct {
	Total int      `json:"total_count"`
	Rows  []ownRow `json:"fee_records"`
}

type ownDetails struct {
	Total int      `json:"total_count"`
	Rows  []ownRow `json:"monthly_records"`
}

func own[T any](m *market, path string) T {
	m.t.Helper()
	return read[T](m.t, m.asCustomer(http.MethodGet, path, ""))
}

func (m *market) ownDetails(body string) ownDetails {
	m.t.Helper()
	return read[ownDetails](m.t, m.asCustomer(http.MethodPost, pathOwnDetails, `{"cycle":"2026-02","limit":1000`+body+`}`))
}

// total adds up one amount of all rows.
func total[T any](rows []T, amount func(T) decimal.Decimal) decimal.Decimal {
	var sum decimal.Decimal
	for _, r := range rows {
		sum = sum.Add(amount(r))
	}
	return sum
}

func same(t require.TestingT, want, got decimal.Decimal, what ...any) {
	require.Equal(t, want.String(), got.String(), what...)
}

// evaluate works out a formula of the documented shapes.
func evaluate(t require.TestingT, formula string) decimal.Decimal {
	words := strings.NewReplacer("【使用量】", " ", "【单位转换】", " ", "【周期数】", " ", "【周期转换】", " ", "【单价】", " ",
		"【优惠金额】", " ", "【抹零金额】", " ", "【代金券抵扣】", " ").Replace(formula)
	var value decimal.Decimal
	for i, word := range strings.Fields(words) {
		operator, number := word[0], word[1:]
		if i == 0 {
			value = decimal.RequireFromString(word)
			continue
		}
		operand, err := decimal.NewFromString(number)
		require.NoError(t, err, formula)
		switch operator {
		case '/':
			value = value.Div(operand)
		case '*':
			value = value.Mul(operand)
		case '-':
			value = value.Sub(operand)
		default:
			require.Fail(t, "no operator", formula)
		}
	}
	return value
}

// TestOwnBillsAgreeWithThePartners holds the documented identities and what both
// sides see of the same consumption against each other, whatever was consumed.
func TestOwnBillsAgreeWithThePartners(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		m.server.Reset()
		m.resale = m.account("resale-customer", huawei.AssociationResale)
		m.token = m.customerToken("resale-customer")
		for _, rows := range rapid.SliceOfN(rapid.IntRange(1, 60), 1, 3).Draw(r, "batches") {
			m.addBills("2026-02", m.resale, rows)
		}
		partners := m.bills("2026-02", m.resale, "&limit=1000").Records
		flow := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02&limit=1000").Rows
		require.Len(r, flow, len(partners))
		for i, f := range flow {
			require.Equal(r, partners[i].ID, f.ID)
			same(r, partners[i].Payment, f.Consume)
			same(r, f.Official, decimal.Sum(f.Discount, f.Erased, f.Consume))
			same(r, f.Consume, f.paid())
			require.Equal(r, f.Debt.IsPositive(), f.Status == 2)
		}
		agreeSums(r, m, flow)
		agreeResources(r, m, flow)
		agreeDetails(r, m, flow)
	})
}

func consumed(r ownRow) decimal.Decimal { return r.Consume }

func agreeSums(t require.TestingT, m *market, flow []ownRow) {
	sums := own[ownSum](m, pathOwnSum+"?bill_cycle=2026-02&limit=1000")
	same(t, total(flow, consumed), sums.Consume)
	same(t, sums.Consume, sums.paid())
	same(t, total(sums.Rows, consumed), sums.Consume)
	partners, owned := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, mode := range []string{"1", "3", "11"} {
		for _, s := range m.sums("?cycle=2026-02&limit=100&charge_mode=" + mode).Sums {
			line := fmt.Sprintf("%s %s %s %t", s.Service, s.Resource, s.Mode, s.Type == "1")
			partners[line] = partners[line].Add(s.Amount)
		}
	}
	for _, s := range sums.Rows {
		same(t, s.Consume, s.Official.Sub(s.Discount).Sub(s.Truncated))
		same(t, s.Consume, s.paid())
		if s.Mode != 10 { // the partner's sums know no reserved instances
			line := fmt.Sprintf("%s %s %d %t", s.Service, s.ResourceType, s.Mode, s.BillType == 2)
			owned[line] = owned[line].Add(s.Consume)
		}
	}
	require.Len(t, owned, len(partners))
	for line, amount := range partners {
		same(t, amount, owned[line], line)
	}
}

func agreeResources(t require.TestingT, m *market, flow []ownRow) {
	amount := func(r ownRow) decimal.Decimal { return r.Amount }
	for statistic, rows := range map[int][]ownRow{
		1: own[ownResources](m, pathOwnResources+"?cycle=2026-02&limit=1000&statistic_type=1").Rows,
		3: own[ownResources](m, pathOwnResources+"?cycle=2026-02&limit=1000").Rows,
	} {
		same(t, total(flow, consumed), total(rows, amount))
		for _, r := range rows {
			same(t, r.Amount, r.paid())
			require.Equal(t, statistic == 3, r.ID != "")
			require.Equal(t, statistic == 3 && !slices.Contains([]int{4, 9, 16, 20, 24, 25}, r.BillType), r.Formula != "")
			measured := r.BillType == 5 || r.BillType == 23
			require.Equal(t, measured, r.Usage != nil)
			require.Equal(t, statistic == 3 && measured, r.Effective != "")
			if r.Formula != "" {
				same(t, r.Amount.Sub(r.Coupon), evaluate(t, r.Formula).Round(7), r.Formula)
				require.NotNil(t, r.UnitPrice)
			}
		}
	}
}

func agreeDetails(t require.TestingT, m *market, flow []ownRow) {
	for _, statistic := range []int{1, 2, 3} {
		rows := m.ownDetails(fmt.Sprintf(`,"statistic_type":%d`, statistic)).Rows
		same(t, total(flow, consumed), total(rows, consumed))
		for _, r := range rows {
			same(t, r.Consume, r.paid())
			require.Equal(t, statistic == 2, r.BillDate != "")
			require.Equal(t, statistic == 3, r.ID != "")
			require.Equal(t, m.resale, r.Payer)
		}
	}
	require.Equal(t, m.ownDetails("").Rows, m.ownDetails(`,"statistic_type":1,"query_type":"BILLCYCLE"`).Rows)
}

func TestOwnSummaryLagsBehind(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.clock.Set(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
	m.addBills("2026-03", m.resale, 100)
	m.token = m.customerToken("resale-customer")
	path := pathOwnSum + "?bill_cycle=2026-03"
	assert.NotZero(t, own[ownSum](m, path).Total)
	assert.Zero(t, own[ownSum](m, path+"&service_type_code=nothing").Total)
	assert.Zero(t, own[ownSum](m, path+"&enterprise_project_id=-1").Total)
	m.clock.Set(time.Date(2026, 3, 2, 7, 59, 59, 0, time.UTC))
	m.token = m.customerToken("resale-customer")
	assert.Zero(t, own[ownSum](m, path).Total, "the first day enters at 16:00 of the second")
}

func TestASpoiledBillIsTheCustomersAsItWas(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.addBills("2026-02", m.resale, 5)
	before := own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02")
	require.NoError(t, m.server.SpoilBill("2026-02", m.resale, 3, yuan("0.01")))
	assert.Equal(t, before, own[ownFlow](m, pathOwnFlow+"?bill_cycle=2026-02"))
}

func TestOwnBillsRefuse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for _, path := range []string{
		pathOwnSum, pathOwnSum + "?bill_cycle=2026-2", pathOwnSum + "?bill_cycle=2023-02",
		pathOwnSum + "?bill_cycle=2026-02&method=both", pathOwnSum + "?bill_cycle=2026-02&method=sub_customer",
		pathOwnSum + "?bill_cycle=2026-02&limit=1001",
		pathOwnFlow + "?bill_cycle=x", pathOwnFlow + "?bill_cycle=2026-02&method=both",
		pathOwnFlow + "?bill_cycle=2026-02&bill_date_begin=2026-02-02&bill_date_end=2026-02-01",
		pathOwnFlow + "?bill_cycle=2026-02&bill_date_begin=2026-02-02&bill_date_end=2026-03-01",
		pathOwnFlow + "?bill_cycle=2026-02&status=4",
		pathOwnResources + "?cycle=x", pathOwnResources + "?cycle=2026-02&statistic_type=2",
		pathOwnResources + "?cycle=2026-02&charge_mode=", pathOwnResources + "?cycle=2026-02&charge_mode=2",
		pathOwnResources + "?cycle=2026-02&method=both",
		pathOwnResources + "?cycle=2026-02&bill_date_begin=x&bill_date_end=y",
	} {
		got := m.asCustomer(http.MethodGet, path, "")
		require.Equal(t, http.StatusBadRequest, got.status, path)
		assert.Equal(t, "CBC.0100", got.code(t), path)
	}
	for _, body := range []string{
		`{}`, `{"cycle":"x"}`, `{"cycle":"2018-12"}`, `{"cycle":"2026-02","method":"both"}`,
		`{"cycle":"2026-02","query_type":"WEEKLY"}`,
		`{"cycle":"2026-02","query_type":"DAILY","bill_cycle_begin":"2026-02-01","bill_cycle_end":"2026-02-02"}`,
		`{"cycle":"2026-02","statistic_type":2,"query_type":"DAILY"}`,
		`{"cycle":"2026-02","statistic_type":2,"query_type":"DAILY","bill_cycle_begin":"2026-02-02","bill_cycle_end":"2026-02-01"}`,
		`{"cycle":"2026-02","statistic_type":3,"query_type":"DAILY","bill_cycle_begin":"2026-01-02","bill_cycle_end":"2026-02-01"}`,
	} {
		got := m.asCustomer(http.MethodPost, pathOwnDetails, body)
		require.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Equal(t, "CBC.0100", got.code(t), body)
	}
	for _, path := range []string{pathOwnSum + "?bill_cycle=2026-02", pathOwnFlow + "?bill_cycle=2026-02", pathOwnResources + "?cycle=2026-02"} {
		assert.Equal(t, http.StatusOK, m.asCustomer(http.MethodGet, path, "").status, "no bills are no mistake")
		assert.Equal(t, "CBC.0151", m.asPartner(http.MethodGet, path, "").code(t), path)
		got := m.asCustomer(http.MethodGet, path+"&method=sub_customer&sub_customer_id="+m.referral, "")
		assert.Equal(t, http.StatusForbidden, got.status, path)
	}
}
