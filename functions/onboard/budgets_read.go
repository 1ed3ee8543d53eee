package onboard

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// maxBudgets is how many customers' budgets one request is for.
const maxBudgets = 100

// Budget is what a customer may consume, its amounts in Currency.
type Budget struct {
	target
	BudgetAmount decimal.Decimal `json:"budget_amount"`
	// UsedAmount is late and approximate.
	UsedAmount decimal.Decimal `json:"used_amount"`
	BudgetType bss.BudgetType  `json:"budget_type"`
	Currency   string          `json:"currency"`
}

// showBudget answers the budget of one customer, who must be one that the partner is
// billed for.
func (f *function) showBudget(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	t, _, err := f.queried(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := f.cloud.ShowSubCustomerBudget(ctx, bss.ShowSubCustomerBudgetRequest{CustomerID: t.CustomerID, IndirectPartnerID: t.IndirectPartnerID})
	if err != nil {
		return nil, resoldProblem(err)
	}
	if b.BudgetAmount.IsZero() { // a budget is greater than that
		return nil, budgetMissing()
	}
	return handler.OK(Budget{t, b.BudgetAmount, b.UsedAmount, b.BudgetType, b.Currency}), nil
}

func budgetMissing() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "budget_missing",
		Detail: "The customer has no budget: nothing limits what it consumes.",
		Next:   "Set one with POST /onboard/budgets."}
}

// queried reads a request about one customer, by the parameters account_id, or
// customer_id and indirect_partner_id, and others that are known.
func (f *function) queried(ctx context.Context, r *handler.Request, known ...string) (target, *parameters, error) {
	known = append([]string{"account_id", "customer_id", "indirect_partner_id"}, known...)
	p := &parameters{values: r.Query, wrong: unknownParameters(r.Query, known...)}
	t := target{p.values.Get("account_id"), p.values.Get("customer_id"), p.values.Get("indirect_partner_id")}
	p.wrong = append(p.wrong, t.wrong()...)
	if err := invalid(p.wrong); err != nil {
		return t, nil, err
	}
	t, err := f.resolve(ctx, t)
	return t, p, err
}

// budgetList tells of every customer that was asked for.
type budgetList struct {
	Budgets []Budget `json:"budgets"`
	// WithoutBudget are customers whom nothing limits.
	WithoutBudget []string `json:"without_budget"`
	// LeftOut are those of whom Huawei Cloud tells nothing: they are not customers
	// that the partner, or the reseller, is billed for.
	LeftOut []string `json:"left_out"`
}

func (f *function) listBudgets(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	p := parameters{values: r.Query, wrong: unknownParameters(r.Query, "customer_ids", "indirect_partner_id")}
	in := bss.ListSubCustomerBudgetRequest{CustomerIDs: p.ids("customer_ids", maxBudgets), IndirectPartnerID: p.id("indirect_partner_id")}
	if err := invalid(p.wrong); err != nil {
		return nil, err
	}
	rows, err := f.cloud.ListSubCustomerBudget(ctx, in)
	if err != nil {
		return nil, resoldProblem(err)
	}
	out := budgetList{Budgets: []Budget{}, WithoutBudget: []string{}, LeftOut: []string{}}
	for _, id := range in.CustomerIDs {
		i := slices.IndexFunc(rows, func(b bss.CustomerBudget) bool { return b.CustomerID == id })
		switch {
		case i < 0:
			out.LeftOut = append(out.LeftOut, id)
		case rows[i].BudgetAmount.IsZero():
			out.WithoutBudget = append(out.WithoutBudget, id)
		default:
			b := rows[i]
			t := target{CustomerID: id, IndirectPartnerID: in.IndirectPartnerID}
			out.Budgets = append(out.Budgets, Budget{t, b.BudgetAmount, b.UsedAmount, b.BudgetType, b.Currency})
		}
	}
	return handler.OK(out), nil
}

// BudgetRecord is one thing that happened to a customer's budget.
type BudgetRecord struct {
	// Operation is SETTING, or DELETE, which comes with the end of the association.
	Operation  bss.BudgetOperation `json:"operation_type"`
	At         time.Time           `json:"operation_time"`
	BudgetType bss.BudgetType      `json:"budget_type"`
	// BudgetAmount, in Currency, was set, or ended.
	BudgetAmount decimal.Decimal `json:"budget_amount"`
	Currency     string          `json:"currency"`
	// Operator is who did it, or system.
	Operator           string `json:"operator"`
	PartnerAccountName string `json:"partner_account_name,omitempty"`
	PartnerCorpName    string `json:"partner_corp_name,omitempty"`
}

type budgetRecords struct {
	target
	Records []BudgetRecord `json:"records"`
	// NextOffset is where the next page begins; absent on the last one.
	NextOffset int `json:"next_offset,omitempty"`
}

func (f *function) listBudgetRecords(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	t, p, err := f.queried(ctx, r, "operation_type", "budget_type", "offset", "limit")
	if err != nil {
		return nil, err
	}
	in := bss.ListSubCustomerBudgetRecordsRequest{
		CustomerID: t.CustomerID, IndirectPartnerID: t.IndirectPartnerID,
		OperationType: bss.BudgetOperation(p.oneOf("operation_type", string(bss.BudgetSetting), string(bss.BudgetDelete))),
		BudgetType:    bss.BudgetType(p.oneOf("budget_type", string(bss.BudgetMonthly), string(bss.BudgetPackage))),
		Offset:        p.number("offset", 0, 0, maxOffset),
	}
	limit := p.number("limit", maxRows, 1, maxRows)
	if err := invalid(p.wrong); err != nil {
		return nil, err
	}
	rows, next, err := page(f.cloud.ListSubCustomerBudgetRecords(ctx, in), in.Offset, limit, func(b bss.BudgetRecord) BudgetRecord {
		return BudgetRecord{
			b.OperationType, b.OperationTime.Time, b.BudgetType, b.BudgetAmount, b.Currency,
			b.Operator, b.PartnerAccountName, b.PartnerCorpName,
		}
	})
	if err != nil {
		return nil, resoldProblem(err)
	}
	return handler.OK(budgetRecords{t, rows, next}), nil
}

// ConsumptionQuota is what the partner may owe Huawei Cloud for its customers, and
// owes, in Currency. Over it, neither they nor the partner can buy.
type ConsumptionQuota struct {
	ConsumptionQuota decimal.Decimal `json:"consumption_quota"`
	// UsedConsumptionQuota is DueAmount + UnbilledAmount - Amount - CouponAmount.
	UsedConsumptionQuota decimal.Decimal `json:"used_consumption_quota"`
	DueAmount            decimal.Decimal `json:"due_amount"`
	// UnbilledAmount is an estimate.
	UnbilledAmount decimal.Decimal `json:"unbilled_amount"`
	// Amount is the partner's balance, CouponAmount what its cash coupons hold.
	Amount       decimal.Decimal `json:"amount"`
	CouponAmount decimal.Decimal `json:"coupon_amount"`
	Currency     string          `json:"currency"`
}

func (f *function) showConsumptionQuota(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	if err := invalid(unknownParameters(r.Query)); err != nil {
		return nil, err
	}
	q, err := f.cloud.ShowPartnerConsumptionQuota(ctx)
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(ConsumptionQuota{
		q.ConsumptionQuota, q.UsedConsumptionQuota, q.DueAmount, q.UnbilledAmount, q.Amount, q.CouponAmount, q.Currency,
	}), nil
}
