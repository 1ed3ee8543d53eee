package huawei

import "slices"

// billKind is a kind of record: how many of a thousand are of it, and how one is
// completed.
type billKind struct {
	weight int
	write  func(*billGenerator, *feeRecord)
}

// What the documentation leaves open about the kinds of records is decided here:
//
//   - Official amounts are the list price of all that was used; what a package, a
//     reserved instance or a savings plan covers is part of the discount.
//   - A savings plan's use (23) is charged under its own mode, and costs nothing.
//   - Corrections (9 and 16) and what truncation is made up for by (25) are charged
//     on demand without a usage. Their official amount is what they come to, so that
//     what they cut off is nothing, and so they keep the identities.
//   - In the partner's monthly sums, refunds are unsubscriptions, compensations are
//     write-offs of Huawei Cloud, and everything else is consumption.
//   - Only orders have the id of one; adjustments, uses and what is paid by month or
//     year have the id of a transaction.
var (
	plainUsage     = billKind{write: (*billGenerator).usage}
	unsubscription = billKind{write: bought(periodProducts, billRefund)}

	mainlandKinds = []billKind{
		{50, bought(periodProducts, billNew)},
		{50, bought(periodProducts, billRenewal)},
		{50, bought(periodProducts, billAutoRenew)},
		{15, bought(periodProducts, billChange)},
		{7, bought(onceProducts, billNew)},
		{10, bought(savingsPlans, billNew)},
		{8, bought(reservedInstances, billNew)},
		{6, bought(periodProducts, billRefund)},
		{6, bought(periodProducts, billChangeRefund)},
		{6, bought(periodProducts, billToOnDemand)},
		{25, bought(periodProducts, billPayMonthly)},
		{8, bought(yearlyProducts, billPayYearly)},
		{3, bought(supportPlans, billSupport)},
		{6, (*billGenerator).compensate},
		{4, (*billGenerator).deduct},
		{8, (*billGenerator).makeUp},
		{60, (*billGenerator).savingsPlanUse},
		{40, (*billGenerator).packageUse},
		{40, (*billGenerator).reservedUse},
	}
	abroadKinds = []billKind{
		{20, bought(savingsPlans, billNew)},
		{77, bought(periodProducts, billNew)},
		{77, bought(periodProducts, billRenewal)},
		{76, bought(periodProducts, billAutoRenew)},
	}
)

// refunds reports whether a record gives back what an order was paid with.
func (f *feeRecord) refunds() bool {
	return f.BillDetailType == billRefund || f.BillDetailType == billChangeRefund || f.BillDetailType == billToOnDemand
}

// ordered reports whether the record is of an order, and has its id.
func (f *feeRecord) ordered() bool {
	return f.refunds() || slices.Contains([]int{billNew, billRenewal, billChange, billAutoRenew}, f.BillDetailType)
}

// bought is a record of an order, or of what is paid by the month or year: to the
// fen, for some periods, negative where it is refunded.
func bought(products []*billedProduct, kind int) func(*billGenerator, *feeRecord) {
	return func(g *billGenerator, f *feeRecord) {
		p := products[g.random.IntN(len(products))]
		g.describe(f, p)
		f.BillDetailType, f.PeriodType, f.PeriodNum = kind, p.period, 1
		if p.period == periodMonthly && kind != billPayMonthly && kind != billSupport {
			f.PeriodNum += g.random.IntN(11)
		}
		if f.ordered() {
			f.TradeID = "CS" + f.TradeTime[2:4] + f.TradeTime[5:7] + f.TradeTime[8:10] + pick(g.random, alphanumeric, 9)
		} else {
			f.TradeID = pick(g.random, hexadecimals, 32)
		}
		official := p.price * billMoney(f.PeriodNum)
		discount := official.times(g.rate()) + billFen/2
		discount = discount.whole()
		if f.refunds() {
			official, discount = -official, -discount
		}
		g.pay(f, official, discount)
	}
}

