package huawei

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Types of an account.
const (
	accountBalance = 1
	accountCredit  = 2
)

// Operations in the adjust records.
const (
	adjustAllocate = "SOURCE_OPERATION_BEADJUST"
	adjustReclaim  = "SOURCE_OPERATION_BERETRIEVE"
)

// partnerAccount is the money that the partner can allocate to its resale
// customers.
type partnerAccount struct{ balance decimal.Decimal }

// accountEntry is one change of a balance: the chain of an account's entries
// ends at its present balance.
type accountEntry struct {
	time       time.Time
	customerID string // or the reseller's id; empty: the partner's account
	change     decimal.Decimal
	after      decimal.Decimal
	reference  string // transfer or order; empty for money from outside
}

// adjustRecord is an allocation to a customer or a reclaim from one; of the
// distributor also to and from a reseller.
type adjustRecord struct {
	id        string
	operation string
	payer     string // the reseller that allocated; empty: the partner
	receiver  receiver
	amount    decimal.Decimal
	time      time.Time
}

// receiver is a customer or a reseller whom money is allocated to.
type receiver struct{ id, accountName string }

func fundOperations() map[string]operation {
	return map[string]operation{
		"ListPartnerBalances":         listPartnerBalances,
		"UpdateCustomerAccountAmount": allocate,
		"ReclaimToPartnerAccount":     reclaimFunds,
		"ListPartnerAdjustRecords":    listAdjustRecords,
		"ListCustomersBalancesDetail": listCustomerBalances,
		"ShowCustomerAccountBalances": showBalances,
	}
}

// move changes a customer's cash.
func (s *Server) move(c *customer, change decimal.Decimal, reference string, now time.Time) {
	c.cash = c.cash.Add(change)
	s.state.entries = append(s.state.entries, accountEntry{now, c.id, change, c.cash, reference})
}

// movePartner changes the partner's balance.
func (s *Server) movePartner(change decimal.Decimal, reference string, now time.Time) {
	p := &s.state.partner
	p.balance = p.balance.Add(change)
	s.state.entries = append(s.state.entries, accountEntry{now, "", change, p.balance, reference})
}

type transferRequest struct {
	CustomerID      string          `json:"customer_id"`
	Amount          decimal.Decimal `json:"amount"`
	IndirectPartner string          `json:"indirect_partner_id"`
}

// allocate moves money from the partner's balance, or that of the reseller for
// whom it acts, to a resale customer. Nothing
// in the request identifies it: sent twice, it moves the money twice.
// https://support.huaweicloud.com/api-bpconsole/mt_060005.html
func allocate(s *Server, c *call) (any, error) {
	r, customer, err := s.transfer(c)
	if err != nil {
		return nil, err
	}
	if r.Amount.GreaterThan(s.state.balanceOf(c.reseller)) {
		return nil, errInsufficient()
	}
	id := s.newAllocationID()
	s.moveOf(c.reseller, r.Amount.Neg(), id, c.now)
	s.move(customer, r.Amount, id, c.now)
	s.recordAdjust(c, adjustRecord{id, adjustAllocate, c.reseller, customer.receiver(), r.Amount, c.now})
	return map[string]any{"transfer_id": id}, nil
}

// reclaimFunds moves money from a resale customer back to where it came from.
// https://support.huaweicloud.com/api-bpconsole/mt_060006.html
func reclaimFunds(s *Server, c *call) (any, error) {
	r, customer, err := s.transfer(c)
	if err != nil {
		return nil, err
	}
	if customer.cash.IsZero() && !s.funded(customer) {
		return nil, refuse(http.StatusBadRequest, "CBC.99000047", "the customer has no account that can be reclaimed from")
	}
	if r.Amount.GreaterThan(customer.cash) {
		return nil, errInsufficient()
	}
	id := s.newReclaimID()
	s.move(customer, r.Amount.Neg(), id, c.now)
	s.moveOf(c.reseller, r.Amount, id, c.now)
	s.recordAdjust(c, adjustRecord{id, adjustReclaim, c.reseller, customer.receiver(), r.Amount, c.now})
	return map[string]any{"trans_id": id}, nil
}

func errInsufficient() error {
	return refuse(http.StatusBadRequest, "CBC.99005003", "the balance is insufficient")
}

// transfer reads an allocation or a reclaim and refuses what both refuse.
func (s *Server) transfer(c *call) (transferRequest, *customer, error) {
	var r transferRequest
	if err := c.decode(&r); err != nil {
		return r, nil, err
	}
	if err := checkAmount("amount", r.Amount); err != nil {
		return r, nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return r, nil, err
	}
	customer := s.state.customer(r.CustomerID)
	if customer == nil || !c.serves(customer) {
		return r, nil, c.refuseCustomer(customer, http.StatusBadRequest)
	}
	if customer.association != AssociationResale {
		return r, nil, refuse(http.StatusBadRequest, "CBC.99005021", "referral customers can neither be allocated to nor reclaimed from")
	}
	return r, customer, nil
}

// checkAmount refuses what is not a positive amount to the fen.
func checkAmount(name string, amount decimal.Decimal) error {
	if !amount.IsPositive() || !amount.Equal(amount.Truncate(2)) {
		return errParameter(name + " is not greater than 0 with at most 2 decimals")
	}
	return nil
}

func (s *Server) funded(c *customer) bool {
	return slices.ContainsFunc(s.state.adjusts, func(a *adjustRecord) bool { return a.receiver.id == c.id })
}

