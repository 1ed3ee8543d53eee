package parquetfile

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/format"
)

// encoder has the memory that the columns of a table use one after the other.
type encoder struct {
	page       []byte // as it is before it is compressed
	compressed []byte
	dictionary []byte // a page of one, with its header
	packed     []uint32
}

// runs are numbers, each with how often it comes in a row.
type runs []run

type run struct{ number, count uint32 }

func (r *runs) add(number uint32) {
	if n := len(*r); n > 0 && (*r)[n-1].number == number {
		(*r)[n-1].count++
		return
	}
	*r = append(*r, run{number, 1})
}

// hybrid appends numbers of width bits in the encoding that Parquet calls RLE: what
// repeats eight times or more as a run, the rest as bits in groups of eight numbers. See
// https://github.com/apache/parquet-format/blob/master/Encodings.md.
func (e *encoder) hybrid(to []byte, all runs, width int) []byte {
	e.packed = e.packed[:0]
	for _, r := range all {
		for ; r.count > 0 && len(e.packed)%8 != 0; r.count-- {
			e.packed = append(e.packed, r.number)
		}
		if r.count >= 8 {
			to = appendPacked(to, e.packed, width)
			e.packed = e.packed[:0]
			to = binary.AppendUvarint(to, uint64(r.count)<<1)
			for shift := 0; shift < width; shift += 8 {
				to = append(to, byte(r.number>>shift)) //nolint:gosec // the lowest byte
			}
			continue
		}
		for ; r.count > 0; r.count-- {
			e.packed = append(e.packed, r.number)
		}
	}
	for len(e.packed)%8 != 0 { // what is too much is not read
		e.packed = append(e.packed, 0)
	}
	return appendPacked(to, e.packed, width)
}

// appendPacked appends groups of eight numbers, the lowest bit of the first one first.
func appendPacked(to []byte, numbers []uint32, width int) []byte {
	if len(numbers) == 0 {
		return to
	}
	to = binary.AppendUvarint(to, uint64(len(numbers)/8)<<1|1)
	word, used := uint64(0), 0
	for _, n := range numbers {
		word |= uint64(n) << used
		if used += width; used >= 32 {
			to = binary.LittleEndian.AppendUint32(to, uint32(word)) //nolint:gosec // the lower half
			word, used = word>>32, used-32
		}
	}
	for ; used > 0; used -= 8 {
		to, word = append(to, byte(word)), word>>8 //nolint:gosec // the lowest byte
	}
	return to
}

// appendPage appends the page, compressed, behind a header, and returns how long that is.
func (e *encoder) appendPage(to []byte, kind format.PageType, encoding format.Encoding, values int) (pages []byte, header int) {
	e.compressed = s2.EncodeSnappy(e.compressed[:cap(e.compressed)], e.page)
	before := len(to)
	to = appendPageHeader(to, kind, encoding, values, len(e.page), e.compressed)
	return append(to, e.compressed...), len(to) - before
}

// appendPageHeader appends what parquet.thrift calls a PageHeader, in the compact protocol.
func appendPageHeader(to []byte, kind format.PageType, encoding format.Encoding, values, size int, compressed []byte) []byte {
	to = appendInts(to, int32(kind), int32(size), int32(len(compressed)), int32(crc32.ChecksumIEEE(compressed))) //nolint:gosec // of a page
	const structure, stop = 12, 0
	if kind == format.DictionaryPage {
		to = append(to, 3<<4|structure)                     // field 7, three after the checksum
		to = appendInts(to, int32(values), int32(encoding)) //nolint:gosec // of a page
	} else {
		to = append(to, 1<<4|structure)                                                           // field 5
		to = appendInts(to, int32(values), int32(encoding), int32(format.RLE), int32(format.RLE)) //nolint:gosec // of a page
	}
	return append(to, stop, stop)
}

// appendInts appends fields of 32 bits, the numbers of which follow each other.
func appendInts(to []byte, values ...int32) []byte {
	for _, v := range values {
		const whole = 5
		to = binary.AppendVarint(append(to, 1<<4|whole), int64(v))
	}
	return to
}
