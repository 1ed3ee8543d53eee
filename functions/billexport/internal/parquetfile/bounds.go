package parquetfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// bounds are the least and the greatest value of a row group, as a page has them: nil
// where there is none.
type bounds struct {
	typ             Type
	least, greatest []byte
}

// includeEach includes the values of a page.
func (b *bounds) includeEach(plain []byte) {
	for len(plain) > 0 {
		size := 8
		switch b.typ {
		case Number:
			size = numberBytes
		case Text:
			size = int(binary.LittleEndian.Uint32(plain))
			plain = plain[4:]
		case Code, Money, Instant:
		}
		b.include(plain[:size])
		plain = plain[size:]
	}
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
