package tally

import (
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// UnknownDay is the day of records whose trade_time is none.
const UnknownDay = ""

var beijing = time.FixedZone("GMT+8", 8*60*60)

// Day is what the records of a day of GMT+8 add up to. A record's day is that of its
// trade_time, when the money was taken: bills, their day filter and the customer's
// account go by it. What consume_time says is not documented well enough: when an order
// was paid, or some time of usage.
type Day struct {
	Day      string     `json:"day"` // as 2006-01-02
	Currency string     `json:"currency"`
	Rows     int        `json:"rows"`
	Payment  bill.Total `json:"payment_amount,omitzero"`
	Invoice  bill.Total `json:"invoice_amount,omitzero"`
}

type daySum struct {
	rows             int
	payment, invoice bill.Total
}

type dayKey struct{ day, currency string }

// stamp is what of a trade_time decides about the day: the date in UTC, and whether
// GMT+8 has the next one already.
type stamp struct {
	date     [len(time.DateOnly)]byte
	next     bool
	currency string
}

type days struct {
	sums map[dayKey]*daySum
	// stamps finds the same sums without a text being made of each record's day.
	stamps map[stamp]*daySum
}

func (d *days) add(r *bill.Row, currency string) {
	s := d.find(r.Fee[bss.FeeTradeTime], currency)
	s.rows++
	s.payment.Add(r.Amounts[bill.Payment])
	s.invoice.Add(r.Invoice)
}

func (d *days) merge(o *days) {
	for key, theirs := range o.sums {
		s := d.at(key)
		s.rows += theirs.rows
		s.payment.AddTotal(theirs.payment)
		s.invoice.AddTotal(theirs.invoice)
	}
}

func (d *days) find(tradeTime []byte, currency string) *daySum {
	if len(tradeTime) != len("2006-01-02T15:04:05Z") || tradeTime[len(tradeTime)-1] != 'Z' {
		return d.at(dayKey{DayOf(tradeTime), currency})
	}
	key := stamp{date: [len(time.DateOnly)]byte(tradeTime), next: string(tradeTime[11:13]) >= "16", currency: currency}
	s, ok := d.stamps[key]
	if !ok {
		s = d.at(dayKey{DayOf(tradeTime), currency})
		d.stamps[key] = s
	}
	return s
}

func (d *days) at(key dayKey) *daySum {
	s, ok := d.sums[key]
	if !ok {
		s = &daySum{}
		d.sums[key] = s
	}
	return s
}

// DayOf is the day of GMT+8 of a trade_time, UnknownDay where that is none.
func DayOf(tradeTime []byte) string {
	t, err := time.Parse(time.RFC3339, string(tradeTime))
	if err != nil {
		return UnknownDay
	}
	return t.In(beijing).Format(time.DateOnly)
}
