package billexport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// maxBudgets is how many budgets are compared.
	maxBudgets = 20_000
	// toldTerm is how long it is remembered what was told of a cycle: longer than the
	// API has bills of it.
	toldTerm = 2 * 366 * 24 * time.Hour
	// manifestLimit bounds a manifest: 5,000 customers have some 5 MB.
	manifestLimit = 64 << 20
)

// budgetReached is the data of an event: a customer has spent so much of its budget in
// a cycle, by a published export.
type budgetReached struct {
	CustomerID string `json:"customer_id"`
	Cycle      string `json:"cycle"`
	// Threshold is the part of the budget that was reached, in percent.
	Threshold int             `json:"threshold"`
	Spent     decimal.Decimal `json:"spent"`
	Budget    decimal.Decimal `json:"budget"`
	Currency  string          `json:"currency"`
	// State is that of the export, and RunID the run that made it.
	State publication.State `json:"state"`
	RunID string            `json:"run_id"`
}

// budgetTold is what was told of a customer in a cycle: each threshold once, whatever
// becomes of the budget afterwards.
type budgetTold struct {
	Thresholds []int `json:"thresholds"`
}

func (f *function) budgetsTold() *ledger.Documents[budgetTold] {
	return ledger.NewDocuments[budgetTold](f.store, "export-budget-told", f.now)
}

// tellBudgets compares what the export of a run says that customers spent, which is
// payment_amount in the budget's currency, with their budgets, and tells the sales
// platform of each threshold that was reached. It may be called any number of times.
func (f *function) tellBudgets(ctx context.Context, r run) error {
	if f.cfg.EventsURL == "" {
		return nil // nothing is taken for told that nobody hears
	}
	budgets, err := f.budgets().Due(ctx, maxBudgets)
	if err != nil || len(budgets) == 0 {
		return err
	}
	m, err := f.publishedBy(ctx, r)
	if err != nil {
		return err
	}
	sums := map[[2]string]tally.Sum{}
	for _, s := range m.CustomerSums {
		sums[[2]string{s.CustomerID, s.Currency}] = s
	}
	var errs []error
	for _, doc := range budgets {
		sum, ok := sums[[2]string{doc.Value.CustomerID, doc.Value.Currency}]
		if !ok {
			continue
		}
		spent := sum.Amounts[bill.Payment].Decimal()
		if err := f.tellBudget(ctx, doc.Value, m, spent); err != nil {
			errs = append(errs, fmt.Errorf("tell of the budget of customer %s in %s: %w", doc.Value.CustomerID, m.Cycle, err))
		}
	}
	return errors.Join(errs...)
}

// publishedBy is the manifest of a run.
func (f *function) publishedBy(ctx context.Context, r run) (publication.Manifest, error) {
	content, _, err := f.destinations[r.Request.Destination].Get(ctx, r.Manifest, manifestLimit)
	if err != nil {
		return publication.Manifest{}, fmt.Errorf("read the manifest of run %s: %w", r.ID, err)
	}
	return publication.Decode(content)
}

// tellBudget tells of the thresholds that were reached and not told of. The event comes
// first: one that is not remembered is told once more, under the same id.
func (f *function) tellBudget(ctx context.Context, b Budget, m publication.Manifest, spent decimal.Decimal) error {
	reached := b.reached(spent)
	if len(reached) == 0 {
		return nil
	}
	key := b.CustomerID + "/" + m.Cycle
	for range maxChanges {
		doc, err := f.budgetsTold().Get(ctx, key)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		told := doc.Value.Thresholds
		for _, threshold := range reached {
			if slices.Contains(told, threshold) {
				continue
			}
			data := budgetReached{b.CustomerID, m.Cycle, threshold, spent, b.Amount, b.Currency, m.State, m.RunID}
			if err := f.events.Tell(ctx, f.events.ID("budget", data.CustomerID, data.Cycle, strconv.Itoa(data.Threshold)), b.CustomerID, "billexport.budget.reached", data); err != nil {
				return err
			}
			told = append(told, threshold)
		}
		if len(told) == len(doc.Value.Thresholds) {
			return nil
		}
		_, err = f.budgetsTold().Put(ctx, ledger.Document[budgetTold]{
			Key: key, Version: doc.Version, Value: budgetTold{told}, ExpiresAt: f.now().Add(toldTerm),
		})
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else tells of it too
		}
		return err
	}
	return errors.New("remember what was told: others write it all the time")
}

// reached are the thresholds that so much has reached.
func (b Budget) reached(spent decimal.Decimal) []int {
	var all []int
	for _, t := range b.Thresholds {
		if spent.Shift(2).GreaterThanOrEqual(b.Amount.Mul(decimal.NewFromInt(int64(t)))) {
			all = append(all, t)
		}
	}
	return all
}
