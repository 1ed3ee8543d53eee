package ratecard

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// fen is 0.01, to which each record's invoice amount is rounded.
const fen = 1_000_000

// Prices are the rules of a card that hold in one cycle. They are safe for concurrent
// use.
type Prices struct {
	terms map[who]term
	// named are what rules name, what goes first first.
	named []names
}

// names says which of customer, service and region a rule names.
type names struct{ customer, service, region bool }

// of are the values of a record for what a rule names, and nothing for what it does not.
func (n names) of(fee *bss.FeeRow) (customer, service, region []byte) {
	if n.customer {
		customer = fee[bss.FeeCustomerID]
	}
	if n.service {
		service = fee[bss.FeeServiceTypeCode]
	}
	if n.region {
		region = fee[bss.FeeRegionCode]
	}
	return customer, service, region
}

// precedence is the order in which rules are looked for.
var precedence = [...]names{
	{true, true, true}, {true, true, false}, {true, false, true}, {true, false, false},
	{false, true, true}, {false, true, false}, {false, false, true}, {false, false, false},
}

// In is what the card says for a cycle.
func (c *Card) In(cycle bill.Cycle) *Prices {
	p := &Prices{terms: map[who]term{}}
	for w, terms := range c.rules {
		for _, t := range terms {
			if t.holds(cycle) {
				p.terms[w] = t
			}
		}
	}
	used := map[names]bool{}
	for w := range p.terms {
		used[w.names] = true
	}
	for _, n := range precedence {
		if used[n] {
			p.named = append(p.named, n)
		}
	}
	return p
}

// Apply sets the record's Invoice, rounded half away from zero to 0.01, and its Margin,
// which is Invoice less the payment exactly; both are 0 where the customer pays Huawei
// Cloud itself. It fails where these are beyond an Amount.
func (p *Prices) Apply(r *bill.Row) error {
	if r.PaidToHuaweiCloud() {
		r.Invoice, r.Margin = 0, 0
		return nil
	}
	payment := r.Amounts[bill.Payment]
	r.Invoice, r.Margin = payment, 0
	t, ok := p.find(r.Fee)
	if !ok {
		return nil
	}
	invoice, ok := part(r.Amounts[t.basis], t.factor)
	var margin bill.Total
	margin.Add(invoice)
	margin.Add(-payment)
	exact, fits := margin.Amount()
	if !ok || !fits {
		return fmt.Errorf("the invoice amount of record %.64q of customer %.64q: %w", r.Fee[bss.FeeID], r.Fee[bss.FeeCustomerID], bill.ErrOutOfRange)
	}
	r.Invoice, r.Margin = invoice, exact
	return nil
}

func (p *Prices) find(fee *bss.FeeRow) (term, bool) {
	for _, n := range p.named {
		customer, service, region := n.of(fee)
		if t, ok := p.terms[who{n, string(customer), string(service), string(region)}]; ok {
			return t, true
		}
	}
	return term{}, false
}

// part is a part of an amount, in millionths, rounded half away from zero to the fen.
func part(amount bill.Amount, factor uint64) (bill.Amount, bool) {
	size := uint64(amount) //nolint:gosec // its size follows
	if amount < 0 {
		size = -size
	}
	const unit = 1_000_000 * fen
	hi, lo := bits.Mul64(size, factor)
	lo, carry := bits.Add64(lo, unit/2, 0)
	hi += carry
	if hi >= unit {
		return 0, false
	}
	whole, _ := bits.Div64(hi, lo, unit)
	if whole > math.MaxInt64/fen {
		return 0, false
	}
	rounded := bill.Amount(whole * fen) //nolint:gosec // just compared
	if amount < 0 {
		rounded = -rounded
	}
	return rounded, true
}
