package parquetfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
)

// bounds are the least and the greatest value of a row group, as a page has them: nil
// where there is none.
type bounds struct {
	typ             Type
	least, greatest []byte
}

// includeEach includes the values of a page.
func (b *bounds) includeEach(plain []byte) {
	size := numberBytes
	switch b.typ {
	case Money, Instant:
		plain, size = extremes(plain), 8
	case Text:
		for len(plain) > 0 {
			size = int(binary.LittleEndian.Uint32(plain))
			b.include(plain[4 : 4+size])
			plain = plain[4+size:]
		}
	case Code, Number:
	}
	for ; len(plain) > 0; plain = plain[size:] {
		b.include(plain[:size])
	}
}

// extremes are the least and the greatest of numbers of 64 bits.
func extremes(plain []byte) []byte {
	if len(plain) == 0 {
		return nil
	}
	least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
	for ; len(plain) >= 8; plain = plain[8:] {
		n := int64(binary.LittleEndian.Uint64(plain)) //nolint:gosec // two's complement
		least, greatest = min(least, n), max(greatest, n)
	}
	both := binary.LittleEndian.AppendUint64(make([]byte, 0, 16), uint64(least)) //nolint:gosec // two's complement
	return binary.LittleEndian.AppendUint64(both, uint64(greatest))              //nolint:gosec // two's complement
}

func (b *bounds) include(value []byte) {
	switch {
	case b.least == nil:
		b.least, b.greatest = append([]byte{}, value...), append([]byte{}, value...)
	case b.compare(value, b.least) < 0:
		b.least = append(b.least[:0], value...)
	case b.compare(value, b.greatest) > 0:
		b.greatest = append(b.greatest[:0], value...)
	}
}

func (b *bounds) compare(one, other []byte) int {
	switch b.typ {
	case Code:
		return cmp.Compare(int32(binary.LittleEndian.Uint32(one)), int32(binary.LittleEndian.Uint32(other))) //nolint:gosec // two's complement
	case Money, Instant:
		return cmp.Compare(int64(binary.LittleEndian.Uint64(one)), int64(binary.LittleEndian.Uint64(other))) //nolint:gosec // two's complement
	case Number:
		var n, m Decimal
		n.SetBytes(one)
		m.SetBytes(other)
		return cmp.Or(cmp.Compare(n.hi, m.hi), cmp.Compare(n.lo, m.lo))
	case Text:
	}
	return bytes.Compare(one, other)
}
