package report

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
)

// entry is an amount of a chart and what it is of.
type entry struct {
	name, full string // full where name is short for something
	amount     decimal.Decimal
}

// Measures of the charts, in pixels.
const (
	chartWidth   = 760
	barHeight    = 24
	nameWidth    = 200
	valueWidth   = 130
	columnHeight = 260
	axisWidth    = 96
)

// tenths is a place in pixels.
func tenths(n int64) string {
	text := strconv.FormatInt(n/10, 10)
	if n < 0 && n/10 == 0 {
		text = "-0"
	}
	if rest := n % 10; rest != 0 {
		text += "." + strconv.FormatInt(max(rest, -rest), 10)
	}
	return text
}

func pixels(n int) string { return strconv.Itoa(n) }

// svg begins a chart that says what it is to those who do not see it.
func (p *page) svg(height int, name, description string) {
	p.ids++
	id := strconv.Itoa(p.ids)
	p.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, pixels(chartWidth), " ", pixels(height),
		`" role="img" aria-labelledby="t`, id, " d", id, "\">\n<title id=\"t", id, "\">", escape(name), "</title>\n<desc id=\"d", id, "\">", escape(description), "</desc>\n")
}

// bars is a chart of horizontal bars: names on the left, amounts on the right.
func (p *page) bars(name, description, axis string, entries []entry) {
	height := len(entries)*barHeight + 44
	bottom := len(entries)*barHeight + 4
	s := newScale(amounts(entries), 5, nameWidth*10, (chartWidth-valueWidth)*10)
	p.svg(height, name, description)
	for i, tick := range s.ticks() {
		x := tenths(s.at(tick))
		p.raw(`<line class="`, gridClass(tick), `" x1="`, x, `" y1="0" x2="`, x, `" y2="`, pixels(bottom), "\"/>\n")
		if len(s.ticks()) > 7 && i%2 == 1 {
			continue
		}
		p.raw(`<text class="tick" text-anchor="middle" x="`, x, `" y="`, pixels(bottom+15), `">`, printed.Number(tick), "</text>\n")
	}
	p.raw(`<text class="axis" text-anchor="middle" x="`, pixels((nameWidth+chartWidth-valueWidth)/2), `" y="`, pixels(bottom+33), `">`, escape(axis), "</text>\n")
	zero := s.at(decimal.Zero)
	for i, e := range entries {
		top, text := i*barHeight+4, i*barHeight+17
		end := s.at(e.amount)
		p.raw(`<text class="name" text-anchor="end" x="`, pixels(nameWidth-8), `" y="`, pixels(text), `">`, escape(short(e.name, 27)), "</text>\n")
		p.bar(e, min(zero, end), int64(top)*10, max(zero-end, end-zero), (barHeight-8)*10)
		p.raw(`<text class="value`, minus(e.amount), `" text-anchor="end" x="`, pixels(chartWidth), `" y="`, pixels(text), `">`, printed.Money(e.amount), "</text>\n")
	}
	p.raw("</svg>\n")
}

// columns is a chart of upright columns, whose axis of amounts is on the left.
func (p *page) columns(name, description, axis string, entries []entry) {
	const top, bottom = 24, columnHeight - 24
	s := newScale(amounts(entries), 5, bottom*10, top*10)
	p.svg(columnHeight, name, description)
	p.raw(`<text class="axis" x="0" y="12">`, escape(axis), "</text>\n")
	for _, tick := range s.ticks() {
		y := s.at(tick)
		p.raw(`<line class="`, gridClass(tick), `" x1="`, pixels(axisWidth), `" y1="`, tenths(y), `" x2="`, pixels(chartWidth), `" y2="`, tenths(y), "\"/>\n")
		p.raw(`<text class="tick" text-anchor="end" x="`, pixels(axisWidth-8), `" y="`, tenths(y+40), `">`, printed.Number(tick), "</text>\n")
	}
	zero := s.at(decimal.Zero)
	each := int64(chartWidth-axisWidth) * 10 / int64(len(entries))
	for i, e := range entries {
		x := axisWidth*10 + int64(i)*each
		end := s.at(e.amount)
		p.bar(e, x+each/8, min(zero, end), each*3/4, max(zero-end, end-zero))
		p.raw(`<text class="tick" text-anchor="middle" x="`, tenths(x+each/2), `" y="`, pixels(columnHeight-8), `">`, escape(e.name), "</text>\n")
	}
	p.raw("</svg>\n")
}

// bar draws an amount. An amount that is too small to be seen is a line.
func (p *page) bar(e entry, x, y, width, height int64) {
	full := e.full
	if full == "" {
		full = e.name
	}
	if !e.amount.IsZero() {
		width, height = max(width, 5), max(height, 5)
	}
	p.raw(`<rect class="bar`, minus(e.amount), `" x="`, tenths(x), `" y="`, tenths(y), `" width="`, tenths(width), `" height="`, tenths(height),
		`"><title>`, escape(full), ": ", printed.Money(e.amount), "</title></rect>\n")
}

func amounts(entries []entry) []decimal.Decimal {
	list := make([]decimal.Decimal, len(entries))
	for i, e := range entries {
		list[i] = e.amount
	}
	return list
}

func gridClass(tick decimal.Decimal) string {
	if tick.IsZero() {
		return "zero"
	}
	return "grid"
}

func minus(amount decimal.Decimal) string {
	if amount.IsNegative() {
		return " minus"
	}
	return ""
}

// short cuts a name to a width, in letters; a Chinese character is as wide as two.
func short(name string, width int) string {
	var b strings.Builder
	for rest := []rune(name); len(rest) > 0; rest = rest[1:] {
		width--
		if rest[0] > 0x2E80 {
			width--
		}
		if width < 0 || width == 0 && len(rest) > 1 {
			return b.String() + "…"
		}
		b.WriteRune(rest[0])
	}
	return b.String()
}
