package tally

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
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
	Invoice  bill.Total `json:"invoice_amount,omitzero"`
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

// Lines are sorted by customer and kind.
func (t *Tally) Lines() []Line {
	list := make([]Line, 0, len(t.places))
	for p, i := range t.places {
		l := t.lines.at(i)
		list = append(list, Line{
			CustomerID: t.customers.texts[p.customer], Kind: t.keys[p.kind].Kind, Rows: l.rows,
			Official: l.official, Discount: l.discount, Payment: l.payment, Invoice: l.invoice,
		})
	}
	slices.SortFunc(list, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.CustomerID, b.CustomerID), a.Kind.compare(b.Kind))
	})
	return list
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
