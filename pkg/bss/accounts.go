package bss

import (
	"context"
	"iter"
)

// ListPartnerBalances returns the accounts of the partner, or of one of its resellers.
// The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_060003.html.
func (c *Client) ListPartnerBalances(ctx context.Context, r ListPartnerBalancesRequest) ([]AccountBalance, error) {
	var out struct {
		Rows []AccountBalance `json:"account_balances"`
	}
	err := c.do(ctx, call{op: listPartnerBalances, query: r}, &out)
	return out.Rows, err
}

// ShowCustomerAccountBalances returns a customer's accounts and debt. Only the
// customer may call it.
//
// See https://support.huaweicloud.com/api-oce/mac_00001.html.
func (c *Client) ShowCustomerAccountBalances(ctx context.Context, customer Customer) (CustomerAccounts, error) {
	var out CustomerAccounts
	err := c.do(ctx, call{op: showCustomerAccountBalances, customer: customer}, &out)
	return out, err
}

// ListCustomersBalancesDetail returns the balances of up to 100 resale customers;
// customers of another kind are left out without a word. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_060004.html.
func (c *Client) ListCustomersBalancesDetail(ctx context.Context, r ListCustomersBalancesDetailRequest) ([]CustomerBalance, error) {
	var out struct {
		Rows []CustomerBalance `json:"customer_balances"`
	}
	err := c.do(ctx, call{op: listCustomersBalancesDetail, body: r}, &out)
	return out.Rows, err
}

// UpdateCustomerAccountAmount allocates money of the partner to a resale customer
// and returns the id of the transfer. The partner calls it. It moves money, so it
// is never repeated when its outcome is unknown: look at ListPartnerAdjustRecords.
// It fails with ErrInsufficientBalance, and with ErrNotFound for a customer who is not
// the partner's.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_060005.html.
func (c *Client) UpdateCustomerAccountAmount(ctx context.Context, r UpdateCustomerAccountAmountRequest) (transferID string, err error) {
	var out struct {
		ID string `json:"transfer_id"`
	}
	err = c.do(ctx, call{op: updateCustomerAccountAmount, body: r}, &out)
	return out.ID, err
}

// ReclaimToPartnerAccount takes money back from a resale customer and returns the
// id of the transfer. The partner calls it. It moves money, so it is never
// repeated when its outcome is unknown: look at ListPartnerAdjustRecords. It fails
// with ErrInsufficientBalance, and with ErrNotFound for a customer who is not the
// partner's.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_060006.html.
func (c *Client) ReclaimToPartnerAccount(ctx context.Context, r ReclaimToPartnerAccountRequest) (transferID string, err error) {
	var out struct {
		ID string `json:"trans_id"`
	}
	err = c.do(ctx, call{op: reclaimToPartnerAccount, body: r}, &out)
	return out.ID, err
}

// ListPartnerAdjustRecords lists the money allocated to customers and resellers and
// reclaimed from them. It is where the outcome of such a movement is found, by
// customer, amount and time. Of customers who are not the partner's it lists nothing.
// The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001191118881.html.
func (c *Client) ListPartnerAdjustRecords(ctx context.Context, r ListPartnerAdjustRecordsRequest) iter.Seq2[AdjustRecord, error] {
	return list[listPartnerAdjustRecordsPage, AdjustRecord](ctx, c, call{op: listPartnerAdjustRecords, query: r})
}

// ListPartnerAccountChangeRecords lists what changed an account of the partner, with
// the balance after each change: its cash or its credit, as BalanceType says. It fails
// with ErrInvalid for a span of more than a year. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mt_060007.html.
func (c *Client) ListPartnerAccountChangeRecords(ctx context.Context, r ListPartnerAccountChangeRecordsRequest) iter.Seq2[PartnerAccountChange, error] {
	return list[listPartnerAccountChangeRecordsPage, PartnerAccountChange](ctx, c, call{op: listPartnerAccountChangeRecords, query: r})
}

// ListCustomerAccountChangeRecords lists what changed an account of a customer, with
// the balance after each change: its cash or its credit, as BalanceType says. It fails
// with ErrInvalid for a span of more than a year, and with ErrAssociationType for a
// resale or reseller's customer, whose money is the partner's. Only the customer may
// call it.
//
// See https://support.huaweicloud.com/api-oce/mac_00003.html.
func (c *Client) ListCustomerAccountChangeRecords(ctx context.Context, customer Customer, r ListCustomerAccountChangeRecordsRequest) iter.Seq2[CustomerAccountChange, error] {
	return list[listCustomerAccountChangeRecordsPage, CustomerAccountChange](ctx, c,
		call{op: listCustomerAccountChangeRecords, customer: customer, query: r})
}

// ListStoredValueCards lists the stored-value cards that a customer bought, the usable
// or the used-up ones, as Status says. Only the customer may call it.
//
// See https://support.huaweicloud.com/api-oce/mac_00002.html.
func (c *Client) ListStoredValueCards(ctx context.Context, customer Customer, r ListStoredValueCardsRequest) iter.Seq2[StoredValueCard, error] {
	return list[listStoredValueCardsPage, StoredValueCard](ctx, c, call{op: listStoredValueCards, customer: customer, query: r})
}
