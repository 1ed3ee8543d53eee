package payorder

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// reportOrders is how many orders a report lists. Its sums cover all.
const reportOrders = 1000

// RebateReport compares a month's estimates with what the orders really cost, and
// with the real rebates where a statement of them was posted.
type RebateReport struct {
	Month    string          `json:"month"`
	Currency string          `json:"currency"`
	Orders   int             `json:"orders"`
	Total    RebateSums      `json:"total"`
	Services []ServiceRebate `json:"services"`
	// List has 1000 orders at most; OrdersLeftOff says how many more there are.
	List          []OrderRebate `json:"list"`
	OrdersLeftOff int           `json:"orders_left_off"`
	// Statement is what was posted of the real rebates, if anything was.
	Statement *StatementSums `json:"statement,omitempty"`
	Notes     []Caveat       `json:"notes"`
}

// RebateSums are estimated and recomputed amounts side by side.
type RebateSums struct {
	EstimatedBasis  decimal.Decimal `json:"estimated_basis"`
	EstimatedRebate decimal.Decimal `json:"estimated_rebate"`
	// Basis and Rebate are recomputed from what the orders really cost and what was
	// given back in the month.
	Basis  decimal.Decimal `json:"basis"`
	Rebate decimal.Decimal `json:"rebate"`
	// Actual is the real rebate, where the statement tells it.
	Actual *decimal.Decimal `json:"actual_rebate,omitempty"`
}

// ServiceRebate is one service's part of a report.
type ServiceRebate struct {
	Service string `json:"service_type_code"`
	RebateSums
}

// OrderRebate is one order's part of a report.
type OrderRebate struct {
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	PaidAt     time.Time `json:"paid_at"`
	RebateSums
	// Refunded is what unsubscriptions in the month gave back of the order.
	Refunded decimal.Decimal `json:"refunded"`
	// Reasons are why the recomputed basis is another one than the estimated.
	Reasons []Caveat `json:"reasons"`

	service string // of all lines; empty where they differ
}

// reportRebates compares estimates with what became of them. It answers from what is
// kept and a call for each hundred orders and each unsubscription of the month.
func (f *function) reportRebates(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	month, customerID := r.Query.Get("month"), r.Query.Get("customer_id")
	if err := f.checkReportMonth(month); err != nil {
		return nil, err
	}
	var kept []keptEstimate
	for k, err := range f.estimates.in(ctx, month) {
		if err != nil {
			return nil, err
		}
		if customerID == "" || k.CustomerID == customerID {
			kept = append(kept, k)
		}
	}
	facts, err := f.monthFacts(ctx, month, customerID, kept)
	if err != nil {
		return nil, err
	}
	posted, err := f.statements.Get(ctx, month)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	report := compareMonth(month, kept, facts)
	if err == nil {
		report.addStatement(posted.Value, customerID != "")
	}
	report.shorten()
	return handler.OK(report), nil
}

func (f *function) checkReportMonth(month string) error {
	if !isMonth(month) {
		return handler.Invalid(handler.FieldError{Field: "month", Reason: "is no month such as 2026-02"})
	}
	if month > f.month() {
		return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "month_future",
			Detail: "The month " + month + " has not begun.", Next: "Ask for a month that has."}
	}
	return nil
}

// monthFacts are what Huawei Cloud says of the orders of a month.
type monthFacts struct {
	orders map[string]bss.Order
	// member has the combined order of each member, which was paid as a whole.
	member map[string]string
	// returned is what was given back, by the order that had paid and the service.
	returned map[string]map[string]decimal.Decimal
}

