package billexport

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
	"github.com/bssfn/bssfn/pkg/bss"
)

// subscribedGathered is what is known of a run when everything is read: all that is
// published depends on nothing else any more.
type subscribedGathered struct {
	Archives []archiveRead `json:"archives"`
	// Customers are the objects of what the API says, in the order of the plan.
	Customers []string            `json:"customers"`
	Postpaid  subscribed.Postpaid `json:"postpaid"`
}

func (f *function) gatherSubscribed(ctx context.Context, h *held, cycle bill.Cycle) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	all := make([][]partObject, h.run.Parts)
	if err := f.collect(ctx, h, all); err != nil {
		return nil, err
	}
	g := subscribedGathered{Archives: make([]archiveRead, len(p.Archives))}
	for i, part := range all {
		if i >= len(p.Archives) {
			g.Customers = append(g.Customers, part[0].Name)
		} else if err := f.readJSON(ctx, part[0].Name, &g.Archives[i]); err != nil {
			return nil, err
		}
	}
	if g.Postpaid, err = f.postpaid(ctx, cycle, g.Archives[0].Sums); err != nil {
		return nil, err
	}
	return f.writeResult(ctx, h, "gathered", g, len(g.Archives)+1)
}

// partnerBillOut is when the partner's bill is out: at noon (GMT+8) of the 5th.
func partnerBillOut(cycle bill.Cycle) time.Time {
	return cycle.End().Add(4*24*time.Hour + 12*time.Hour)
}

// postpaid compares the sum of the file with the partner's bill, which comes out by
// noon of the 5th and has no amounts before.
func (f *function) postpaid(ctx context.Context, cycle bill.Cycle, sums []subscribed.Sum) (subscribed.Postpaid, error) {
	owed, err := f.cloud.ListPostpaidBillSum(ctx, bss.ListPostpaidBillSumRequest{BillCycle: cycle.String()})
	if err != nil {
		return subscribed.Postpaid{}, fmt.Errorf("read the partner's bill of %s: %w", cycle, err)
	}
	p := subscribed.Postpaid{Out: !f.now().Before(partnerBillOut(cycle)), Currency: owed.Currency}
	if !p.Out {
		return p, nil
	}
	p.AmountDue = owed.InitialAmountDue
	for _, sum := range sums {
		if sum.Currency == owed.Currency {
			p.FileAmount = sum.Due
		}
	}
	p.Difference = p.FileAmount.Sub(p.AmountDue)
	return p, nil
}

// subscribedWritten is a file of such a run, with what came of the comparison if it is
// the one of the differences.
type subscribedWritten struct {
	File    publication.File    `json:"file"`
	Unread  []subscribed.Unread `json:"unread,omitempty"`
	Outcome subscribed.Outcome  `json:"outcome"`
}

// renderSubscribed writes a merged archive, or compares. The same objects make the same
// files, whoever writes them and however often.
func (f *function) renderSubscribed(ctx context.Context, h *held) (*workResult, error) {
	g := &subscribedGathered{}
	if err := f.readJSON(ctx, h.run.Gathered, g); err != nil {
		return nil, fmt.Errorf("read what was gathered for run %s: %w", h.run.ID, err)
	}
	var written subscribedWritten
	var err error
	if h.task.Part < len(g.Archives) {
		written.File, err = f.writeMerged(ctx, h, g.Archives[h.task.Part])
	} else {
		written, err = f.writeDifferences(ctx, h, g)
	}
	if err != nil {
		return nil, err
	}
	return f.writeResult(ctx, h, fmt.Sprintf("files-%06d", h.task.Part), written, 0)
}

func (f *function) writeMerged(ctx context.Context, h *held, a archiveRead) (publication.File, error) {
	file := publication.File{Path: h.run.folder() + "/" + string(a.Kind) + ".csv", Format: subscribed.FormatMerged}
	return publication.Write(ctx, f.objects, file, func(w io.Writer) (int, error) {
		rows, err := f.objects.Open(ctx, a.Merged)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(w, keptReader{rows, func() error { return h.keep(ctx) }})
		return a.Rows, errors.Join(err, rows.Close())
	})
}

