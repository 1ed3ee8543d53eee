package billexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/bssfn/bssfn/pkg/bss"
)

// export publishes the bills of a cycle as they are now, in the place of an earlier
// export of it.
func (f *function) export(ctx context.Context, c cycle) (Manifest, error) {
	lock, err := f.locks.acquire(ctx, c)
	if err != nil {
		return Manifest{}, err
	}
	defer f.leave(ctx, c, "lock not released", func() error { return lock.release(ctx) })

	draft, err := f.destination.Begin(ctx, c.String())
	if err != nil {
		return Manifest{}, notPublished(c, err)
	}
	defer f.leave(ctx, c, "draft not removed", draft.Close)

	bills, err := f.write(ctx, c, lock, draft)
	if err != nil {
		return Manifest{}, err
	}
	manifest, err := f.describeExport(ctx, c, bills)
	if err != nil {
		return Manifest{}, err
	}
	return manifest, f.publish(ctx, c, lock, draft, manifest)
}

// leave clears up after a run. Its failure does not change what the run has done.
func (f *function) leave(ctx context.Context, c cycle, message string, leave func() error) {
	if err := leave(); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, message, slog.String("cycle", c.String()), slog.Any("cause", err))
	}
}

// bills are what is known of the records after they were written.
type bills struct {
	file       File
	customers  int
	sums       sums
	lines      lines
	identities BrokenIdentities
}

// write streams the records of all customers into the draft, one customer after
// the other, with no more than a page of them in memory.
func (f *function) write(ctx context.Context, c cycle, lock *lock, draft Draft) (bills, error) {
	customers, err := f.customers(ctx, c)
	if err != nil {
		return bills{}, err
	}
	b := bills{customers: len(customers), sums: sums{}, lines: lines{}, identities: BrokenIdentities{First: []BrokenIdentity{}}}
	table, err := newTable(draft)
	if err != nil {
		return bills{}, notPublished(c, err)
	}
	for _, customer := range customers {
		request := bss.ListSubCustomerBillDetailRequest{BillCycle: c.String(), CustomerID: customer}
		for record, err := range f.cloud.ListSubCustomerBillDetail(ctx, request) {
			if err != nil {
				return bills{}, fmt.Errorf("read the bills of customer %s in %s: %w", customer, c, err)
			}
			if err := lock.keep(ctx); err != nil {
				return bills{}, err
			}
			if err := table.write(&record); err != nil {
				return bills{}, notPublished(c, err)
			}
			b.sums.add(&record)
			b.lines.addRecord(&record)
			b.identities.check(&record)
		}
	}
	if b.file, err = table.finish(c); err != nil {
		return bills{}, notPublished(c, err)
	}
	return b, nil
}

// customers lists who consumed in the cycle, each once. The whole list is read at
// first, so that it does not shift under the long export, and sorted, so that two
// exports of the same bills are the same file.
func (f *function) customers(ctx context.Context, c cycle) ([]string, error) {
	var ids []string
	for customer, err := range f.cloud.ListConsumeSubCustomers(ctx, bss.ListConsumeSubCustomersRequest{BillCycle: c.String()}) {
		if err != nil {
			return nil, fmt.Errorf("list the customers with bills in %s: %w", c, err)
		}
		ids = append(ids, customer.CustomerID)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (f *function) describeExport(ctx context.Context, c cycle, b bills) (Manifest, error) {
	summaries, err := f.summaries(ctx, c)
	if err != nil {
		return Manifest{}, fmt.Errorf("read the monthly sums of %s: %w", c, err)
	}
	supersedes, err := f.manifestHash(ctx, c)
	if err != nil {
		return Manifest{}, notPublished(c, err)
	}
	now, reconciliation := f.now().UTC(), reconcile(b.lines, summaries)
	m := Manifest{
		SchemaVersion:    schemaVersion,
		Cycle:            c.String(),
		State:            stateOf(c, now, reconciliation.Agrees),
		GeneratedAt:      now,
		Files:            []File{b.file},
		Customers:        b.customers,
		Sums:             b.sums.byCurrency(),
		CustomerSums:     b.sums.byCustomer(),
		Reconciliation:   reconciliation,
		BrokenIdentities: b.identities,
		Supersedes:       supersedes,
	}
	if len(m.Sums) == 1 {
		m.Currency = m.Sums[0].Currency
	}
	return m, nil
}

// manifestHash is the SHA-256 of the manifest that stands, nil where none does.
func (f *function) manifestHash(ctx context.Context, c cycle) (*string, error) {
	earlier, err := f.destination.Manifest(ctx, c.String())
	if errors.Is(err, ErrNotPublished) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(earlier)
	text := hex.EncodeToString(sum[:])
	return &text, nil
}

func (f *function) publish(ctx context.Context, c cycle, lock *lock, draft Draft, m Manifest) error {
	encoded, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest of %s: %w", c, err)
	}
	if err := errors.Join(ctx.Err(), lock.keep(ctx)); err != nil {
		return err
	}
	if err := draft.Publish(ctx, m.Files[0].Name, append(encoded, '\n')); err != nil {
		return notPublished(c, err)
	}
	return nil
}