func (f *function) monthFacts(ctx context.Context, month, customerID string, kept []keptEstimate) (monthFacts, error) {
	facts := monthFacts{orders: map[string]bss.Order{}, member: map[string]string{}, returned: map[string]map[string]decimal.Decimal{}}
	first, last, err := monthRange(month)
	if err != nil || len(kept) == 0 {
		return facts, err
	}
	customers, wanted := map[string]bool{}, map[string]bool{}
	for _, k := range kept {
		customers[k.CustomerID], wanted[k.OrderID] = true, true
	}
	// A payment at the edge of the month may be recorded a little later than made.
	paid := bss.ListCustomerOrdersRequest{
		CustomerID:       customerID,
		PaymentTimeBegin: bss.Time{Time: first.AddDate(0, 0, -1)}, PaymentTimeEnd: bss.Time{Time: last.AddDate(0, 0, 1)},
	}
	for o, err := range f.cloud.ListCustomerOrders(ctx, paid) {
		if err != nil {
			return facts, functions.Problem(err)
		}
		if wanted[o.OrderID] {
			facts.orders[o.OrderID] = o
		}
		for _, sub := range o.SubOrderInfos {
			facts.member[sub.OrderID] = o.OrderID
		}
	}
	refunding := bss.ListCustomerOrdersRequest{
		CustomerID: customerID, Status: bss.OrderCompleted,
		CreateTimeBegin: bss.Time{Time: first.Add(-time.Second)}, CreateTimeEnd: bss.Time{Time: last.Add(time.Microsecond)},
	}
	for _, refunding.OrderType = range []bss.OrderType{bss.OrderUnsubscribe, bss.OrderPeriodToOnDemand} {
		if err := f.addReturns(ctx, refunding, customers, facts); err != nil {
			return facts, err
		}
	}
	return facts, nil
}

// addReturns adds what the orders of a request gave back to some customers.
func (f *function) addReturns(ctx context.Context, r bss.ListCustomerOrdersRequest, customers map[string]bool, facts monthFacts) error {
	for o, err := range f.cloud.ListCustomerOrders(ctx, r) {
		if err != nil {
			return functions.Problem(err)
		}
		if !customers[o.CustomerID] {
			continue
		}
		if err := f.addReturned(ctx, o, facts); err != nil {
			return err
		}
	}
	return nil
}

// addReturned adds what an order gave back to the orders that had paid.
func (f *function) addReturned(ctx context.Context, o bss.Order, facts monthFacts) error {
	rows, err := f.cloud.ShowRefundOrderDetails(ctx, bss.ShowRefundOrderDetailsRequest{OrderID: o.OrderID, CustomerID: o.CustomerID})
	if errors.Is(err, bss.ErrNotSupported) {
		return nil
	}
	if err != nil {
		return functions.Problem(err)
	}
	for _, row := range rows {
		if !row.Amount.IsNegative() {
			continue // consumed, or a fee: it stays in the basis
		}
		base := row.BaseOrderID
		if whole := facts.member[base]; whole != "" {
			base = whole
		}
		if facts.returned[base] == nil {
			facts.returned[base] = map[string]decimal.Decimal{}
		}
		facts.returned[base][row.ServiceTypeCode] = facts.returned[base][row.ServiceTypeCode].Sub(row.Amount)
	}
	return nil
}

// compareMonth adds the comparisons of all orders up.
func compareMonth(month string, kept []keptEstimate, facts monthFacts) *RebateReport {
	report := &RebateReport{Month: month, Currency: "CNY", Orders: len(kept), List: []OrderRebate{}, Notes: reportNotes()}
	services := map[string]*ServiceRebate{}
	for _, k := range kept {
		report.Currency = k.Rebate.Currency
		order, known := facts.orders[k.OrderID]
		compared, lines := k.compare(order, known, facts.returned[k.OrderID])
		report.Total.add(compared.RebateSums)
		report.List = append(report.List, compared)
		for i, sums := range lines {
			service := k.Rebate.Lines[i].Service
			if services[service] == nil {
				services[service] = &ServiceRebate{Service: service}
			}
			services[service].add(sums)
		}
	}
	report.Services = []ServiceRebate{}
	for _, service := range slices.Sorted(maps.Keys(services)) {
		report.Services = append(report.Services, *services[service])
	}
	return report
}

func (s *RebateSums) add(other RebateSums) {
	s.EstimatedBasis = s.EstimatedBasis.Add(other.EstimatedBasis)
	s.EstimatedRebate = s.EstimatedRebate.Add(other.EstimatedRebate)
	s.Basis = s.Basis.Add(other.Basis)
	s.Rebate = s.Rebate.Add(other.Rebate)
}

// shorten keeps the orders first that differ, and those with the most at stake.
func (r *RebateReport) shorten() {
	if len(r.List) <= reportOrders {
		return
	}
	slices.SortStableFunc(r.List, func(a, b OrderRebate) int {
		if (len(a.Reasons) > 0) != (len(b.Reasons) > 0) {
			return len(b.Reasons) - len(a.Reasons)
		}
		if c := b.EstimatedRebate.Cmp(a.EstimatedRebate); c != 0 {
			return c
		}
		return strings.Compare(a.OrderID, b.OrderID)
	})
	r.OrdersLeftOff = len(r.List) - reportOrders
	r.List = r.List[:reportOrders]
}
