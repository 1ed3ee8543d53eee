package xlsxfile

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// sums are those of the rows that went by.
type sums struct {
	customers, services map[sumKey]*sum
	all                 map[sumKey]*sum
}

// sumKey is what rows are summed up by: the id of a customer, the code of a service, or
// nothing. Amounts of two currencies are never added.
type sumKey struct{ id, currency string }

type sum struct {
	name            string // of a service
	rows            int
	amounts         [bill.Moneys]bill.Total
	invoice, margin bill.Total
}

func newSums() *sums {
	return &sums{customers: map[sumKey]*sum{}, services: map[sumKey]*sum{}, all: map[sumKey]*sum{}}
}

func (s *sums) add(r *bill.Row) {
	currency := r.Fee[bss.FeeCurrency]
	at(s.customers, r.Fee[bss.FeeCustomerID], currency, nil).add(r)
	at(s.services, r.Fee[bss.FeeServiceTypeCode], currency, r.Fee[bss.FeeServiceTypeName]).add(r)
	at(s.all, nil, currency, nil).add(r)
}

// at is the sum of an id and a currency. Of two names of a service, the first counts.
func at(of map[sumKey]*sum, id, currency, name []byte) *sum {
	if found, ok := of[sumKey{string(id), string(currency)}]; ok {
		return found
	}
	begun := &sum{name: string(name)}
	of[sumKey{string(id), string(currency)}] = begun
	return begun
}

func (s *sum) add(r *bill.Row) {
	s.rows++
	for m := range bill.Moneys {
		s.amounts[m].Add(r.Amounts[m])
	}
	s.invoice.Add(r.Invoice)
	s.margin.Add(r.Margin)
}

// writeSums writes the sheets of the sums by customer, by service, and of all.
func (w *Writer) writeSums() error {
	names := map[string]bill.Customer{}
	for _, c := range w.options.Customers {
		names[c.ID] = c
	}
	customer := w.heading(bss.FeeCustomerID)
	account := column{heading: w.title("Account", "账号名")}
	name := column{heading: w.title("Name", "名称")}
	err := w.writeSumsBy(w.title("By customer", "按客户"), "ByCustomer", w.sums.customers, []column{customer, account, name},
		func(key sumKey, _ *sum) []string {
			return []string{key.id, names[key.id].AccountName, names[key.id].Name}
		})
	if err != nil {
		return err
	}
	service := []column{w.heading(bss.FeeServiceTypeCode), w.heading(bss.FeeServiceTypeName)}
	err = w.writeSumsBy(w.title("By service", "按云服务"), "ByService", w.sums.services, service,
		func(key sumKey, s *sum) []string { return []string{key.id, s.name} })
	if err != nil {
		return err
	}
	// Where the workbook goes without the rest of the export, it still says which month
	// it is of, and whether that is settled.
	state := w.title("Estimated", "预估")
	switch {
	case w.options.Export.Differs:
		state = w.title("Final, with differences", "最终（有差异）")
	case w.options.Export.Final:
		state = w.title("Final", "最终")
	}
	cycle := []column{w.heading(bss.FeeBillCycle), {heading: w.title("State", "状态")}}
	return w.writeSumsBy(w.title("In all", "合计"), "InAll", w.sums.all, cycle,
		func(sumKey, *sum) []string { return []string{w.options.Export.Cycle.String(), state} })
}

func (w *Writer) heading(f bss.FeeField) column { return w.columns[f] }

// writeSumsBy writes a sheet of sums in the order of what they are by. The columns by
// are those before the currency; describe is what they hold.
func (w *Writer) writeSumsBy(title, table string, of map[sumKey]*sum, by []column, describe func(sumKey, *sum) []string) error {
	columns := append(slices.Clone(by), w.heading(bss.FeeCurrency), column{heading: w.title("Records", "记录数"), kind: bill.KindCode})
	for m := range bill.Moneys {
		columns = append(columns, w.heading(bill.Money(m).Field()))
	}
	if w.options.Export.Priced {
		columns = append(columns, w.columns[bill.InvoiceColumn], w.columns[bill.MarginColumn])
	}
	s, err := w.book.begin(title, table, columns)
	if err != nil {
		return err
	}
	for _, key := range slices.SortedFunc(maps.Keys(of), compareKeys) {
		s.beginRow()
		for i, text := range append(describe(key, of[key]), key.currency, strconv.Itoa(of[key].rows)) {
			if text != "" {
				s.cell(i, []byte(text))
			}
		}
		for i, total := range w.totals(of[key]) {
			s.cell(len(by)+2+i, []byte(total.Decimal().String()))
		}
		if err := s.endRow(); err != nil {
			return err
		}
	}
	return s.end()
}

func (w *Writer) totals(s *sum) []bill.Total {
	if w.options.Export.Priced {
		return append(s.amounts[:], s.invoice, s.margin)
	}
	return s.amounts[:]
}

func compareKeys(a, b sumKey) int {
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.currency, b.currency))
}
