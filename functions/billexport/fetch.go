package billexport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parts"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// fetchTries is how often bills are read that change while they are.
const fetchTries = 3

// fetch reads the bills of a customer, or of a range of days of it, into a part.
func (f *function) fetch(ctx context.Context, h *held) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	customer := p.Customers[h.task.Part].ID
	if h.doc.Value.Split != nil {
		return f.fetchRanges(ctx, h, customer)
	}
	request := bss.ListSubCustomerBillDetailRequest{BillCycle: h.run.Request.Cycle, CustomerID: customer}
	if h.task.Range > 0 {
		if request, err = f.requestOfRange(ctx, h, request); err != nil {
			return nil, err
		}
	}
	list := newListing(request)
	for try := 1; ; try++ {
		result, err := f.fetchOnce(ctx, h, list.afresh(), p, try)
		changed, ok := errors.AsType[*changedError](err)
		if !ok {
			return result, err
		}
		f.log.LogAttrs(ctx, slog.LevelWarn, "bills changed while they were read", slog.String("run", h.run.ID), slog.Any("cause", err))
		if try == fetchTries {
			return nil, fatal("bills_changing",
				fmt.Sprintf("The bills of customer %s in %s could not be read in one piece, %d times: %s.", customer, h.run.Request.Cycle, fetchTries, changed.what),
				"Ask for the export again later. If the cycle is over and this goes on, ask Huawei Cloud.")
		}
	}
}

// fetchOnce reads the list once. It is nil, and the task split, where the list is long.
func (f *function) fetchOnce(ctx context.Context, h *held, list *listing, p *plan, try int) (*workResult, error) {
	request := list.request
	part, err := f.newPart(ctx, h, p, try)
	if err != nil {
		return nil, err
	}
	defer part.close(ctx)
	for page, err := range f.cloud.ListSubCustomerBillDetailPages(ctx, request) {
		if err != nil {
			return nil, fmt.Errorf("read the bills of customer %s in %s, the page from record %d on: %w", request.CustomerID, request.BillCycle, list.rows+1, err)
		}
		if page.Offset == 0 && f.splits(h, page.Total) {
			return nil, f.split(ctx, h, page.Total)
		}
		if err := errors.Join(list.check(page), h.keep(ctx)); err != nil {
			return nil, err
		}
		if err := part.write(page.Rows); err != nil {
			return nil, err
		}
	}
	if err := list.end(); err != nil {
		return nil, err
	}
	if !h.run.settled() && list.pages > 1 {
		if err := f.compareLastPage(ctx, list); err != nil {
			return nil, err
		}
	}
	return part.commit(ctx)
}

// compareLastPage asks for the last page once more: what was added or taken away while
// the bills of a running cycle were read has shifted it.
func (f *function) compareLastPage(ctx context.Context, list *listing) error {
	request := list.request
	request.Offset, request.Limit = list.last, list.size
	for page, err := range f.cloud.ListSubCustomerBillDetailPages(ctx, request) {
		if err != nil {
			return fmt.Errorf("read the last bills of customer %s in %s once more: %w", request.CustomerID, request.BillCycle, err)
		}
		return list.again(page)
	}
	return &changedError{"the last page is gone"}
}

// partWriter writes a part and adds it up.
type partWriter struct {
	f     *function
	name  string
	out   interface{ Commit() error }
	close func(ctx context.Context)
	buf   *bufio.Writer
	rows  *parts.Writer
	tally *tally.Tally
	price func(*bill.Row) error
	row   bill.Row
}

// newPart begins a part, under a name that no other worker and no other try has.
func (f *function) newPart(ctx context.Context, h *held, p *plan, try int) (*partWriter, error) {
	price, err := f.pricing(h.run, p)
	if err != nil {
		return nil, err
	}
	name := workName(h.run.ID, "parts", fmt.Sprintf("%06d-%02d-%d-%d", h.task.Part, h.task.Range, h.doc.Value.Attempts, try))
	object, err := f.objects.Create(ctx, name+".rows")
	if err != nil {
		return nil, err
	}
	part := &partWriter{f: f, name: name, out: object, buf: bufio.NewWriterSize(object, 64<<10), tally: tally.New(), price: price}
	part.close = func(ctx context.Context) {
		if err := object.Close(); err != nil {
			f.log.LogAttrs(ctx, slog.LevelWarn, "a part was not closed", slog.String("part", name), slog.Any("cause", err))
		}
	}
	if part.rows, err = parts.NewWriter(part.buf); err != nil {
		part.close(ctx)
		return nil, err
	}
	return part, nil
}

func (p *partWriter) write(rows []bss.FeeRow) error {
	for i := range rows {
		fee := &rows[i]
		if err := readRow(&p.row, fee); err != nil {
			return err
		}
		if err := errors.Join(p.price(&p.row), p.rows.Write(fee)); err != nil {
			return err
		}
		p.tally.Add(&p.row)
	}
	return nil
}

// readRow reads a record's amounts. A record that cannot be added up ends the run.
func readRow(row *bill.Row, fee *bss.FeeRow) error {
	const next = "Nothing was published. Ask Huawei Cloud about the record."
	if len(fee[bss.FeeCurrency]) == 0 {
		return fatal(billsUnreadable, fmt.Sprintf("The record %.64q of customer %.64q has no currency.", fee[bss.FeeID], fee[bss.FeeCustomerID]), next)
	}
	if err := row.Read(fee); err != nil {
		return fatal(billsUnreadable, clipped("An amount cannot be read: "+err.Error()+"."), next)
	}
	return nil
}

// commit makes the part an object, and its tally another one.
func (p *partWriter) commit(ctx context.Context) (*workResult, error) {
	if err := errors.Join(p.rows.Close(), p.buf.Flush()); err != nil {
		return nil, err
	}
	if err := p.out.Commit(); err != nil {
		return nil, err
	}
	if err := p.f.writeJSON(ctx, p.name+".json", p.tally); err != nil {
		return nil, err
	}
	n := p.rows.Rows()
	return &workResult{Objects: []partObject{{p.name + ".rows", p.name + ".json", n}}, Rows: int64(n)}, nil
}
