package billexport

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxThresholds is how many thresholds a budget has, maxThreshold the greatest of them,
// in percent of the budget.
const (
	maxThresholds = 10
	maxThreshold  = 1000
)

// maxBudget is the largest budget.
var maxBudget = decimal.New(1, 12)

var currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

// budgetsRoutes are about what customers are expected to spend in a month. Nobody is
// kept from spending more: the sales platform is told of it.
func (f *function) budgetsRoutes() []handler.Route {
	const pattern = "/billexport/budgets/{customer_id}"
	return []handler.Route{
		{Method: http.MethodPut, Pattern: pattern, Handle: f.putBudget},
		{Method: http.MethodGet, Pattern: pattern, Handle: f.showBudget},
		{Method: http.MethodDelete, Pattern: pattern, Handle: f.deleteBudget},
	}
}

// budgetRequest sets a budget.
type budgetRequest struct {
	Amount     decimal.Decimal `json:"amount"`
	Currency   string          `json:"currency"`
	Thresholds []int           `json:"thresholds"`
}

// Budget is what a customer is expected to spend in a month.
type Budget struct {
	CustomerID string          `json:"customer_id"`
	Amount     decimal.Decimal `json:"amount"`
	Currency   string          `json:"currency"`
	// Thresholds are parts of the amount in percent, sorted: who reaches one is told
	// of.
	Thresholds []int     `json:"thresholds"`
	SetAt      time.Time `json:"set_at"`
}

// everyBudget is when budgets are due: always, which makes them a list.
var everyBudget = time.Unix(0, 0).UTC()

func (f *function) budgets() *ledger.Documents[Budget] {
	return ledger.NewDocuments[Budget](f.store, "export-budget", f.now)
}

func (f *function) putBudget(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	var in budgetRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if wrong := in.wrong(); len(wrong) > 0 {
		return nil, handler.Invalid(wrong...)
	}
	if len(in.Thresholds) == 0 {
		in.Thresholds = []int{50, 80, 100}
	}
	slices.Sort(in.Thresholds)
	budget := Budget{id, in.Amount, in.Currency, in.Thresholds, f.now().UTC()}
	return handler.OK(budget), f.keepBudget(ctx, budget, time.Time{})
}

// keepBudget writes the budget over the one that is there.
func (f *function) keepBudget(ctx context.Context, b Budget, until time.Time) error {
	for range maxChanges {
		doc, err := f.budgets().Get(ctx, b.CustomerID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc = ledger.Document[Budget]{Key: b.CustomerID, Version: doc.Version, Value: b, DueAt: everyBudget, ExpiresAt: until}
		_, err = f.budgets().Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else has written: the last one counts
		}
		return err
	}
	return errors.New("keep the budget of " + b.CustomerID + ": others write it all the time")
}

func (in budgetRequest) wrong() []handler.FieldError {
	var wrong []handler.FieldError
	add := func(bad bool, field, reason string) {
		if bad {
			wrong = append(wrong, handler.FieldError{Field: field, Reason: reason})
		}
	}
	add(!in.Amount.IsPositive() || in.Amount.GreaterThan(maxBudget) || !in.Amount.Equal(in.Amount.Truncate(2)),
		"amount", "is greater than 0, at most 1000000000000, with at most two decimals")
	add(!currencyPattern.MatchString(in.Currency), "currency", "is a code of three letters, such as CNY")
	seen := map[int]bool{}
	for _, t := range in.Thresholds {
		if t < 1 || t > maxThreshold || seen[t] || len(in.Thresholds) > maxThresholds {
			add(true, "thresholds", "are at most 10 different percentages from 1 to 1000")
			break
		}
		seen[t] = true
	}
	return wrong
}

func (f *function) showBudget(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	doc, err := f.budgets().Get(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, budgetNotFound()
	}
	if err != nil {
		return nil, err
	}
	return handler.OK(doc.Value), nil
}

// deleteBudget ends a budget. What was told of it is not told again if it comes back in
// the same month.
func (f *function) deleteBudget(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	id, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	_, err = f.budgets().Get(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return handler.NoContent(), nil
	}
	if err != nil {
		return nil, err
	}
	return handler.NoContent(), f.keepBudget(ctx, Budget{CustomerID: id}, f.now())
}

// customerOf is the customer that a path names.
func customerOf(r *handler.Request) (string, error) {
	id := r.PathValue("customer_id")
	if !customerPattern.MatchString(id) {
		return "", handler.Invalid(handler.FieldError{Field: "customer_id", Reason: "is no customer id of Huawei Cloud"})
	}
	return id, nil
}

func budgetNotFound() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "budget_not_found",
		Detail: "The customer has no budget.",
		Next:   "Set one with PUT."}
}
