package couponissue

import (
	"context"
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// maxBalances is how many customers Huawei Cloud tells the balances of at a time.
const maxBalances = 100

// accounts is what this function reads of money.
type accounts interface {
	ListPartnerBalances(ctx context.Context, r bss.ListPartnerBalancesRequest) ([]bss.AccountBalance, error)
	ListCustomersBalancesDetail(ctx context.Context, r bss.ListCustomersBalancesDetailRequest) ([]bss.CustomerBalance, error)
	ListPartnerAdjustRecords(ctx context.Context, r bss.ListPartnerAdjustRecordsRequest) iter.Seq2[bss.AdjustRecord, error]
}

// accountTypes are the names of the types of an account.
var accountTypes = map[bss.AccountType]string{
	bss.AccountBalanceType: "balance", bss.AccountCreditType: "credit", bss.AccountBonusType: "bonus",
	bss.AccountDepositType: "deposit", bss.AccountAllocateType: "allocatable",
}

// PartnerAccount is one account of the partner, or of a reseller, its amounts in
// Currency.
type PartnerAccount struct {
	AccountID string `json:"account_id"`
	// AccountType is balance, credit, bonus, deposit or allocatable.
	AccountType string          `json:"account_type"`
	Amount      decimal.Decimal `json:"amount"`
	// DesignatedAmount is the part of Amount that is earmarked.
	DesignatedAmount decimal.Decimal `json:"designated_amount"`
	// CreditAmount is the whole credit, of a credit account.
	CreditAmount decimal.Decimal `json:"credit_amount"`
	Currency     string          `json:"currency"`
}

// CustomerBalance is what one resale customer holds, in Currency.
type CustomerBalance struct {
	CustomerID string          `json:"customer_id"`
	Amount     decimal.Decimal `json:"amount"`
	// DebtAmount is what the customer owes.
	DebtAmount decimal.Decimal `json:"debt_amount"`
	Currency   string          `json:"currency"`
	// InDoubt are the ledger's keys of movements of which nobody knows whether they
	// have changed, or will change, the amount.
	InDoubt []string `json:"in_doubt"`
}

// showBalances answers what the partner, or one of its resellers, can allocate.
func (f *function) showBalances(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "indirect_partner_id")
	reseller := q.id("indirect_partner_id")
	if err := q.problem(); err != nil {
		return nil, err
	}
	balances, err := f.cloud.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{IndirectPartnerID: reseller})
	if err != nil {
		return nil, funds.LookProblem(err)
	}
	rows := make([]PartnerAccount, 0, len(balances))
	for _, b := range balances {
		rows = append(rows, PartnerAccount{
			AccountID: b.AccountID, AccountType: accountTypes[b.AccountType], Amount: b.Amount,
			DesignatedAmount: b.DesignatedAmount, CreditAmount: b.CreditAmount, Currency: b.Currency,
		})
	}
	return handler.OK(map[string]any{"accounts": rows, "allocatable": allocatable(balances)}), nil
}

// allocatable is what may be allocated: cash, without what is earmarked.
func allocatable(balances []bss.AccountBalance) decimal.Decimal {
	sum := decimal.Zero
	for _, b := range balances {
		if b.AccountType == bss.AccountBalanceType && b.Currency == funds.Currency {
			sum = sum.Add(b.Amount.Sub(b.DesignatedAmount))
		}
	}
	return sum
}

// listCustomerBalances answers what some resale customers hold, and whom Huawei
// Cloud tells nothing of.
func (f *function) listCustomerBalances(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "customer_ids", "indirect_partner_id")
	customers, reseller := q.ids("customer_ids", 1, maxBalances), q.id("indirect_partner_id")
	if err := q.problem(); err != nil {
		return nil, err
	}
	balances, err := f.customerBalances(ctx, customers, reseller)
	if err != nil {
		return nil, funds.LookProblem(err)
	}
	rows, unknown := make([]CustomerBalance, 0, len(balances)), []string{}
	for _, id := range customers {
		i := slices.IndexFunc(balances, func(b bss.CustomerBalance) bool { return b.CustomerID == id })
		if i < 0 {
			unknown = append(unknown, id)
			continue
		}
		doubts, err := f.funds.Open(ctx, id)
		if err != nil {
			return nil, functions.Problem(err)
		}
		b := balances[i]
		rows = append(rows, CustomerBalance{b.CustomerID, b.Amount, b.DebtAmount, b.Currency, append([]string{}, doubts...)})
	}
	return handler.OK(map[string]any{"customers": rows, "not_resale": unknown}), nil
}

// customerBalances are those of at most maxBalances customers.
func (f *function) customerBalances(ctx context.Context, customers []string, reseller string) ([]bss.CustomerBalance, error) {
	in := bss.ListCustomersBalancesDetailRequest{IndirectPartnerID: reseller}
	for _, id := range customers {
		in.CustomerInfos = append(in.CustomerInfos, bss.CustomerID{CustomerID: id})
	}
	return f.cloud.ListCustomersBalancesDetail(ctx, in)
}
