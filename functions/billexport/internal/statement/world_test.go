package statement

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

const customerOfTests = "a1b2c3d4e5f64a6b8c7d9e0f1a2b3c4d"

// options are of a statement that nobody priced.
func options(t testing.TB) Options {
	cycle, err := bill.ParseCycle("2026-02")
	require.NoError(t, err)
	return Options{
		Export: bill.Export{
			Cycle: cycle, Final: true, PartnerID: "partner-0001", PartnerName: "云帆科技（上海）有限公司",
			GeneratedAt: time.Date(2026, 3, 4, 2, 30, 0, 0, time.UTC),
		},
		Customer: bill.Customer{ID: customerOfTests, AccountName: "hw_xingchen_2024", Name: "星辰数据服务有限公司"},
	}
}

// fee makes a record of the fields given.
func fee(fields map[bss.FeeField]string) *bss.FeeRow {
	var f bss.FeeRow
	for field, text := range fields {
		f[field] = []byte(text)
	}
	if f[bss.FeeCustomerID] == nil {
		f[bss.FeeCustomerID] = []byte(customerOfTests)
	}
	if f[bss.FeeCurrency] == nil {
		f[bss.FeeCurrency] = []byte("CNY")
	}
	return &f
}

// record is the n-th of a month with some of everything.
func record(n int) *bss.FeeRow {
	services := [...][6]string{
		{"弹性云服务器", "云主机", "ecs-生产环境", "4", "3", "5"},
		{"云硬盘", "云硬盘", "volume-data", "4", "3", "5"},
		{"对象存储服务", "对象存储", "obs-backup-archive-for-the-audit-department", "10", "3", "5"},
		{"云数据库 RDS", "云数据库实例", "rds-主备", "", "1", "2"},
		{"虚拟私有云", "固定带宽", "bandwidth", "10", "3", "5"},
		{"CDN与智能边缘", "CDN加速", "www.example.com", "10", "3", "5"},
	}
	s := services[n%len(services)]
	f := map[bss.FeeField]string{
		bss.FeeID: fmt.Sprintf("202602-%06d", n), bss.FeeServiceTypeName: s[0], bss.FeeResourceTypeName: s[1],
		bss.FeeResourceName: fmt.Sprintf("%s-%04d", s[2], n%37), bss.FeeResourceID: fmt.Sprintf("%08x-4f1a-4c5d-a6b7-%012x", n%37*7919, n%37),
		bss.FeeUsageMeasureID: s[3], bss.FeeChargingMode: s[4], bss.FeeBillDetailType: s[5], bss.FeeRegionName: []string{"华北-北京四", "华东-上海一", "华南-广州"}[n%3],
		bss.FeeTradeTime:   time.Date(2026, 2, 1, n%660, 0, 0, 0, time.UTC).Format(time.RFC3339),
		bss.FeeUsageAmount: fmt.Sprintf("%d.%06d", n%24, n*7919%1000000), bss.FeeOfficialAmount: fmt.Sprintf("%d.%08d", n%900, n*104729%100000000),
	}
	if s[3] == "" {
		f[bss.FeeUsageAmount], f[bss.FeePeriodType], f[bss.FeePeriodNum] = "", "20", fmt.Sprint(1+n%12)
	}
	list, _ := bill.ParseAmount([]byte(f[bss.FeeOfficialAmount]))
	discount := list / 7
	pay := (list - discount) / 1e6 * 1e6
	if n%97 == 5 {
		list, discount, pay = -list, -discount, -pay
		f[bss.FeeBillDetailType] = "4"
	}
	f[bss.FeeOfficialAmount], f[bss.FeeOfficialDiscountAmount], f[bss.FeePaymentAmount] = list.String(), discount.String(), pay.String()
	f[bss.FeeCreditAmount], f[bss.FeeCouponAmount] = (pay - pay/4).String(), (pay / 4).String()
	return fee(f)
}

// write makes the statement of records.
func write(t testing.TB, o Options, records ...*bss.FeeRow) []byte {
	var b bytes.Buffer
	writeTo(t, &b, o, records...)
	return b.Bytes()
}

func writeTo(t testing.TB, w io.Writer, o Options, records ...*bss.FeeRow) {
	s, err := New(w, o)
	require.NoError(t, err)
	for _, f := range records {
		var r bill.Row
		require.NoError(t, r.Read(f))
		if o.Priced && !r.PaidToHuaweiCloud() {
			r.Invoice = r.Amounts[bill.Official] / 1e6 * 1e6 * 95 / 100
			r.Margin = r.Invoice - r.Amounts[bill.Payment]
		}
		require.NoError(t, s.Write(&r))
	}
	require.NoError(t, s.Close())
}

func month(n int) []*bss.FeeRow {
	records := make([]*bss.FeeRow, n)
	for i := range records {
		records[i] = record(i)
	}
	return records
}
