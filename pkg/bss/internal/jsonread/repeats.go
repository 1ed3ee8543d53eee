package jsonread

import (
	"hash/maphash"

	"github.com/shopspring/decimal"
)

const (
	// maxShared bounds the texts that are shared, in bytes: long ones seldom repeat.
	maxShared = 64
	// minSharing is the size of a JSON text from which on sharing pays.
	minSharing = 4 << 10
)

// repeats are values that were read and may come again. Those that meet in a place replace
// each other: looking is cheaper than a map's, and most values of a list are the last
// ones again.
type repeats struct {
	seed    maphash.Seed
	texts   [1024]string
	amounts [64]amount
}

// amount is a decimal by its digits and its exponent.
type amount struct {
	value    int64
	exponent int32
	decimal  decimal.Decimal
}

// shares reports whether values of this text are shared.
func (r *Reader) shares() bool {
	if r.repeats == nil && len(r.data) >= minSharing {
		r.repeats = &repeats{seed: maphash.MakeSeed()}
	}
	return r.repeats != nil
}

// text is the place of a text.
func (s *repeats) text(raw []byte) *string {
	return &s.texts[maphash.Bytes(s.seed, raw)%uint64(len(s.texts))]
}

// decimal is the decimal of a value: the amounts of a record are often each other's, or
// nothing. Decimals do not change, so that one may be in many places.
func (r *Reader) decimal(value int64, exponent int32) decimal.Decimal {
	if value == 0 && exponent == 0 {
		return decimal.Decimal{}
	}
	if !r.shares() {
		return decimal.New(value, exponent)
	}
	kept := &r.repeats.amounts[uint64(value)%uint64(len(r.repeats.amounts))] //nolint:gosec // any place will do
	if kept.value != value || kept.exponent != exponent {
		*kept = amount{value, exponent, decimal.New(value, exponent)}
	}
	return kept.decimal
}
