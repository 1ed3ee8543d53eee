package focus

import "github.com/shopspring/decimal"

// rounding is how far a product of a price and a quantity may be from its cost: half of
// the eighth decimal. The specification sets no precision of costs; providers print at
// most eight decimals, and a product has more.
var rounding = decimal.New(5, -9)

// costRules are about what costs and prices are to each other.
func costRules() (rules []Rule) {
	for _, c := range []struct{ name, page string }{
		{"ContractedUnitPrice", "contractedunitprice"}, {"ListUnitPrice", "listunitprice"},
		{"PricingCurrencyContractedUnitPrice", "pricingcurrencycontractedunitprice"}, {"PricingCurrencyListUnitPrice", "pricingcurrencylistunitprice"},
	} {
		rules = append(rules, Rule{c.name + ".non-negative", "columns/" + c.page, Must, "is not negative", each(func(r Row) Verdict {
			n, ok := numberOf(r, c.name)
			if !ok {
				return NotApplicable
			}
			return verdict(!n.IsNegative())
		}, c.name)})
	}
	for _, c := range []struct{ cost, page, price string }{
		{"ListCost", "listcost", "ListUnitPrice"}, {"ContractedCost", "contractedcost", "ContractedUnitPrice"},
	} {
		rules = append(rules,
			Rule{c.cost + ".product", "columns/" + c.page, Must, "is " + c.price + " times PricingQuantity, to the eighth decimal, but for corrections", each(product(c.cost, c.price), c.cost, c.price, "PricingQuantity")},
			Rule{c.cost + ".credit", "columns/" + c.page, Must, "is BilledCost for a credit without a price", each(when(all(is("ChargeCategory", "Credit"), null(c.price)), equal(c.cost, "BilledCost")), c.cost, "BilledCost")},
		)
	}
	purchase, committed := is("ChargeCategory", "Purchase"), given("CommitmentDiscountId")
	return append(rules,
		Rule{
			"EffectiveCost.credit", "columns/effectivecost", Must, "is BilledCost for a credit",
			each(when(is("ChargeCategory", "Credit"), equal("EffectiveCost", "BilledCost")), "EffectiveCost", "BilledCost"),
		},
		Rule{
			"EffectiveCost.commitment", "columns/effectivecost", Must, "is 0 for the purchase of a commitment, which pays for later usage",
			each(when(all(purchase, committed), zero("EffectiveCost")), "EffectiveCost", "CommitmentDiscountId"),
		},
		Rule{
			"PricingCurrencyEffectiveCost.commitment", "columns/pricingcurrencyeffectivecost", Must, "is 0 for the purchase of a commitment",
			each(when(all(purchase, committed), zero("PricingCurrencyEffectiveCost")), "PricingCurrencyEffectiveCost", "CommitmentDiscountId"),
		},
		Rule{"BilledCost.sum", "columns/billedcost", Ours, "adds up to what is known of it, by currency", sums},
		Rule{"rows.count", "columns/billedcost", Ours, "there are as many rows as is known", rowCount},
		Rule{"BilledCost.invoice", "columns/billedcost", Must, "adds up by InvoiceId to the invoice's payable amount: an invoice is no part of the file", nil},
		Rule{"BilledCost.third-party", "columns/billedcost", Must, "is 0 where a third party is paid: nothing in a row says so", nil},
		Rule{"EffectiveCost.amortized", "columns/effectivecost", Must, "adds up, over a commitment's life, to what it cost: a file has one period of it", nil},
		Rule{"ListCost.related", "columns/listcost", Must, "follows from that of the charges that a charge is calculated from: nothing in a row names those", nil},
	)
}

func product(cost, price string) func(Row) Verdict {
	return func(r Row) Verdict {
		c, ok1 := numberOf(r, cost)
		p, ok2 := numberOf(r, price)
		q, ok3 := numberOf(r, "PricingQuantity")
		if !ok1 || !ok2 || !ok3 || is("ChargeClass", "Correction")(r) {
			return NotApplicable
		}
		return verdict(p.Mul(q).Sub(c).Abs().LessThanOrEqual(rounding))
	}
}

func equal(a, b string) func(Row) bool {
	return func(r Row) bool {
		x, ok1 := numberOf(r, a)
		y, ok2 := numberOf(r, b)
		return ok1 == ok2 && x.Equal(y)
	}
}

func zero(name string) func(Row) bool {
	return func(r Row) bool {
		n, ok := numberOf(r, name)
		return ok && n.IsZero()
	}
}

func sums(_ *File, o Options) check {
	if o.BilledCosts == nil {
		return check{}
	}
	found := map[string]decimal.Decimal{}
	return check{
		row: func(r Row) Verdict {
			if n, ok := numberOf(r, "BilledCost"); ok {
				currency := r.Get("BillingCurrency").Text
				found[currency] = found[currency].Add(n)
			}
			return NotApplicable
		},
		end: func() (Verdict, string) {
			for currency := range found {
				if _, ok := o.BilledCosts[currency]; !ok {
					return Fail, "nothing is known of costs in " + currency
				}
			}
			for currency, want := range o.BilledCosts {
				if got := found[currency]; !got.Equal(want) {
					return Fail, currency + " is " + got.String() + " and not " + want.String()
				}
			}
			return Pass, ""
		},
	}
}

func rowCount(_ *File, o Options) check {
	if o.Rows < 0 {
		return check{}
	}
	found := 0
	return check{
		row: func(Row) Verdict { found++; return NotApplicable },
		end: func() (Verdict, string) {
			return verdict(found == o.Rows), decimal.NewFromInt(int64(found)).String() + " rows"
		},
	}
}
