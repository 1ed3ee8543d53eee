package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
)

// maxDifferences is how many differences are listed.
const maxDifferences = 20

// reconciled is how the records compare with the monthly sums.
func (p *page) reconciled() {
	r := p.Reconciliation
	if r == nil {
		return
	}
	p.raw("<section>\n<h2>", p.say(reconciliationWord), "</h2>\n<p>")
	if r.Agrees {
		p.raw("<span class=\"badge final\">", p.say(agrees), "</span> ")
	} else {
		p.raw("<span class=\"badge differing\">", p.say(disagrees), "</span> ")
	}
	p.raw(p.say(comparedForm, count(r.Compared), count(r.Differing), count(r.Explained), count(r.Defects), count(r.Unexplained)), "</p>\n")
	if p.State == publication.Estimated {
		p.raw("<p class=\"note\">", p.say(lagNote), "</p>\n")
	}
	if len(r.Causes) > 0 {
		columns := []column{{causeWord, false}, {classWord, false}, {currencyWord, false}, {linesWord, true}, {differenceWord, true}}
		p.table(p.say(causesWord), columns)
		for _, c := range r.Causes {
			p.row(columns, string(c.Class), p.cause(c.Cause), p.meaning(classWords, string(c.Class)), c.Currency, count(c.Lines), printed.Sum(c.Difference))
		}
		p.endTable()
	}
	p.differences(r)
	p.leftOut(r)
	if r.Customers.Count > 0 {
		p.contradictions(r)
	}
	p.raw("</section>\n")
}

func (p *page) differences(r *reconciliation.Result) {
	if len(r.Differences) == 0 {
		return
	}
	columns := []column{
		{customerID, false}, {serviceWord, false}, {resourceWord, false}, {modeWord, false}, {currencyWord, false},
		{ofRecords, true}, {ofSums, true}, {differenceWord, true}, {causeWord, false},
	}
	shown := r.Differences[:min(len(r.Differences), maxDifferences)]
	p.table(p.say(differencesForm, count(len(shown)), count(r.Differing)), columns)
	for _, d := range shown {
		service, resource := p.Tally.ServiceName(d.CloudServiceType), p.Tally.ResourceTypeName(d.ResourceTypeCode)
		if service == "" {
			service = d.CloudServiceType
		}
		if resource == "" {
			resource = d.ResourceTypeCode
		}
		p.row(columns, string(d.Class), d.CustomerID, service, resource, p.meaning(modeWords, d.ChargeMode), d.Currency,
			printed.Sum(d.RecordsAmount), printed.Sum(d.SumsAmount), printed.Sum(d.Difference), p.cause(d.Cause))
	}
	p.endTable()
}

// leftOut are records that have nothing to be compared with.
func (p *page) leftOut(r *reconciliation.Result) {
	if len(r.LeftOut) == 0 {
		return
	}
	columns := []column{{reasonWord, false}, {currencyWord, false}, {recordsWord, true}, {paymentWord, true}}
	p.table(p.say(leftOutWord), columns)
	for _, l := range r.LeftOut {
		p.row(columns, "", p.meaning(reasonWords, l.Reason), l.Currency, count(l.Rows), printed.Sum(l.Payment))
	}
	p.endTable()
}

// contradictions are customers whose sums contradict themselves.
func (p *page) contradictions(r *reconciliation.Result) {
	columns := []column{{customerWord, false}, {customerID, false}, {identityWord, false}, {currencyWord, false}, {differenceWord, true}}
	p.table(p.say(customersBroken, count(len(r.Customers.First)), count(r.Customers.Count)), columns)
	for _, c := range r.Customers.First {
		p.row(columns, "", p.name(c.CustomerID), c.CustomerID, p.meaning(identityWords, c.Identity), c.Currency, printed.Sum(c.Difference))
	}
	p.endTable()
}

// cause is a cause in words, or several.
func (p *page) cause(c reconciliation.Cause) string {
	var all []string
	for one := range strings.SplitSeq(string(c), "+") {
		all = append(all, p.meaning(causeWords, one))
	}
	return strings.Join(all, " + ")
}

// broken are records that contradict themselves.
func (p *page) broken() {
	b := p.Tally.Broken()
	p.raw("<section>\n<h2>", p.say(identitiesWord), "</h2>\n")
	if b.Count == 0 {
		p.raw("<p>", p.say(identitiesHold), "</p>\n</section>\n")
		return
	}
	columns := []column{{customerID, false}, {recordWord, false}, {identityWord, false}, {currencyWord, false}, {differenceWord, true}}
	p.table(p.say(identitiesBroken, count(len(b.First)), count(b.Count)), columns)
	for _, i := range b.First {
		p.row(columns, "", i.CustomerID, i.ID, p.meaning(identityWords, i.Identity), i.Currency, printed.Sum(i.Difference))
	}
	p.endTable()
	p.raw("</section>\n")
}

// maxFiles is how many files are listed; the manifest has all.
const maxFiles = 200

// files are those of the export, with what they can be checked by: those about all
// customers first.
func (p *page) files() {
	if len(p.Files) == 0 {
		return
	}
	columns := []column{{fileWord, false}, {recordsWord, true}, {bytesWord, true}, {sumWord, false}}
	p.raw("<section class=\"files\">\n<h2>", p.say(filesWord), "</h2>\n")
	files := slices.Clone(p.Files)
	slices.SortStableFunc(files, func(a, b publication.File) int {
		return cmp.Compare(min(len(a.CustomerID), 1), min(len(b.CustomerID), 1))
	})
	shown := files[:min(len(files), maxFiles)]
	p.table(p.say(filesForm, count(len(shown)), count(len(p.Files))), columns)
	for _, f := range shown {
		p.row(columns, "", f.Path, count(f.Rows), printed.Count(int(f.Bytes)), f.SHA256)
	}
	p.endTable()
	p.raw("</section>\n")
}
