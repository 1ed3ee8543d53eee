package focus_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/focus"
)

// world is a file that keeps every rule, for a test to break one.
type world struct {
	columns []focus.Column
	rows    []map[string]string
	options focus.Options
}

// The rows of a world.
const (
	usage = iota
	purchase
	covered
	unused
	tax
	credit
	reserved
)

func newWorld() *world {
	w := &world{options: focus.Options{Rows: 7, BilledCosts: map[string]decimal.Decimal{"CNY": decimal.RequireFromString("105.25")}}}
	for _, name := range append(focus.ColumnNames(), "x_Note") {
		w.columns = append(w.columns, focus.Column{Name: name})
	}
	common := map[string]string{
		"BillingAccountId": "p", "BillingAccountName": "Partner", "BillingAccountType": "Partner", "BillingCurrency": "CNY",
		"BillingPeriodStart": "2026-01-31T16:00:00Z", "BillingPeriodEnd": "2026-02-28T16:00:00Z",
		"ChargePeriodStart": "2026-02-02T16:00:00Z", "ChargePeriodEnd": "2026-02-03T16:00:00Z",
		"ChargeDescription": "something", "InvoiceIssuerName": "Cloud", "ProviderName": "Cloud", "PublisherName": "Cloud", "InvoiceId": "i1",
		"PricingCurrency": "CNY", "ServiceName": "Servers", "ServiceCategory": "Compute", "ServiceSubcategory": "Virtual Machines",
		"SubAccountId": "c", "SubAccountName": "Customer", "SubAccountType": "Customer", "AvailabilityZone": "a1",
	}
	sold := map[string]string{
		"SkuId": "s", "SkuPriceId": "s/1", "SkuMeter": "duration", "SkuPriceDetails": `{"CoreCount":4,"x_Memory":"8"}`, "PricingQuantity": "2.5", "PricingUnit": "Hours",
		"ListUnitPrice": "4", "ContractedUnitPrice": "2", "PricingCurrencyListUnitPrice": "4", "PricingCurrencyContractedUnitPrice": "2",
		"ListCost": "10", "ContractedCost": "5", "PricingCategory": "Standard", "RegionId": "cn-north-4", "RegionName": "Beijing",
		"ResourceId": "r", "ResourceName": "web", "ResourceType": "Server", "Tags": `{"team":"web","x":true}`,
	}
	commitment := map[string]string{
		"CommitmentDiscountId": "k", "CommitmentDiscountName": "plan", "CommitmentDiscountCategory": "Spend", "CommitmentDiscountType": "Savings Plan",
		"CommitmentDiscountQuantity": "5", "CommitmentDiscountUnit": "CNY",
	}
	used := map[string]string{"ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based", "ConsumedQuantity": "2.5", "ConsumedUnit": "Hours"}
	cost := func(billed, effective string) map[string]string {
		return map[string]string{"BilledCost": billed, "EffectiveCost": effective, "PricingCurrencyEffectiveCost": effective}
	}
	w.rows = []map[string]string{
		usage:    merged(common, sold, used, cost("5", "5"), map[string]string{"x_Note": "a"}),
		purchase: merged(common, sold, commitment, cost("100", "0"), map[string]string{"ChargeCategory": "Purchase", "ChargeFrequency": "One-Time", "ResourceId": "k"}),
		covered:  merged(common, sold, commitment, used, cost("0", "5"), map[string]string{"PricingCategory": "Committed", "CommitmentDiscountStatus": "Used"}),
		unused:   merged(common, sold, commitment, used, cost("0", "5"), map[string]string{"PricingCategory": "Committed", "CommitmentDiscountStatus": "Unused", "ResourceId": "k"}),
		tax:      merged(common, cost("1.25", "1.25"), map[string]string{"ChargeCategory": "Tax", "ChargeFrequency": "One-Time", "ListCost": "1.25", "ContractedCost": "1.25"}),
		credit:   merged(common, cost("-1", "-1"), map[string]string{"ChargeCategory": "Credit", "ChargeClass": "Correction", "ChargeFrequency": "One-Time", "ListCost": "-1", "ContractedCost": "-1"}),
		reserved: merged(common, sold, used, cost("0", "0"), map[string]string{"CapacityReservationId": "cr", "CapacityReservationStatus": "Unused"}),
	}
	delete(w.rows[unused], "ConsumedQuantity")
	delete(w.rows[unused], "ConsumedUnit")
	return w
}

func merged(some ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range some {
		maps.Copy(all, m)
	}
	return all
}

func (w *world) check(t *testing.T) map[string]focus.Result {
	t.Helper()
	results, err := focus.Check(focus.MakeFile(w.columns, w.rows), w.options)
	require.NoError(t, err)
	byID := map[string]focus.Result{}
	for _, r := range results {
		byID[r.Rule.ID] = r
	}
	require.Len(t, byID, len(results), "rules have ids of their own")
	return byID
}

func (w *world) set(row int, column, value string) func() {
	return func() { w.rows[row][column] = value }
}

func (w *world) remove(row int, column string) func() {
	return func() { delete(w.rows[row], column) }
}

