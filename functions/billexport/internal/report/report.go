// Package report writes an export's report for the partner: a page of HTML that a
// browser shows and prints without anything else, with charts of what was spent,
// totals, the outcome of the reconciliation and the files. It has no script, and its
// policy allows none.
//
// It is written by hand, since html/template makes the linker keep every exported
// method of a program's types.
package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// Report is what a report tells.
type Report struct {
	bill.Export
	RunID   string
	State   publication.State
	Partial bool
	Tally   *tally.Tally
	// Reconciliation is left out where it is nil.
	Reconciliation *reconciliation.Result
	// Files are the others of the export; a report cannot have its own sum.
	Files []publication.File
	// Customers are those whose names are known, by id.
	Customers map[string]bill.Customer
}

//go:embed report.css
var style string

var beijing = time.FixedZone("GMT+8", 8*60*60)

// page is a report while it is written.
type page struct {
	*Report
	w *bufio.Writer
	// ids counts the elements that others refer to.
	ids int
}

// Write writes the report.
func (r Report) Write(w io.Writer) error {
	p := &page{Report: &r, w: bufio.NewWriter(w)}
	p.head()
	p.raw("<main>\n")
	p.intro()
	totals := r.Tally.Totals()
	p.cards(totals)
	for _, total := range totals {
		p.charts(total)
	}
	if len(totals) == 0 {
		p.raw("<p>", p.say(nothing), "</p>\n")
	}
	p.services(totals)
	p.customers(totals)
	p.reconciled()
	p.broken()
	p.files()
	p.raw("</main>\n</body>\n</html>\n")
	return p.w.Flush() // the first error of all
}

func (p *page) head() {
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	p.raw("<!DOCTYPE html>\n<html lang=\"", p.say(language), "\">\n<head>\n<meta charset=\"utf-8\"/>\n")
	p.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"", escape(policy), "\"/>\n")
	p.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n")
	p.raw("<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>", p.say(title), " ", p.Cycle.String(), "</title>\n<style>", style, "</style>\n</head>\n<body>\n")
}

// intro says what the report is of.
func (p *page) intro() {
	p.raw("<header>\n<h1>", p.say(title), " ", p.Cycle.String(), "</h1>\n<p class=\"badges\"><span class=\"badge ", stateClass(p.State), "\">", p.stateName(), "</span>")
	if p.Partial {
		p.raw(" <span class=\"badge estimated\">", p.say(partial), "</span>")
	}
	p.raw("</p>\n<dl class=\"facts\">\n")
	partner := p.PartnerName
	if p.PartnerID != "" {
		partner += " (" + p.PartnerID + ")"
	}
	p.fact(partnerWord, partner)
	p.fact(periodWord, p.say(periodForm, p.Cycle.Day(1), p.Cycle.Day(p.Cycle.Days())))
	p.fact(runWord, p.RunID)
	if !p.GeneratedAt.IsZero() {
		p.fact(generatedWord, p.GeneratedAt.In(beijing).Format(time.DateOnly+" 15:04")+" (GMT+8)")
	}
	p.fact(customersWord, count(len(p.Tally.Customers())))
	p.fact(recordsWord, count(p.Tally.Rows()))
	p.raw("</dl>\n")
	if p.State == publication.Estimated {
		p.raw("<p class=\"note\">", p.say(estimatedNote), "</p>\n")
	}
	p.raw("</header>\n")
}

func (p *page) fact(name word, value string) {
	if value != "" {
		p.raw("<div><dt>", p.say(name), "</dt><dd>", escape(value), "</dd></div>\n")
	}
}

func stateClass(s publication.State) string {
	switch s {
	case publication.Final:
		return "final"
	case publication.FinalWithDifferences:
		return "differing"
	case publication.Estimated:
	}
	return "estimated"
}
