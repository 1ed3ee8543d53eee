package billexport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/pkg/bss"
)

// folder is where the files of the run are.
func (r *run) folder() string {
	if r.Subscribed {
		return strings.TrimSuffix(subscribed.Folder(r.Request.Cycle, r.ID), "/")
	}
	return strings.TrimSuffix(publication.Folder(r.Request.Cycle, r.ID, r.Request.partial()), "/")
}

// settled reports whether the cycle's bills no longer changed when the run was asked for.
func (r *run) settled() bool {
	c, err := bill.ParseCycle(r.Request.Cycle)
	return err == nil && c.Settled(r.CreatedAt)
}

// export is what all files of the run have in common.
func (f *function) export(r *run, p *plan, g *gathered) (bill.Export, error) {
	c, err := bill.ParseCycle(r.Request.Cycle)
	return bill.Export{
		Cycle: c, Final: r.settled(), Differs: g.State == publication.FinalWithDifferences, PartnerName: p.PartnerName,
		Chinese: r.Request.Headings == headingsChinese, Priced: p.RateCard != "", GeneratedAt: r.CreatedAt,
	}, err
}

// unit is a piece of the files: one file of all customers, or a file for each of those
// from From to before To.
type unit struct {
	Format string `json:"format"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

// unitRows is how many rows the files of one unit have about, so that one takes no
// longer than a worker lives.
const unitRows = 200_000

// unitsOf are the pieces to write. A customer without records gets no file of its own.
func unitsOf(asked []string, all [][]partObject) []unit {
	var units []unit
	for _, name := range asked {
		f, ok := formats("")[name]
		switch {
		case !ok: // the report
		case !f.aCustomer():
			units = append(units, unit{name, 0, len(all)})
		default:
			units = append(units, shards(name, all)...)
		}
	}
	return units
}

func shards(name string, all [][]partObject) []unit {
	var units []unit
	from, rows := 0, 0
	for i := range all {
		rows += rowsOf(all[i])
		if rows >= unitRows || i == len(all)-1 {
			units = append(units, unit{name, from, i + 1})
			from, rows = i+1, 0
		}
	}
	return units
}

func rowsOf(part []partObject) int {
	rows := 0
	for _, o := range part {
		rows += o.Rows
	}
	return rows
}

// rendering is the writing of a unit.
type rendering struct {
	f      *function
	h      *held
	run    run
	plan   *plan
	parts  [][]partObject
	export bill.Export
	format format
	name   string
	price  func(*bill.Row) error
}

// render writes the files of a unit. The same parts make the same files, whoever writes
// them and however often.
func (f *function) render(ctx context.Context, h *held) (*workResult, error) {
	g, err := f.gatheredOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	if h.task.Part >= len(g.Units) {
		return nil, fmt.Errorf("run %s has %d units to write, not %d", h.run.ID, len(g.Units), h.task.Part+1)
	}
	u := g.Units[h.task.Part]
	d := &rendering{f: f, h: h, run: h.run, plan: p, parts: g.Parts, format: formats(h.run.Request.Cycle)[u.Format], name: u.Format}
	if d.export, err = f.export(&h.run, p, g); err != nil {
		return nil, err
	}
	if d.price, err = f.pricing(h.run, p); err != nil {
		return nil, err
	}
	files, err := d.files(ctx, u)
	if err != nil {
		return nil, err
	}
	return f.writeResult(ctx, h, fmt.Sprintf("files-%06d", h.task.Part), files, 0)
}

func (d *rendering) files(ctx context.Context, u unit) ([]publication.File, error) {
	if !d.format.aCustomer() {
		file, err := d.file(ctx, u.From, u.To, bill.Customer{})
		return []publication.File{file}, err
	}
	files := []publication.File{}
	for i := u.From; i < u.To; i++ {
		if rowsOf(d.parts[i]) == 0 {
			continue
		}
		file, err := d.file(ctx, i, i+1, d.plan.Customers[i])
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// file writes one file of the customers from from to before to.
func (d *rendering) file(ctx context.Context, from, to int, c bill.Customer) (publication.File, error) {
	file := publication.File{
		Path: d.run.folder() + "/" + d.format.pathOf(c), Format: d.name, CustomerID: c.ID,
	}
	return publication.Write(ctx, d.f.destinations[d.run.Request.Destination], file, func(w io.Writer) (int, error) {
		buf := bufio.NewWriterSize(w, 64<<10)
		out, err := d.format.open(buf, d, c)
		if err != nil {
			return 0, err
		}
		rows := 0
		for i := from; i < to; i++ {
			for _, part := range d.parts[i] {
				n, err := d.copyRows(ctx, out, part)
				rows += n
				if err != nil {
					return rows, err
				}
			}
		}
		return rows, errors.Join(out.Close(), buf.Flush())
	})
}

// copyRows writes the rows of a part.
func (d *rendering) copyRows(ctx context.Context, out rowWriter, part partObject) (int, error) {
	var row bill.Row
	seen := 0
	return d.f.eachRow(ctx, part, func(fee *bss.FeeRow) error {
		if seen%1000 == 0 { // from the first one on: many customers have few
			if err := errors.Join(ctx.Err(), d.h.keep(ctx)); err != nil {
				return err
			}
		}
		seen++
		if err := row.Read(fee); err != nil {
			return err
		}
		if err := d.price(&row); err != nil {
			return err
		}
		return out.Write(&row)
	})
}
