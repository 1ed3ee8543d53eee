package reconciliation_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// yuan is an amount of so many.
func yuan(n int64) bill.Amount { return bill.Amount(n) * 100 * tally.Fen }

func TestCauses(t *testing.T) {
	t.Parallel()
	plain := record("a", "1", yuan(10), nil)
	other := record("a", "2", yuan(5), func(r *bill.Row) { set(r, bss.FeeResourceTypeCode, "disk") })
	disk := summed("5", func(s *bss.BillSum) { s.ResourceTypeCode = "disk" })
	late := func(id string, pays bill.Amount, changes ...func(*bill.Row)) *bill.Row {
		return record("a", id, pays, func(r *bill.Row) {
			set(r, bss.FeeTradeTime, "2026-02-27T16:00:00Z")
			for _, change := range changes {
				change(r)
			}
		})
	}
	makeUpOnly := func(r *bill.Row) {
		set(r, bss.FeeBillDetailType, tally.MakeUp)
		r.Amounts[bill.Official] = 0
	}
	makeUp := record("a", "25", 3*tally.Fen, makeUpOnly)
	for name, c := range map[string]struct {
		month
		want string // cause by resource type, with the records it names
	}{
		"nothing":         {month: month{rows: []*bill.Row{plain, other}, sums: []bss.BillSum{summed("10", nil), disk}}},
		"sums by type":    {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("13", nil), summed("-2", func(s *bss.BillSum) { s.BillType = bss.BillUnsubscription }), summed("-1", func(s *bss.BillSum) { s.BillType = bss.BillWriteOff })}}},
		"digits of sums":  {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("10.000", nil)}}},
		"no lag any more": {month: month{rows: []*bill.Row{plain, late("3", yuan(2)), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:sums_incomplete"},
		"lag":             {month: month{unsettled: true, rows: []*bill.Row{plain, late("3", yuan(2)), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:sums_lag"},
		"lag of a line": {month: month{unsettled: true, rows: []*bill.Row{plain, record("a", "3", yuan(2), func(r *bill.Row) {
			set(r, bss.FeeResourceTypeCode, "eip")
			set(r, bss.FeeTradeTime, "2026-02-28T01:00:00Z")
		})}, sums: []bss.BillSum{summed("10", nil)}}, want: "eip:sums_lag"},
		"no lag": {month: month{rows: []*bill.Row{plain, late("3", yuan(2)), other, record("a", "4", yuan(1), func(r *bill.Row) {
			set(r, bss.FeeResourceTypeCode, "disk")
			set(r, bss.FeeTradeTime, "2026-02-28T01:00:00Z")
		})}, sums: []bss.BillSum{summed("10", nil), summed("6", func(s *bss.BillSum) { s.ResourceTypeCode = "disk" })}}, want: "vm:unexplained 3"},
		"lag of a month":         {month: month{unsettled: true, rows: []*bill.Row{plain}}, want: "vm:sums_lag"},
		"month goes on":          {month: month{unsettled: true, blind: true, rows: []*bill.Row{plain, late("3", yuan(2))}, sums: []bss.BillSum{summed("10", nil)}}, want: "vm:not_settled"},
		"missing customer":       {month: month{rows: []*bill.Row{plain}}, want: "vm:customer_missing_in_sums"},
		"unlisted":               {month: month{sums: []bss.BillSum{summed("1", nil)}}, want: "vm:customer_missing_in_records"},
		"twice":                  {month: month{rows: []*bill.Row{plain, plain, other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:duplicate_record 1"},
		"a fen too much":         {month: month{rows: []*bill.Row{record("a", "1", yuan(10), func(r *bill.Row) { pay(r, tally.Fen) }), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:broken_record 1"},
		"a fen too little":       {month: month{rows: []*bill.Row{record("a", "1", yuan(10), func(r *bill.Row) { r.Amounts[bill.Official] += 5; pay(r, -tally.Fen) }), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:broken_record 1"},
		"refund spoilt":          {month: month{rows: []*bill.Row{record("a", "1", -yuan(10), func(r *bill.Row) { pay(r, yuan(1)) }), other}, sums: []bss.BillSum{summed("-10", nil), disk}}, want: "vm:broken_record 1"},
		"broken twice":           {month: month{rows: []*bill.Row{record("a", "1", yuan(10), func(r *bill.Row) { pay(r, yuan(1)) }), record("a", "2", yuan(10), func(r *bill.Row) { pay(r, yuan(3)) })}, sums: []bss.BillSum{summed("20", nil)}}, want: "vm:broken_record 1 2"},
		"broken otherwise":       {month: month{rows: []*bill.Row{record("a", "1", yuan(10), func(r *bill.Row) { pay(r, yuan(1)) }), other}, sums: []bss.BillSum{summed("8", nil), disk}}, want: "vm:unexplained"},
		"missing":                {month: month{rows: []*bill.Row{plain, other}, sums: []bss.BillSum{summed("12.34", nil), disk}}, want: "vm:missing_record"},
		"missing refund":         {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("10", nil), summed("-4", func(s *bss.BillSum) { s.BillType = bss.BillUnsubscription })}}, want: "vm:missing_record"},
		"missing line":           {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "disk:missing_record"},
		"make-up":                {month: month{rows: []*bill.Row{plain, makeUp}, sums: []bss.BillSum{summed("10", nil)}}, want: "vm:make_up_charge 25"},
		"make-up at the end":     {month: month{rows: []*bill.Row{plain, late("25", 3*tally.Fen, makeUpOnly), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:make_up_charge 25"},
		"debt at the end":        {month: month{rows: []*bill.Row{plain, late("3", yuan(2)), other}, sums: []bss.BillSum{summed("10", func(s *bss.BillSum) { s.DebtAmount = decimal.NewFromInt(2) }), disk}}, want: "vm:debt_not_in_sums"},
		"make-up of lines":       {month: month{blind: true, rows: []*bill.Row{plain, makeUp}, sums: []bss.BillSum{summed("10", nil)}}, want: "vm:make_up_charge"},
		"one make-up":            {month: month{rows: []*bill.Row{plain, makeUp, record("a", "26", 5*tally.Fen, func(r *bill.Row) { set(r, bss.FeeBillDetailType, tally.MakeUp) })}, sums: []bss.BillSum{summed("10.03", nil)}}, want: "vm:make_up_charge 26"},
		"truncated":              {month: month{rows: []*bill.Row{record("a", "1", yuan(10)+99, nil), record("a", "2", yuan(10)+tally.Fen-1, nil)}, sums: []bss.BillSum{summed("20", nil)}}, want: "vm:truncation"},
		"truncated to less":      {month: month{rows: []*bill.Row{record("a", "1", yuan(10)+99, nil), record("a", "2", yuan(10)+tally.Fen-1, nil)}, sums: []bss.BillSum{summed("20.0000005", nil)}}, want: "vm:unexplained"},
		"truncated more":         {month: month{rows: []*bill.Row{record("a", "1", yuan(10)+99, nil), record("a", "2", yuan(10), nil)}, sums: []bss.BillSum{summed("19.98", nil)}}, want: "vm:unexplained"},
		"truncated to more":      {month: month{rows: []*bill.Row{record("a", "1", yuan(10)+99, nil)}, sums: []bss.BillSum{summed("10.01", nil)}}, want: "vm:missing_record"},
		"association of records": {month: month{rows: []*bill.Row{plain, record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") })}, sums: []bss.BillSum{summed("13", nil)}}, want: "vm:association_changed"},
		"no longer resold":       {month: month{rows: []*bill.Row{plain, record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") })}}, want: "vm:association_changed"},
		"resold at the end":      {month: month{rows: []*bill.Row{record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") }), plain}}, want: "vm:customer_missing_in_sums"},
		"never resold":           {month: month{rows: []*bill.Row{record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") })}, sums: []bss.BillSum{summed("3", nil)}}, want: "vm:association_changed"},
		"never resold so much":   {month: month{rows: []*bill.Row{record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") })}, sums: []bss.BillSum{summed("5", nil), disk}}, want: "disk:customer_missing_in_records vm:customer_missing_in_records"},
		"debt apart":             {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("8", func(s *bss.BillSum) { s.DebtAmount = decimal.NewFromInt(2) })}}, want: "vm:debt_not_in_sums"},
		"written off":            {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("10", nil), summed("-2", func(s *bss.BillSum) { s.BillType = bss.BillWriteOff })}}, want: "vm:writeoff"},
		"written off apart":      {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("7", func(s *bss.BillSum) { s.AdjustmentAmount = decimal.NewFromInt(3) })}}, want: "vm:writeoff"},
		"sign":                   {month: month{rows: []*bill.Row{plain, record("a", "2", -yuan(4), nil)}, sums: []bss.BillSum{summed("10", nil), summed("4", func(s *bss.BillSum) { s.BillType = bss.BillUnsubscription })}}, want: "vm:sign_differs"},
		"measure":                {month: month{rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("1000", func(s *bss.BillSum) { s.MeasureID = 3 })}}, want: "vm:measure_differs"},
		"currency":               {month: month{rows: []*bill.Row{plain, record("a", "2", yuan(3), func(r *bill.Row) { set(r, bss.FeeCurrency, "USD") }), other}, sums: []bss.BillSum{summed("13", nil), disk}}, want: "vm:currency_differs vm:currency_differs"},
		"two at once":            {month: month{rows: []*bill.Row{plain, plain, record("a", "2", yuan(10), func(r *bill.Row) { pay(r, yuan(1)) })}, sums: []bss.BillSum{summed("20", nil)}}, want: "vm:duplicate_record+broken_record 1 2"},
		"unexplained":            {month: month{rows: []*bill.Row{plain, record("a", "2", yuan(2), nil), other}, sums: []bss.BillSum{summed("10", nil), disk}}, want: "vm:unexplained 2"},
		"left alone":             {month: month{customers: []string{"a"}, rows: []*bill.Row{plain}, sums: []bss.BillSum{summed("10", nil), summed("9", func(s *bss.BillSum) { s.CustomerID = "b" })}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, _ := c.reconcile(t)
			var found []string
			for _, d := range out.Differences {
				found = append(found, strings.TrimSpace(fmt.Sprintf("%s:%s %s", d.ResourceTypeCode, d.Cause, strings.Join(d.RecordIDs, " "))))
				assert.Equal(t, d.Cause.Class(), d.Class)
			}
			assert.Equal(t, c.want, strings.Join(found, " "))
			assert.Equal(t, len(found), out.Differing)
			assert.Equal(t, out.Differing, out.Explained+out.Defects+out.Unexplained)
			assert.Equal(t, out.Defects+out.Unexplained == 0, out.Agrees)
		})
	}
}

func TestWhatTheSumsDoNotKnowIsLeftOut(t *testing.T) {
	t.Parallel()
	m := month{rows: []*bill.Row{
		record("a", "1", yuan(1), func(r *bill.Row) { set(r, bss.FeeChargingMode, "10") }),
		record("a", "2", yuan(2), func(r *bill.Row) { set(r, bss.FeeAssociationType, "1") }),
		record("b", "3", yuan(4), func(r *bill.Row) { set(r, bss.FeeAssociationType, "3") }),
	}}
	out, _ := m.reconcile(t)
	assert.Zero(t, out.Compared)
	assert.True(t, out.Agrees)
	encoded, err := json.Marshal(out.LeftOut)
	require.NoError(t, err)
	assert.JSONEq(t, `[
		{"reason":"association_type","currency":"CNY","rows":2,"payment_amount":"6"},
		{"reason":"charging_mode","currency":"CNY","rows":1,"payment_amount":"1"}]`, string(encoded))
}

func TestSumsOfCustomersThatContradictThemselves(t *testing.T) {
	t.Parallel()
	makeUp := func(id string, pays bill.Amount) *bill.Row {
		return record("a", id, pays, func(r *bill.Row) {
			set(r, bss.FeeBillDetailType, tally.MakeUp)
			r.Amounts[bill.Official] = 0
		})
	}
	cut := record("a", "1", yuan(1), func(r *bill.Row) { r.Amounts[bill.Official] += tally.Fen - 1 })
	for name, c := range map[string]struct {
		rows []*bill.Row
		want string
	}{
		"sound":           {rows: []*bill.Row{cut}},
		"made up":         {rows: []*bill.Row{cut, record("a", "2", yuan(1), func(r *bill.Row) { r.Amounts[bill.Official] += tally.Fen - 1 }), makeUp("3", tally.Fen)}},
		"made up more":    {rows: []*bill.Row{cut, makeUp("3", 2*tally.Fen)}, want: "make_up 0.01000001"},
		"parts":           {rows: []*bill.Row{record("a", "1", yuan(1), func(r *bill.Row) { r.Amounts[bill.Cash]-- })}, want: "payment_parts 0.00000001"},
		"paid too much":   {rows: []*bill.Row{cut, record("a", "2", yuan(1), func(r *bill.Row) { pay(r, yuan(1)) })}, want: "truncation -0.99000001"},
		"paid too little": {rows: []*bill.Row{record("a", "2", yuan(1), func(r *bill.Row) { pay(r, -tally.Fen) })}, want: "truncation 0.01"},
	} {
		out, _ := month{rows: c.rows}.reconcile(t)
		var found []string
		for _, b := range out.Customers.First {
			found = append(found, b.Identity+" "+b.Difference.Decimal().String())
		}
		assert.Equal(t, c.want, strings.Join(found, " "), name)
	}
}

func TestMonthsThatAreSoundAgree(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		m := random(r)
		m.unsettled = r.IntN(2) == 0
		out, table := m.reconcile(t)
		require.True(t, out.Agrees, "%+v", out.Differences)
		require.Zero(t, out.Differing)
		require.Equal(t, out.Compared+1, strings.Count(table, "\r\n"))
	}
}

// TestFenIsFound changes a fen in one place, and finds where.
func TestFenIsFound(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	for range 50 {
		m := random(r)
		fen := tally.Fen
		if r.IntN(2) == 0 {
			fen = -fen
		}
		if len(m.sums) > 0 && r.IntN(2) == 0 {
			s := &m.sums[r.IntN(len(m.sums))]
			s.Amount = s.Amount.Add(fen.Decimal())
			out, _ := m.reconcile(t)
			require.Equal(t, 1, out.Differing)
			d := out.Differences[0]
			require.Equal(t, []string{s.CustomerID, s.CloudServiceType, s.ResourceTypeCode, string(s.ChargeMode)},
				[]string{d.CustomerID, d.CloudServiceType, d.ResourceTypeCode, d.ChargeMode})
			require.True(t, fen.Decimal().Neg().Equal(d.Difference.Decimal()))
			continue
		}
		w := m.rows[r.IntN(len(m.rows))]
		pay(w, fen)
		y := tally.New()
		for _, row := range m.rows {
			y.Add(row)
		}
		require.Equal(t, 1, y.Broken().Count)
		require.Equal(t, string(w.Fee[bss.FeeID]), y.Broken().First[0].ID)
		out, _ := m.reconcile(t)
		if string(w.Fee[bss.FeeAssociationType]) != "2" || string(w.Fee[bss.FeeChargingMode]) == "10" {
			require.Zero(t, out.Differing, "there is no sum of it")
			continue
		}
		require.Equal(t, 1, out.Differing)
		require.Equal(t, reconciliation.BrokenRecord, out.Differences[0].Cause)
		require.Equal(t, []string{string(w.Fee[bss.FeeID])}, out.Differences[0].RecordIDs)
	}
}

func TestTableHasAllLines(t *testing.T) {
	t.Parallel()
	m := month{
		rows: []*bill.Row{
			record("=cmd", "1", yuan(1), nil), record("b", "2", yuan(2), nil),
		},
		sums: []bss.BillSum{summed("2", func(s *bss.BillSum) { s.CustomerID = "b" }), summed("3", nil)},
	}
	out, table := m.reconcile(t)
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	assert.Equal(t, "customer_id", rows[0][0])
	assert.Equal(t, []string{"'=cmd", "ec2", "vm", "3", "CNY", "1", "1", "0", "0", "0", "0", "1", "customer_missing_in_sums", "defect", ""}, rows[1])
	assert.Equal(t, []string{"a", "ec2", "vm", "3", "CNY", "0", "0", "3", "3", "0", "0", "-3", "customer_missing_in_records", "defect", ""}, rows[2])
	assert.Equal(t, []string{"b", "ec2", "vm", "3", "CNY", "1", "2", "2", "2", "0", "0", "0", "", "", ""}, rows[3])
	assert.Equal(t, 3, out.Compared)
	assert.Equal(t, []reconciliation.Cause{reconciliation.CustomerMissingInRecords, reconciliation.CustomerMissingInSums},
		[]reconciliation.Cause{out.Causes[0].Cause, out.Causes[1].Cause})
}

func TestListIsBoundedAndBeginsWithTheWorst(t *testing.T) {
	t.Parallel()
	var m month
	for n := range 2 * reconciliation.MaxListed {
		m.rows = append(m.rows, record(fmt.Sprintf("c%04d", n), "1", yuan(1), nil))
	}
	m.rows = append(m.rows, record("z", "1", yuan(1), nil), record("z", "2", yuan(2), nil))
	m.sums = append(m.sums, summed("1", func(s *bss.BillSum) { s.CustomerID = "z" }))
	out, _ := m.reconcile(t)
	assert.Len(t, out.Differences, reconciliation.MaxListed)
	assert.Equal(t, reconciliation.None, out.Differences[0].Cause)
	assert.Equal(t, 2*reconciliation.MaxListed, out.Defects)
}

// failing fails to write.
type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	y, sums := tally.New(), reconciliation.NewSums()
	y.Add(record("a", "1", yuan(1), nil))
	in := reconciliation.Input{Settled: true, Tally: y, Sums: sums, Rows: func(context.Context, string) iter.Seq2[*bill.Row, error] {
		return func(yield func(*bill.Row, error) bool) { yield(nil, io.ErrUnexpectedEOF) }
	}}
	_, err := reconciliation.Reconcile(t.Context(), in, io.Discard)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "customer a")

	in.Rows = nil
	_, err = reconciliation.Reconcile(t.Context(), in, &failing{after: 10})
	require.ErrorContains(t, err, "disk is full")
	require.ErrorIs(t, sums.Add(summed("0.000000001", nil)), bill.ErrTooFine)
}
