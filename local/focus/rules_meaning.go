package focus

import (
	"encoding/json"
	"slices"
	"strings"
)

// meaningRules are about what the columns of a row say together, and rows of each other.
func meaningRules() []Rule {
	usage, purchase, committed := is("ChargeCategory", "Usage"), is("ChargeCategory", "Purchase"), given("CommitmentDiscountId")
	units := func(name, page string) Rule {
		return Rule{name + ".format", "columns/" + page, Should, "has the unit format", each(when(given(name), func(r Row) bool { return isUnit(r.Get(name).Text) }), name)}
	}
	return []Rule{
		{"ChargeFrequency.purchase", "columns/chargefrequency", Must, "is not Usage-Based for a purchase", each(when(purchase, not(is("ChargeFrequency", "Usage-Based"))), "ChargeFrequency")},
		{"PricingCategory.committed", "columns/pricingcategory", Must, "is Committed for usage that a commitment pays for", each(when(all(usage, is("CommitmentDiscountStatus", "Used")), is("PricingCategory", "Committed")), "PricingCategory", "CommitmentDiscountStatus")},
		{"PricingCategory.commitment", "columns/pricingcategory", Must, "is not Committed without a commitment, nor for the purchase of one", each(when(is("PricingCategory", "Committed"), all(committed, not(purchase))), "PricingCategory", "CommitmentDiscountId")},
		{"CommitmentDiscountId.purchase", "attributes/discount_handling", Must, "is ResourceId where the commitment is bought", each(when(all(purchase, committed), same("ResourceId", "CommitmentDiscountId")), "CommitmentDiscountId", "ResourceId")},
		{"CommitmentDiscountId.unused", "attributes/discount_handling", Must, "is ResourceId where the commitment is left unused", each(when(is("CommitmentDiscountStatus", "Unused"), same("ResourceId", "CommitmentDiscountId")), "CommitmentDiscountId", "ResourceId")},
		{"CommitmentDiscountStatus.category", "attributes/discount_handling", Must, "stands on usage only", each(when(given("CommitmentDiscountStatus"), usage), "CommitmentDiscountStatus")},
		{"ResourceName.of-its-own", "columns/resourcename", Should, "is not ResourceId again", each(when(given("ResourceName"), not(same("ResourceName", "ResourceId"))), "ResourceName", "ResourceId")},
		{"ServiceSubcategory.parent", "columns/servicesubcategory", Must, "is one of its ServiceCategory", each(when(given("ServiceSubcategory"), inCategory), "ServiceSubcategory", "ServiceCategory")},
		{"ServiceName.category", "columns/servicename", Must, "has one ServiceCategory in all rows", remembering(one("ServiceName", "ServiceCategory"), "ServiceName", "ServiceCategory")},
		{"ServiceName.subcategory", "columns/servicename", Should, "has one ServiceSubcategory in all rows", remembering(one("ServiceName", "ServiceSubcategory"), "ServiceName", "ServiceSubcategory")},
		{"SkuPriceId.parent", "columns/skupriceid", Must, "has one SkuId in all rows", remembering(one("SkuPriceId", "SkuId"), "SkuPriceId", "SkuId")},
		{"SkuMeter.consistent", "columns/skumeter", Should, "is the same for a SkuId in all rows", remembering(one("SkuId", "SkuMeter"), "SkuId", "SkuMeter")},
		{"CommitmentDiscountUnit.consistent", "columns/commitmentdiscountunit", Must, "is the same for a CommitmentDiscountId in all rows", remembering(one("CommitmentDiscountId", "CommitmentDiscountUnit"), "CommitmentDiscountId", "CommitmentDiscountUnit")},
		units("PricingUnit", "pricingunit"), units("ConsumedUnit", "consumedunit"),
		{"SkuPriceDetails.keys", "columns/skupricedetails", Must, "has properties of FOCUS, and others that begin with x_", each(properties(func(p pair) bool {
			_, ok := priceProperties[p.key]
			return ok || strings.HasPrefix(p.key, "x_")
		}), "SkuPriceDetails")},
		{"SkuPriceDetails.types", "columns/skupricedetails", Must, "has properties of FOCUS with values of their types", each(properties(ofItsType), "SkuPriceDetails")},
		{"SkuPriceDetails.case", "columns/skupricedetails", Should, "has keys in Pascal case", each(properties(func(p pair) bool { return pascalCase.MatchString(strings.TrimPrefix(p.key, "x_")) }), "SkuPriceDetails")},
		{"ChargeClass.correction", "columns/chargeclass", Must, "is Correction where an earlier invoice is corrected: nothing else in a row says so", nil},
		{"Tags.finalized", "columns/tags", Must, "has all tags that are final, unchanged: they are the provider's", nil},
		{"strings.unchanged", "attributes/string_handling", Must, "texts are as the provider and its users wrote them: what those wrote is no part of the file", nil},
		{"ids.unique", "columns/resourceid", Must, "ids are unique within the provider: a file has those of one account", nil},
		{"PricingUnit.price-list", "columns/pricingunit", Must, "means what the price list's unit does: the list is no part of the file", nil},
		{"InvoiceId.invoice", "columns/invoiceid", Must, "is null until there is an invoice: whether there is one is no part of the file", nil},
	}
}

func inCategory(r Row) bool {
	category, sub := r.Get("ServiceCategory").Text, r.Get("ServiceSubcategory").Text
	return sub == "Other ("+category+")" || slices.Contains(subcategories[category], sub)
}

// one is that a key has one value wherever it stands with any.
func one(key, value string) func() func(Row) Verdict {
	return func() func(Row) Verdict {
		known := map[string]string{}
		return func(r Row) Verdict {
			k, v := r.Get(key), r.Get(value)
			if k.Null || v.Null {
				return NotApplicable
			}
			if first, ok := known[k.Text]; ok {
				return verdict(first == v.Text)
			}
			known[strings.Clone(k.Text)] = strings.Clone(v.Text)
			return Pass
		}
	}
}

func properties(holds func(pair) bool) func(Row) Verdict {
	return func(r Row) Verdict {
		pairs, ok := pairsOf(r.Get("SkuPriceDetails").Text)
		if !ok {
			return NotApplicable
		}
		for _, p := range pairs {
			if !holds(p) {
				return Fail
			}
		}
		return Pass
	}
}

// priceProperties are those of FOCUS; true are numbers.
var priceProperties = map[string]bool{
	"CoreCount": true, "DiskMaxIops": true, "DiskSpace": true, "DiskType": false, "GpuCount": true, "InstanceType": false,
	"InstanceSeries": false, "MemorySize": true, "NetworkMaxIops": true, "NetworkMaxThroughput": true, "OperatingSystem": false,
	"Redundancy": false, "StorageClass": false,
}

func ofItsType(p pair) bool {
	number, ok := priceProperties[p.key]
	if !ok || p.value == nil {
		return true
	}
	switch p.value.(type) {
	case json.Number:
		return number
	case string:
		return !number
	}
	return false
}