func (w *world) drop(column string) func() {
	return func() {
		var left []focus.Column
		for _, c := range w.columns {
			if c.Name != column {
				left = append(left, c)
			}
		}
		w.columns = left
	}
}

func TestAFileThatKeepsEveryRule(t *testing.T) {
	t.Parallel()
	for id, result := range newWorld().check(t) {
		assert.NotEqual(t, focus.Fail, result.Verdict, "%s: %v", id, result.Details)
		if result.Rule.Checkable() {
			assert.Equal(t, focus.Pass, result.Verdict, "%s is about nothing in the file", id)
		}
	}
}

// Every rule is broken in its own way, and says so. A rule that nothing here breaks fails
// the test: it might never say anything.
func TestEveryRuleCatchesItsViolation(t *testing.T) {
	t.Parallel()
	for _, rule := range focus.Rules() {
		require.NotEmpty(t, rule.Text, rule.ID)
		require.NotEmpty(t, rule.Page, rule.ID)
		if !rule.Checkable() {
			continue
		}
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			breaks := w.violation(rule.ID)
			require.NotNil(t, breaks, "the test does not know how to break the rule")
			breaks()
			result := w.check(t)[rule.ID]
			require.Equal(t, focus.Fail, result.Verdict)
			require.NotEmpty(t, result.Details)
		})
	}
}

// violation is what breaks a rule.
func (w *world) violation(id string) func() {
	if special, ok := w.violations()[id]; ok {
		return special
	}
	column, what, _ := strings.Cut(id, ".")
	switch what {
	case "present":
		return w.drop(column)
	case "type":
		if wrong := focus.WrongValue(column); wrong != "" {
			return w.set(usage, column, wrong)
		}
		return func() {
			for i := range w.columns {
				if w.columns[i].Name == column {
					w.columns[i].Type = focus.Other
				}
			}
		}
	case "not-null", "sold", "with", "given":
		return w.remove(usage, column)
	case "allowed":
		return w.set(usage, column, "Something")
	case "placeholder":
		return w.set(usage, column, "N/A")
	case "blank":
		return w.set(usage, column, "  ")
	case "tax":
		return w.set(tax, column, "1")
	case "without":
		return w.set(tax, column, "something")
	case "non-negative":
		return w.set(usage, column, "-4")
	case "format":
		return w.set(usage, column, "gigabytes per hour")
	}
	return nil
}

func (w *world) violations() map[string]func() {
	return map[string]func(){
		"columns.custom-prefix": func() { w.columns = append(w.columns, focus.Column{Name: "Note"}) },
		"columns.custom-name":   func() { w.columns = append(w.columns, focus.Column{Name: "x_my_note"}) },
		"columns.order":         func() { w.columns = append([]focus.Column{{Name: "x_First"}}, w.columns...) },
		"columns.once":          func() { w.columns = append(w.columns, focus.Column{Name: "x_Note"}) },

		"CommitmentDiscountCategory.with": w.remove(covered, "CommitmentDiscountCategory"),
		"CommitmentDiscountType.with":     w.remove(covered, "CommitmentDiscountType"),
		"CommitmentDiscountUnit.with":     w.remove(covered, "CommitmentDiscountUnit"),
		"RegionName.with":                 w.set(tax, "RegionName", "Beijing"),

		"CapacityReservationStatus.usage":      w.remove(reserved, "CapacityReservationStatus"),
		"CommitmentDiscountStatus.usage":       w.remove(covered, "CommitmentDiscountStatus"),
		"CommitmentDiscountStatus.category":    w.set(purchase, "CommitmentDiscountStatus", "Used"),
		"CommitmentDiscountQuantity.sold":      w.remove(purchase, "CommitmentDiscountQuantity"),
		"CommitmentDiscountQuantity.otherwise": w.set(credit, "CommitmentDiscountQuantity", "1"),
		"ConsumedQuantity.otherwise":           w.set(unused, "ConsumedQuantity", "1"),
		"ConsumedQuantity.usage":               w.remove(usage, "ConsumedQuantity"),

		"ListCost.product":                        w.set(usage, "ListCost", "10.00000001"),
		"ContractedCost.product":                  w.set(usage, "ContractedUnitPrice", "2.00000001"),
		"ListCost.credit":                         w.set(credit, "ListCost", "-2"),
		"ContractedCost.credit":                   w.set(credit, "ContractedCost", "0"),
		"EffectiveCost.credit":                    w.set(credit, "EffectiveCost", "0"),
		"EffectiveCost.commitment":                w.set(purchase, "EffectiveCost", "100"),
		"PricingCurrencyEffectiveCost.commitment": w.set(purchase, "PricingCurrencyEffectiveCost", "100"),
		"BilledCost.sum":                          w.set(usage, "BilledCost", "5.01"),
		"rows.count":                              func() { w.rows = append(w.rows, w.rows[tax]) },

		"BillingPeriodEnd.after-start":        w.set(usage, "BillingPeriodEnd", "2026-01-31T16:00:00Z"),
		"ChargePeriodEnd.after-start":         w.set(usage, "ChargePeriodEnd", "2026-02-02T16:00:00Z"),
		"BillingPeriodEnd.exclusive":          w.set(usage, "BillingPeriodEnd", "2026-02-28T15:59:59Z"),
		"ChargePeriodEnd.exclusive":           w.set(usage, "ChargePeriodEnd", "2026-02-03T15:59:59Z"),
		"ChargePeriodStart.in-billing-period": w.set(usage, "ChargePeriodStart", "2026-03-01T00:00:00Z"),
		"ChargePeriodEnd.in-billing-period":   w.set(usage, "ChargePeriodEnd", "2026-02-28T16:00:01Z"),
		"BillingCurrency.iso4217":             w.set(usage, "BillingCurrency", "RMB"),
		"PricingCurrency.format":              w.set(usage, "PricingCurrency", "RMB"),

		"ChargeFrequency.purchase":      w.set(purchase, "ChargeFrequency", "Usage-Based"),
		"PricingCategory.committed":     w.set(covered, "PricingCategory", "Standard"),
		"PricingCategory.commitment":    w.set(purchase, "PricingCategory", "Committed"),
		"CommitmentDiscountId.purchase": w.set(purchase, "ResourceId", "r"),
		"CommitmentDiscountId.unused":   w.set(unused, "ResourceId", "r"),
		"ResourceName.of-its-own":       w.set(usage, "ResourceName", "r"),
		"ServiceSubcategory.parent":     w.set(usage, "ServiceSubcategory", "Block Storage"),
		"ServiceName.category": func() {
			w.set(tax, "ServiceCategory", "Storage")()
			w.set(tax, "ServiceSubcategory", "Block Storage")()
		},
		"ServiceName.subcategory":           w.set(tax, "ServiceSubcategory", "Containers"),
		"SkuPriceId.parent":                 w.set(covered, "SkuId", "other"),
		"SkuMeter.consistent":               w.set(covered, "SkuMeter", "storage"),
		"CommitmentDiscountUnit.consistent": w.set(covered, "CommitmentDiscountUnit", "Hours"),
		"SkuPriceDetails.keys":              w.set(usage, "SkuPriceDetails", `{"Memory":"8"}`),
		"SkuPriceDetails.types":             w.set(usage, "SkuPriceDetails", `{"CoreCount":"4"}`),
		"SkuPriceDetails.case":              w.set(usage, "SkuPriceDetails", `{"x_memory":"8"}`),
	}
}

