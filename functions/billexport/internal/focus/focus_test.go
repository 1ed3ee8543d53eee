package focus_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
	"github.com/bssfn/bssfn/pkg/bss"
)

func options(t testing.TB) focus.Options {
	t.Helper()
	cycle, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	return focus.Options{
		Export:       bill.Export{Cycle: cycle, PartnerID: "p1", PartnerName: "伙伴"},
		AccountNames: map[string]string{"c1": "account-one"},
	}
}

// fields are what a record has beside those of base.
type fields map[bss.FeeField]string

// onDemand is a record of usage with nothing special.
var onDemand = fields{
	bss.FeeBillCycle: "2026-02", bss.FeeCustomerID: "c1", bss.FeeAssociationType: "2", bss.FeeServiceTypeCode: "hws.service.type.ec2",
	bss.FeeServiceTypeName: "弹性云服务器", bss.FeeResourceTypeCode: "hws.resource.type.vm", bss.FeeResourceTypeName: "云主机",
	bss.FeeChargingMode: "3", bss.FeeBillDetailType: "5", bss.FeeTradeTime: "2026-02-03T16:30:00Z", bss.FeeConsumeTime: "2026-02-03T15:59:59Z",
	bss.FeeTradeID: "t1", bss.FeeID: "f1", bss.FeeResourceID: "r1", bss.FeeResourceName: "web, \"1\"", bss.FeeProductID: "00301-1-0--0",
	bss.FeeProductName: "云主机", bss.FeeProductSpecDesc: "c7|linux", bss.FeeRegionCode: "cn-north-4", bss.FeeRegionName: "华北-北京四",
	bss.FeeResourceTag: "team=web;env=prod", bss.FeeUsageType: "duration", bss.FeeUsageAmount: "2.5", bss.FeeUsageMeasureID: "4",
	bss.FeeOfficialAmount: "1.03425", bss.FeeOfficialDiscountAmount: "0.103425", bss.FeePaymentAmount: "0.93", bss.FeeCashAmount: "0.93",
	bss.FeePeriodType: "25", bss.FeePartnerID: "p1", bss.FeeCurrency: "CNY",
}

// monthly is an order of three months.
var monthly = fields{
	bss.FeeChargingMode: "1", bss.FeeBillDetailType: "1", bss.FeePeriodType: "20", bss.FeePeriodNum: "3", bss.FeeUsageAmount: "",
	bss.FeeUsageMeasureID: "", bss.FeeUsageType: "", bss.FeeOfficialAmount: "1261.5", bss.FeeOfficialDiscountAmount: "126.15",
	bss.FeePaymentAmount: "1135.35", bss.FeeCashAmount: "1135.35",
}

func rowOf(t testing.TB, changes ...fields) *bill.Row {
	t.Helper()
	var fee bss.FeeRow
	for _, change := range append([]fields{onDemand}, changes...) {
		for f, text := range change {
			fee[f] = nil
			if text != "" {
				fee[f] = []byte(text)
			}
		}
	}
	var r bill.Row
	require.NoError(t, r.Read(&fee))
	return &r
}

// written is the rows of a CSV file, by the names of their columns.
func written(t testing.TB, o focus.Options, rows ...*bill.Row) []map[string]string {
	t.Helper()
	var file bytes.Buffer
	w, err := focus.NewCSV(&file, o)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, w.Write(r))
	}
	require.NoError(t, w.Close())
	lines, err := csv.NewReader(&file).ReadAll()
	require.NoError(t, err)
	var result []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		result = append(result, row)
	}
	return result
}

