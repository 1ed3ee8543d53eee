package huawei

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Kinds of a budget.
const (
	budgetMonthly = "MONTHLY" // begins anew with every billing cycle
	budgetPackage = "PACKAGE" // for once
)

// freezeAutomatically is the frozen_operate_type of a budget that freezes the
// customer when it is exceeded; the other leaves that to the partner.
const freezeAutomatically = 1

// budget is what the partner lets a reseller customer consume, at list prices.
// https://support.huaweicloud.com/intl/en-us/drawer-bpconsole/bpconsole_drawer_00019.html
type budget struct {
	customerID string
	amount     decimal.Decimal
	kind       string
	automatic  bool            // freezes the customer when it is exceeded
	cycle      string          // of budgetMonthly: what used counts
	first      int             // of budgetPackage: the first charge that used counts
	used       decimal.Decimal // at list prices; less than nothing where more came back than was consumed
}

func budgetOperations() map[string]operation {
	return map[string]operation{
		"UpdateSubCustomerBudget":      setBudget,
		"ShowSubCustomerBudget":        showBudget,
		"ListSubCustomerBudget":        listBudgets,
		"ListSubCustomerBudgetRecords": listBudgetRecords,
	}
}

type budgetRequest struct {
	CustomerID      string          `json:"customer_id"`
	Amount          decimal.Decimal `json:"budget_amount"`
	CancelFreeze    string          `json:"cancel_partner_frozen"`
	IndirectPartner string          `json:"indirect_partner_id"`
	Kind            string          `json:"budget_type"`
	FreezeType      *int            `json:"frozen_operate_type"`
}

// setBudget sets a budget, and unfreezes the customer if it is told to. A budget
// that is exceeded already takes effect at once; the documentation does not say.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01005.html
func setBudget(s *Server, c *call) (any, error) {
	var r budgetRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := checkAmount("budget_amount", r.Amount); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "0", "1"}, r.CancelFreeze) {
		return nil, errParameter("cancel_partner_frozen: neither 0 nor 1")
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	customer, refusal := s.resold(c, r.CustomerID)
	if refusal != nil {
		return nil, refusal
	}
	if r.CancelFreeze == "1" {
		customer.freeze = freeze{}
	}
	b := s.budgetOf(r, c.now)
	s.recordBudget(c.reseller, b, budgetSet, s.options.Operator.Name, c.now)
	s.record(c.effect(customer.id, b.kind))
	s.freezeOverBudget(b, customer, c.now)
	return nil, nil
}

// budgetOf changes the customer's budget, or makes it. One of another kind begins
// anew: of a month with what the month has seen already, for once with nothing.
func (s *Server) budgetOf(r budgetRequest, now time.Time) *budget {
	b := s.state.budget(r.CustomerID)
	if b == nil {
		b = &budget{customerID: r.CustomerID}
		s.state.budgets = append(s.state.budgets, b)
	}
	b.begin(now)
	if kind := cmp.Or(r.Kind, budgetMonthly); b.kind != kind {
		b.kind, b.cycle, b.first, b.used = kind, cycleOf(now), len(s.state.postpaid.charges), decimal.Zero
		if kind == budgetMonthly {
			b.used = s.state.postpaid.sum(func(ch charge) bool { return ch.customerID == b.customerID && ch.cycle == b.cycle }).listed
		}
	}
	b.amount = r.Amount
	if r.FreezeType != nil {
		b.automatic = *r.FreezeType == freezeAutomatically
	}
	return b
}

// begin starts a monthly budget anew where a new cycle has begun.
func (b *budget) begin(now time.Time) {
	if cycle := cycleOf(now); b.kind == budgetMonthly && b.cycle != cycle {
		b.cycle, b.used = cycle, decimal.Zero
	}
}

// spend counts a charge that is the budget's.
func (b *budget) spend(ch charge, now time.Time) {
	b.begin(now)
	if b.kind == budgetPackage || ch.cycle == b.cycle {
		b.used = b.used.Add(ch.listed)
	}
}

func (s *Server) freezeOverBudget(b *budget, customer *customer, now time.Time) {
	if !b.automatic || customer.frozen() || !b.shown().GreaterThan(b.amount) {
		return
	}
	customer.freeze = freeze{kind: FreezeAccount, overBudget: true, since: now}
	s.record(Effect{Time: now, Operation: "FreezeOverBudget", CustomerID: customer.id, Reference: FreezeAccount})
}

// budget finds a customer's budget; nil if there is none.
func (s *state) budget(customerID string) *budget {
	for _, b := range s.budgets {
		if b.customerID == customerID {
			return b
		}
	}
	return nil
}

type budgetRow struct {
	CustomerID string `json:"customer_id,omitempty"`
	Amount     *money `json:"budget_amount,omitempty"`
	Used       *money `json:"used_amount,omitempty"`
	Kind       string `json:"budget_type,omitempty"`
}

// budgetRow is empty for a customer without a budget: what Huawei Cloud answers
// for one is not documented.
func (s *Server) budgetRow(customerID string, now time.Time) budgetRow {
	b := s.state.budget(customerID)
	if b == nil {
		return budgetRow{}
	}
	b.begin(now)
	return budgetRow{Amount: numberPointer(b.amount), Used: numberPointer(b.shown()), Kind: b.kind}
}

// shown is what has been used, to the cent and never less than nothing.
func (b *budget) shown() decimal.Decimal { return decimal.Max(b.used.Round(2), decimal.Zero) }

type shownBudget struct {
	budgetRow
	MeasureID int    `json:"measure_id"`
	Currency  string `json:"currency"`
}

// showBudget answers the budget of one customer. Unlike the real amount, which is
// late and approximate, the used one is exact.
// https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01004.html
func showBudget(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	customer, refusal := s.resold(c, c.query.Get("customer_id"))
	if refusal != nil {
		return nil, refusal
	}
	return shownBudget{s.budgetRow(customer.id, c.now), measureYuan, s.currency()}, nil
}

// listBudgets leaves out, without a word, who is not a reseller customer of the
// partner.
func listBudgets(s *Server, c *call) (any, error) {
	var r struct {
		CustomerIDs     []string `json:"customer_ids"`
		IndirectPartner string   `json:"indirect_partner_id"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	rows := []budgetRow{}
	for _, id := range r.CustomerIDs {
		if customer, refusal := s.resold(c, id); refusal == nil {
			row := s.budgetRow(customer.id, c.now)
			row.CustomerID = customer.id
			rows = append(rows, row)
		}
	}
	return map[string]any{"budget_infos": rows, "measure_id": measureYuan, "currency": s.currency()}, nil
}
