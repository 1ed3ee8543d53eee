package onboard

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// budgetCurrency is that of the sites which have budgets.
const budgetCurrency = "USD"

// maxBudget is the largest budget, in USD.
var maxBudget = decimal.New(2_147_483_647, 0)

// budgetRoutes are about what customers that the partner is billed for may consume,
// and what the partner itself may. The mainland site has none of it.
func (f *function) budgetRoutes() []handler.Route {
	return []handler.Route{
		{Method: http.MethodPost, Pattern: "/onboard/budgets", Handle: f.offered("UpdateSubCustomerBudget", f.setBudget)},
		{Method: http.MethodGet, Pattern: "/onboard/budgets", Handle: f.offered("ListSubCustomerBudget", f.listBudgets)},
		{Method: http.MethodGet, Pattern: "/onboard/budget", Handle: f.offered("ShowSubCustomerBudget", f.showBudget)},
		{Method: http.MethodGet, Pattern: "/onboard/budget-records", Handle: f.offered("ListSubCustomerBudgetRecords", f.listBudgetRecords)},
		{Method: http.MethodGet, Pattern: "/onboard/consumption-quota", Handle: f.offered("ShowPartnerConsumptionQuota", f.showConsumptionQuota)},
	}
}

type budgetRequest struct {
	RequestID         string          `json:"request_id"`
	AccountID         string          `json:"account_id"`
	CustomerID        string          `json:"customer_id"`
	IndirectPartnerID string          `json:"indirect_partner_id"`
	Amount            decimal.Decimal `json:"budget_amount"`
	Currency          string          `json:"currency"`
	Type              bss.BudgetType  `json:"budget_type"`
	// FrozenOperateType is 1 where Huawei Cloud freezes the customer once it exceeds
	// the budget, 0 where that is left to the partner. Without one it stays as it is.
	FrozenOperateType *bss.FrozenOperateType `json:"frozen_operate_type"`
	// CancelPartnerFrozen unfreezes the customer too, as a new one needs.
	CancelPartnerFrozen bool `json:"cancel_partner_frozen"`
}

// budgetSet is the answer.
type budgetSet struct {
	RequestID string `json:"request_id"`
	target
	Amount              decimal.Decimal        `json:"budget_amount"`
	Currency            string                 `json:"currency"`
	Type                bss.BudgetType         `json:"budget_type"`
	FrozenOperateType   *bss.FrozenOperateType `json:"frozen_operate_type,omitempty"`
	CancelPartnerFrozen bool                   `json:"cancel_partner_frozen"`
	// At is when it was set.
	At time.Time `json:"at"`
}

// setBudget sets a customer's budget, once a request. Setting the same amount again
// would be harmless, but not later: it would undo what was set since, and unfreeze
// who was frozen since. So it is the ledger's.
func (f *function) setBudget(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in budgetRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := invalid(in.wrong()); err != nil {
		return nil, err
	}
	t, err := f.resolve(ctx, target{in.AccountID, in.CustomerID, in.IndirectPartnerID})
	if err != nil {
		return nil, err
	}
	b := budget{t, in.Amount, cmp.Or(in.Type, bss.BudgetMonthly), in.FrozenOperateType, in.CancelPartnerFrozen}
	var done standing
	err = f.ledger.Turn(ctx, t.standing(), func(ctx context.Context) (err error) {
		done, err = ledger.Do(ctx, f.ledger, budgetKey(in.RequestID), b.fingerprint(), f.budgetEffect(b))
		return err
	})
	if err != nil {
		return nil, resoldProblem(err)
	}
	return handler.OK(budgetSet{
		RequestID: in.RequestID, target: t, Amount: b.amount, Currency: budgetCurrency, Type: b.kind,
		FrozenOperateType: b.freezes, CancelPartnerFrozen: b.unfreezes, At: done.At,
	}), nil
}

func (in budgetRequest) wrong() []handler.FieldError {
	wrong := append(wrongRequestID(in.RequestID), target{in.AccountID, in.CustomerID, in.IndirectPartnerID}.wrong()...)
	add := func(bad bool, field, reason string) {
		if bad {
			wrong = append(wrong, handler.FieldError{Field: field, Reason: reason})
		}
	}
	add(!in.Amount.IsPositive() || in.Amount.GreaterThan(maxBudget) || !in.Amount.Equal(in.Amount.Truncate(2)),
		"budget_amount", "is greater than 0, at most 2147483647, with at most two decimals")
	add(in.Currency != budgetCurrency, "currency", "is "+budgetCurrency)
	add(in.Type != "" && in.Type != bss.BudgetMonthly && in.Type != bss.BudgetPackage, "budget_type", "is MONTHLY or PACKAGE")
	add(in.FrozenOperateType != nil && *in.FrozenOperateType != bss.FreezeManually && *in.FrozenOperateType != bss.FreezeAutomatically,
		"frozen_operate_type", "is 0 (left to the partner) or 1 (by Huawei Cloud)")
	return wrong
}

