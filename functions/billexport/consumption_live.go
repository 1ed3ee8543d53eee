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
func (f *function) sumRecords(ctx context.Context, request bss.ListSubCustomerBillDetailRequest, most int) (spent []ServiceSpent, long bool, err error) {
	sum := tally.New()
	var row bill.Row
	for page, err := range f.cloud.ListSubCustomerBillDetailPages(ctx, request) {
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

// sumSums adds up the monthly sums of a customer by service, and the records that they do
// not contain: of what was not resold, and of reserved instances. There are none where the
// sums are not in units of their currency.
func (f *function) sumSums(ctx context.Context, records bss.ListSubCustomerBillDetailRequest) ([]ServiceSpent, error) {
	all := spending{places: map[serviceCurrency]int{}}
	for _, mode := range reconciliation.ChargeModes() {
		request := bss.ListSubcustomerMonthlyBillsRequest{Cycle: records.BillCycle, ChargeMode: mode, CustomerID: records.CustomerID}
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
			one := ServiceSpent{sum.CloudServiceType, sum.CloudServiceTypeName, Spent{Currency: sum.Currency}}
			one.Payment.Add(amount)
			all.add(one)
		}
	}
	if len(all.spent) == 0 {
		return nil, nil
	}
	referred, reserved := records, records
	referred.AssociationType = bss.Referral
	reserved.AssociationType, reserved.ChargingMode = bss.Resale, bss.ChargingReservedInstance
	for _, request := range []bss.ListSubCustomerBillDetailRequest{referred, reserved} {
		more, _, err := f.sumRecords(ctx, request, 0)
		if err != nil {
			return nil, err
		}
		for _, one := range more {
			all.add(one)
		}
	}
	return all.spent, nil
}

// spending is what was paid by service and currency.
type spending struct {
	places map[serviceCurrency]int
	spent  []ServiceSpent
}

type serviceCurrency struct{ service, currency string }

func (s *spending) add(one ServiceSpent) {
	key := serviceCurrency{one.ServiceTypeCode, one.Currency}
	if at, ok := s.places[key]; ok {
		s.spent[at].Payment.AddTotal(one.Payment)
		return
	}
	s.places[key] = len(s.spent)
	s.spent = append(s.spent, one)
}