func TestEveryColumnOfOneRow(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Export.Priced = true
	r := rowOf(t)
	r.Invoice, r.Margin = 120000000, 27000000
	got := written(t, o, r)[0]
	want := map[string]string{
		"BilledCost": "0.93", "BillingAccountId": "p1", "BillingAccountName": "伙伴", "BillingAccountType": "Partner", "BillingCurrency": "CNY",
		"BillingPeriodEnd": "2026-02-28T16:00:00Z", "BillingPeriodStart": "2026-01-31T16:00:00Z", "ChargeCategory": "Usage", "ChargeClass": "",
		"ChargeDescription": "Usage: 云主机: c7|linux", "ChargeFrequency": "Usage-Based",
		"ChargePeriodStart": "2026-02-02T16:00:00Z", "ChargePeriodEnd": "2026-02-03T16:00:00Z",
		"CommitmentDiscountCategory": "", "CommitmentDiscountId": "", "CommitmentDiscountName": "", "CommitmentDiscountQuantity": "",
		"CommitmentDiscountStatus": "", "CommitmentDiscountType": "", "CommitmentDiscountUnit": "",
		"ConsumedQuantity": "2.5", "ConsumedUnit": "Hours", "ContractedCost": "0.930825", "ContractedUnitPrice": "0.37233",
		"EffectiveCost": "0.93", "InvoiceId": "", "InvoiceIssuerName": "Huawei Cloud", "ListCost": "1.03425", "ListUnitPrice": "0.4137",
		"PricingCategory": "Standard", "PricingCurrency": "CNY", "PricingQuantity": "2.5", "PricingUnit": "Hours",
		"ProviderName": "Huawei Cloud", "PublisherName": "Huawei Cloud", "RegionId": "cn-north-4", "RegionName": "华北-北京四",
		"ResourceId": "r1", "ResourceName": "web, \"1\"", "ResourceType": "云主机", "ServiceCategory": "Compute", "ServiceName": "弹性云服务器",
		"ServiceSubcategory": "Virtual Machines", "SkuId": "00301-1-0--0", "SkuMeter": "duration", "SkuPriceDetails": `{"x_Specification":"c7|linux"}`,
		"SkuPriceId": "00301-1-0--0/cn-north-4", "SubAccountId": "c1", "SubAccountName": "account-one", "SubAccountType": "Customer",
		"Tags": `{"team":"web","env":"prod"}`, "x_AccountManagerId": "", "x_AssociationType": "2", "x_BillDetailType": "5", "x_CashAmount": "0.93",
		"x_ChargingMode": "3", "x_ConsumeTime": "2026-02-03T15:59:59Z", "x_CouponAmount": "0", "x_CreditAmount": "0", "x_DebtAmount": "0",
		"x_FeeRecordId": "f1", "x_FlexipurchaseCouponAmount": "0", "x_FreeResourceUnit": "", "x_FreeResourceUsage": "", "x_ParentResourceId": "",
		"x_ParentServiceName": "", "x_PartnerId": "p1", "x_ResourceTypeCode": "hws.resource.type.vm", "x_RiUnit": "", "x_RiUsage": "",
		"x_ServiceTypeCode": "hws.service.type.ec2", "x_StoredValueCardAmount": "0", "x_TradeId": "t1", "x_TradeTime": "2026-02-03T16:30:00Z",
		"x_WriteoffAmount": "0", "x_InvoiceAmount": "1.2", "x_Margin": "0.27",
	}
	assert.Equal(t, want, got)
	got = written(t, options(t), rowOf(t))[0]
	assert.NotContains(t, got, "x_Margin", "without a rate card there are no invoice amounts")
}