func budgetKey(requestID string) string { return "budget/" + requestID }

// budget is one setting of a customer's budget.
type budget struct {
	target
	amount    decimal.Decimal // in USD
	kind      bss.BudgetType
	freezes   *bss.FrozenOperateType
	unfreezes bool
}

func (b budget) fingerprint() ledger.Fingerprint {
	fp := b.target.fingerprint()
	fp["budget_amount"], fp["currency"], fp["budget_type"] = b.amount.StringFixed(2), budgetCurrency, string(b.kind)
	fp["cancel_partner_frozen"] = strconv.FormatBool(b.unfreezes)
	if b.freezes != nil {
		fp["frozen_operate_type"] = strconv.Itoa(int(*b.freezes))
	}
	return fp
}

// budgetOf is as much of a setting as asking about it takes.
func budgetOf(en ledger.Entry) (budget, error) {
	amount, err := decimal.NewFromString(en.Fingerprint["budget_amount"])
	if err != nil {
		return budget{}, fmt.Errorf("the entry %q has no amount: %w", en.Key, err)
	}
	return budget{target: targetOf(en.Fingerprint), amount: amount, kind: bss.BudgetType(en.Fingerprint["budget_type"])}, nil
}

func (b budget) request() bss.UpdateSubCustomerBudgetRequest {
	r := bss.UpdateSubCustomerBudgetRequest{
		CustomerID: b.CustomerID, IndirectPartnerID: b.IndirectPartnerID,
		BudgetAmount: b.amount, BudgetType: b.kind, FrozenOperateType: b.freezes,
	}
	if b.unfreezes {
		r.CancelPartnerFrozen = "1"
	}
	return r
}

func (f *function) budgetEffect(b budget) ledger.Effect[standing] {
	return ledger.Effect[standing]{
		Apply: func(ctx context.Context) (standing, error) {
			if err := f.cloud.UpdateSubCustomerBudget(ctx, b.request()); err != nil {
				return standing{}, refusedUnlessUnknown(err)
			}
			return standing{f.now()}, nil
		},
		Find: func(ctx context.Context, since time.Time) (standing, ledger.Finding, error) {
			return f.findBudget(ctx, b, since.Add(-budgetClockSkew))
		},
		Settle: recordDelay,
	}
}

// budgetClockSkew is how far Huawei Cloud's clock may be from ours. The same budget
// set twice within as long cannot be told apart.
const budgetClockSkew = 5 * time.Second

// findBudget looks for the record of a setting: of its amount and type, since its
// first attempt in doubt began. Settings of one customer take turns.
func (f *function) findBudget(ctx context.Context, b budget, from time.Time) (standing, ledger.Finding, error) {
	for r, err := range f.cloud.ListSubCustomerBudgetRecords(ctx, bss.ListSubCustomerBudgetRecordsRequest{
		CustomerID: b.CustomerID, IndirectPartnerID: b.IndirectPartnerID, OperationType: bss.BudgetSetting, BudgetType: b.kind,
	}) {
		if err != nil {
			return standing{}, ledger.Unclear, err
		}
		if r.BudgetAmount.Equal(b.amount) && !r.OperationTime.Before(from) {
			return standing{r.OperationTime.Time}, ledger.Found, nil
		}
	}
	return standing{}, ledger.Absent, nil
}

// settleBudget asks about an entry, and sets nothing.
func (f *function) settleBudget(ctx context.Context, en ledger.Entry) error {
	b, err := budgetOf(en)
	if err != nil {
		return err
	}
	_, err = ledger.Reconcile(ctx, f.ledger, en.Key, f.budgetEffect(b))
	return err
}

func whereABudgetShows(en ledger.Entry) string {
	b, err := budgetOf(en)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Partner centre, budgets: the records of customer %s since %s: a %s budget of %s %s. There is done; not there after a day is failed.",
		b.CustomerID, en.Since.Format("2006-01-02 15:04 UTC"), b.kind, b.amount.StringFixed(2), budgetCurrency)
}
