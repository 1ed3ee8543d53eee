package billexport

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// liveRows is up to how many records of a customer are read to answer a question: some
// pages of the quota of a second. Of those that have more the monthly sums are read,
// which take three calls and lag behind by a day or two, and the records that these do
// not contain.
const liveRows = 5_000

// consumptionRoutes are about what customers spent.
func (f *function) consumptionRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodGet, Pattern: "/billexport/consumption", Handle: f.topConsumption},
		{Method: http.MethodGet, Pattern: "/billexport/consumption/{customer_id}", Handle: f.consumption},
	}
}

// Where an answer comes from.
const (
	// fromRecords are the fee records as they are now.
	fromRecords = "fee_records"
	// fromSums are Huawei Cloud's monthly sums.
	fromSums = "monthly_sums"
)

// Consumption is what a customer spent in a cycle.
type Consumption struct {
	CustomerID string `json:"customer_id"`
	Cycle      string `json:"cycle"`
	// Source is fee_records or monthly_sums.
	Source string `json:"source"`
	// Through is the instant up to which everything is contained, in UTC: fee records
	// come in real time, the sums of a day by the end of the day after it.
	Through time.Time `json:"through"`
	// Settled says that the bills of the cycle no longer change.
	Settled bool `json:"settled"`
	// Totals are sorted by currency, Services by currency and payment, the largest
	// first.
	Totals   []Spent        `json:"totals"`
	Services []ServiceSpent `json:"services"`
}

// Spent is what was paid in a currency.
type Spent struct {
	Currency string     `json:"currency"`
	Payment  bill.Total `json:"payment_amount"`
}

// ServiceSpent is what was paid for a service.
type ServiceSpent struct {
	ServiceTypeCode string `json:"service_type_code"`
	ServiceTypeName string `json:"service_type_name"`
	Spent
}

// consumption answers what a customer spent: from the records while they are few, since
// they are of this moment and cost no more calls than the sums.
func (f *function) consumption(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	cycle, err := f.cycleOf(r)
	if err != nil {
		return nil, err
	}
	out, err := f.liveConsumption(ctx, id, cycle)
	if err != nil {
		return nil, functions.Problem(fmt.Errorf("read what customer %s spent in %s: %w", id, cycle, err))
	}
	return handler.OK(out), nil
}

// cycleOf is the cycle of a query, the present one where it names none.
func (f *function) cycleOf(r *handler.Request) (bill.Cycle, error) {
	if text := r.Query.Get("cycle"); text != "" {
		return f.parseCycle(text)
	}
	return bill.CycleAt(f.now()), nil
}

func (f *function) liveConsumption(ctx context.Context, id string, cycle bill.Cycle) (Consumption, error) {
	now := f.now()
	records := bss.ListSubCustomerBillDetailRequest{BillCycle: cycle.String(), CustomerID: id}
	spent, long, err := f.sumRecords(ctx, records, liveRows)
	if err != nil {
		return Consumption{}, err
	}
	if !long {
		return newConsumption(id, cycle, fromRecords, earlier(now, cycle.End()), now, spent), nil
	}
	if spent, err = f.sumSums(ctx, records); err != nil {
		return Consumption{}, err
	}
	if len(spent) > 0 {
		return newConsumption(id, cycle, fromSums, earlier(summedThrough(now), cycle.End()), now, spent), nil
	}
	// There are sums of resale customers only.
	if spent, _, err = f.sumRecords(ctx, records, 0); err != nil {
		return Consumption{}, err
	}
	return newConsumption(id, cycle, fromRecords, earlier(now, cycle.End()), now, spent), nil
}

func newConsumption(id string, cycle bill.Cycle, source string, through, now time.Time, spent []ServiceSpent) Consumption {
	slices.SortFunc(spent, func(a, b ServiceSpent) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), b.Payment.Compare(a.Payment), cmp.Compare(a.ServiceTypeCode, b.ServiceTypeCode))
	})
	out := Consumption{
		CustomerID: id, Cycle: cycle.String(), Source: source, Through: through, Settled: cycle.Settled(now),
		Totals: []Spent{}, Services: append([]ServiceSpent{}, spent...),
	}
	for _, s := range spent {
		if n := len(out.Totals); n == 0 || out.Totals[n-1].Currency != s.Currency {
			out.Totals = append(out.Totals, Spent{Currency: s.Currency})
		}
		out.Totals[len(out.Totals)-1].Payment.AddTotal(s.Payment)
	}
	return out
}
