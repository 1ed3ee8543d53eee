package huawei

import (
	"time"

	"github.com/shopspring/decimal"
)

// costDecimals is how exact amortised amounts are.
const costDecimals = 8

// longestPeriod is how many months a charge is spread over at most: an order may
// be of three years.
const longestPeriod = 36

// costDay is the day of GMT+8 that an instant is in.
func costDay(t time.Time) time.Time {
	t = t.In(beijing)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, beijing)
}

// serviceDays are the days that a record pays for, the end excluded: those of its
// period, or the day of the deduction where there is none.
func (f feeRecord) serviceDays() (first, end time.Time) {
	first = costDay(f.traded())
	switch {
	case f.PeriodNum == 0 || f.PeriodType == periodOnce:
		return first, first.AddDate(0, 0, 1)
	case f.PeriodType == periodYearly:
		return first, first.AddDate(f.PeriodNum, 0, 0)
	}
	return first, first.AddDate(0, f.PeriodNum, 0)
}

// overlaps reports whether the record pays for any of those days.
func (f feeRecord) overlaps(from, to time.Time) bool {
	first, end := f.serviceDays()
	return first.Before(to) && from.Before(end)
}

// amortized is what falls on those days if the amounts are spread evenly over
// the days that they pay for. What is owed counts as cash: amortised amounts have
// no field of their own for it. The parts of a span of days add up to the part
// of the span, to the last decimal.
func (f feeRecord) amortized(from, to time.Time) billAmounts {
	first, end := f.serviceDays()
	all := daysBetween(first, end)
	until := func(t time.Time) billAmounts {
		return f.costs().share(min(max(daysBetween(first, t), 0), all), all)
	}
	return until(to).minus(until(from))
}

// costs are the record's amounts, with what is owed in the cash.
func (f feeRecord) costs() billAmounts {
	a := f.amounts()
	a.cash = decimal.Sum(a.cash, a.debt, a.writeoff)
	a.debt, a.writeoff = decimal.Zero, decimal.Zero
	return a
}

// daysBetween counts days; GMT+8 has no days of 23 or 25 hours.
func daysBetween(from, to time.Time) int64 { return int64(to.Sub(from) / (24 * time.Hour)) }

// share is n of so many equal parts. Its payment is the sum of its parts.
func (a billAmounts) share(n, parts int64) billAmounts {
	a = a.with(a, func(x, _ decimal.Decimal) decimal.Decimal {
		return x.Mul(decimal.NewFromInt(n)).DivRound(decimal.NewFromInt(parts), costDecimals)
	})
	a.payment = decimal.Sum(a.cash, a.credit, a.coupon, a.cashCoupon, a.card)
	return a
}
