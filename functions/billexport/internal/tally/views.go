package tally

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Service is what the records of a service in one currency add up to.
type Service struct {
	Code     string     `json:"service_type_code"`
	Name     string     `json:"service_type_name,omitempty"`
	Currency string     `json:"currency"`
	Rows     int        `json:"rows"`
	Official bill.Total `json:"official_amount,omitzero"`
	Discount bill.Total `json:"official_discount_amount,omitzero"`
	Payment  bill.Total `json:"payment_amount,omitzero"`
	// Invoice and Margin are 0 where the export is not priced.
	Invoice bill.Total `json:"invoice_amount,omitzero"`
	Margin  bill.Total `json:"margin_amount,omitzero"`
}

// Rows is how many records there were.
func (t *Tally) Rows() int { return t.rows }

// Customers are those that records were about, sorted.
func (t *Tally) Customers() []string { return slices.Sorted(slices.Values(t.customers.texts)) }

// Sums are those of customers, sorted by customer and currency.
func (t *Tally) Sums() []Sum {
	var list []Sum
	for customer, sums := range t.bills {
		for _, s := range sums {
			list = append(list, s.of(t.customers.texts[customer]))
		}
	}
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}

// Totals are the sums of all records, sorted by currency.
func (t *Tally) Totals() []Sum {
	totals := map[string]*sum{}
	for _, sums := range t.bills {
		for _, s := range sums {
			if totals[s.currency] == nil {
				totals[s.currency] = &sum{currency: s.currency}
			}
			totals[s.currency].merge(s)
		}
	}
	list := make([]Sum, 0, len(totals))
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		list = append(list, totals[currency].of(""))
	}
	return list
}

// Lines are those of all customers, sorted by customer and kind. They are made one by
// one, because all of them together would take more memory than the tally.
func (t *Tally) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for _, p := range t.sorted() {
			l := t.lines.at(t.places[p])
			if !yield(Line{
				CustomerID: t.customers.texts[p.customer], Kind: t.keys[p.kind].Kind, Rows: l.rows, Fine: l.fine,
				Official: l.official, Discount: l.discount, Payment: l.payment, Invoice: l.invoice, Margin: l.margin,
			}) {
				return
			}
		}
	}
}

func (t *Tally) sorted() []place {
	customers := ranks(len(t.bills), func(a, b int) int { return cmp.Compare(t.customers.texts[a], t.customers.texts[b]) })
	kinds := ranks(len(t.keys), func(a, b int) int { return t.keys[a].compare(t.keys[b].Kind) })
	places := slices.Collect(maps.Keys(t.places))
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(customers[a.customer], customers[b.customer]), cmp.Compare(kinds[a.kind], kinds[b.kind]))
	})
	return places
}

// ranks are the positions that n things would have if they were sorted.
func ranks(n int, compare func(a, b int) int) []int {
	order, rank := make([]int, n), make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, compare)
	for position, i := range order {
		rank[i] = position
	}
	return rank
}

// Services are the sums by service of all records, or of those of one customer,
// sorted by service and currency.
func (t *Tally) Services(customerID string) []Service {
	type key struct{ code, currency string }
	services := map[key]*Service{}
	for p, i := range t.places {
		if customerID != "" && t.customers.texts[p.customer] != customerID {
			continue
		}
		k, l := t.keys[p.kind].Kind, t.lines.at(i)
		s := services[key{k.ServiceTypeCode, k.Currency}]
		if s == nil {
			s = &Service{Code: k.ServiceTypeCode, Name: t.services[k.ServiceTypeCode], Currency: k.Currency}
			services[key{k.ServiceTypeCode, k.Currency}] = s
		}
		s.Rows += l.rows
		s.Official.AddTotal(l.official)
		s.Discount.AddTotal(l.discount)
		s.Payment.AddTotal(l.payment)
		s.Invoice.AddTotal(l.invoice)
		s.Margin.AddTotal(l.margin)
	}
	list := make([]Service, 0, len(services))
	for _, s := range services {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Service) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}

// PaidToHuaweiCloud are the payments, by currency, of the records that referral customers
// pay Huawei Cloud for.
func (t *Tally) PaidToHuaweiCloud() map[string]bill.Total {
	sums := map[string]bill.Total{}
	for p, i := range t.places {
		k := t.keys[p.kind].Kind
		if k.AssociationType != string(bss.Referral) {
			continue
		}
		sum := sums[k.Currency]
		sum.AddTotal(t.lines.at(i).payment)
		sums[k.Currency] = sum
	}
	return sums
}

// ServiceName is the name of a service by its code, empty where no record has one.
func (t *Tally) ServiceName(code string) string { return t.services[code] }

// ResourceTypeName is the name of a resource type by its code, empty where no record
// has one.
func (t *Tally) ResourceTypeName(code string) string { return t.resources[code] }

// Days are sorted by day and currency.
func (t *Tally) Days() []Day {
	list := make([]Day, 0, len(t.days.sums))
	for key, s := range t.days.sums {
		list = append(list, Day{key.day, key.currency, s.rows, s.payment, s.invoice})
	}
	slices.SortFunc(list, func(a, b Day) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}

// Broken are the identities that do not hold.
func (t *Tally) Broken() Broken { return Broken{t.broken.Count, slices.Clone(t.broken.First)} }