func (s *Server) recordAdjust(c *call, a adjustRecord) {
	s.state.adjusts = append(s.state.adjusts, &a)
	e := c.effect(a.receiver.id, a.id)
	e.Amount, e.Currency = a.amount, s.currency()
	s.record(e)
}

type adjustRow struct {
	TransID       string `json:"trans_id"`
	CustomerID    string `json:"customer_id"`
	CustomerName  string `json:"customer_name"`
	OperationType string `json:"operation_type"`
	Amount        string `json:"amount"`
	Currency      string `json:"currency"`
	ApplyScene    string `json:"apply_scene"`
	OperationTime string `json:"operation_time"`
	MeasureID     int    `json:"measure_id"`
	Memo          string `json:"memo"`
}

// listAdjustRecords answers the records, oldest first, that are old enough to
// have become visible. A customer that is not the partner's has none. That
// trans_id is the transfer_id of an allocation is an assumption: both are
// documented as the transaction's id.
// https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001191118881.html
func listAdjustRecords(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	times, err := c.span("operation_time")
	if err != nil {
		return nil, err
	}
	rows := []adjustRow{}
	for _, a := range s.state.adjusts {
		if a.payer == c.reseller && s.recordVisible(a.time, c.now) && times.holds(a.time) && c.filtered("customer_id", a.receiver.id) &&
			c.filtered("operation_type", a.operation) && c.filtered("trans_id", a.id) {
			rows = append(rows, a.row(s.currency()))
		}
	}
	return map[string]any{"records": window(rows, c.page()), "total_count": len(rows)}, nil
}

func (a *adjustRecord) row(currency string) adjustRow {
	return adjustRow{
		TransID: a.id, CustomerID: a.receiver.id, CustomerName: a.receiver.accountName,
		OperationType: a.operation, Amount: a.amount.StringFixed(2), Currency: currency,
		OperationTime: instant(a.time), MeasureID: measureYuan,
	}
}

type balanceRow struct {
	AccountID        string `json:"account_id"`
	AccountType      int    `json:"account_type"`
	Amount           money  `json:"amount"`
	Currency         string `json:"currency"`
	DesignatedAmount money  `json:"designated_amount"`
	CreditAmount     *money `json:"credit_amount,omitempty"` // of a credit account
	MeasureID        int    `json:"measure_id"`
}

// listPartnerBalances answers the balance, of which nothing is designated, and
// a credit account without credit.
func listPartnerBalances(s *Server, c *call) (any, error) {
	if err := s.actFor(c, c.query.Get("indirect_partner_id")); err != nil {
		return nil, err
	}
	owner := cmp.Or(c.reseller, s.state.partnerID)
	var noCredit money
	return map[string]any{"account_balances": []balanceRow{
		s.newBalanceRow(owner, accountBalance, s.state.balanceOf(c.reseller)),
		{
			AccountID: accountID(owner, accountCredit), AccountType: accountCredit,
			Currency: s.currency(), CreditAmount: &noCredit, MeasureID: measureYuan,
		},
	}}, nil
}

func (s *Server) newBalanceRow(owner string, kind int, amount decimal.Decimal) balanceRow {
	return balanceRow{
		AccountID: accountID(owner, kind), AccountType: kind,
		Amount: money(amount), Currency: s.currency(), MeasureID: measureYuan,
	}
}

// accountID names an account after its owner.
func accountID(owner string, kind int) string {
	return "PC" + owner[:min(14, len(owner))] + digits[kind:kind+1]
}

// showBalances answers a customer's own cash account; a resale customer has no
// credit account, and no other is simulated.
func showBalances(s *Server, c *call) (any, error) {
	customer := s.state.customer(c.caller.customer)
	if customer.settledMonthly() {
		return nil, refuse(http.StatusBadRequest, "CBC.99000049", "a reseller customer has no account balance")
	}
	return map[string]any{
		"account_balances": []balanceRow{s.newBalanceRow(customer.id, accountBalance, customer.cash)},
		"debt_amount":      money(customer.debt),
		"measure_id":       measureYuan,
		"currency":         s.currency(),
	}, nil
}

type customerBalanceRow struct {
	CustomerID string `json:"customer_id"`
	Amount     money  `json:"amount"`
	DebtAmount money  `json:"debt_amount"`
	Currency   string `json:"currency"`
	MeasureID  int    `json:"measure_id"`
}

// listCustomerBalances leaves out, without a word, who is not a resale customer
// of the partner.
// https://support.huaweicloud.com/api-bpconsole/mt_060003.html
func listCustomerBalances(s *Server, c *call) (any, error) {
	var r struct {
		Customers []struct {
			ID string `json:"customer_id"`
		} `json:"customer_infos"`
		IndirectPartner string `json:"indirect_partner_id"`
	}
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.actFor(c, r.IndirectPartner); err != nil {
		return nil, err
	}
	rows := []customerBalanceRow{}
	for _, wanted := range r.Customers {
		customer := s.state.customer(wanted.ID)
		if customer == nil || !c.serves(customer) || customer.association != AssociationResale {
			continue
		}
		rows = append(rows, customerBalanceRow{
			CustomerID: customer.id, Amount: money(customer.cash), DebtAmount: money(customer.debt),
			Currency: s.currency(), MeasureID: measureYuan,
		})
	}
	return map[string]any{"customer_balances": rows}, nil
}
