package huawei

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"
)

// cycleLayout is how a billing cycle is written: a month of GMT+8.
const cycleLayout = "2006-01"

// customerBills are the fee records of one customer in one cycle. A record is
// worked out from its number when it is asked for, so that a million of them
// cost no memory.
type customerBills struct {
	cycle       string
	customerID  string
	partnerID   string
	association string // when the bills were added
	seed        uint64
	batches     []billBatch
	spoils      map[int]decimal.Decimal // by the record's number
	summary     *billSummary            // of the last question, to answer its next pages
}

// billBatch are records that were added together: evenly spread over a time that
// ends before that of the next batch begins, so that all are in the order of
// their trade time and number.
type billBatch struct {
	first, rows int
	from, to    time.Time
	order       *feeRecord // the one record of a batch that an order made
}

func (s *Server) newCustomerBills(cycle string, c *customer) *customerBills {
	h := fnv.New64a()
	h.Write([]byte(cycle + c.id))
	return &customerBills{
		cycle: cycle, customerID: c.id, partnerID: s.state.partnerID, association: c.association,
		seed: s.seed ^ h.Sum64(), spoils: map[int]decimal.Decimal{},
	}
}

// add appends records in the first three quarters of what is left of the month,
// as far as it has passed.
func (b *customerBills) add(rows int, start, now time.Time) error {
	from := start
	if len(b.batches) > 0 {
		from = b.batches[len(b.batches)-1].to
	}
	left := start.AddDate(0, 1, 0).Sub(from)
	to := from.Add(left * 3 / 4).Truncate(time.Second)
	if now.Before(to) {
		to = now.Truncate(time.Second)
	}
	if !to.After(from) {
		return fmt.Errorf("huawei: no time has passed in %s since the bills of customer %s that exist", b.cycle, b.customerID)
	}
	b.batches = append(b.batches, billBatch{first: b.rows(), rows: rows, from: from, to: to})
	return nil
}

func (b *customerBills) rows() int {
	if len(b.batches) == 0 {
		return 0
	}
	last := b.batches[len(b.batches)-1]
	return last.first + last.rows
}

func (b *customerBills) batchOf(i int) billBatch {
	for _, batch := range b.batches {
		if batch.first <= i && i < batch.first+batch.rows {
			return batch
		}
	}
	panic(fmt.Sprintf("huawei: no record %d in the bills of %s", i, b.cycle))
}

func (b billBatch) tradeTime(i int) time.Time {
	seconds := int64(b.to.Sub(b.from) / time.Second)
	return b.from.Add(time.Duration(seconds*int64(i-b.first)/int64(b.rows)) * time.Second)
}

// record works out record number i. One record of each batch is a refund.
func (b *customerBills) record(i int) feeRecord {
	f := b.unspoiledRecord(i)
	if delta, ok := b.spoils[i]; ok {
		f.PaymentAmount, f.CashAmount = f.PaymentAmount.plus(delta), f.CashAmount.plus(delta)
	}
	return f
}

func (b *customerBills) unspoiledRecord(i int) feeRecord {
	batch, r := b.batchOf(i), newRandom(b.seed, uint64(i)) //nolint:gosec // batchOf has no batch of a negative number
	if batch.order != nil {
		return *batch.order
	}
	f := feeRecord{
		BillCycle: b.cycle, CustomerID: b.customerID, AssociationType: b.association, PartnerID: b.partnerID,
		ID:        b.recordID(i),
		TradeTime: instant(batch.tradeTime(i)),
	}
	switch n := r.IntN(100); {
	case batch.rows > 2 && i == batch.first+batch.rows/2:
		b.charge(&f, r, periodProducts[r.IntN(len(periodProducts))], billRefund)
	case n < 2:
		b.charge(&f, r, savingsPlan, billNew)
	case n < 25:
		types := []int{billNew, billRenewal, billAutoRenew}
		b.charge(&f, r, periodProducts[r.IntN(len(periodProducts))], types[r.IntN(len(types))])
	default:
		b.use(&f, r, onDemandProducts[r.IntN(len(onDemandProducts))])
	}
	return f
}

func (b *customerBills) recordID(i int) string {
	return fmt.Sprintf("%s%s%010d", b.cycle[:4]+b.cycle[5:], b.customerID[:8], i)
}

func (m money) plus(d decimal.Decimal) money { return money(decimal.Decimal(m).Add(d)) }

