package huawei_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

// debtor plays at random what a partner does with a reseller customer, and the
// customer with what the partner allows, beside a model of the budget and of the
// freeze, and looks at the books after each step.
type debtor struct {
	*abroad
	frozen    string // by what; empty: not frozen
	budget    decimal.Decimal
	automatic bool
	once      bool
	used      decimal.Decimal // of a budget for once
	records   int
}

func TestFreezesBudgetsAndBillsAgreeWhateverHappens(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		a.server.Reset()
		a.clock.Set(start)
		a.populate()
		d := &debtor{abroad: a}
		r.Repeat(map[string]func(*rapid.T){
			"buy":         d.buyAny,
			"renew":       d.renewAny,
			"unsubscribe": d.unsubscribeAny,
			"consume":     d.consume,
			"freeze":      func(r *rapid.T) { d.freeze(r, pathFreeze) },
			"unfreeze":    func(r *rapid.T) { d.freeze(r, pathUnfreeze) },
			"set budget":  d.setAny,
			"wait":        d.wait,
			"restore":     d.restore,
			"":            d.check,
		})
	})
}

func (d *debtor) check(r *rapid.T) {
	if wrong := d.server.Check(); len(wrong) > 0 {
		r.Fatal(wrong)
	}
	if isFrozen := d.row(d.resale)["is_frozen"] == 1.0; isFrozen != (d.frozen != "") {
		r.Fatalf("is_frozen is %t, the model says %q", isFrozen, d.frozen)
	}
	if d.budget.IsZero() {
		return
	}
	got := d.abroad.budget()
	if !got.Amount.Equal(d.budget) {
		r.Fatalf("the budget is %s, want %s", got.Amount, d.budget)
	}
	if d.once && !got.Used.Equal(decimal.Max(d.used.Round(2), decimal.Zero)) {
		r.Fatalf("used is %s, want %s", got.Used, d.used)
	}
	if n := d.abroad.records(d.resale).Total; n != d.records {
		r.Fatalf("%d records of budgets, want %d", n, d.records)
	}
}

// spent counts what was consumed, or given back, and lets an exceeded budget
// freeze.
func (d *debtor) spent(amount decimal.Decimal) {
	d.used = d.used.Add(amount)
	d.overBudget()
}

func (d *debtor) overBudget() {
	if d.budget.IsZero() || !d.automatic || d.frozen != "" {
		return
	}
	used := d.used.Round(2)
	if !d.once {
		used = *d.abroad.budget().Used
	}
	if used.GreaterThan(d.budget) {
		d.frozen = huawei.FreezeAccount
	}
}

func (d *debtor) buyAny(r *rapid.T) {
	price := amount(r, "price")
	got := d.pay(d.place(huawei.NewOrder{OfficialAmount: price}), nil, nil)
	d.expect(r, got)
	if got.status == http.StatusNoContent {
		d.spent(price)
	}
	d.clock.Advance(5 * time.Second)
}

// expect: a frozen customer is refused what costs money, another is not.
func (d *debtor) expect(r *rapid.T, got result) {
	if refused := got.status == http.StatusBadRequest; refused != (d.frozen != "") {
		r.Fatalf("status %d for a customer frozen by %q: %s", got.status, d.frozen, got.body)
	}
}

func (d *debtor) any(r *rapid.T) string {
	all := d.resources(`{"limit":500,"only_main_resource":1,"status_list":[2]}`).Resources
	if len(all) == 0 {
		r.Skip("no resource")
	}
	return rapid.SampledFrom(all).Draw(r, "resource").ID
}

func (d *debtor) renewAny(r *rapid.T) {
	id := d.any(r)
	got := d.asCustomer(http.MethodPost, pathRenew, renewal(2, 1, 1, id))
	if d.frozen == "" && got.status == http.StatusBadRequest {
		return // there are other refusals
	}
	d.expect(r, got)
	if got.status == http.StatusOK {
		orders := read[struct {
			IDs []string `json:"order_ids"`
		}](d.t, got).IDs
		d.spent(d.details(orders[0]).Order.Price)
	}
	d.clock.Advance(5 * time.Second)
}

