package statement

import (
	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
)

// cover begins the statement: whose it is and what is to pay, by service and by means.
func (p *paper) cover(t *totals) {
	p.page()
	p.doc.Text(left, 52*pdf.Point, huge, p.say(title))
	p.doc.Text(left, 70*pdf.Point, plain, p.month()+" · "+p.days())
	p.parties()
	currencies := t.currencies(p.texts)
	p.several = len(currencies) > 1
	for _, currency := range currencies {
		p.direct = p.direct || t.all[currency].directRows > 0
	}
	if len(currencies) == 0 {
		p.paragraph(plain, p.say(nothing))
	}
	for _, currency := range currencies {
		p.band(toPay, currency, t.all[currency].due(p.Priced))
		if t.all[currency].directRows > 0 {
			p.band(paidToHuaweiCloud, currency, t.all[currency].direct)
		}
	}
	if p.direct {
		p.paragraph(tiny, p.say(paidToHuaweiCloudNote))
	}
	note := estimatedNote
	if p.Final {
		note = finalNote
	}
	p.paragraph(tiny, p.say(note))
	for _, currency := range currencies {
		p.services(currency, t)
		if !p.Priced {
			p.payments(currency, t.all[currency])
		}
	}
}

// parties are who the statement is for and who issues it.
func (p *paper) parties() {
	const (
		middle = left + width/2
		wide   = width/2 - 12*pdf.Point
		step   = 13 * pdf.Point
	)
	const nameLines = 2
	p.y = 100 * pdf.Point
	end := p.y
	block := func(x pdf.Unit, head, name string, more ...[2]string) {
		y := p.y
		p.cell(x, wide, y, column, head)
		for _, l := range p.lines(large, wide, name, nameLines) {
			y += 16 * pdf.Point
			p.cell(x, wide, y, large, l)
		}
		for _, l := range more {
			if l[1] == "" || l[1] == name {
				continue
			}
			y += step
			p.cell(x, wide, y, quiet, l[0]+" "+l[1])
		}
		end = max(end, y)
	}
	block(left, p.say(toCustomer), p.customer(), [2]string{p.say(account), p.Customer.AccountName}, [2]string{p.say(customerID), p.Customer.ID})
	block(middle, p.say(fromPartner), p.partner(), [2]string{p.say(partnerID), p.PartnerID}, [2]string{p.say(issued), p.generated()})
	p.y = end + 32*pdf.Point
}

// band is what is to pay in a currency, for all to see.
func (p *paper) band(what word, currency int32, amount bill.Total) {
	const height = 40 * pdf.Point
	p.doc.Fill(left, p.y-14*pdf.Point, width, height, shade)
	p.cell(left+10*pdf.Point, width/3, p.y+9*pdf.Point, strong, p.say(what)+" · "+p.say(currencyWord)+" "+p.texts.all[currency])
	p.amount(right-10*pdf.Point, width/2, p.y+12*pdf.Point, huge, printed.Sum(amount))
	p.y += height + 2*pdf.Point
}

// figure is a column of amounts in the summary, and what it is of a sum.
type figure struct {
	head word
	of   func(*sum) decimal.Decimal
}

func (p *paper) figures() []figure {
	list := figure{listPrice, func(s *sum) decimal.Decimal { return s.amounts[bill.Official].Decimal() }}
	pay := figure{p.payWord(), func(s *sum) decimal.Decimal { return s.pay(p.Priced).Decimal() }}
	if p.Priced {
		return []figure{list, pay}
	}
	return []figure{
		list,
		{discount, func(s *sum) decimal.Decimal { return s.amounts[bill.OfficialDiscount].Decimal() }},
		{cutOff, cutOf},
		pay,
	}
}

// payWord names what the customer pays, where it does not pay all of it the issuer.
func (p *paper) payWord() word {
	if p.direct {
		return amountWord
	}
	return toPay
}

// cutOf is what was left away to charge whole cents.
func cutOf(s *sum) decimal.Decimal {
	return minus(s.amounts[bill.Official], s.amounts[bill.OfficialDiscount], s.amounts[bill.Payment])
}