// charge completes a record of an order: to the fen, for some months, negative
// where it is refunded.
func (b *customerBills) charge(f *feeRecord, r *rand.Rand, p billedProduct, kind int) {
	f.describe(r, p, b.seed)
	months := int64(1 + r.IntN(11))
	f.PeriodType, f.PeriodNum = periodMonthly, numberOf(months)
	if p.mode == chargeSavingsPlan {
		months, f.PeriodType, f.PeriodNum = 12, periodYearly, numberOf(1)
	}
	f.BillDetailType, f.ConsumeTime = kind, f.TradeTime
	f.TradeID = "CS" + f.TradeTime[2:4] + f.TradeTime[5:7] + f.TradeTime[8:10] + pick(r, alphanumeric, 9)
	official := p.price.Mul(decimal.NewFromInt(months))
	discount := official.Mul(discountRates[r.IntN(len(discountRates))]).Round(2)
	if kind == billRefund {
		official, discount = official.Neg(), discount.Neg()
	}
	f.pay(r, official, discount, b.association)
}

// use completes a record of usage: the list amounts carry 8 decimals, the
// payment is truncated to the fen.
func (b *customerBills) use(f *feeRecord, r *rand.Rand, p billedProduct) {
	f.describe(r, p, b.seed)
	usage := decimal.New(r.Int64N(p.maxUsage*1_000_000)+1, -6)
	f.UsageType, f.UsageAmount, f.UsageMeasureID = p.usageType, numberPointer(usage), p.usageMeasure
	f.PeriodType, f.BillDetailType = periodHourly, billUsage
	f.ConsumeTime = f.TradeTime
	f.TradeID = pick(r, hexadecimals, 32)
	official := p.price.Mul(usage).Round(8)
	discount := official.Mul(discountRates[r.IntN(len(discountRates))]).Round(8)
	f.pay(r, official, discount, b.association)
}

func numberOf(n int64) *money { return numberPointer(decimal.NewFromInt(n)) }

func numberPointer(d decimal.Decimal) *money {
	m := money(d)
	return &m
}

// describe names the product and the resource. A customer has a few resources of
// each product, which recur.
func (f *feeRecord) describe(r *rand.Rand, p billedProduct, seed uint64) {
	known, _ := serviceOf(p.service)
	f.ServiceTypeCode, f.ServiceTypeName = p.service, known.name
	f.ResourceTypeCode, f.ResourceTypeName = p.resourceCode, p.resourceName
	f.ChargingMode, f.ProductSpecDesc, f.ProductName = p.mode, p.spec, p.resourceName
	resource := newRandom(^seed, r.Uint64N(12))
	in := regions[resource.IntN(len(regions))]
	f.RegionCode, f.RegionName = in.code, in.name
	f.ProductID = "00301-" + pick(resource, digits, 6) + "-0--0"
	f.ResourceID = resourceID(resource)
	f.ResourceName = resourceNames[resource.IntN(len(resourceNames))]
	if p.part != nil {
		part, _ := serviceOf(p.part.service)
		f.SubServiceTypeCode, f.SubServiceTypeName = p.part.service, part.name
		f.SubResourceTypeCode, f.SubResourceTypeName = p.part.resourceCode, p.part.resourceName
		f.SubResourceID, f.SubResourceName = resourceID(resource), f.ResourceName+"-volume-0000"
	}
}

func resourceID(r *rand.Rand) string {
	return pick(r, hexadecimals, 8) + "-" + pick(r, hexadecimals, 4) + "-4" + pick(r, hexadecimals, 3) +
		"-a" + pick(r, hexadecimals, 3) + "-" + pick(r, hexadecimals, 12)
}

// pay sets the amounts: what is payable is truncated to the fen, and the parts
// add up to it.
func (f *feeRecord) pay(r *rand.Rand, official, discount decimal.Decimal, association string) {
	payment := official.Sub(discount).Truncate(2)
	f.OfficialAmount, f.DiscountAmount, f.PaymentAmount = money(official), money(discount), money(payment)
	if association == AssociationReseller { // the partner is billed for all of it
		f.CreditAmount = money(payment)
		return
	}
	half := payment.Div(decimal.NewFromInt(2)).Truncate(2)
	rest := money(payment.Sub(half))
	switch n := r.IntN(20); {
	case n == 0:
		f.CouponAmount = money(payment)
	case n == 1:
		f.CouponAmount, f.CashAmount = money(half), rest
	case n == 2:
		f.CashCouponAmount, f.CashAmount = money(half), rest
	case n == 3:
		f.StoredCardAmount, f.CashAmount = money(half), rest
	case n == 4 && payment.IsPositive():
		f.DebtAmount, f.CashAmount = money(half), rest
	case n <= 8 && association == AssociationReferral: // a resale customer has no credit
		f.CreditAmount = money(payment)
	default:
		f.CashAmount = money(payment)
	}
}
