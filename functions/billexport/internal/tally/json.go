package tally

import (
	"encoding/json"
	"fmt"
)

// stored is a tally as JSON.
type stored struct {
	Rows      int      `json:"rows"`
	Sums      []Sum    `json:"sums"`
	Customers []billed `json:"customers"`
	Services  names    `json:"services"`
	Resources names    `json:"resource_types"`
	Days      []Day    `json:"days"`
	Broken    Broken   `json:"broken_identities"`
}

// billed are the lines of a customer.
type billed struct {
	ID    string `json:"id"`
	Lines []Line `json:"lines"`
}

// MarshalJSON writes the tally: the same bytes for the same content, in whatever order
// it came.
func (t *Tally) MarshalJSON() ([]byte, error) {
	s := stored{
		Rows: t.rows, Sums: t.Sums(), Customers: []billed{},
		Services: t.services, Resources: t.resources, Days: t.Days(), Broken: t.broken,
	}
	for l := range t.Lines() {
		if n := len(s.Customers); n == 0 || s.Customers[n-1].ID != l.CustomerID {
			s.Customers = append(s.Customers, billed{ID: l.CustomerID})
		}
		last := &s.Customers[len(s.Customers)-1]
		last.Lines = append(last.Lines, l)
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON wrote, in the place of what the tally held.
func (t *Tally) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("read a tally: %w", err)
	}
	*t = *New()
	t.rows, t.broken.Count = s.Rows, s.Broken.Count
	for _, one := range s.Sums {
		mine := t.sum(t.customer([]byte(one.CustomerID)), one.Currency)
		mine.merge(&sum{one.Currency, one.Rows, one.Amounts, one.Invoice, one.Margin})
	}
	for _, c := range s.Customers {
		customer := t.customer([]byte(c.ID))
		for _, l := range c.Lines {
			t.line(customer, t.addKind(l.Kind)).merge(&line{l.Rows, l.Fine, l.Official, l.Discount, l.Payment, l.Invoice, l.Margin})
		}
	}
	t.services.merge(s.Services)
	t.resources.merge(s.Resources)
	for _, d := range s.Days {
		one := t.days.at(dayKey{d.Day, d.Currency})
		one.rows += d.Rows
		one.payment.AddTotal(d.Payment)
		one.invoice.AddTotal(d.Invoice)
	}
	for _, i := range s.Broken.First {
		t.broken.insert(i)
	}
	return nil
}
