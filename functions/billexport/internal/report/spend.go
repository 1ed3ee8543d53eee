package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

const (
	// maxBars is how many services a chart shows, before the others together.
	maxBars = 15
	// maxCustomers is how many customers are listed, and maxServices services.
	maxCustomers = 50
	maxServices  = 100
)

// cards are the sums of each currency, for all to see.
func (p *page) cards(totals []tally.Sum) {
	p.raw("<section class=\"cards\">\n")
	direct := p.Tally.PaidToHuaweiCloud()
	for _, t := range totals {
		p.raw("<div class=\"card\"><p class=\"currency\">", escape(t.Currency), "</p>\n<dl>\n")
		card := func(name word, amount bill.Total) {
			p.raw("<div><dt>", p.say(name), "</dt><dd>", printed.Sum(amount), "</dd></div>\n")
		}
		card(paymentWord, t.Amounts[bill.Payment])
		card(listWord, t.Amounts[bill.Official])
		card(discountWord, t.Amounts[bill.OfficialDiscount])
		if p.Priced {
			card(invoiceWord, t.Invoice)
			card(marginWord, t.Margin)
		}
		p.raw("</dl>\n")
		if amount, some := direct[t.Currency]; some && p.Priced {
			p.raw("<p class=\"note\">", p.say(directForm, printed.Sum(amount), escape(t.Currency)), "</p>\n")
		}
		p.raw("</div>\n")
	}
	p.raw("</section>\n")
}

// charts are those of a currency.
func (p *page) charts(total tally.Sum) {
	services := p.byService(total.Currency)
	days := p.byDay(total.Currency)
	axis := p.say(axisForm, total.Currency)
	name := p.say(byServiceForm, total.Currency)
	p.raw("<section class=\"chart\">\n<h2>", escape(name), "</h2>\n")
	p.bars(name, p.say(byServiceDescription, len(services), services[0].name, printed.Money(services[0].amount), total.Currency), axis, services)
	p.raw("</section>\n")

	name = p.say(byDayForm, total.Currency)
	most := slices.MaxFunc(days, func(a, b entry) int { return a.amount.Cmp(b.amount) })
	p.raw("<section class=\"chart\">\n<h2>", escape(name), "</h2>\n")
	p.columns(name, p.say(byDayDescription, most.full, printed.Money(most.amount), total.Currency), axis, days)
	if len(days) > p.Cycle.Days() {
		p.raw("<p class=\"note\">", p.say(otherDaysNote), "</p>\n")
	}
	p.raw("<details><summary>", p.say(daysAsTable), "</summary>\n")
	columns := []column{{dayWord, false}, {paymentWord, true}}
	p.table(name, columns)
	for _, d := range days {
		p.row(columns, "", d.full, printed.Money(d.amount))
	}
	p.endTable()
	p.raw("</details>\n</section>\n")
}

// byService are the payments for services, the greatest first, those that come after
// the first ones together.
func (p *page) byService(currency string) []entry {
	var list []entry
	for _, s := range p.Tally.Services("") {
		if s.Currency == currency {
			list = append(list, entry{name: serviceName(s), amount: s.Payment.Decimal()})
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Or(b.amount.Cmp(a.amount), cmp.Compare(a.name, b.name)) })
	if len(list) <= maxBars+1 {
		return list
	}
	others := entry{name: p.say(othersForm, len(list)-maxBars)}
	for _, e := range list[maxBars:] {
		others.amount = others.amount.Add(e.amount)
	}
	return append(list[:maxBars:maxBars], others)
}

func serviceName(s tally.Service) string { return cmp.Or(s.Name, s.Code, "–") }

// byDay are the payments of all days of the cycle, and last of what was charged on
// others.
func (p *page) byDay(currency string) []entry {
	list := make([]entry, p.Cycle.Days())
	numbers := map[string]int{}
	for n := range list {
		day := p.Cycle.Day(n + 1)
		numbers[day] = n
		list[n] = entry{name: day[len("2006-01-"):], full: day}
	}
	others, some := decimal.Zero, false
	for _, d := range p.Tally.Days() {
		n, known := numbers[d.Day]
		switch {
		case d.Currency != currency:
		case known:
			list[n].amount = list[n].amount.Add(d.Payment.Decimal())
		default:
			others, some = others.Add(d.Payment.Decimal()), true
		}
	}
	if some {
		list = append(list, entry{name: "*", full: p.say(otherDays), amount: others})
	}
	return list
}

