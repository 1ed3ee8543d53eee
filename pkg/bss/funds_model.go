package bss

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// Account types.
const (
	AccountBalanceType  = 1
	AccountCreditType   = 2
	AccountBonusType    = 5
	AccountDepositType  = 7
	AccountAllocateType = 8
)

// AccountBalance is one account, its amounts in Currency.
type AccountBalance struct {
	AccountID   string          `json:"account_id"`
	AccountType int             `json:"account_type"`
	Amount      decimal.Decimal `json:"amount"`
	Currency    string          `json:"currency"`
	// DesignatedAmount is earmarked and cannot be allocated.
	DesignatedAmount decimal.Decimal `json:"designated_amount"`
	CreditAmount     decimal.Decimal `json:"credit_amount"`
}

// CustomerAccounts is what ShowCustomerAccountBalances answers.
type CustomerAccounts struct {
	Accounts   []AccountBalance `json:"account_balances"`
	DebtAmount decimal.Decimal  `json:"debt_amount"`
	Currency   string           `json:"currency"`
}

// CustomerBalance is the balance of one customer.
type CustomerBalance struct {
	CustomerID string          `json:"customer_id"`
	Amount     decimal.Decimal `json:"amount"`
	DebtAmount decimal.Decimal `json:"debt_amount"`
	Currency   string          `json:"currency"`
}

// TransferRequest is the argument of UpdateCustomerAccountAmount and
// ReclaimToPartnerAccount.
type TransferRequest struct {
	CustomerID string `json:"customer_id"`
	// Amount is in yuan, greater than 0, with two decimals at most.
	Amount            decimal.Decimal `json:"-"`
	IndirectPartnerID string          `json:"indirect_partner_id,omitempty"`
}

// MarshalJSON writes the amount as a number.
func (r TransferRequest) MarshalJSON() ([]byte, error) {
	type plain TransferRequest
	return json.Marshal(struct {
		plain
		Amount number `json:"amount"`
	}{plain(r), number(r.Amount)})
}

// AdjustOperation says which way money went.
type AdjustOperation string

// The ways of money between the partner and its customers.
const (
	AdjustAllocate AdjustOperation = "SOURCE_OPERATION_BEADJUST"
	AdjustReclaim  AdjustOperation = "SOURCE_OPERATION_BERETRIEVE"
	AdjustUnbind   AdjustOperation = "SOURCE_OPERATION_BEUNBIND"
)

// ListPartnerAdjustRecordsRequest filters ListPartnerAdjustRecords. Empty fields
// do not filter; the bounds of the range are not part of it.
type ListPartnerAdjustRecordsRequest struct {
	CustomerID         string          `query:"customer_id"`
	OperationType      AdjustOperation `query:"operation_type"`
	OperationTimeBegin Time            `query:"operation_time_begin"`
	OperationTimeEnd   Time            `query:"operation_time_end"`
	TransID            string          `query:"trans_id"`
	IndirectPartnerID  string          `query:"indirect_partner_id"`
	// Offset is the number of rows to skip, Limit the size of a page.
	Offset int `query:"offset"`
	Limit  int `query:"limit"`
}

// AdjustRecord is one movement of money between the partner and a customer.
type AdjustRecord struct {
	TransID       string          `json:"trans_id"`
	CustomerID    string          `json:"customer_id"`
	CustomerName  string          `json:"customer_name"`
	OperationType AdjustOperation `json:"operation_type"`
	Amount        decimal.Decimal `json:"amount"`
	Currency      string          `json:"currency"`
	OperationTime Time            `json:"operation_time"`
}
