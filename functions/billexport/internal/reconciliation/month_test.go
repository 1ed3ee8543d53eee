package reconciliation_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// month is a month of records, with the sums that Huawei Cloud would make of them.
type month struct {
	rows []*bill.Row
	sums []bss.BillSum
	// unsettled says that the month goes on, blind that records are not read again.
	unsettled, blind bool
	customers        []string
}

// record is a usage of the 3rd, paid in cash.
func record(customer, id string, payment bill.Amount, change func(*bill.Row)) *bill.Row {
	r := &bill.Row{Fee: &bss.FeeRow{}}
	set(r, bss.FeeCustomerID, customer)
	set(r, bss.FeeID, id)
	set(r, bss.FeeServiceTypeCode, "ec2")
	set(r, bss.FeeResourceTypeCode, "vm")
	set(r, bss.FeeChargingMode, "3")
	set(r, bss.FeeBillDetailType, "5")
	set(r, bss.FeeAssociationType, "2")
	set(r, bss.FeeCurrency, "CNY")
	set(r, bss.FeeTradeTime, "2026-02-03T04:05:06Z")
	r.Amounts[bill.Official], r.Amounts[bill.Payment], r.Amounts[bill.Cash] = payment, payment, payment
	if change != nil {
		change(r)
	}
	return r
}

func set(r *bill.Row, field bss.FeeField, text string) { r.Fee[field] = []byte(text) }

func pay(r *bill.Row, more bill.Amount) {
	r.Amounts[bill.Payment] += more
	r.Amounts[bill.Cash] += more
}

// summed is the sum of a line of the customer a.
func summed(amount string, change func(*bss.BillSum)) bss.BillSum {
	s := bss.BillSum{
		CustomerID: "a", CloudServiceType: "ec2", ResourceTypeCode: "vm", ChargeMode: "3", BillType: bss.BillConsumption,
		Currency: "CNY", MeasureID: 1, Amount: decimal.RequireFromString(amount),
	}
	if change != nil {
		change(&s)
	}
	return s
}

func (m month) reconcile(t *testing.T) (reconciliation.Result, string) {
	t.Helper()
	in := reconciliation.Input{Settled: !m.unsettled, Tally: tally.New(), Sums: reconciliation.NewSums(), Customers: m.customers}
	for _, r := range m.rows {
		in.Tally.Add(r)
	}
	for _, s := range m.sums {
		require.NoError(t, in.Sums.Add(s))
	}
	if !m.blind {
		in.Rows = func(_ context.Context, customerID string) iter.Seq2[*bill.Row, error] {
			return func(yield func(*bill.Row, error) bool) {
				for _, r := range m.rows {
					if string(r.Fee[bss.FeeCustomerID]) == customerID && !yield(r, nil) {
						return
					}
				}
			}
		}
	}
	var table bytes.Buffer
	out, err := reconciliation.Reconcile(t.Context(), in, &table)
	require.NoError(t, err)
	return out, table.String()
}

// random is a month of customers in every association, with records of every kind, and
// sums that agree.
func random(r *rand.Rand) month {
	var m month
	for n := range 1 + r.IntN(60) {
		pays := bill.Amount(r.Int64N(1e6)) * tally.Fen / 100
		pays -= pays % tally.Fen
		m.rows = append(m.rows, record(fmt.Sprint("customer", r.IntN(4)), fmt.Sprint("id", n), pays, func(w *bill.Row) {
			set(w, bss.FeeServiceTypeCode, fmt.Sprint("service", r.IntN(2)))
			set(w, bss.FeeResourceTypeCode, fmt.Sprint("resource", r.IntN(2)))
			set(w, bss.FeeChargingMode, []string{"1", "3", "10", "11"}[r.IntN(4)])
			set(w, bss.FeeBillDetailType, []string{"1", "5", "9", "25", "4"}[r.IntN(5)])
			set(w, bss.FeeTradeTime, fmt.Sprintf("2026-02-%02dT%02d:00:00Z", 1+r.IntN(28), r.IntN(24)))
			if w.Fee[bss.FeeBillDetailType][0] == '4' {
				for i := range w.Amounts {
					w.Amounts[i] = -w.Amounts[i]
				}
			}
			if string(w.Fee[bss.FeeBillDetailType]) == "5" {
				w.Amounts[bill.Official] += bill.Amount(r.Int64N(int64(tally.Fen)))
			}
			if r.IntN(10) == 0 {
				set(w, bss.FeeAssociationType, "1")
			}
		}))
	}
	m.sums = sumsOf(m.rows)
	r.Shuffle(len(m.sums), func(i, j int) { m.sums[i], m.sums[j] = m.sums[j], m.sums[i] })
	return m
}

// sumsOf are the sums that there would be of records.
func sumsOf(rows []*bill.Row) []bss.BillSum {
	var sums []bss.BillSum
	for _, r := range rows {
		s := bss.BillSum{
			CustomerID: string(r.Fee[bss.FeeCustomerID]), CloudServiceType: string(r.Fee[bss.FeeServiceTypeCode]),
			ResourceTypeCode: string(r.Fee[bss.FeeResourceTypeCode]), ChargeMode: bss.ChargeMode(r.Fee[bss.FeeChargingMode]),
			Currency: string(r.Fee[bss.FeeCurrency]), BillType: bss.BillConsumption, MeasureID: 1,
		}
		if string(r.Fee[bss.FeeAssociationType]) != "2" || !slices.Contains(reconciliation.ChargeModes(), s.ChargeMode) {
			continue
		}
		if string(r.Fee[bss.FeeBillDetailType]) == "4" {
			s.BillType = bss.BillUnsubscription
		}
		at := slices.IndexFunc(sums, func(o bss.BillSum) bool {
			o.Amount = s.Amount
			return reflect.DeepEqual(o, s)
		})
		if at < 0 {
			at = len(sums)
			sums = append(sums, s)
		}
		sums[at].Amount = sums[at].Amount.Add(r.Amounts[bill.Payment].Decimal())
	}
	return sums
}