const figureWidth = 88 * pdf.Point

// services is the summary of a currency.
func (p *paper) services(currency int32, t *totals) {
	figures := p.figures()
	names := width - figureWidth*pdf.Unit(len(figures)) - 48*pdf.Point
	head := func() {
		p.y += 12 * pdf.Point
		p.cell(left, width, p.y, heading, p.say(summary)+" · "+p.texts.all[currency])
		p.y += 18 * pdf.Point
		p.cell(left, names, p.y, column, p.say(service))
		p.doc.Right(left+names+44*pdf.Point, p.y, column, p.say(records))
		for i, f := range figures {
			p.doc.Right(right-figureWidth*pdf.Unit(len(figures)-1-i), p.y, column, p.say(f.head))
		}
		p.rule(5)
	}
	keys := t.of(currency, p.texts, p.Priced)
	decimals := make([]int32, len(figures))
	for i, f := range figures {
		decimals[i] = printed.Decimals(f.of(t.all[currency]))
		for _, k := range keys {
			decimals[i] = max(decimals[i], printed.Decimals(f.of(t.services[k])))
		}
	}
	row := func(style pdf.Style, name string, s *sum) {
		const step = 11 * pdf.Point
		lines := p.lines(style, names, name, 2)
		if p.room(16*pdf.Point + step*pdf.Unit(len(lines))) {
			head()
		}
		for i, l := range lines {
			p.cell(left, names, p.y+step*pdf.Unit(i), style, l)
		}
		p.amount(left+names+44*pdf.Point, 42*pdf.Point, p.y, style, printed.Count(s.rows))
		for i, f := range figures {
			p.amount(right-figureWidth*pdf.Unit(len(figures)-1-i), figureWidth-6*pdf.Point, p.y, style, printed.Aligned(f.of(s), decimals[i]))
		}
		p.y += step * pdf.Unit(max(len(lines)-1, 0))
		p.rule(5)
	}
	p.room(70 * pdf.Point)
	head()
	for _, k := range keys {
		name := p.say(other)
		if k.service != otherServices {
			name = p.texts.all[k.service]
		}
		row(plain, name, t.services[k])
	}
	row(strong, p.say(total), t.all[currency])
	switch {
	case p.Priced:
		p.paragraph(tiny, p.say(invoicedNote))
	case !cutOf(t.all[currency]).IsZero():
		p.paragraph(tiny, p.say(cutOffNote, p.say(p.payWord())))
	}
}

// payments is what the payment was made of, which adds up to it.
func (p *paper) payments(currency int32, s *sum) {
	means := []word{cash, credit, coupon, flexipurchaseCoupon, storedValueCard, debt, writeoff}
	p.room(pdf.Unit(len(means)+4) * 15 * pdf.Point)
	p.y += 12 * pdf.Point
	p.cell(left, width, p.y, heading, p.say(payment)+" · "+p.texts.all[currency])
	p.y += 6 * pdf.Point
	p.rule(0)
	type part struct {
		name   word
		amount decimal.Decimal
	}
	var parts []part
	all := s.amounts[bill.Payment].Decimal()
	rest, decimals := all, printed.Decimals(all)
	add := func(name word, d decimal.Decimal) {
		if !d.IsZero() {
			parts, decimals = append(parts, part{name, d}), max(decimals, printed.Decimals(d))
		}
	}
	for i, m := range bill.Parts() {
		d := s.amounts[m].Decimal()
		rest = rest.Sub(d)
		add(means[i], d)
	}
	add(unexplained, rest)
	row := func(style pdf.Style, name word, d decimal.Decimal) {
		p.cell(left, width/2, p.y, style, p.say(name))
		p.amount(right, width/2, p.y, style, printed.Aligned(d, decimals))
		p.rule(5)
	}
	for _, one := range parts {
		row(plain, one.name, one.amount)
	}
	row(strong, total, all)
}

// rule draws a line so many points below the text and goes on below it.
func (p *paper) rule(below pdf.Unit) {
	p.doc.Fill(left, p.y+below*pdf.Point, width, 50, rule)
	p.y += (below + 11) * pdf.Point
}