// listedDifferences is how many differences a manifest lists.
const listedDifferences = 100

var differenceColumns = []string{
	"customer_id", "service_type_code", "resource_type_code", "region_code", "charge_mode", "currency", "usage_type", "usage_measure_id",
	"cause", "field", "file", "api", "difference",
}

// writeDifferences compares the archives with the API, and writes each difference.
func (f *function) writeDifferences(ctx context.Context, h *held, g *subscribedGathered) (subscribedWritten, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return subscribedWritten{}, err
	}
	out := subscribedWritten{Outcome: subscribed.Outcome{Causes: map[subscribed.Cause]int{}, Differences: []subscribed.Difference{}}}
	var pieces []string
	for _, a := range g.Archives {
		pieces = append(pieces, a.Lines...)
	}
	file := publication.File{Path: h.run.folder() + "/differences.csv", Format: subscribed.FormatDifferences}
	out.File, err = publication.Write(ctx, f.objects, file, func(w io.Writer) (int, error) {
		buf := bufio.NewWriter(w)
		table := csv.NewWriter(buf)
		if err := table.Write(differenceColumns); err != nil {
			return 0, err
		}
		c := subscribed.Comparison{Archives: p.Archives, Missing: missing(p, &out), Found: func(d subscribed.Difference) error {
			out.add(d)
			return table.Write(differenceRecord(d))
		}}
		err := c.Compare(subscribed.OpenLines(ctx, f.objects, pieces), f.recordsOf(ctx, h, p, g, &out))
		out.Outcome.Compared = c.Compared
		table.Flush()
		return out.Outcome.DifferenceCount, errors.Join(err, table.Error(), buf.Flush())
	})
	return out, err
}

func (w *subscribedWritten) add(d subscribed.Difference) {
	o := &w.Outcome
	o.DifferenceCount++
	o.Causes[d.Cause]++
	if len(o.Differences) < listedDifferences {
		o.Differences = append(o.Differences, d)
	}
}

func differenceRecord(d subscribed.Difference) []string {
	unit := ""
	if d.UsageMeasureID != 0 {
		unit = strconv.Itoa(d.UsageMeasureID)
	}
	return []string{
		spreadsheet.Text(d.CustomerID), spreadsheet.Text(d.ServiceType), spreadsheet.Text(d.ResourceType), spreadsheet.Text(d.Region),
		spreadsheet.Text(d.ChargeMode), spreadsheet.Text(d.Currency), spreadsheet.Text(d.UsageType), unit,
		string(d.Cause), string(d.Field), d.File.String(), d.API.String(), d.Difference.String(),
	}
}

// recordsOf are the lines of all customers. Those who could not be read are noted before
// the lines of any customer after them.
func (f *function) recordsOf(ctx context.Context, h *held, p *plan, g *subscribedGathered, out *subscribedWritten) iter.Seq2[subscribed.Summed, error] {
	return func(yield func(subscribed.Summed, error) bool) {
		for i, name := range g.Customers {
			var read customerRead
			if err := errors.Join(h.keep(ctx), f.readJSON(ctx, name, &read)); err != nil {
				yield(subscribed.Summed{}, err)
				return
			}
			if read.Refused != "" {
				out.Unread = append(out.Unread, subscribed.Unread{CustomerID: p.Customers[i].ID, Reason: read.Refused})
			}
			for _, line := range read.Lines {
				if !yield(line, nil) {
					return
				}
			}
		}
	}
}

// missing says why the API has no records of a customer.
func missing(p *plan, out *subscribedWritten) func(string) (subscribed.Cause, bool) {
	return func(id string) (subscribed.Cause, bool) {
		_, known := slices.BinarySearchFunc(p.Customers, id, func(c bill.Customer, id string) int { return strings.Compare(c.ID, id) })
		if !known {
			return subscribed.CauseUnknown, true
		}
		_, unread := slices.BinarySearchFunc(out.Unread, id, func(u subscribed.Unread, id string) int { return strings.Compare(u.CustomerID, id) })
		return subscribed.CauseUnread, unread
	}
}
