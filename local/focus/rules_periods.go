package focus

import "strings"

// periodRules are about times and currencies.
func periodRules() []Rule {
	return []Rule{
		{"BillingPeriodEnd.after-start", "columns/billingperiodend", Must, "is later than BillingPeriodStart: a period is half-open and not empty", each(before("BillingPeriodStart", "BillingPeriodEnd"), "BillingPeriodStart", "BillingPeriodEnd")},
		{"ChargePeriodEnd.after-start", "columns/chargeperiodend", Must, "is later than ChargePeriodStart", each(before("ChargePeriodStart", "ChargePeriodEnd"), "ChargePeriodStart", "ChargePeriodEnd")},
		{"BillingPeriodEnd.exclusive", "columns/billingperiodend", Must, "is the first instant after the period, and not its last second", each(when(given("BillingPeriodEnd"), notLastSecond("BillingPeriodEnd")), "BillingPeriodEnd")},
		{"ChargePeriodEnd.exclusive", "columns/chargeperiodend", Should, "is the first instant after the period, and not its last second", each(when(given("ChargePeriodEnd"), notLastSecond("ChargePeriodEnd")), "ChargePeriodEnd")},
		{"ChargePeriodStart.in-billing-period", "columns/chargeperiodstart", Ours, "usage begins in its billing period or before it", each(startsBeforeEnd, "ChargePeriodStart", "BillingPeriodEnd")},
		{"ChargePeriodEnd.in-billing-period", "columns/chargeperiodend", Ours, "usage ends in its billing period or before it", each(endsInPeriod, "ChargePeriodEnd", "BillingPeriodEnd")},
		{"BillingCurrency.iso4217", "attributes/currency_format", Must, "is a national currency's code of ISO 4217", each(when(given("BillingCurrency"), isCurrency("BillingCurrency")), "BillingCurrency")},
		{"PricingCurrency.format", "attributes/currency_format", Should, "is a code of ISO 4217, or a virtual currency, which is not in capitals like one", each(when(given("PricingCurrency"), func(r Row) bool {
			code := r.Get("PricingCurrency").Text
			return len(code) != 3 || isCurrency("PricingCurrency")(r)
		}), "PricingCurrency")},
	}
}

func before(start, end string) func(Row) Verdict {
	return func(r Row) Verdict {
		from, ok1 := instantIn(r.Get(start).Text)
		to, ok2 := instantIn(r.Get(end).Text)
		if !ok1 || !ok2 {
			return NotApplicable
		}
		return verdict(from.Before(to))
	}
}

func notLastSecond(name string) func(Row) bool {
	return func(r Row) bool { return !strings.HasSuffix(r.Get(name).Text, ":59:59Z") }
}

func startsBeforeEnd(r Row) Verdict {
	if !is("ChargeCategory", "Usage")(r) {
		return NotApplicable
	}
	return before("ChargePeriodStart", "BillingPeriodEnd")(r)
}

func endsInPeriod(r Row) Verdict {
	if !is("ChargeCategory", "Usage")(r) {
		return NotApplicable
	}
	to, ok1 := instantIn(r.Get("ChargePeriodEnd").Text)
	last, ok2 := instantIn(r.Get("BillingPeriodEnd").Text)
	if !ok1 || !ok2 {
		return NotApplicable
	}
	return verdict(!to.After(last))
}

func isCurrency(name string) func(Row) bool {
	return func(r Row) bool {
		code := r.Get(name).Text
		return len(code) == 3 && strings.Contains(currencies, " "+code+" ")
	}
}
