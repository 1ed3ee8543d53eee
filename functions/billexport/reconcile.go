package billexport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parts"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/reconciliation"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/bss"
)

// reconcile compares the records with Huawei Cloud's monthly sums as they are now, and
// writes the table of what was compared.
func (f *function) reconcile(ctx context.Context, h *held, p *plan, all [][]partObject, sum *tally.Tally) (reconciliation.Result, partObject, error) {
	none := reconciliation.Result{}
	c, err := bill.ParseCycle(h.run.Request.Cycle)
	if err != nil {
		return none, partObject{}, err
	}
	var customers []string
	if h.run.Request.partial() {
		for _, customer := range p.Customers {
			customers = append(customers, customer.ID)
		}
	}
	sums := reconciliation.NewSums()
	if customers == nil || len(customers) > 0 {
		if sums, err = reconciliation.ReadSums(ctx, keptSums{f.cloud, h}, c, customers); err != nil {
			return none, partObject{}, fmt.Errorf("read the monthly sums of %s: %w", c, err)
		}
	}
	in := reconciliation.Input{
		Settled: h.run.settled(), Tally: sum, Sums: sums, Customers: customers,
		Rows: func(ctx context.Context, customerID string) iter.Seq2[*bill.Row, error] {
			i := slices.IndexFunc(p.Customers, func(c bill.Customer) bool { return c.ID == customerID })
			if i < 0 {
				return func(func(*bill.Row, error) bool) {}
			}
			return f.rowsAgain(ctx, all[i])
		},
	}
	// Another worker may compare at the same time, with other sums.
	table := partObject{Name: workName(h.run.ID, fmt.Sprintf("reconciliation-%d.csv", h.doc.Value.Attempts))}
	result := none
	file, err := publication.Write(ctx, f.objects, publication.File{Path: table.Name}, func(w io.Writer) (int, error) {
		buf := bufio.NewWriter(w)
		result, err = reconciliation.Reconcile(ctx, in, buf)
		return result.Compared, errors.Join(err, buf.Flush())
	})
	table.Rows = file.Rows
	return result, table, err
}

// keptSums keeps the task while monthly sums are read: of thousands of customers that
// takes minutes.
type keptSums struct {
	from reconciliation.Lister
	h    *held
}

// ListSubcustomerMonthlyBills implements reconciliation.Lister.
func (k keptSums) ListSubcustomerMonthlyBills(ctx context.Context, r bss.ListSubcustomerMonthlyBillsRequest) iter.Seq2[bss.BillSum, error] {
	return func(yield func(bss.BillSum, error) bool) {
		for sum, err := range k.from.ListSubcustomerMonthlyBills(ctx, r) {
			if err == nil {
				err = k.h.keep(ctx)
			}
			if !yield(sum, err) || err != nil {
				return
			}
		}
	}
}

// rowsAgain reads the records of a customer once more.
func (f *function) rowsAgain(ctx context.Context, all []partObject) iter.Seq2[*bill.Row, error] {
	return func(yield func(*bill.Row, error) bool) {
		var row bill.Row
		stop := errors.New("enough")
		for _, part := range all {
			_, err := f.eachRow(ctx, part, func(fee *bss.FeeRow) error {
				if err := row.Read(fee); err != nil {
					return err
				}
				if !yield(&row, nil) {
					return stop
				}
				return nil
			})
			if errors.Is(err, stop) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// eachRow reads the rows of a part, and holds their number against the part's.
func (f *function) eachRow(ctx context.Context, part partObject, do func(*bss.FeeRow) error) (rows int, err error) {
	object, err := f.objects.Open(ctx, part.Name)
	if err != nil {
		return 0, err
	}
	defer object.Close()
	in, err := parts.NewReader(object)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", part.Name, err)
	}
	for ; ; rows++ {
		fee, err := in.Next()
		switch {
		case errors.Is(err, io.EOF) && rows == part.Rows:
			return rows, nil
		case errors.Is(err, io.EOF):
			return rows, fmt.Errorf("%s has %d rows, not %d", part.Name, rows, part.Rows)
		case err != nil:
			return rows, fmt.Errorf("%s: %w", part.Name, err)
		}
		if err := do(fee); err != nil {
			return rows, err
		}
	}
}
