// Package parts keeps fee records between the fetching of a customer's bills and the
// writing of files: row by row, as the API printed them, in little space. A field that
// is as in the row before takes no space before compression, and most are.
//
// A part is a gzip stream of a mark, rows and an end with their number, so that one that
// is cut off or damaged is noticed.
package parts

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"

	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	// end stands where a row's changed fields do.
	end = uint64(1) << 63
	// maxField bounds what is read: as much as an answer of the API may have in all, so
	// that whatever was written is read.
	maxField = 32 << 20
)

// mark begins a part. It names the fields, by a hash: a part of a version of this program
// that has others would put amounts into the wrong ones.
func mark() string {
	fields := fnv.New32a()
	for f := range bss.FeeFields {
		_, _ = io.WriteString(fields, bss.FeeField(f).String()+"\n") // it does not fail
	}
	return fmt.Sprintf("fee rows 1 %08x\n", fields.Sum32())
}

// ErrDamaged says that a part is not as it was written.
var ErrDamaged = errors.New("the part of the export is damaged")

// Writer writes a part.
type Writer struct {
	zip  *gzip.Writer
	out  []byte
	last bss.FeeRow
	rows int
}

// NewWriter begins a part.
func NewWriter(w io.Writer) (*Writer, error) {
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(zip, mark()); err != nil {
		return nil, fmt.Errorf("begin a part: %w", err)
	}
	return &Writer{zip: zip}, nil
}

// Write adds a row, of which nothing is kept.
func (w *Writer) Write(row *bss.FeeRow) error {
	var changed uint64
	for f := range row {
		if !same(row[f], w.last[f]) {
			changed |= 1 << f
		}
	}
	w.out = binary.LittleEndian.AppendUint64(w.out[:0], changed)
	for f := range row {
		if changed&(1<<f) == 0 {
			continue
		}
		w.out = appendField(w.out, row[f])
		w.last[f] = keep(w.last[f], row[f])
	}
	w.rows++
	_, err := w.zip.Write(w.out)
	return err
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

// keep copies value into old's space.
func keep(old, value []byte) []byte {
	if value == nil {
		return nil
	}
	if old == nil {
		old = []byte{}
	}
	return append(old[:0], value...)
}

// appendField writes a length, where 0 stands for a field that is absent, and a value.
func appendField(out, value []byte) []byte {
	if value == nil {
		return append(out, 0)
	}
	return append(binary.AppendUvarint(out, uint64(len(value))+1), value...)
}

// Rows is how many rows were written.
func (w *Writer) Rows() int { return w.rows }

// Close finishes the part. It does not close what it is written to.
func (w *Writer) Close() error {
	w.out = binary.LittleEndian.AppendUint64(w.out[:0], end)
	w.out = binary.AppendUvarint(w.out, uint64(w.rows)) //nolint:gosec // not negative
	if _, err := w.zip.Write(w.out); err != nil {
		return err
	}
	return w.zip.Close()
}

// Reader reads a part.
type Reader struct {
	zip  *gzip.Reader
	in   *bufio.Reader
	row  bss.FeeRow
	room bss.FeeRow // the space of row's fields, also of those that are absent
	rows int
}

// NewReader reads the part in r.
func NewReader(r io.Reader) (*Reader, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, damaged(err)
	}
	in := bufio.NewReaderSize(zip, 64<<10)
	want := mark()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(in, got); err != nil {
		return nil, damaged(err)
	}
	if string(got) != want {
		return nil, fmt.Errorf("%w: it begins with %q", ErrDamaged, got)
	}
	return &Reader{zip: zip, in: in}, nil
}

// damaged tells content that ends too early or is none from a store that failed.
func damaged(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, new(flate.CorruptInputError)) {
		return fmt.Errorf("%w: %w", ErrDamaged, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("read a part of the export: %w", err)
}

// Next returns the next row, which is valid until the next call, or io.EOF after the
// last one.
func (r *Reader) Next() (*bss.FeeRow, error) {
	var head [8]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, damaged(err)
	}
	changed := binary.LittleEndian.Uint64(head[:])
	if changed == end {
		return nil, r.finish()
	}
	if changed>>bss.FeeFields != 0 {
		return nil, fmt.Errorf("%w: row %d has fields that no row has", ErrDamaged, r.rows)
	}
	for f := range r.row {
		if changed&(1<<f) == 0 {
			continue
		}
		if err := r.read(f); err != nil {
			return nil, err
		}
	}
	r.rows++
	return &r.row, nil
}

func (r *Reader) read(f int) error {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return damaged(err)
	}
	if n == 0 {
		r.row[f] = nil
		return nil
	}
	if n > maxField {
		return fmt.Errorf("%w: row %d has a field of %d bytes", ErrDamaged, r.rows, n-1)
	}
	if n-1 > uint64(cap(r.room[f])) || r.room[f] == nil {
		r.room[f] = make([]byte, max(n-1, 16))
	}
	r.row[f] = r.room[f][:n-1]
	if _, err := io.ReadFull(r.in, r.row[f]); err != nil {
		return damaged(err)
	}
	return nil
}

// finish holds the number of rows against what was read, and reads on to the checksum.
func (r *Reader) finish() error {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return damaged(err)
	}
	if n != uint64(r.rows) { //nolint:gosec // not negative
		return fmt.Errorf("%w: it has %d rows and says %d", ErrDamaged, r.rows, n)
	}
	switch _, err := r.in.ReadByte(); {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return damaged(err)
	}
	return fmt.Errorf("%w: something follows its end", ErrDamaged)
}