func TestSumsOfCurrenciesThatNobodyKnows(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.rows[tax]["BillingCurrency"] = "USD"
	w.options.BilledCosts["CNY"] = decimal.RequireFromString("104")
	require.Equal(t, focus.Fail, w.check(t)["BilledCost.sum"].Verdict)
	w.options.BilledCosts["USD"] = decimal.RequireFromString("1.25")
	require.Equal(t, focus.Pass, w.check(t)["BilledCost.sum"].Verdict)
}

func TestCorrectionsMayDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.rows[usage]["ChargeClass"] = "Correction"
	w.rows[usage]["ListCost"] = "11"
	for _, column := range []string{"SkuId", "SkuPriceId", "SkuMeter", "SkuPriceDetails", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "PricingCategory"} {
		delete(w.rows[usage], column)
	}
	for id, result := range w.check(t) {
		assert.NotEqual(t, focus.Fail, result.Verdict, id)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"-100.2": true, "-3": true, "4": true, "35.2E-7": true, "1.234": true, "35.2E7": true,
		"1 1/2": false, "35.2E+7": false, "35.24 x 10^7": false, "32 GiB": false, "$32": false, "3,432,342": false, "+333": false,
		"": false, "-": false, ".5": false, "1.": false, "1e5": false, "E5": false, "1E": false, "1E99999": false,
	} {
		assert.Equal(t, want, focus.IsNumeric(text), text)
	}
	for text, want := range map[string]bool{
		"2026-02-28T16:00:00Z": true, "2026-02-28T16:00:00+00:00": false, "2026-02-28T16:00:00.000Z": false, "2026-02-30T16:00:00Z": false, "2026-02-28": false,
	} {
		assert.Equal(t, want, focus.IsInstant(text), text)
	}
	for text, want := range map[string]bool{
		"GB": true, "Hours": true, "GB-Hours": true, "MB-Days": true, "GB/Hour": true, "Mb/Second": true, "1000 Tokens": true, "Units/3 Months": true, "Requests/Day": true,
		"gigabyte-seconds": false, "gb": false, "Hour": false, "GB/Hours": false, "GB per hour": false, "": false,
	} {
		assert.Equal(t, want, focus.IsUnit(text), text)
	}
	for text, want := range map[string]bool{
		"{}": true, `{"a":1,"b":null,"c":true,"d":"x"}`: true, `{"a":{}}`: false, `{"a":[]}`: false, `{"a":1,"a":2}`: false, "[]": false, "": false, `{"a":1}x`: false, `{"a":1`: false,
	} {
		assert.Equal(t, want, focus.IsPairs(text), text)
	}
}
