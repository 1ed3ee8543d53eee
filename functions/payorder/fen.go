package payorder

import (
	"math/bits"

	"github.com/shopspring/decimal"
)

// fen is an amount in hundredths of the currency. The search for the cheapest
// combination prices thousands of them: whole numbers take a hundredth of the time
// that decimals do. Amounts come in and go out as decimals.
type fen int64

// maxFen bounds the amounts that are quoted, so that sums of them fit.
const maxFen = 1_000_000_000_000_000

// fenOf is an amount that is not negative; !ok if it is, or is not to the fen, or is
// larger than any order.
func fenOf(d decimal.Decimal) (f fen, ok bool) {
	shifted := d.Shift(2)
	if d.IsNegative() || shifted.GreaterThan(decimal.New(maxFen, 0)) || !shifted.IsInteger() {
		return 0, false
	}
	return fen(shifted.IntPart()), true
}

// fenWithin is the part of an amount that counts against most, cut off to the fen.
func fenWithin(d decimal.Decimal, most fen) fen {
	if d.IsNegative() {
		return 0
	}
	return fen(decimal.Min(d, most.decimal()).Shift(2).IntPart())
}

func (f fen) decimal() decimal.Decimal { return decimal.New(int64(f), -2) }

// spread takes an amount out of rooms, as far as there is room in those that are
// open: evenly, and what does not divide goes to the first of them. So Huawei Cloud
// splits a coupon over a merged payment, except that it gives the leftover fen to any
// order.
func spread(amount fen, rooms []fen, open lineSet) {
	left := min(amount, sumIn(rooms, open))
	for left > 0 {
		each := max(left/roomsLeft(rooms, open), 1)
		for i, room := range rooms {
			if open.has(i) && room > 0 {
				take := min(each, left, room)
				rooms[i] -= take
				left -= take
			}
		}
	}
}

func roomsLeft(rooms []fen, open lineSet) fen {
	n := fen(0)
	for i, room := range rooms {
		if open.has(i) && room > 0 {
			n++
		}
	}
	return n
}

func sumIn(amounts []fen, lines lineSet) fen {
	sum := fen(0)
	for word, rest := range lines {
		for ; rest != 0; rest &= rest - 1 {
			sum += amounts[word*64+bits.TrailingZeros64(rest)]
		}
	}
	return sum
}

// lineSet is a set of an order's lines, of which 100 are read at most.
type lineSet [2]uint64

func (s lineSet) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s *lineSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s lineSet) empty() bool { return s == lineSet{} }

func allLines(n int) lineSet {
	var s lineSet
	for i := range n {
		s.add(i)
	}
	return s
}

func (s lineSet) union(t lineSet) lineSet { return lineSet{s[0] | t[0], s[1] | t[1]} }

func (s lineSet) size() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }
