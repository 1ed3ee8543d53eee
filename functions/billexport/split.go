package billexport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// split says that a customer's bills are fetched in ranges of days.
type split struct {
	// Total is how many records there were of the whole cycle.
	Total int `json:"total"`
	// Ranges is their number.
	Ranges int `json:"ranges"`
}

// splits reports whether a list is so long that its bills are fetched in ranges.
func (f *function) splits(h *held, total int) bool {
	return h.task.Range == 0 && !h.doc.Value.Whole && total > f.cfg.SplitRows
}

// split divides the task into ranges of days.
func (f *function) split(ctx context.Context, h *held, total int) error {
	c, err := bill.ParseCycle(h.run.Request.Cycle)
	if err != nil {
		return err
	}
	h.doc.Value.LeaseUntil = time.Time{}
	h.doc.Value.Split = &split{Total: total, Ranges: min((total+f.cfg.SplitRows-1)/f.cfg.SplitRows, c.Days())}
	if err := h.put(ctx); err != nil {
		return err
	}
	return f.sendRanges(ctx, h)
}

func (f *function) sendRanges(ctx context.Context, h *held) error {
	_, missing, err := f.ranges(ctx, h.task, h.doc.Value.Split)
	if err != nil {
		return err
	}
	return f.send(ctx, missing...)
}

// ranges are the results of a customer's ranges, put together, and those that are
// missing.
func (f *function) ranges(ctx context.Context, whole task, s *split) (*workResult, []task, error) {
	result := &workResult{}
	var missing []task
	for n := range s.Ranges {
		t := whole
		t.Range = n + 1
		doc, err := f.works.Get(ctx, workKey(t))
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, nil, err
		}
		if doc.Value.Result == nil {
			missing = append(missing, t)
			continue
		}
		result.Objects = append(result.Objects, doc.Value.Result.Objects...)
		result.Rows += doc.Value.Result.Rows
	}
	return result, missing, nil
}

// joinRanges has the ranges of a customer put together when the last one is there.
func (f *function) joinRanges(ctx context.Context, t task) error {
	t.Range = 0
	doc, err := f.works.Get(ctx, workKey(t))
	if err != nil || doc.Value.Split == nil {
		return err
	}
	_, missing, err := f.ranges(ctx, t, doc.Value.Split)
	if err != nil || len(missing) > 0 {
		return err
	}
	return f.send(ctx, t)
}

// requestOfRange narrows the request to the days of the range.
func (f *function) requestOfRange(ctx context.Context, h *held, request bss.ListSubCustomerBillDetailRequest) (bss.ListSubCustomerBillDetailRequest, error) {
	whole, err := f.works.Get(ctx, workKey(task{Run: h.run.ID, Task: taskFetch, Part: h.task.Part}))
	if err != nil {
		return request, fmt.Errorf("a range of days of a customer that is not split: %w", err)
	}
	s := whole.Value.Split
	if s == nil || h.task.Range > s.Ranges {
		return request, errLost // its customer is fetched in one by now
	}
	c, err := bill.ParseCycle(h.run.Request.Cycle)
	if err != nil {
		return request, err
	}
	first, last := daysOf(c.Days(), s.Ranges, h.task.Range)
	request.BillDateBegin, request.BillDateEnd = c.Day(first), c.Day(last)
	return request, nil
}

// daysOf are the first and the last day of a range, all of them counted from 1.
func daysOf(days, ranges, n int) (first, last int) {
	return (n-1)*days/ranges + 1, n * days / ranges
}

// fetchRanges puts the ranges of a customer together, or sends those that are missing.
// Where they do not have as many records as the cycle had, the customer is fetched in
// one: a record that belongs to no day is not lost.
func (f *function) fetchRanges(ctx context.Context, h *held, customer string) (*workResult, error) {
	whole, missing, err := f.ranges(ctx, h.task, h.doc.Value.Split)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, f.send(ctx, missing...)
	}
	if whole.Rows == int64(h.doc.Value.Split.Total) {
		return whole, nil
	}
	f.log.LogAttrs(ctx, slog.LevelWarn, "the days of a customer do not add up to the cycle, which is fetched in one",
		slog.String("run", h.run.ID), slog.String("customer_id", customer),
		slog.Int64("days", whole.Rows), slog.Int("cycle", h.doc.Value.Split.Total))
	h.doc.Value.Split, h.doc.Value.Whole = nil, true
	if err := h.put(ctx); err != nil {
		return nil, err
	}
	return nil, f.send(ctx, h.task)
}
