// Package ratecard says what a partner invoices its customers: a part of the list price,
// or of what was paid, more or less than all of it, by customer, service and region.
//
// A card is JSON:
//
//	{"rules": [
//	  {"basis": "official", "percent": "95"},
//	  {"service_type_code": "hws.service.type.obs", "basis": "payment", "percent": "108.5"},
//	  {"customer_id": "…", "region_code": "cn-north-4", "basis": "official", "percent": "80",
//	   "valid_from": "2026-01", "valid_to": "2026-12"}
//	]}
//
// or a table of CSV with the same fields, in any order of the columns, those that no rule
// needs left out:
//
//	customer_id,service_type_code,basis,percent
//	,,official,95
//	,hws.service.type.obs,payment,108.5
//
// A rule is for the records that have all it names. Of several, the one that names the
// customer goes before one that does not, then the one that names the service, then the
// one that names the region. Two rules that name the same must be for different cycles.
// What no rule is for is invoiced as it was paid. What a referral customer consumed is
// not invoiced at all: it pays Huawei Cloud itself, and gets its invoices from there.
package ratecard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Basis is the amount of a record that a rule takes a part of.
type Basis string

// The bases: the list price, and what was paid.
const (
	Official Basis = "official"
	Payment  Basis = "payment"
)

// Card is a rate card that was read.
type Card struct {
	// SHA256 is the hash of the document in hexadecimals.
	SHA256 string
	// Rules is how many it has.
	Rules int
	rules map[who][]term
}

// who is whom and what a rule is for, with what of them it names.
type who struct {
	names
	customer, service, region string
}

func newWho(customer, service, region string) who {
	return who{names{customer != "", service != "", region != ""}, customer, service, region}
}

func (w who) String() string {
	return fmt.Sprintf("customer_id %q, service_type_code %q and region_code %q", w.customer, w.service, w.region)
}

// term is what a rule says for its cycles, both included; a zero cycle is no bound.
type term struct {
	from, to bill.Cycle
	basis    bill.Money
	// factor is the part of the basis in millionths.
	factor uint64
	rule   int // its number, from 0
}

func (t term) holds(c bill.Cycle) bool {
	return (t.from == bill.Cycle{} || !c.Before(t.from)) && (t.to == bill.Cycle{} || !t.to.Before(c))
}

func (t term) overlaps(o term) bool {
	endsBefore := func(a, b term) bool {
		return a.to != bill.Cycle{} && b.from != bill.Cycle{} && a.to.Before(b.from)
	}
	return !endsBefore(t, o) && !endsBefore(o, t)
}

// Read reads a card of MaxBytes at most, as JSON or as CSV. The error says which rule is
// wrong, where it stands and why.
func Read(text []byte) (*Card, error) {
	d, err := decode(text)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	card := &Card{SHA256: hex.EncodeToString(sum[:]), Rules: len(d.rules), rules: map[who][]term{}}
	for i, r := range d.rules {
		w, t, err := r.read()
		if err != nil {
			return nil, d.wrong(i, err)
		}
		t.rule = i
		for _, other := range card.rules[w] {
			if other.overlaps(t) {
				return nil, fmt.Errorf("%s: it is for %s in the same cycle as %s; give each its own valid_from and valid_to",
					d.rule(t.rule), w, d.rule(other.rule))
			}
		}
		card.rules[w] = append(card.rules[w], t)
	}
	return card, nil
}