// spendColumns are those of tables of sums, after what they are of.
func (p *page) spendColumns(of ...word) []column {
	var columns []column
	for _, w := range of {
		columns = append(columns, column{w, false})
	}
	for _, w := range []word{recordsWord, listWord, discountWord, paymentWord} {
		columns = append(columns, column{w, true})
	}
	if p.Priced {
		columns = append(columns, column{invoiceWord, true}, column{marginWord, true})
	}
	return columns
}

// spend is a row of a table of sums: what they are of, and the sums.
type spend struct {
	of   []string
	rows int
	// amounts are those of the columns, in the order of bill.Money as far as it goes.
	amounts []bill.Total
}

func (p *page) spend(s tally.Sum, of ...string) spend {
	amounts := []bill.Total{s.Amounts[bill.Official], s.Amounts[bill.OfficialDiscount], s.Amounts[bill.Payment]}
	if p.Priced {
		amounts = append(amounts, s.Invoice, s.Margin)
	}
	return spend{of, s.Rows, amounts}
}

func (s *spend) add(o spend) {
	s.rows += o.rows
	for i := range s.amounts {
		s.amounts[i].AddTotal(o.amounts[i])
	}
}

// spent is a table of sums, the greatest payments first, of which so many are listed. The
// amounts of a column have as many decimals.
func (p *page) spent(caption string, columns []column, list []spend, most int, total spend) {
	payment := func(s spend) bill.Total { return s.amounts[bill.Payment] }
	slices.SortStableFunc(list, func(a, b spend) int { return payment(b).Compare(payment(a)) })
	if len(list) > most {
		others := list[most]
		others.of, others.amounts = slices.Clone(total.of), slices.Clone(others.amounts)
		others.of[0] = p.say(othersForm, len(list)-most)
		for _, s := range list[most+1:] {
			others.add(s)
		}
		list = append(list[:most:most], others)
	}
	decimals := make([]int32, len(total.amounts))
	for _, s := range append(list, total) {
		for i, amount := range s.amounts {
			decimals[i] = max(decimals[i], printed.Decimals(amount.Decimal()))
		}
	}
	row := func(kind string, s spend) {
		cells := append(slices.Clone(s.of), count(s.rows))
		for i, amount := range s.amounts {
			cells = append(cells, printed.Aligned(amount.Decimal(), decimals[i]))
		}
		p.row(columns, kind, cells...)
	}
	p.raw("<section>\n")
	p.table(caption, columns)
	for _, s := range list {
		row("", s)
	}
	row("total", total)
	p.endTable()
	p.raw("</section>\n")
}

// services is the table of services of each currency.
func (p *page) services(totals []tally.Sum) {
	all := p.Tally.Services("")
	for _, total := range totals {
		var list []spend
		for _, s := range all {
			if s.Currency == total.Currency {
				sum := tally.Sum{Rows: s.Rows, Invoice: s.Invoice, Margin: s.Margin}
				sum.Amounts[bill.Official], sum.Amounts[bill.OfficialDiscount], sum.Amounts[bill.Payment] = s.Official, s.Discount, s.Payment
				list = append(list, p.spend(sum, serviceName(s)))
			}
		}
		p.spent(p.say(servicesForm, total.Currency), p.spendColumns(serviceWord), list, maxServices, p.spend(total, p.say(totalWord)))
	}
}

// customers is the table of the customers of each currency.
func (p *page) customers(totals []tally.Sum) {
	all := p.Tally.Sums()
	for _, total := range totals {
		var list []spend
		for _, s := range all {
			if s.Currency == total.Currency {
				list = append(list, p.spend(s, p.name(s.CustomerID), s.CustomerID))
			}
		}
		p.spent(p.say(customersForm, total.Currency), p.spendColumns(customerWord, customerID), list, maxCustomers, p.spend(total, p.say(totalWord), ""))
	}
}

// name is the best name of a customer that is known.
func (p *page) name(customerID string) string {
	c := p.Customers[customerID]
	return cmp.Or(c.Name, c.AccountName, "–")
}
