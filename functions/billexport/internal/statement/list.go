package statement

import (
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
)

// Where the columns of the items begin, and how wide they are.
const (
	gap = 6 * pdf.Point

	dayAt, dayWide           = left, 66 * pdf.Point
	serviceAt, serviceWide   = dayAt + dayWide + gap, 102 * pdf.Point
	resourceAt, resourceWide = serviceAt + serviceWide + gap, 142 * pdf.Point
	regionAt, regionWide     = resourceAt + resourceWide + gap, 68 * pdf.Point
	quantityEnd              = regionAt + regionWide + gap + quantityWide
	quantityWide             = 50 * pdf.Point
	amountWide               = right - quantityEnd - gap
	itemHeight               = 23 * pdf.Point
)

// list are the items, two lines each, and what they add up to.
func (p *paper) list(s *items, t *totals) {
	if len(s.all) == 0 {
		return
	}
	rows := 0
	for i := range s.all {
		rows += s.all[i].rows
	}
	p.room(110 * pdf.Point)
	p.y += 12 * pdf.Point
	head := p.say(itemsWord)
	if !p.several {
		head += " · " + p.texts.all[s.all[0].currency]
	}
	p.cell(left, width, p.y, heading, head)
	p.y += 16 * pdf.Point
	p.summedUp(s.level, rows)
	p.columns(s.level)
	for i := range s.sorted(p.texts) {
		if p.room(itemHeight) {
			p.columns(s.level)
		}
		p.item(&s.all[i], s.level)
	}
	for _, currency := range t.currencies(p.texts) {
		if p.room(itemHeight) {
			p.columns(s.level)
		}
		p.sum(currency, t.all[currency])
	}
	if p.rounded {
		p.paragraph(tiny, p.say(roundedNote, quantityDecimals))
	}
}

// sum is what the items of a currency add up to.
func (p *paper) sum(currency int32, s *sum) {
	p.cell(dayAt, dayWide, p.y, strong, p.say(total))
	p.pay(currency, s.pay(p.Priced), s.amounts[bill.Official], pdf.Style{Size: small.Size, Color: black, Bold: true})
	p.y += itemHeight
}

// pay is what is to pay, and the list price below it.
func (p *paper) pay(currency int32, pay, list bill.Total, s pdf.Style) {
	text := printed.Sum(pay)
	if p.several {
		text += " " + p.texts.all[currency]
	}
	p.amount(right, amountWide, p.y, s, text)
	p.amount(right, amountWide, p.y+10*pdf.Point, tiny, printed.Sum(list))
}

// summedUp says what the items are where they are no records.
func (p *paper) summedUp(l level, rows int) {
	note, grouped := map[level]word{byResource: byResourceNote, byResourceType: byResourceTypeNote, byCurrency: byCurrencyNote}[l]
	if !grouped {
		return
	}
	p.paragraph(quiet, p.say(note, printed.Count(rows)))
	if p.Records != "" {
		p.paragraph(quiet, p.say(recordsFileForm, p.Records))
	}
}

// columns names the columns.
func (p *paper) columns(l level) {
	p.doc.Fill(left, p.y-9*pdf.Point, width, 23*pdf.Point, shade)
	first := p.say(day)
	if l > byRecord {
		first = p.say(records)
	}
	p.pair(dayAt, dayWide, column, first, p.say(kindWord))
	p.pair(serviceAt, serviceWide, column, p.say(service), p.say(resourceType))
	p.pair(resourceAt, resourceWide, column, p.say(resource), p.say(resourceID))
	p.pair(regionAt, regionWide, column, p.say(region), p.say(mode))
	p.doc.Right(quantityEnd, p.y, column, p.say(quantity))
	p.doc.Right(quantityEnd, p.y+10*pdf.Point, column, p.say(unitWord))
	p.doc.Right(right, p.y, column, p.say(p.payWord()))
	p.doc.Right(right, p.y+10*pdf.Point, column, p.say(listPrice))
	p.y += 24 * pdf.Point
}

// pair writes two texts, one below the other.
func (p *paper) pair(x, wide pdf.Unit, s pdf.Style, upper, lower string) {
	p.cell(x, wide, p.y, s, upper)
	p.cell(x, wide, p.y+10*pdf.Point, s, lower)
}

func (p *paper) item(i *item, l level) {
	t := p.texts.all
	first := t[i.day]
	if l > byRecord {
		first = printed.Count(i.rows)
	}
	kind, isRefund := p.kind(i)
	kindStyle, payStyle := tiny, small
	if isRefund {
		kindStyle.Color, payStyle.Color = red, red
	}
	lower := p.y + 10*pdf.Point
	p.cell(dayAt, dayWide, p.y, small, first)
	p.cell(serviceAt, serviceWide, p.y, small, t[i.service])
	p.cell(resourceAt, resourceWide, p.y, small, t[i.name])
	p.cell(regionAt, regionWide, p.y, small, t[i.region])
	payStyle.Bold = true
	p.pay(i.currency, i.pay, i.list, payStyle)
	p.cell(dayAt, dayWide, lower, p.narrow(kindStyle, dayWide, kind), kind)
	p.cell(serviceAt, serviceWide, lower, tiny, t[i.resource])
	p.cell(resourceAt, resourceWide, lower, tiny, t[i.id])
	p.cell(regionAt, regionWide, lower, tiny, p.meaning(modes, t[i.mode], unknownForm))
	if l < byCurrency && i.measured && !i.rough {
		p.quantity(i)
	}
	p.doc.Fill(left, p.y+14*pdf.Point, width, 30, rule)
	p.y += itemHeight
}

// quantityDecimals is how many decimals quantities have, at the most.
const quantityDecimals = 6

// quantity is how much was used, and in which unit.
func (p *paper) quantity(i *item) {
	all := i.quantity.Decimal()
	shown := all.Round(quantityDecimals)
	p.rounded = p.rounded || i.rounded || !shown.Equal(all)
	p.amount(quantityEnd, quantityWide, p.y, small, printed.Number(shown))
	unit := line(p.unit(i))
	style := p.narrow(tiny, quantityWide, unit)
	p.doc.Right(quantityEnd, p.y+10*pdf.Point, style, p.doc.Cut(quantityWide, style.Size, unit))
}