func (d *debtor) unsubscribeAny(r *rapid.T) {
	body := fmt.Sprintf(`{"resource_ids":[%q],"unsubscribe_type":1}`, d.any(r))
	got := d.asCustomer(http.MethodPost, pathUnsubscribe, body)
	if got.status != http.StatusOK {
		r.Fatal(got.body)
	}
	orders := read[struct {
		IDs []string `json:"order_ids"`
	}](d.t, got).IDs
	d.spent(d.details(orders[0]).Order.Price)
}

// consume adds records of usage to the present month.
func (d *debtor) consume(r *rapid.T) {
	d.clock.Advance(time.Minute)
	cycle := d.clock.Now().In(time.FixedZone("GMT+8", 8*60*60)).Format("2006-01")
	before := d.listed(cycle)
	require.NoError(d.t, d.server.AddBills(cycle, d.resale, rapid.IntRange(1, 4).Draw(r, "rows")))
	d.spent(d.listed(cycle).Sub(before))
}

// listed is what the customer's own bill of a month is at list prices.
func (a *abroad) listed(cycle string) decimal.Decimal {
	var sum decimal.Decimal
	for _, row := range a.ownRows(pathOwnResources + "?limit=1000&cycle=" + cycle) {
		sum = sum.Add(row.Official)
	}
	return sum
}

func (d *debtor) freeze(r *rapid.T, path string) {
	kind := rapid.SampledFrom([]string{huawei.FreezeAccount, huawei.FreezeResources}).Draw(r, "kind")
	fails := d.frozen != "" && d.frozen != kind
	body := fieldset{"customer_ids": []string{d.resale}, "reason": "r", "freeze_type": kind, "unfreeze_type": kind}
	if got := d.asPartner(http.MethodPost, path, text(d.t, body)); (got.status != http.StatusOK) != fails {
		r.Fatalf("%s for a customer frozen by %q", got.body, d.frozen)
	}
	switch {
	case fails:
	case path == pathFreeze:
		d.frozen = kind
	default:
		d.frozen = ""
	}
}

func (d *debtor) setAny(r *rapid.T) {
	d.budget, d.records = amount(r, "budget"), d.records+1
	body := fieldset{"cancel_partner_frozen": rapid.SampledFrom([]string{"0", "1"}).Draw(r, "cancel")}
	if body["cancel_partner_frozen"] == "1" {
		d.frozen = ""
	}
	if rapid.Bool().Draw(r, "says how") {
		d.automatic = rapid.Bool().Draw(r, "automatic")
		body["frozen_operate_type"] = 0
		if d.automatic {
			body["frozen_operate_type"] = 1
		}
	}
	if once := rapid.Bool().Draw(r, "once"); once != d.once {
		d.once, d.used = once, decimal.Zero
	}
	if d.once {
		body["budget_type"] = "PACKAGE"
	}
	d.setBudget(d.budget.String(), body)
	d.overBudget()
}

// restore goes on from a snapshot, as if nothing had been.
func (d *debtor) restore(r *rapid.T) {
	document, err := d.server.Snapshot()
	if err != nil {
		r.Fatal(err)
	}
	if err := d.server.Restore(document); err != nil {
		r.Fatal(err)
	}
	again, err := d.server.Snapshot()
	if err != nil || !bytes.Equal(document, again) {
		r.Fatalf("a restored server has another snapshot: %v", err)
	}
}

// wait lets months end and what is frozen be deleted.
func (d *debtor) wait(r *rapid.T) {
	d.later(rapid.SampledFrom([]time.Duration{time.Hour, day, 16 * day, 31 * day}).Draw(r, "time"))
}
