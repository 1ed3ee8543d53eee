package billexport

import (
	"context"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b.UTC()
	}
	return a.UTC()
}

// summedThrough is up to when the monthly sums are complete for certain: a day is in
// them by the end of the day after it, in GMT+8.
// See https://support.huaweicloud.com/api-bpconsole/mt_000502.html.
func summedThrough(now time.Time) time.Time {
	const zone = 8 * time.Hour
	today := now.UTC().Add(zone).Truncate(24 * time.Hour).Add(-zone)
	return today.Add(-24 * time.Hour)
}

// sumRecords adds up the fee records; long says that there are more than so many of
// them, unless that is 0.
func (f *function) sumRecords(ctx context.Context, id string, cycle bill.Cycle, most int) (spent []ServiceSpent, long bool, err error) {
	sum := tally.New()
	var row bill.Row
	for page, err := range f.cloud.ListSubCustomerBillDetailPages(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: cycle.String(), CustomerID: id}) {
		if err != nil {
			return nil, false, err
		}
		if most > 0 && page.Total > most {
			return nil, true, nil
		}
		for i := range page.Rows {
			if err := row.Read(&page.Rows[i]); err != nil {
				return nil, false, err
			}
			sum.Add(&row)
		}
	}
	for _, s := range sum.Services("") {
		spent = append(spent, ServiceSpent{s.Code, s.Name, Spent{s.Currency, s.Payment}})
	}
	return spent, false, nil
}

// sumSums adds up the monthly sums of a customer by service. There are none where they
// are not in units of their currency.
func (f *function) sumSums(ctx context.Context, id string, cycle bill.Cycle) ([]ServiceSpent, error) {
	type key struct{ service, currency string }
	places := map[key]int{}
	var spent []ServiceSpent
	for _, mode := range reconciliation.ChargeModes() {
		request := bss.ListSubcustomerMonthlyBillsRequest{Cycle: cycle.String(), ChargeMode: mode, CustomerID: id}
		for sum, err := range f.cloud.ListSubcustomerMonthlyBills(ctx, request) {
			if err != nil {
				return nil, err
			}
			if sum.MeasureID != reconciliation.MeasureUnit {
				return nil, nil
			}
			amount, err := bill.AmountOf(sum.Amount)
			if err != nil {
				return nil, err
			}
			k := key{sum.CloudServiceType, sum.Currency}
			at, ok := places[k]
			if !ok {
				at = len(spent)
				places[k] = at
				spent = append(spent, ServiceSpent{sum.CloudServiceType, sum.CloudServiceTypeName, Spent{Currency: sum.Currency}})
			}
			spent[at].Payment.Add(amount)
		}
	}
	return spent, nil
}
