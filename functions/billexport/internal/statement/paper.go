package statement

import (
	"math"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/pdf"
)

// Where things are on a page of A4.
const (
	margin = 36 * pdf.Point
	left   = margin
	right  = pdf.A4Width - margin
	width  = right - left
	top    = 64 * pdf.Point // where the text of later pages begins
	bottom = pdf.A4Height - 48*pdf.Point
)

// Colours. All are dark enough on white to be read by those who see badly, and on paper
// without colours.
const (
	black pdf.Color = 0x1A1A1A
	grey  pdf.Color = 0x5A5A5A
	rule  pdf.Color = 0xD0D4DA
	shade pdf.Color = 0xF2F4F7
	red   pdf.Color = 0xA31515
	amber pdf.Color = 0x8A4B00
	green pdf.Color = 0x0B6B3A
)

// Styles of text.
var (
	huge    = pdf.Style{Size: 20 * pdf.Point, Color: black, Bold: true}
	large   = pdf.Style{Size: 13 * pdf.Point, Color: black, Bold: true}
	heading = pdf.Style{Size: 11 * pdf.Point, Color: black, Bold: true}
	strong  = pdf.Style{Size: 9 * pdf.Point, Color: black, Bold: true}
	plain   = pdf.Style{Size: 9 * pdf.Point, Color: black}
	quiet   = pdf.Style{Size: 9 * pdf.Point, Color: grey}
	small   = pdf.Style{Size: 750, Color: black}
	tiny    = pdf.Style{Size: 7 * pdf.Point, Color: grey}
	column  = pdf.Style{Size: 7 * pdf.Point, Color: grey, Bold: true}
)

// paper is a statement while it is laid out.
type paper struct {
	Options
	texts *texts
	doc   *pdf.Document
	y     pdf.Unit // where the next line stands
	pages int
	// several says that there are several currencies, so that each amount has its own.
	several bool
	// direct says that the customer pays Huawei Cloud itself for some records.
	direct bool
	// rounded says that quantities were.
	rounded bool
}

// page begins a page, with whose statement it is above what comes.
func (p *paper) page() {
	p.doc.Page(pdf.A4Width, pdf.A4Height)
	p.pages++
	p.y = top
	tag := p.tag(right, 30*pdf.Point)
	if p.pages > 1 {
		p.cell(left, tag-left-8*pdf.Point, 42*pdf.Point, quiet, p.say(title)+" · "+p.month()+" · "+p.customer())
	}
}

// tag marks the page as final or estimated, and returns where the mark begins.
func (p *paper) tag(x, y pdf.Unit) pdf.Unit {
	style := pdf.Style{Size: 9 * pdf.Point, Color: amber, Bold: true}
	if p.Final {
		style.Color = green
	}
	text := p.say(estimated)
	if p.Final {
		text = p.say(final)
	}
	wide := p.doc.Width(style.Size, text) + 14*pdf.Point
	p.doc.Frame(x-wide, y, wide, 17*pdf.Point, style.Color)
	p.doc.Text(x-wide+7*pdf.Point, y+12*pdf.Point, style, text)
	return x - wide
}

// footer is below every page.
func (p *paper) footer(page, pages int) {
	const y = pdf.A4Height - 26*pdf.Point
	p.doc.Fill(left, y-12*pdf.Point, width, 50, rule)
	number := p.say(pageForm, page, pages)
	p.doc.Right(right, y, tiny, number)
	about := p.say(customerID) + " " + line(p.Customer.ID) + " · " + p.days() + " · " + p.state()
	if at := p.generated(); at != "" {
		about += " · " + p.say(issued) + " " + at
	}
	p.cell(left, width-p.doc.Width(tiny.Size, number)-10*pdf.Point, y, tiny, about)
}

// room begins a page where less than a height is left, and reports whether it did.
func (p *paper) room(height pdf.Unit) bool {
	if p.y+height <= bottom {
		return false
	}
	p.page()
	return true
}

// cell writes a text that is cut to a width.
func (p *paper) cell(x, wide, y pdf.Unit, s pdf.Style, text string) {
	p.doc.Text(x, y, s, p.doc.Cut(wide, s.Size, line(text)))
}

// amount writes a number that ends at x. One that is too wide is not cut but set in
// smaller type; it is red where it gives money back.
func (p *paper) amount(x, wide, y pdf.Unit, s pdf.Style, text string) {
	if text != "" && text[0] == '-' {
		s.Color = red
	}
	if needs := p.doc.Width(s.Size, text); needs > wide {
		s.Size = s.Size * wide / needs
	}
	p.doc.Right(x, y, s, text)
}

// narrow is a style in which a text fits into a width, where slightly smaller type is
// enough for that.
func (p *paper) narrow(s pdf.Style, wide pdf.Unit, text string) pdf.Style {
	const least = 6 * pdf.Point
	if needs := p.doc.Width(s.Size, text); needs > wide {
		s.Size = max(s.Size*wide/needs, least)
	}
	return s
}

// paragraph writes a text in as many lines as it takes.
func (p *paper) paragraph(s pdf.Style, text string) {
	for _, l := range p.lines(s, width, text, math.MaxInt) {
		p.room(s.Size * 3 / 2)
		p.doc.Text(left, p.y, s, l)
		p.y += s.Size * 3 / 2
	}
}

// lines are those that a text takes in a width. Where it takes more than so many, the
// last one is cut.
func (p *paper) lines(s pdf.Style, wide pdf.Unit, text string, most int) []string {
	var list []string
	for rest := []rune(strings.TrimSpace(line(text))); len(rest) > 0; {
		if len(list) == most-1 {
			return append(list, p.doc.Cut(wide, s.Size, string(rest)))
		}
		taken := p.fits(s, wide, rest)
		list = append(list, strings.TrimSpace(string(rest[:taken])))
		rest = []rune(strings.TrimSpace(string(rest[taken:])))
	}
	return list
}

// fits is how many characters fit into a line: up to a space where there is one, since
// Chinese may be broken anywhere.
func (p *paper) fits(s pdf.Style, wide pdf.Unit, text []rune) int {
	var used, space pdf.Unit
	last := 0
	for i, c := range text {
		used += p.doc.Width(s.Size, string(c))
		if used > wide && i > 0 {
			if last > 0 && space > wide*2/3 {
				return last
			}
			return i
		}
		if c == ' ' {
			last, space = i, used
		}
	}
	return len(text)
}
