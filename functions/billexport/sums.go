package billexport

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// Amounts are sums of the amounts of fee records.
type Amounts struct {
	OfficialAmount            decimal.Decimal `json:"official_amount"`
	OfficialDiscountAmount    decimal.Decimal `json:"official_discount_amount"`
	PaymentAmount             decimal.Decimal `json:"payment_amount"`
	CashAmount                decimal.Decimal `json:"cash_amount"`
	CreditAmount              decimal.Decimal `json:"credit_amount"`
	CouponAmount              decimal.Decimal `json:"coupon_amount"`
	FlexipurchaseCouponAmount decimal.Decimal `json:"flexipurchase_coupon_amount"`
	StoredValueCardAmount     decimal.Decimal `json:"stored_value_card_amount"`
	DebtAmount                decimal.Decimal `json:"debt_amount"`
	WriteoffAmount            decimal.Decimal `json:"writeoff_amount"`
}

func amountsOf(r *bss.FeeRecord) Amounts {
	return Amounts{
		OfficialAmount:            r.OfficialAmount,
		OfficialDiscountAmount:    r.OfficialDiscountAmount,
		PaymentAmount:             r.PaymentAmount,
		CashAmount:                r.CashAmount,
		CreditAmount:              r.CreditAmount,
		CouponAmount:              r.CouponAmount,
		FlexipurchaseCouponAmount: r.FlexipurchaseCouponAmount,
		StoredValueCardAmount:     r.StoredValueCardAmount,
		DebtAmount:                r.DebtAmount,
		WriteoffAmount:            r.WriteoffAmount,
	}
}

func (a Amounts) plus(b Amounts) Amounts {
	return Amounts{
		OfficialAmount:            a.OfficialAmount.Add(b.OfficialAmount),
		OfficialDiscountAmount:    a.OfficialDiscountAmount.Add(b.OfficialDiscountAmount),
		PaymentAmount:             a.PaymentAmount.Add(b.PaymentAmount),
		CashAmount:                a.CashAmount.Add(b.CashAmount),
		CreditAmount:              a.CreditAmount.Add(b.CreditAmount),
		CouponAmount:              a.CouponAmount.Add(b.CouponAmount),
		FlexipurchaseCouponAmount: a.FlexipurchaseCouponAmount.Add(b.FlexipurchaseCouponAmount),
		StoredValueCardAmount:     a.StoredValueCardAmount.Add(b.StoredValueCardAmount),
		DebtAmount:                a.DebtAmount.Add(b.DebtAmount),
		WriteoffAmount:            a.WriteoffAmount.Add(b.WriteoffAmount),
	}
}

// parts is the sum of what the payment was made of.
func (a Amounts) parts() decimal.Decimal {
	return decimal.Sum(a.CashAmount, a.CreditAmount, a.CouponAmount, a.FlexipurchaseCouponAmount,
		a.StoredValueCardAmount, a.DebtAmount, a.WriteoffAmount)
}

// Sum is the sum of all records in one currency.
type Sum struct {
	Currency string `json:"currency"`
	Rows     int    `json:"rows"`
	Amounts
}

// CustomerSum is the sum of one customer's records in one currency.
type CustomerSum struct {
	CustomerID string `json:"customer_id"`
	Sum
}

type customerCurrency struct{ customerID, currency string }

// sums adds records up by customer and currency.
type sums map[customerCurrency]Sum

func (s sums) add(r *bss.FeeRecord) {
	key := customerCurrency{r.CustomerID, r.Currency}
	sum := s[key]
	s[key] = Sum{Currency: r.Currency, Rows: sum.Rows + 1, Amounts: sum.plus(amountsOf(r))}
}

// byCustomer is sorted by customer and currency.
func (s sums) byCustomer() []CustomerSum {
	list := make([]CustomerSum, 0, len(s))
	for key, sum := range s {
		list = append(list, CustomerSum{key.customerID, sum})
	}
	slices.SortFunc(list, func(a, b CustomerSum) int {
		return cmp.Or(cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}

// byCurrency is sorted by currency.
func (s sums) byCurrency() []Sum {
	totals := map[string]Sum{}
	for key, sum := range s {
		total := totals[key.currency]
		totals[key.currency] = Sum{Currency: key.currency, Rows: total.Rows + sum.Rows, Amounts: total.plus(sum.Amounts)}
	}
	list := make([]Sum, 0, len(totals))
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		list = append(list, totals[currency])
	}
	return list
}
