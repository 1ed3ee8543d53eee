package focus

// nullRules say when a column that may be null is, and when it is not.
func nullRules() (rules []Rule) {
	corrected := is("ChargeClass", "Correction")
	sold := all(is("ChargeCategory", "Usage", "Purchase"), not(corrected))

	for _, c := range []struct{ name, page string }{
		{"ContractedUnitPrice", "contractedunitprice"}, {"ListUnitPrice", "listunitprice"}, {"PricingCategory", "pricingcategory"},
		{"PricingCurrencyContractedUnitPrice", "pricingcurrencycontractedunitprice"}, {"PricingCurrencyListUnitPrice", "pricingcurrencylistunitprice"},
		{"PricingQuantity", "pricingquantity"}, {"SkuId", "skuid"}, {"SkuPriceId", "skupriceid"},
	} {
		rules = append(rules,
			Rule{c.name + ".tax", "columns/" + c.page, Must, "is null for a tax", each(when(is("ChargeCategory", "Tax"), null(c.name)), c.name)},
			Rule{c.name + ".sold", "columns/" + c.page, Must, "is not null for usage and purchases, but for corrections", each(when(sold, given(c.name)), c.name)},
		)
	}
	for _, c := range []struct{ name, page, of string }{
		{"BillingAccountType", "billingaccounttype", "BillingAccountId"},
		{"CommitmentDiscountCategory", "commitmentdiscountcategory", "CommitmentDiscountId"},
		{"CommitmentDiscountType", "commitmentdiscounttype", "CommitmentDiscountId"},
		{"CommitmentDiscountUnit", "commitmentdiscountunit", "CommitmentDiscountQuantity"},
		{"ConsumedUnit", "consumedunit", "ConsumedQuantity"},
		{"PricingUnit", "pricingunit", "PricingQuantity"},
		{"RegionName", "regionname", "RegionId"},
		{"ResourceType", "resourcetype", "ResourceId"},
		{"SubAccountName", "subaccountname", "SubAccountId"},
		{"SubAccountType", "subaccounttype", "SubAccountId"},
	} {
		rules = append(rules, Rule{c.name + ".with", "columns/" + c.page, Must, "is null where " + c.of + " is, and only there", each(func(r Row) Verdict {
			return verdict(r.Get(c.name).Null == r.Get(c.of).Null)
		}, c.name, c.of)})
	}
	for _, c := range []struct{ name, page, of string }{
		{"CapacityReservationStatus", "capacityreservationstatus", "CapacityReservationId"},
		{"CommitmentDiscountName", "commitmentdiscountname", "CommitmentDiscountId"},
		{"CommitmentDiscountStatus", "commitmentdiscountstatus", "CommitmentDiscountId"},
		{"ResourceName", "resourcename", "ResourceId"},
		{"SkuMeter", "skumeter", "SkuId"},
		{"SkuPriceDetails", "skupricedetails", "SkuPriceId"},
	} {
		rules = append(rules, Rule{c.name + ".without", "columns/" + c.page, Must, "is null where " + c.of + " is", each(when(null(c.of), null(c.name)), c.name, c.of)})
	}
	usage := is("ChargeCategory", "Usage")
	unused := is("CommitmentDiscountStatus", "Unused")
	committed := given("CommitmentDiscountId")
	return append(rules,
		Rule{
			"CapacityReservationStatus.usage", "columns/capacityreservationstatus", Must, "is not null for usage of a capacity reservation",
			each(when(all(usage, given("CapacityReservationId")), given("CapacityReservationStatus")), "CapacityReservationId", "CapacityReservationStatus"),
		},
		Rule{
			"CommitmentDiscountStatus.usage", "columns/commitmentdiscountstatus", Must, "is not null for usage under a commitment",
			each(when(all(usage, committed), given("CommitmentDiscountStatus")), "CommitmentDiscountId", "CommitmentDiscountStatus"),
		},
		Rule{
			"CommitmentDiscountQuantity.sold", "columns/commitmentdiscountquantity", Must, "is not null for usage and purchases of a commitment, but for corrections",
			each(when(all(sold, committed), given("CommitmentDiscountQuantity")), "CommitmentDiscountId", "CommitmentDiscountQuantity"),
		},
		Rule{
			"CommitmentDiscountQuantity.otherwise", "columns/commitmentdiscountquantity", Must, "is null for everything else",
			each(when(not(all(is("ChargeCategory", "Usage", "Purchase"), committed)), null("CommitmentDiscountQuantity")), "CommitmentDiscountQuantity"),
		},
		Rule{
			"ConsumedQuantity.otherwise", "columns/consumedquantity", Must, "is null for what is not usage, and for what is left unused of a commitment",
			each(when(not(all(usage, not(unused))), null("ConsumedQuantity")), "ConsumedQuantity"),
		},
		Rule{
			"ConsumedQuantity.usage", "columns/consumedquantity", Must, "is not null for usage, but for corrections and what is left unused",
			each(when(all(usage, not(unused), not(corrected)), given("ConsumedQuantity")), "ConsumedQuantity"),
		},
		Rule{
			"SkuMeter.sold", "columns/skumeter", Should, "is not null where SkuId is not",
			each(when(given("SkuId"), given("SkuMeter")), "SkuId", "SkuMeter"),
		},
		Rule{
			"ChargeDescription.given", "columns/chargedescription", Should, "is not null",
			each(when(anyRow, given("ChargeDescription")), "ChargeDescription"),
		},
	)
}
