package billexport

import (
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
)

// pricing sets the invoice amount and the margin of a row, by the rate card that was in
// force when the run was planned.
func (f *function) pricing(r run, p *plan) (func(*bill.Row) error, error) {
	if p.RateCard == "" {
		return func(*bill.Row) error { return nil }, nil
	}
	card, err := ratecard.Read([]byte(p.RateCard))
	if err != nil {
		return nil, err
	}
	c, err := bill.ParseCycle(r.Request.Cycle)
	if err != nil {
		return nil, err
	}
	prices := card.In(c)
	return func(row *bill.Row) error {
		if err := prices.Apply(row); err != nil {
			return fatal("bills_unreadable", clipped("A record cannot be priced: "+err.Error()+"."), "Nothing was published. Look at EXPORT_RATE_CARD.")
		}
		return nil
	}, nil
}
