package report

import "github.com/shopspring/decimal"

// scale maps amounts to places along an axis. Its ends are ticks, and nothing lies
// beyond them.
type scale struct {
	low, high, step decimal.Decimal
	// from and to are where low and high are, in tenths of a pixel; to may be the
	// smaller one.
	from, to int64
}

// newScale has room for amounts and for nothing, with about so many ticks.
func newScale(amounts []decimal.Decimal, ticks int64, from, to int64) scale {
	low, high := decimal.Zero, decimal.Zero
	for _, a := range amounts {
		low, high = decimal.Min(low, a), decimal.Max(high, a)
	}
	if low.Equal(high) {
		high = decimal.NewFromInt(1)
	}
	s := scale{step: niceStep(high.Sub(low), ticks), from: from, to: to}
	s.low, s.high = low.Div(s.step).Floor().Mul(s.step), high.Div(s.step).Ceil().Mul(s.step)
	return s
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that covers a span in so
// many steps.
func niceStep(span decimal.Decimal, steps int64) decimal.Decimal {
	each := span.Div(decimal.NewFromInt(steps))
	power := decimal.New(1, int32(each.NumDigits())+each.Exponent()-1) //nolint:gosec // a few digits
	for _, times := range []int64{1, 2, 5} {
		if step := power.Mul(decimal.NewFromInt(times)); step.GreaterThanOrEqual(each) {
			return step
		}
	}
	return power.Shift(1)
}

// at is the place of an amount, in tenths of a pixel.
func (s scale) at(amount decimal.Decimal) int64 {
	part := amount.Sub(s.low).Mul(decimal.NewFromInt(s.to - s.from)).Div(s.high.Sub(s.low))
	return s.from + part.Round(0).IntPart()
}

func (s scale) ticks() []decimal.Decimal {
	var list []decimal.Decimal
	for tick := s.low; tick.LessThanOrEqual(s.high); tick = tick.Add(s.step) {
		list = append(list, tick)
	}
	return list
}
