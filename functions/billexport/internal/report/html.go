package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
)

// raw writes pieces of the page as they are. An error is kept by the writer.
func (p *page) raw(pieces ...string) {
	for _, piece := range pieces {
		_, _ = p.w.WriteString(piece)
	}
}

// escape makes a text that others wrote part of a page: between tags or in an attribute
// between double quotes. Characters that XML does not know, and those that turn the
// text around them, are seen as what stands for a character that cannot be shown.
func escape(text string) string {
	return entities.Replace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\r' || c == '\t':
			return ' '
		case !unicode.IsGraphic(c) || c == utf8.RuneError || c&0xFFFE == 0xFFFE:
			return '\uFFFD'
		}
		return c
	}, text))
}

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func count(n int) string { return printed.Count(n) }

// column is a column of a table.
type column struct {
	head word
	// number columns are set to the right.
	number bool
}

// table begins a table. What is written after it are rows, until endTable.
func (p *page) table(caption string, columns []column) {
	p.raw("<div class=\"scroll\"><table>\n<caption>", escape(caption), "</caption>\n<thead><tr>")
	for _, c := range columns {
		p.raw("<th scope=\"col\"", class(c.number, "number"), ">", p.say(c.head), "</th>")
	}
	p.raw("</tr></thead>\n<tbody>\n")
}

func (p *page) endTable() { p.raw("</tbody>\n</table></div>\n") }

// row writes the cells of a row. Amounts below nothing are marked.
func (p *page) row(columns []column, kind string, cells ...string) {
	p.raw("<tr", class(kind != "", kind), ">")
	for i, cell := range cells {
		switch {
		case columns[i].number && strings.HasPrefix(cell, "-"):
			p.raw("<td class=\"number minus\">", escape(cell), "</td>")
		default:
			p.raw("<td", class(columns[i].number, "number"), ">", escape(cell), "</td>")
		}
	}
	p.raw("</tr>\n")
}

func class(has bool, name string) string {
	if !has {
		return ""
	}
	return ` class="` + name + `"`
}
