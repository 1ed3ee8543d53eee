package payorder

import (
	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// ParseRebateRules reads rules and says what is wrong with them.
func ParseRebateRules(data []byte) error {
	_, err := parseRebateRules(data)
	return err
}

// RuleRebate is what the first rule of rules that are sound gives for a basis on top
// of a performance.
func RuleRebate(data []byte, before, basis decimal.Decimal) decimal.Decimal {
	rules, err := parseRebateRules(data)
	if err != nil {
		panic(err)
	}
	return rules.Rules[0].rebate(before, basis)
}

// ShareOut splits an amount by weights.
var ShareOut = shareOut

// Case is an order as a payment would pay it, and what an estimate goes by.
type Case struct {
	Rules       []byte
	Lines       []bss.OrderLine
	Payable     decimal.Decimal
	Counting    decimal.Decimal // coupons that count
	Vouchers    decimal.Decimal
	Policies    map[string]bss.Incentive
	Association string
	Performance decimal.Decimal
	Given       map[string]decimal.Decimal // this month, by the rules' names
}

// EstimateCase estimates a case in March 2026.
func EstimateCase(c Case) Rebate {
	rules, err := parseRebateRules(c.Rules)
	if err != nil {
		panic(err)
	}
	prices := make([]decimal.Decimal, len(c.Lines))
	for i, l := range c.Lines {
		prices[i] = l.AmountAfterDiscount
	}
	return estimate{
		rules: rules, month: "2026-03", association: c.Association, policies: c.Policies,
		order: pricedOrder{
			details: bss.OrderDetails{Order: bss.Order{OrderID: "CS1"}, Lines: c.Lines}, payable: c.Payable,
			cashByLine: shareOut(c.Payable.Add(c.Counting), prices),
			deductions: []Deduction{
				{Kind: "cash_coupon", Amount: c.Counting, countsForRebate: true},
				{Kind: "voucher", Amount: c.Vouchers},
			},
		},
		sofar: monthSoFar{Performance: Performance{Amount: c.Performance}, rebates: c.Given},
	}.rebate()
}

// CompareCase estimates a case and compares it with what its order cost and gave
// back.
func CompareCase(c Case, o bss.Order, returned map[string]decimal.Decimal) (OrderRebate, []RebateSums) {
	r := EstimateCase(c)
	k := keptEstimate{Rebate: r, Vouchers: c.Vouchers, Price: c.Payable.Add(c.Counting).Add(c.Vouchers)}
	return k.compare(o, true, returned)
}

// ReadStatement reads the text of a file of real rebates.
func ReadStatement(text string) ([]RebateAmount, error) {
	return statementRequest{CSV: text}.rows()
}