func (g *billGenerator) rate() billMoney { return discountRates[g.random.IntN(len(discountRates))] }

// usage completes a record of usage: the list amounts carry 8 decimals, the payment
// is truncated to the fen.
func (g *billGenerator) usage(f *feeRecord) {
	official := g.measure(f, billUsage)
	g.pay(f, official, official.times(g.rate()))
}

// measure makes the record one of usage, and answers its list price.
func (g *billGenerator) measure(f *feeRecord, kind int) billMoney {
	p := onDemandProducts[g.random.IntN(len(onDemandProducts))]
	g.describe(f, p)
	f.Usage = billMoney(g.random.Int64N(p.maxUsage*1_000_000)+1) * 100
	f.UsageType, f.UsageMeasureID = p.usageType, p.usageMeasure
	f.PeriodType, f.BillDetailType = p.period, kind
	f.TradeID = pick(g.random, hexadecimals, 32)
	return p.price.times(f.Usage)
}

// covered is how much of the usage something has paid for already, and what that
// comes to at list price.
func (g *billGenerator) covered(f *feeRecord, official billMoney) (usage, amount billMoney) {
	share := billMoney(1+g.random.IntN(100)) * billUnit / 100
	return f.Usage.times(share), official.times(share)
}

func (g *billGenerator) packageUse(f *feeRecord) {
	official := g.measure(f, billUsage)
	usage, amount := g.covered(f, official)
	f.FreeUsage = usage
	g.pay(f, official, amount+(official-amount).times(g.rate()))
}

func (g *billGenerator) reservedUse(f *feeRecord) {
	official := g.measure(f, billUsage)
	usage, amount := g.covered(f, official)
	f.ReservedUsage = usage
	g.pay(f, official, amount+(official-amount).times(g.rate()))
}

func (g *billGenerator) savingsPlanUse(f *feeRecord) {
	official := g.measure(f, billSavingsPlanUse)
	f.ChargingMode = chargeSavingsPlan
	g.pay(f, official, official)
}

func (g *billGenerator) compensate(f *feeRecord) { g.adjust(f, billCompensation, -50_000) }

func (g *billGenerator) deduct(f *feeRecord) { g.adjust(f, billDeduction, 50_000) }

func (g *billGenerator) makeUp(f *feeRecord) { g.adjust(f, billTruncation, 99) }

// adjust completes a record without a usage and of up to so many fen, which are
// negative where the customer gets something back.
func (g *billGenerator) adjust(f *feeRecord, kind, most int) {
	g.describe(f, onDemandProducts[g.random.IntN(len(onDemandProducts))])
	f.BillDetailType, f.PeriodType = kind, periodOnce
	f.TradeID = pick(g.random, hexadecimals, 32)
	amount := billMoney(1+g.random.IntN(max(most, -most))) * billFen
	if most < 0 {
		amount = -amount
	}
	f.Official, f.Payment, f.Cash = amount, amount, amount
}

// pay sets the amounts: what is payable is truncated to the fen, and the parts add
// up to it.
func (g *billGenerator) pay(f *feeRecord, official, discount billMoney) {
	payment := (official - discount).whole()
	f.Official, f.Discount, f.Payment = official, discount, payment
	association := g.bills.association
	if association == AssociationReseller { // the partner is billed for all of it
		f.Credit = payment
		return
	}
	half := (payment / 2).whole()
	rest := payment - half
	switch n := g.random.IntN(20); {
	case n == 0:
		f.Coupon = payment
	case n == 1:
		f.Coupon, f.Cash = half, rest
	case n == 2:
		f.CashCoupon, f.Cash = half, rest
	case n == 3:
		f.Card, f.Cash = half, rest
	case n == 4 && payment > 0:
		f.Debt, f.Cash = half, rest
	case n == 5 && payment > 0:
		f.Writeoff, f.Cash = half, rest
	case n <= 8 && association == AssociationReferral: // a resale customer has no credit
		f.Credit = payment
	default:
		f.Cash = payment
	}
}
