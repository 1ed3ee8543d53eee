package bss

import (
	"context"
	"iter"
)

// UpdateSubCustomerBudget sets what a reseller customer may consume, and unfreezes
// the customer if it is told to. Setting it again to the same changes nothing. The
// partner calls it; the mainland site lacks it. It fails with ErrAssociationType
// for another than a reseller customer.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01005.html.
func (c *Client) UpdateSubCustomerBudget(ctx context.Context, r UpdateSubCustomerBudgetRequest) error {
	return c.do(ctx, call{op: updateSubCustomerBudget, body: r}, nil)
}

// ShowSubCustomerBudget returns the budget of a reseller customer. The partner
// calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01004.html.
func (c *Client) ShowSubCustomerBudget(ctx context.Context, r ShowSubCustomerBudgetRequest) (SubCustomerBudget, error) {
	var out SubCustomerBudget
	err := c.do(ctx, call{op: showSubCustomerBudget, query: r}, &out)
	return out, err
}

// ListSubCustomerBudget returns the budgets of up to 100 reseller customers; others
// are left out without a word. The partner calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01006.html.
func (c *Client) ListSubCustomerBudget(ctx context.Context, r ListSubCustomerBudgetRequest) ([]CustomerBudget, error) {
	var out struct {
		Rows      []CustomerBudget `json:"budget_infos"`
		Currency  string           `json:"currency"`
		MeasureID int              `json:"measure_id"`
	}
	err := c.do(ctx, call{op: listSubCustomerBudget, body: r}, &out)
	for i := range out.Rows {
		out.Rows[i].Currency, out.Rows[i].MeasureID = out.Currency, out.MeasureID
	}
	return out.Rows, err
}

// ListSubCustomerBudgetRecords lists how a customer's budget was set. The partner
// calls it; the mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/mt_01007.html.
func (c *Client) ListSubCustomerBudgetRecords(ctx context.Context, r ListSubCustomerBudgetRecordsRequest) iter.Seq2[BudgetRecord, error] {
	return list[listSubCustomerBudgetRecordsPage, BudgetRecord](ctx, c, call{op: listSubCustomerBudgetRecords, query: r})
}

// ShowPartnerConsumptionQuota returns what the partner, who calls it, may owe
// Huawei Cloud for its reseller customers. Over it, neither the partner nor they
// can buy. The mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-bpconsole/cq_001.html.
func (c *Client) ShowPartnerConsumptionQuota(ctx context.Context) (ConsumptionQuota, error) {
	var out ConsumptionQuota
	err := c.do(ctx, call{op: showPartnerConsumptionQuota}, &out)
	return out, err
}

// ShowCustomerExpenditureQuota returns what a customer who is settled by the month
// may consume; a reseller customer has none. Only the customer may call it; the
// mainland site lacks it.
//
// See https://support.huaweicloud.com/intl/en-us/api-oce/mac_00004.html.
func (c *Client) ShowCustomerExpenditureQuota(ctx context.Context, customer Customer) (ExpenditureQuota, error) {
	var out ExpenditureQuota
	err := c.do(ctx, call{op: showCustomerExpenditureQuota, customer: customer}, &out)
	return out, err
}
