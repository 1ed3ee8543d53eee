package focus

import (
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

// costs sets the four costs.
//
// A tax or an adjustment has no list price that would be its own: its costs are what it
// is billed. A purchase of a commitment has no effective cost, because what it pays for
// has: the API gives no amortization, so that of covered usage is what it costs at the
// commitment's rate.
func (m *mapper) costs() {
	billed := m.row.Amounts[bill.Payment]
	list, contracted, effective := billed, billed, billed
	if m.charge.category == categoryUsage || m.charge.category == categoryPurchase || m.charge.refund {
		list = m.row.Amounts[bill.Official]
		contracted = list - m.row.Amounts[bill.OfficialDiscount]
	}
	switch {
	case m.coveredUsage():
		effective = contracted
	case m.charge.commitment() && m.charge.category == categoryPurchase:
		effective = 0
	}
	m.setMoney(listCost, list)
	m.setMoney(contractedCost, contracted)
	m.setMoney(billedCost, billed)
	m.setMoney(effectiveCost, effective)
}

// quantities sets what was used, what was priced, and the prices.
func (m *mapper) quantities() error {
	if m.charge.category == categoryUsage {
		for _, from := range [...]struct{ quantity, measure bss.FeeField }{
			{bss.FeeUsageAmount, bss.FeeUsageMeasureID},
			{bss.FeeFreeResourceUsage, bss.FeeFreeResourceMeasureID},
			{bss.FeeRIUsage, bss.FeeRIUsageMeasureID},
		} {
			if err := m.usage(consumedQuantity, consumedUnit, from.quantity, from.measure); err != nil {
				return err
			}
			if !m.cells[consumedQuantity].null {
				break
			}
		}
	}
	if m.charge.category != categoryUsage && m.charge.category != categoryPurchase && !m.charge.refund {
		return nil
	}
	quantity, unit, err := m.priced()
	if err != nil {
		return err
	}
	m.price(quantity, unit)
	return nil
}

// priced is the quantity that the list price is of, and its unit.
func (m *mapper) priced() (number, []byte, error) {
	if m.charge.category == categoryUsage {
		return m.cells[consumedQuantity].number, m.cells[consumedUnit].text, nil
	}
	periods, given, err := m.number(bss.FeePeriodNum)
	if err != nil {
		return number{}, nil, err
	}
	if unit, ok := units[int(m.charge.period)]; ok && given && m.charge.period >= periodYear {
		return periods, unit, nil
	}
	return one, unitEach, nil
}

// price sets quantity and prices. A price is never negative, so a negative cost is one of
// a negative quantity. What has no quantity, or one that its cost is no multiple of, is
// priced as one charge.
func (m *mapper) price(quantity number, unit []byte) {
	list, contracted := m.cells[listCost].money, m.cells[contractedCost].money
	listPrice, ok := unitPrice(list, quantity)
	contractedPrice, contractedOK := unitPrice(contracted, quantity)
	if !ok || !contractedOK || m.charge.category == categoryUsage && m.cells[consumedQuantity].null {
		quantity, unit = one, unitEach
		listPrice, contractedPrice = amountAsNumber(list), amountAsNumber(contracted)
		listPrice.negative, contractedPrice.negative = false, false
	}
	quantity.negative = list < 0 || list == 0 && contracted < 0
	m.setNumber(pricingQuantity, quantity)
	m.setText(pricingUnit, unit)
	m.setNumber(listUnitPrice, listPrice)
	if contracted == 0 || contracted < 0 == quantity.negative {
		m.setNumber(contractedUnitPrice, contractedPrice)
	}
}

// commitment sets the columns of reserved instances and savings plans. sub_resource_id
// is documented as that of a reserved instance; without it, it is the resource.
func (m *mapper) commitment() error {
	if !m.charge.commitment() {
		return nil
	}
	id, name := m.fee[bss.FeeSubResourceID], m.fee[bss.FeeSubResourceName]
	if len(id) == 0 {
		id, name = m.fee[bss.FeeResourceID], m.fee[bss.FeeResourceName]
	}
	if len(id) == 0 {
		return nil
	}
	m.setText(commitmentDiscountID, id)
	m.setText(commitmentDiscountName, name)
	if m.charge.category == categoryUsage {
		m.setWord(commitmentDiscountStatus, "Used")
	}
	if !m.charge.reservedInstance() {
		m.setWord(commitmentDiscountCategory, "Spend")
		m.setWord(commitmentDiscountType, "Savings Plan")
		if m.charge.category == categoryUsage || m.charge.category == categoryPurchase {
			m.setNumber(commitmentDiscountQuantity, amountAsNumber(m.cells[contractedCost].money))
			m.setText(commitmentDiscountUnit, m.fee[bss.FeeCurrency])
		}
		return nil
	}
	m.setWord(commitmentDiscountCategory, "Usage")
	m.setWord(commitmentDiscountType, "Reserved Instance")
	return m.reservedQuantity()
}

// reservedQuantity is what of a reserved instance was used, or what one that is bought
// has to give: its hours, or what was bought where the record has no period.
func (m *mapper) reservedQuantity() error {
	switch m.charge.category {
	case categoryUsage:
		if err := m.usage(commitmentDiscountQuantity, commitmentDiscountUnit, bss.FeeRIUsage, bss.FeeRIUsageMeasureID); err != nil {
			return err
		}
		if m.cells[commitmentDiscountQuantity].null {
			return m.usage(commitmentDiscountQuantity, commitmentDiscountUnit, bss.FeeUsageAmount, bss.FeeUsageMeasureID)
		}
	case categoryPurchase:
		if hours, ok := m.hours(); ok {
			m.setNumber(commitmentDiscountQuantity, number{mantissa: hours, negative: m.cells[billedCost].money < 0})
			m.setWord(commitmentDiscountUnit, "Hours")
			return nil
		}
		m.cells[commitmentDiscountQuantity] = m.cells[pricingQuantity]
		m.cells[commitmentDiscountUnit] = m.cells[pricingUnit]
	}
	return nil
}

// hours are those of the period that was bought, from the day of the charge on.
func (m *mapper) hours() (uint64, bool) {
	periods, given, err := m.number(bss.FeePeriodNum)
	if err != nil || !given || periods.scale != 0 || periods.mantissa > 1200 {
		return 0, false
	}
	start, n := time.UnixMilli(m.cells[chargePeriodStart].whole+beijingOffset).UTC(), int(periods.mantissa)
	var end time.Time
	switch m.charge.period {
	case periodYear:
		end = start.AddDate(n, 0, 0)
	case periodMonth:
		end = start.AddDate(0, n, 0)
	case periodDay:
		end = start.AddDate(0, 0, n)
	case periodHour:
		end = start.Add(time.Duration(n) * time.Hour)
	default:
		return 0, false
	}
	return uint64(end.Sub(start) / time.Hour), true //nolint:gosec // not negative
}
