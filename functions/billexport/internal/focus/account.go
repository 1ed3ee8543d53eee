package focus

import (
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// huaweiCloud provides the services, and invoices the partner for them.
const huaweiCloud = "Huawei Cloud"

// accounts sets who is billed, by whom, and for whom. The partner's account is the
// billing account, a customer's account a sub account of it. Where no partner is known,
// the customer's account is the only one that is.
func (m *mapper) accounts() {
	customer := m.fee[bss.FeeCustomerID]
	partner := firstOf(m.partnerID, m.fee[bss.FeePartnerID])
	if partner != nil {
		m.setText(billingAccountID, partner)
		m.setWord(billingAccountName, m.options.Export.PartnerName)
		m.setWord(billingAccountType, "Partner")
	} else {
		m.setText(billingAccountID, customer)
		m.setWord(billingAccountName, m.options.AccountNames[string(customer)])
		m.setWord(billingAccountType, "Customer")
	}
	if len(customer) > 0 {
		m.setText(subAccountID, customer)
		m.setWord(subAccountName, m.options.AccountNames[string(customer)])
		if m.cells[subAccountName].null { // which FOCUS does not allow
			m.setText(subAccountName, customer)
		}
		m.setWord(subAccountType, "Customer")
	}
	m.setWord(providerName, huaweiCloud)
	m.setWord(publisherName, huaweiCloud)
	m.setWord(invoiceIssuerName, huaweiCloud)
	m.setText(billingCurrency, m.fee[bss.FeeCurrency])
	m.setText(pricingCurrency, m.fee[bss.FeeCurrency])
}

// times sets the periods.
func (m *mapper) times() error {
	m.setWhole(billingPeriodStart, m.cycleStart)
	m.setWhole(billingPeriodEnd, m.cycleEnd)
	trade, traded, err := m.instant(bss.FeeTradeTime)
	if err != nil {
		return err
	}
	if traded {
		m.setWhole(xTradeTime, trade)
	}
	start, end := chargePeriodOf(m.fee[bss.FeeConsumeTime], trade, traded, m.cycleStart, m.cycleEnd)
	m.setWhole(chargePeriodStart, start)
	m.setWhole(chargePeriodEnd, end)
	return nil
}

// extras sets the columns that are not of FOCUS: the split of the payment, and what
// leads back to the record.
func (m *mapper) extras() error {
	for _, pair := range [...]struct {
		c column
		f bss.FeeField
	}{
		{xAccountManagerID, bss.FeeAccountManagerID}, {xAssociationType, bss.FeeAssociationType}, {xConsumeTime, bss.FeeConsumeTime},
		{xFeeRecordID, bss.FeeID}, {xPartnerID, bss.FeePartnerID}, {xResourceTypeCode, bss.FeeResourceTypeCode},
		{xServiceTypeCode, bss.FeeServiceTypeCode}, {xTradeID, bss.FeeTradeID},
	} {
		m.setText(pair.c, m.fee[pair.f])
	}
	for _, pair := range [...]struct {
		c column
		a bill.Money
	}{
		{xCashAmount, bill.Cash}, {xCreditAmount, bill.Credit}, {xCouponAmount, bill.Coupon},
		{xFlexipurchaseCouponAmount, bill.FlexipurchaseCoupon}, {xStoredValueCardAmount, bill.StoredValueCard},
		{xDebtAmount, bill.Debt}, {xWriteoffAmount, bill.Writeoff},
	} {
		m.setMoney(pair.c, m.row.Amounts[pair.a])
	}
	m.setMoney(xInvoiceAmount, m.row.Invoice)
	m.setMoney(xMargin, m.row.Margin)
	if err := m.usage(xFreeResourceUsage, xFreeResourceUnit, bss.FeeFreeResourceUsage, bss.FeeFreeResourceMeasureID); err != nil {
		return err
	}
	return m.usage(xRIUsage, xRIUnit, bss.FeeRIUsage, bss.FeeRIUsageMeasureID)
}

// usage sets a quantity and its unit, if the API gave one.
func (m *mapper) usage(quantity, unit column, f, measure bss.FeeField) error {
	n, given, err := m.number(f)
	if err != nil || !given {
		return err
	}
	m.setNumber(quantity, n)
	m.setText(unit, unitOf(m.fee[measure]))
	return nil
}
