package billexport

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
)

// chargeModes are those that the monthly sums can be asked for.
var chargeModes = [...]bss.ChargeMode{bss.ChargePeriod, bss.ChargeOnDemand, bss.ChargeSavingsPlan}

// Line is what the records and the monthly sums are compared by.
type Line struct {
	CustomerID       string         `json:"customer_id"`
	CloudServiceType string         `json:"cloud_service_type"`
	ResourceTypeCode string         `json:"resource_type_code"`
	ChargeMode       bss.ChargeMode `json:"charge_mode"`
	Currency         string         `json:"currency"`
}

func (l Line) compare(m Line) int {
	return cmp.Or(
		cmp.Compare(l.CustomerID, m.CustomerID),
		cmp.Compare(l.CloudServiceType, m.CloudServiceType),
		cmp.Compare(l.ResourceTypeCode, m.ResourceTypeCode),
		cmp.Compare(l.ChargeMode, m.ChargeMode),
		cmp.Compare(l.Currency, m.Currency),
	)
}

// Reconciliation compares the payments of resale customers' records with Huawei
// Cloud's monthly sums, which exist for those customers only. The sums lag behind
// the records by a day or two, so differences of estimated bills mean little.
type Reconciliation struct {
	Agrees bool `json:"agrees"`
	// Compared counts the lines that are in either of the two.
	Compared    int          `json:"compared"`
	Differences []Difference `json:"differences"`
}

// Difference is a line on which the two do not agree.
type Difference struct {
	Line
	// RecordsAmount is the sum of payment_amount, SummaryAmount that of the monthly
	// sums' amount, Difference the first less the second.
	RecordsAmount decimal.Decimal `json:"records_amount"`
	SummaryAmount decimal.Decimal `json:"summary_amount"`
	Difference    decimal.Decimal `json:"difference"`
}

// lines are amounts by line.
type lines map[Line]decimal.Decimal

func (l lines) add(line Line, amount decimal.Decimal) { l[line] = l[line].Add(amount) }

// addRecord leaves out what the monthly sums do not contain.
func (l lines) addRecord(r *bss.FeeRecord) {
	mode := bss.ChargeMode(strconv.Itoa(int(r.ChargingMode)))
	if r.AssociationType == bss.Resale && slices.Contains(chargeModes[:], mode) {
		l.add(Line{r.CustomerID, r.ServiceTypeCode, r.ResourceTypeCode, mode, r.Currency}, r.PaymentAmount)
	}
}

// summaries reads the monthly sums of a cycle. Consumption, unsubscriptions and
// write-offs of a line add up to what its records add up to.
func (f *function) summaries(ctx context.Context, c cycle) (lines, error) {
	all := lines{}
	for _, mode := range chargeModes {
		for sum, err := range f.cloud.ListSubcustomerMonthlyBills(ctx, bss.ListSubcustomerMonthlyBillsRequest{Cycle: c.String(), ChargeMode: mode}) {
			if err != nil {
				return nil, err
			}
			all.add(Line{sum.CustomerID, sum.CloudServiceType, sum.ResourceTypeCode, mode, sum.Currency}, sum.Amount)
		}
	}
	return all, nil
}

// reconcile compares to the last digit: both sides are amounts paid, in whole fen.
func reconcile(records, summaries lines) Reconciliation {
	either := maps.Clone(records)
	maps.Copy(either, summaries)
	r := Reconciliation{Compared: len(either), Differences: []Difference{}}
	for _, line := range slices.SortedFunc(maps.Keys(either), Line.compare) {
		difference := records[line].Sub(summaries[line])
		if !difference.IsZero() {
			r.Differences = append(r.Differences, Difference{line, records[line], summaries[line], difference})
		}
	}
	r.Agrees = len(r.Differences) == 0
	return r
}
