package huawei

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Check holds everything that the simulated Huawei Cloud keeps about money
// against the rest of it, and says in words what contradicts what: nothing was
// lost, doubled or overdrawn if the answer is empty. What it costs grows with
// what has happened, and not faster.
func (s *Server) Check() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(s.now())
	return s.state.check()
}

func (s *state) check() []string {
	a := newAudit(s)
	a.accounts()
	a.transfers()
	a.customers()
	a.quotas()
	a.quotaHistories()
	a.coupons()
	a.couponHistories()
	a.orders()
	a.payments()
	a.enterprises()
	a.subscriptions()
	a.packages()
	a.bills()
	a.journal()
	a.outbox()
	a.budgets()
	a.postpaid()
	return a.findings
}

// audit holds the state against itself, with sums of it that are worked out once.
type audit struct {
	state     *state
	moved     map[movement]decimal.Decimal    // by the entries of the accounts
	recorded  map[couponAct]decimal.Decimal   // by the coupon records that succeeded
	spent     map[couponPayer]decimal.Decimal // by what changed coupons
	journaled map[string]decimal.Decimal      // by reference, without what was only placed
	findings  []string
}

// movement is what a reference moved on an account: a customer's, a reseller's
// or, where it is empty, the partner's.
type movement struct{ account, reference string }

type couponAct struct{ couponID, operation string }

// couponPayer is what coupons of a kind paid of an order.
type couponPayer struct {
	orderID string
	kind    int
}

func newAudit(s *state) *audit {
	a := &audit{
		state: s, moved: map[movement]decimal.Decimal{}, recorded: map[couponAct]decimal.Decimal{},
		spent: map[couponPayer]decimal.Decimal{}, journaled: map[string]decimal.Decimal{},
	}
	for _, e := range s.entries {
		add(a.moved, movement{e.customerID, e.reference}, e.change)
	}
	for _, r := range s.records {
		if r.result == recordOK {
			add(a.recorded, couponAct{r.couponID, r.operation}, r.amount)
		}
	}
	for _, p := range s.coupons {
		for _, c := range p.changes {
			add(a.spent, couponPayer{c.reference, p.kind}, c.change.Neg())
		}
	}
	for _, e := range s.journal {
		if e.Operation != "PlaceOrder" {
			add(a.journaled, e.Reference, e.Amount)
		}
	}
	return a
}

func add[K comparable](sums map[K]decimal.Decimal, key K, amount decimal.Decimal) {
	sums[key] = sums[key].Add(amount)
}

func (a *audit) expect(ok bool, format string, args ...any) {
	if !ok {
		a.findings = append(a.findings, fmt.Sprintf(format, args...))
	}
}

func (a *audit) equal(what string, got, want decimal.Decimal) {
	a.expect(got.Equal(want), "%s is %s, want %s", what, got, want)
}

func (a *audit) notNegative(what string, amount decimal.Decimal) {
	a.expect(!amount.IsNegative(), "%s is negative: %s", what, amount)
}

// money is an amount that somebody has.
func (a *audit) money(what string, amount decimal.Decimal) {
	a.notNegative(what, amount)
	a.expect(amount.Equal(amount.Truncate(2)), "%s has a part of a fen: %s", what, amount)
}

// onceEach counts how often there is a thing, which must not be twice.
func onceEach[T any](a *audit, what string, rows []T, name func(T) string) map[string]bool {
	seen := make(map[string]bool, len(rows))
	for _, r := range rows {
		id := name(r)
		a.expect(!seen[id], "there are two %s %s", what, id)
		seen[id] = true
	}
	return seen
}