func TestKindsOfCharges(t *testing.T) {
	t.Parallel()
	refund := fields{bss.FeeBillDetailType: "4", bss.FeeOfficialAmount: "-1261.5", bss.FeeOfficialDiscountAmount: "-126.15", bss.FeePaymentAmount: "-1135.35", bss.FeeCashAmount: "-1135.35"}
	inOrigin := options(t)
	inOrigin.RefundsInOrigin = true
	for name, c := range map[string]struct {
		changes []fields
		options *focus.Options
		want    map[string]string
	}{
		"an order": {changes: []fields{monthly}, want: map[string]string{
			"ChargeCategory": "Purchase", "ChargeFrequency": "Recurring", "PricingQuantity": "3", "PricingUnit": "Months",
			"ListUnitPrice": "420.5", "ContractedUnitPrice": "378.45", "ConsumedQuantity": "", "ConsumedUnit": "", "EffectiveCost": "1135.35", "SkuMeter": "",
		}},
		"an order for once": {changes: []fields{monthly, {bss.FeePeriodType: "5", bss.FeePeriodNum: "1"}}, want: map[string]string{
			"ChargeFrequency": "One-Time", "PricingQuantity": "1", "PricingUnit": "Units", "ListUnitPrice": "1261.5",
		}},
		"a refund as Huawei Cloud has it": {changes: []fields{monthly, refund}, want: map[string]string{
			"ChargeCategory": "Adjustment", "ChargeFrequency": "One-Time", "PricingQuantity": "-3", "ListUnitPrice": "420.5", "ListCost": "-1261.5",
			"ContractedUnitPrice": "378.45", "BilledCost": "-1135.35", "PricingCategory": "Standard",
		}},
		"a refund as FOCUS has it": {changes: []fields{monthly, refund}, options: &inOrigin, want: map[string]string{
			"ChargeCategory": "Purchase", "ChargeFrequency": "One-Time", "PricingQuantity": "-3", "ListUnitPrice": "420.5", "ListCost": "-1261.5",
		}},
		"a compensation": {changes: []fields{{bss.FeeBillDetailType: "9", bss.FeeOfficialAmount: "0", bss.FeeOfficialDiscountAmount: "0", bss.FeePaymentAmount: "-5", bss.FeeCashAmount: "-5"}}, want: map[string]string{
			"ChargeCategory": "Adjustment", "ListCost": "-5", "ContractedCost": "-5", "EffectiveCost": "-5", "PricingQuantity": "", "PricingUnit": "",
			"ListUnitPrice": "", "ContractedUnitPrice": "", "ConsumedQuantity": "",
		}},
		"a tax": {changes: []fields{{bss.FeeBillDetailType: "15"}}, want: map[string]string{
			"ChargeCategory": "Tax", "PricingCategory": "", "SkuId": "", "SkuPriceId": "", "SkuPriceDetails": "", "SkuMeter": "", "PricingQuantity": "", "ListUnitPrice": "",
		}},
		"what was truncated before": {changes: []fields{{bss.FeeBillDetailType: "25", bss.FeeUsageAmount: "", bss.FeePeriodType: ""}}, want: map[string]string{
			"ChargeCategory": "Purchase", "ChargeFrequency": "One-Time", "PricingQuantity": "1", "PricingUnit": "Units", "ListUnitPrice": "1.03425",
		}},
		"a savings plan that is bought": {changes: []fields{monthly, {bss.FeeChargingMode: "11", bss.FeePeriodType: "19", bss.FeePeriodNum: "1"}}, want: map[string]string{
			"CommitmentDiscountId": "r1", "CommitmentDiscountCategory": "Spend", "CommitmentDiscountType": "Savings Plan", "CommitmentDiscountStatus": "",
			"CommitmentDiscountQuantity": "1135.35", "CommitmentDiscountUnit": "CNY", "EffectiveCost": "0", "PricingCategory": "Standard", "ResourceId": "r1", "PricingUnit": "Years",
		}},
		"usage under a savings plan": {changes: []fields{{bss.FeeBillDetailType: "23", bss.FeePaymentAmount: "0", bss.FeeCashAmount: "0", bss.FeeSubResourceID: "sp1"}}, want: map[string]string{
			"ChargeCategory": "Usage", "CommitmentDiscountId": "sp1", "CommitmentDiscountStatus": "Used", "ResourceId": "r1", "PricingCategory": "Committed",
			"BilledCost": "0", "EffectiveCost": "0.930825", "CommitmentDiscountQuantity": "0.930825", "CommitmentDiscountUnit": "CNY",
		}},
		"a reserved instance that is bought": {changes: []fields{monthly, {bss.FeeChargingMode: "10", bss.FeeSubResourceID: "ri1", bss.FeePeriodType: "19", bss.FeePeriodNum: "1"}}, want: map[string]string{
			"CommitmentDiscountId": "ri1", "ResourceId": "ri1", "CommitmentDiscountCategory": "Usage", "CommitmentDiscountType": "Reserved Instance",
			"CommitmentDiscountQuantity": "8760", "CommitmentDiscountUnit": "Hours", "EffectiveCost": "0",
		}},
		"an hour of a reserved instance": {changes: []fields{{bss.FeeBillDetailType: "12", bss.FeeChargingMode: "10", bss.FeeSubResourceID: "ri1", bss.FeeRIUsage: "2.5", bss.FeeRIUsageMeasureID: "4"}}, want: map[string]string{
			"CommitmentDiscountStatus": "Used", "CommitmentDiscountQuantity": "2.5", "CommitmentDiscountUnit": "Hours", "x_RiUsage": "2.5", "x_RiUnit": "Hours", "ResourceId": "r1",
		}},
		"a part of a machine": {changes: []fields{monthly, {
			bss.FeeSubServiceTypeCode: "hws.service.type.ebs", bss.FeeSubServiceTypeName: "云硬盘", bss.FeeSubResourceTypeName: "云硬盘",
			bss.FeeSubResourceID: "v1", bss.FeeSubResourceName: "v1",
		}}, want: map[string]string{
			"ServiceName": "云硬盘", "ServiceCategory": "Storage", "ServiceSubcategory": "Block Storage", "ResourceId": "v1", "ResourceName": "",
			"ResourceType": "云硬盘", "x_ParentResourceId": "r1", "x_ParentServiceName": "弹性云服务器",
		}},
		"usage that costs though it is none": {changes: []fields{{bss.FeeUsageAmount: "0"}}, want: map[string]string{
			"ConsumedQuantity": "0", "ConsumedUnit": "Hours", "PricingQuantity": "1", "PricingUnit": "Units", "ListUnitPrice": "1.03425",
		}},
		"usage without a quantity": {changes: []fields{{bss.FeeUsageAmount: "", bss.FeeUsageMeasureID: ""}}, want: map[string]string{
			"ConsumedQuantity": "", "ConsumedUnit": "", "PricingQuantity": "1", "PricingUnit": "Units",
		}},
		"usage that packages paid for": {changes: []fields{{bss.FeeUsageAmount: "", bss.FeeFreeResourceUsage: "7", bss.FeeFreeResourceMeasureID: "99"}}, want: map[string]string{
			"ConsumedQuantity": "7", "ConsumedUnit": "Measure99", "x_FreeResourceUsage": "7",
		}},
		"a quantity of many digits": {changes: []fields{{bss.FeeUsageAmount: "12345678901234567890.5"}}, want: map[string]string{
			"ConsumedQuantity": "12345678901234567890.5", "PricingQuantity": "1", "PricingUnit": "Units",
		}},
		"a service that is not known": {changes: []fields{{bss.FeeServiceTypeCode: "hws.service.type.unheard", bss.FeeServiceTypeName: "", bss.FeeRegionName: "", bss.FeeResourceTypeName: ""}}, want: map[string]string{
			"ServiceName": "hws.service.type.unheard", "ServiceCategory": "Other", "ServiceSubcategory": "Other (Other)", "RegionName": "cn-north-4", "ResourceType": "hws.resource.type.vm",
		}},
		"nobody known": {changes: []fields{{bss.FeePartnerID: "", bss.FeeCustomerID: "c9", bss.FeeResourceID: "", bss.FeeRegionCode: ""}}, options: &focus.Options{Export: options(t).Export}, want: map[string]string{
			"SubAccountName": "c9", "ResourceId": "", "ResourceName": "", "ResourceType": "", "RegionId": "", "RegionName": "", "SkuPriceId": "00301-1-0--0",
		}},
		"a period": {changes: []fields{{bss.FeeConsumeTime: "2026-02-03T01:00:00Z~2026-02-03T02:00:00Z"}}, want: map[string]string{
			"ChargePeriodStart": "2026-02-03T01:00:00Z", "ChargePeriodEnd": "2026-02-03T02:00:00Z",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			if c.options != nil {
				o = *c.options
			}
			got := written(t, o, rowOf(t, c.changes...))[0]
			for column, value := range c.want {
				assert.Equal(t, value, got[column], column)
			}
		})
	}
}

