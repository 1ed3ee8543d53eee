package tally

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Amounts are sums of the ten amounts of fee records. As JSON they have the API's
// names.
type Amounts [bill.Moneys]bill.Total

// MarshalJSON writes the amounts in the order of the API's documentation.
func (a Amounts) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	for m, total := range a {
		fmt.Fprintf(&b, ",%q:%q", bill.Money(m).Field(), total.Decimal())
	}
	return []byte("{" + b.String()[1:] + "}"), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Amounts) UnmarshalJSON(data []byte) error {
	var read map[string]bill.Total
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	for m := range a {
		a[m] = read[bill.Money(m).Field().String()]
	}
	return nil
}

// Sum is what records in one currency add up to: those of one customer, or of all,
// where CustomerID is empty.
type Sum struct {
	CustomerID string  `json:"customer_id,omitempty"`
	Currency   string  `json:"currency"`
	Rows       int     `json:"rows"`
	Amounts    Amounts `json:"amounts"`
	// Invoice and Margin are 0 where the export is not priced.
	Invoice bill.Total `json:"invoice_amount,omitzero"`
	Margin  bill.Total `json:"margin_amount,omitzero"`
}

// sum is a Sum of a customer that is known.
type sum struct {
	currency        string
	rows            int
	amounts         Amounts
	invoice, margin bill.Total
}

func (s *sum) add(r *bill.Row) {
	s.rows++
	for m := range s.amounts {
		s.amounts[m].Add(r.Amounts[m])
	}
	s.invoice.Add(r.Invoice)
	s.margin.Add(r.Margin)
}

func (s *sum) merge(o *sum) {
	s.rows += o.rows
	for m := range s.amounts {
		s.amounts[m].AddTotal(o.amounts[m])
	}
	s.invoice.AddTotal(o.invoice)
	s.margin.AddTotal(o.margin)
}

func (s *sum) of(customerID string) Sum {
	return Sum{customerID, s.currency, s.rows, s.amounts, s.invoice, s.margin}
}
