package statement

import (
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

// list are the items, two lines each.
func (p *paper) list(s *items) {
	if len(s.all) == 0 {
		return
	}
	rows := 0
	for i := range s.all {
		rows += s.all[i].rows
	}
	p.room(110 * pdf.Point)
	p.y += 12 * pdf.Point
	p.doc.Text(left, p.y, heading, p.say(itemsWord))
	p.y += 16 * pdf.Point
	p.summedUp(s.level, rows)
	p.columns(s.level)
	for i := range s.sorted(p.texts) {
		if p.room(itemHeight) {
			p.columns(s.level)
		}
		p.item(&s.all[i], s.level)
	}
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
	measured := l < byCurrency && !i.rough
	if measured {
		p.amount(quantityEnd, quantityWide, p.y, small, printed.Number(i.quantity.Decimal().Round(6)))
	}
	payStyle.Bold = true
	pay := printed.Sum(i.pay)
	if p.several {
		pay += " " + t[i.currency]
	}
	p.amount(right, amountWide, p.y, payStyle, pay)
	if p.doc.Width(kindStyle.Size, kind) > dayWide {
		kindStyle.Size = 6 * pdf.Point
	}
	p.cell(dayAt, dayWide, lower, kindStyle, kind)
	p.cell(serviceAt, serviceWide, lower, tiny, t[i.resource])
	p.cell(resourceAt, resourceWide, lower, tiny, t[i.id])
	p.cell(regionAt, regionWide, lower, tiny, p.meaning(modes, t[i.mode], unknownForm))
	if measured {
		p.doc.Right(quantityEnd, lower, tiny, p.doc.Cut(quantityWide, tiny.Size, line(p.unit(i))))
	}
	p.amount(right, amountWide, lower, tiny, printed.Sum(i.list))
	p.doc.Fill(left, p.y+14*pdf.Point, width, 30, rule)
	p.y += itemHeight
}