func TestChargePeriods(t *testing.T) {
	t.Parallel()
	at := func(text string) int64 {
		when, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return when.UnixMilli()
	}
	from, to := at("2026-01-31T16:00:00Z"), at("2026-02-28T16:00:00Z")
	for consumed, want := range map[string][2]string{
		"2026-02-03T16:00:00Z": {"2026-02-03T16:00:00Z", "2026-02-04T16:00:00Z"},
		"2026-02-04":           {"2026-02-03T16:00:00Z", "2026-02-04T16:00:00Z"},
		"2026-02-03 01:00:00 - 2026-02-03 02:00:00":           {"2026-02-03T01:00:00Z", "2026-02-03T02:00:00Z"},
		"2026-02-03T09:00:00+08:00/2026-02-03T10:00:00+08:00": {"2026-02-03T01:00:00Z", "2026-02-03T02:00:00Z"},
		"2026-02-03T02:00:00Z,2026-02-03T01:00:00Z":           {"2026-02-02T16:00:00Z", "2026-02-03T16:00:00Z"}, // backwards: no period
		"2026-02-31T00:00:00Z":                                {"2026-02-09T16:00:00Z", "2026-02-10T16:00:00Z"},
		"":                                                    {"2026-02-09T16:00:00Z", "2026-02-10T16:00:00Z"},
	} {
		start, end := focus.ChargePeriod(consumed, at("2026-02-10T15:00:00Z"), true, from, to)
		assert.Equal(t, want[0], time.UnixMilli(start).UTC().Format(time.RFC3339), consumed)
		assert.Equal(t, want[1], time.UnixMilli(end).UTC().Format(time.RFC3339), consumed)
	}
	start, end := focus.ChargePeriod("soon", 0, false, from, to)
	assert.Equal(t, []int64{from, to}, []int64{start, end})
}

func TestTagsOfAllForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"team":"web","n":1.50,"on":true,"none":null}`: `{"team":"web","n":1.50,"on":true,"none":null}`,
		`[{"key":"team","value":"web"},{"key":"x"}]`:    `{"team":"web","x":true}`,
		"team=web;env=":     `{"team":"web","env":true}`,
		"team=web,env=prod": `{"team":"web","env":"prod"}`,
		"团队:前端;env:prod":    `{"团队":"前端","env":"prod"}`,
		"a":                 `{"resource_tag":"a"}`,
		"team=web;team=ops": `{"resource_tag":"team=web;team=ops"}`,
		`{"team":{"a":1}}`:  `{"resource_tag":"{\"team\":{\"a\":1}}"}`,
		`{"a":1}]`:          `{"resource_tag":"{\"a\":1}]"}`,
		"a=b=c":             `{"resource_tag":"a=b=c"}`,
		"line\nbreak \xff":  `{"resource_tag":"line\u000abreak ` + "\uFFFD" + `"}`,
	} {
		assert.Equal(t, want, string(focus.ParseTags([]byte(text))), text)
	}
	rows := written(t, options(t), rowOf(t, fields{bss.FeeResourceTag: " "}), rowOf(t, fields{bss.FeeResourceTag: ""}))
	assert.Empty(t, rows[0]["Tags"])
	assert.Empty(t, rows[1]["Tags"])
}

func TestUnitPrices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cost, quantity, want string }{
		{"1261.5", "3", "420.5"},
		{"2.11957375", "5.123456", "0.4137"}, // 2.1195737472, rounded
		{"100", "7", "14.285714286"},
		{"1", "8", "0.125"},
		{"1.00000001", "8", "0.12500000125"}, // it comes out
		{"0", "5", "0"},
		{"-2", "4", "0.5"},
		{"12", "0.000001", "12000000"},
		{"0.00000001", "9000000000", "0.000000000000000001"},
		{"9223372036.54775807", "1", "9223372036.54775807"},
	} {
		cost, err := bill.ParseAmount([]byte(c.cost))
		require.NoError(t, err)
		got, ok := focus.UnitPrice(cost, c.quantity)
		assert.True(t, ok, "%v", c)
		assert.Equal(t, c.want, got, "%v", c)
	}
	for _, quantity := range []string{"0", "12345678901234567890"} {
		_, ok := focus.UnitPrice(1, quantity)
		assert.False(t, ok, quantity)
	}
}

func TestSameRowsMakeTheSameBytes(t *testing.T) {
	t.Parallel()
	files := func() (string, string) {
		var c, p bytes.Buffer
		asCSV, err := focus.NewCSV(&c, options(t))
		require.NoError(t, err)
		asParquet, err := focus.NewParquet(&p, options(t))
		require.NoError(t, err)
		for i := range 500 {
			r := rowOf(t, fields{bss.FeeID: fmt.Sprint(i), bss.FeeResourceTag: fmt.Sprintf(`{"b":"%d","a":"x"}`, i%7)})
			require.NoError(t, asCSV.Write(r))
			require.NoError(t, asParquet.Write(r))
		}
		require.NoError(t, asCSV.Close())
		require.NoError(t, asParquet.Close())
		return c.String(), p.String()
	}
	csv1, parquet1 := files()
	csv2, parquet2 := files()
	assert.Equal(t, csv1, csv2)
	assert.Equal(t, parquet1, parquet2)
}

func TestWhatIsNoFieldOfTheAPIIsRefused(t *testing.T) {
	t.Parallel()
	for field, text := range (fields{
		bss.FeeBillDetailType: "five", bss.FeeChargingMode: "3.5", bss.FeeTradeTime: "yesterday", bss.FeeUsageAmount: "much",
		bss.FeeRIUsage: "0.0000000000000000001", bss.FeeFreeResourceUsage: "1e99",
	}) {
		w, err := focus.NewCSV(io.Discard, options(t))
		require.NoError(t, err)
		err = w.Write(rowOf(t, fields{field: text}))
		require.ErrorContains(t, err, field.String())
		require.ErrorContains(t, err, `record "f1" of customer "c1"`)
	}
	p, err := focus.NewParquet(io.Discard, options(t))
	require.NoError(t, err)
	require.ErrorContains(t, p.Write(rowOf(t, fields{bss.FeeOfficialAmount: "20000000000"})), "ListCost")
}

func TestServicesAreWhereTheSpecificationAllowsThem(t *testing.T) {
	t.Parallel()
	for code := range focus.Services() {
		category, subcategory := focus.ServiceOf("hws.service.type." + code)
		assert.NotEqual(t, "Other", category, code)
		assert.False(t, strings.HasPrefix(subcategory, "Other (") && subcategory != "Other ("+category+")", code)
	}
}

// writer is what both formats have.
type writer interface {
	Write(r *bill.Row) error
	Close() error
}

func BenchmarkWrite(b *testing.B) {
	var rows []*bill.Row
	for i := range 5000 {
		r := rowOf(b, fields{
			bss.FeeID: fmt.Sprintf("%030d", i), bss.FeeTradeID: fmt.Sprintf("%032x", i*7919), bss.FeeUsageAmount: fmt.Sprintf("%d.%06d", i%24, 1+i%999999),
			bss.FeeOfficialAmount: fmt.Sprintf("%d.%08d", i%50, i*7919%100000000), bss.FeeResourceID: fmt.Sprintf("r-%d", i%50),
			bss.FeeConsumeTime: time.Unix(1769875200+int64(i)*400, 0).UTC().Format(time.RFC3339),
		})
		rows = append(rows, r)
	}
	for name, open := range map[string]func() (writer, error){
		"csv":     func() (writer, error) { return focus.NewCSV(io.Discard, options(b)) },
		"parquet": func() (writer, error) { return focus.NewParquet(io.Discard, options(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			w, err := open()
			require.NoError(b, err)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := w.Write(rows[i%len(rows)]); err != nil {
					b.Fatal(err)
				}
			}
			require.NoError(b, w.Close())
		})
	}
}
