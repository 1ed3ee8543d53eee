package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/report"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
)

// publish writes what names the files of the run, the manifest last.
func (f *function) publish(ctx context.Context, h *held) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	g, err := f.gatheredOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	sum := tally.New()
	if err := f.readJSON(ctx, g.Tally, sum); err != nil {
		return nil, fmt.Errorf("read what run %s adds up to: %w", h.run.ID, err)
	}
	m, err := f.manifest(&h.run, p, g, sum)
	if err != nil {
		return nil, err
	}
	if m.Files, err = f.filesOf(ctx, &h.run); err != nil {
		return nil, err
	}
	compared, err := f.compared(ctx, &h.run, g)
	if err != nil {
		return nil, err
	}
	m.Files = append(m.Files, compared)
	if known(h.run.Request.Formats, formatReport) {
		file, err := f.report(ctx, &h.run, p, m, g, sum)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, file)
	}
	_, err = publication.Publish(ctx, f.destinations[h.run.Request.Destination], m, sum.Lines(), h.confirm)
	if errors.Is(err, publication.ErrOvertaken) {
		return nil, fatal("export_overtaken", "An export of "+m.Cycle+" that was asked for later is published already.",
			"Take that one, or ask for another export.")
	}
	return publishedResult(&h.run), err
}

// publishedResult is the result of publishing a run.
func publishedResult(r *run) *workResult {
	return &workResult{Objects: []partObject{{Name: r.folder() + "/manifest.json"}}}
}

// isPublished reports whether the files of a run are a published export, whatever the
// run says: its worker may have died just after it had published them.
func (f *function) isPublished(ctx context.Context, r *run) (bool, error) {
	destination, ok := f.destinations[r.Request.Destination]
	if !ok {
		return false, nil
	}
	if r.Subscribed {
		return subscribed.IsPublished(ctx, destination, r.Request.Cycle, r.ID)
	}
	return publication.IsPublished(ctx, destination, r.Request.Cycle, r.ID, r.Request.partial())
}

func (f *function) manifest(r *run, p *plan, g *gathered, sum *tally.Tally) (publication.Manifest, error) {
	compared, err := json.Marshal(g.Reconciliation)
	m := publication.Manifest{
		RunID:            r.ID,
		Cycle:            r.Request.Cycle,
		State:            g.State,
		Partial:          r.Request.partial(),
		GeneratedAt:      r.CreatedAt,
		Customers:        len(p.Customers),
		Rows:             sum.Rows(),
		Sums:             sum.Totals(),
		CustomerSums:     sum.Sums(),
		Reconciliation:   compared,
		BrokenIdentities: sum.Broken(),
		RateCardSHA256:   p.rateCardHash(),
	}
	if len(m.Sums) == 1 {
		m.Currency = m.Sums[0].Currency
	}
	return m, err
}

// compared copies the table of the reconciliation to the files of the run.
func (f *function) compared(ctx context.Context, r *run, g *gathered) (publication.File, error) {
	file := publication.File{Path: r.folder() + "/reconciliation.csv", Format: publication.FormatReconciliation}
	return publication.Write(ctx, f.destinations[r.Request.Destination], file, func(w io.Writer) (int, error) {
		table, err := f.objects.Open(ctx, g.Compared.Name)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(w, table)
		return g.Compared.Rows, errors.Join(err, table.Close())
	})
}

// filesOf are the files that the units of the run wrote.
func (f *function) filesOf(ctx context.Context, r *run) ([]publication.File, error) {
	all := []publication.File{}
	for i := range r.Units {
		doc, err := f.works.Get(ctx, workKey(task{Run: r.ID, Task: taskRender, Part: i}))
		if err != nil {
			return nil, err
		}
		var files []publication.File
		if err := f.readJSON(ctx, doc.Value.Result.Objects[0].Name, &files); err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// report writes the report of the run.
func (f *function) report(ctx context.Context, r *run, p *plan, m publication.Manifest, g *gathered, sum *tally.Tally) (publication.File, error) {
	export, err := f.export(r, p, g)
	if err != nil {
		return publication.File{}, err
	}
	page := report.Report{
		Export: export, RunID: r.ID, State: m.State, Partial: m.Partial, Tally: sum,
		Reconciliation: &g.Reconciliation, Files: m.Files, Customers: map[string]bill.Customer{},
	}
	for _, c := range p.Customers {
		page.Customers[c.ID] = c
	}
	file := publication.File{Path: m.Folder() + "report.html", Format: formatReport}
	return publication.Write(ctx, f.destinations[r.Request.Destination], file, func(w io.Writer) (int, error) {
		return 0, page.Write(w)
	})
}
