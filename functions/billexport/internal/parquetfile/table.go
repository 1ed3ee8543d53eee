package parquetfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// Column is a column of a table.
type Column struct {
	Name string
	Type Type
	// Required says that no row leaves the column null.
	Required bool
	// Distinct says that the values hardly ever repeat, so that a dictionary of them
	// would be in vain.
	Distinct bool
}

// hasDictionary reports whether the column's values are kept once each, as far as there is
// room.
func (c Column) hasDictionary() bool { return c.Type == Text && !c.Distinct || c.Type == Code }

// Type is what a column holds.
type Type int

// The types: a text in UTF-8, a whole number of 32 bits, DECIMAL(18,8), DECIMAL(38,18),
// and an instant of UTC in milliseconds.
const (
	Text Type = iota
	Code
	Money
	Number
	Instant
)

// Bounds of what is in memory: the rows and the bytes at which a column's page ends, and
// the rows and the bytes of text at which a row group is written.
const (
	pageRows   = 1 << 14
	pageBytes  = 64 << 10
	groupRows  = 1 << 16
	groupBytes = 24 << 20
	// dictionaryMax is how many bytes of texts a dictionary has at most.
	dictionaryMax = 1 << 20
)

// magic is at both ends of a file.
const magic = "PAR1"

// Table writes rows to a Parquet file column by column. For each row, every column is
// set, and then Next is called.
//
// It encodes the pages itself: the rows of a bill differ from the ones before in a few
// columns, which it makes use of, and parquet-go does not.
type Table struct {
	out     *bufio.Writer
	offset  int64
	file    format.FileMetaData
	columns []column
	encoder encoder

	rowGroup  int // rows of a full row group
	inGroup   int
	textBytes int // that the row group keeps
	failed    error
}

// NewTable begins a file whose root is called name. Metadata stands at its end, sorted by
// its keys. A row group has at most rowGroup rows; 0 stands for a number that needs
// little memory.
func NewTable(w io.Writer, name string, columns []Column, metadata map[string]string, rowGroup int) *Table {
	t := &Table{out: bufio.NewWriterSize(w, pageBytes), file: fileOf(name, columns, metadata), columns: make([]column, len(columns)), rowGroup: rowGroup}
	if t.rowGroup <= 0 {
		t.rowGroup = groupRows
	}
	for i := range columns {
		t.columns[i] = newColumn(columns[i], &t.encoder)
	}
	t.failed = t.write([]byte(magic))
	return t
}

// Null says that the column has no value in this row.
func (t *Table) Null(column int) {
	c := &t.columns[column]
	if c.Required {
		t.failed = fmt.Errorf("%s is null, which it must not be", c.Name)
	}
	c.null()
}

// Text sets a text. What is not UTF-8 in it becomes the replacement character.
func (t *Table) Text(column int, text []byte) { t.textBytes += t.columns[column].text(text) }

// Code sets a whole number.
func (t *Table) Code(column int, code int32) {
	t.columns[column].code(uint32(code)) //nolint:gosec // two's complement
}

// Money sets an amount. One of 10 billion or more does not fit: Next says so.
func (t *Table) Money(column int, amount bill.Amount) {
	c := &t.columns[column]
	if amount >= moneyLimit || amount <= -moneyLimit {
		t.failed = fmt.Errorf("%s is %s: %w", c.Name, amount, ErrTooLarge)
	}
	c.plain = binary.LittleEndian.AppendUint64(c.plain, uint64(amount)) //nolint:gosec // two's complement
	c.appended()
}

// Number sets a decimal number.
func (t *Table) Number(column int, n Decimal) {
	c := &t.columns[column]
	c.plain = binary.BigEndian.AppendUint64(c.plain, uint64(n.hi)) //nolint:gosec // two's complement
	c.plain = binary.BigEndian.AppendUint64(c.plain, n.lo)
	c.appended()
}

// Instant sets an instant, in milliseconds since 1970 in UTC.
func (t *Table) Instant(column int, milliseconds int64) {
	c := &t.columns[column]
	c.plain = binary.LittleEndian.AppendUint64(c.plain, uint64(milliseconds)) //nolint:gosec // two's complement
	c.appended()
}

// Next ends a row.
func (t *Table) Next() error {
	if t.failed != nil {
		return t.failed
	}
	t.inGroup++
	switch {
	case t.inGroup == t.rowGroup || t.textBytes >= groupBytes:
		t.failed = t.writeGroup()
	case t.inGroup%pageRows == 0:
		for i := range t.columns {
			t.columns[i].endPage()
		}
	}
	return t.failed
}

func (t *Table) writeGroup() error {
	group := format.RowGroup{
		NumRows: int64(t.inGroup), FileOffset: t.offset, Columns: make([]format.ColumnChunk, len(t.columns)),
		Ordinal: int16(len(t.file.RowGroups)), //nolint:gosec // nobody has a billion records
	}
	for i := range t.columns {
		chunk, dictionary := t.columns[i].end()
		chunk.DataPageOffset = t.offset + int64(len(dictionary))
		if len(dictionary) > 0 {
			chunk.DictionaryPageOffset = t.offset
		}
		if err := t.write(dictionary); err != nil {
			return err
		}
		if err := t.write(t.columns[i].pages); err != nil {
			return err
		}
		group.Columns[i].MetaData = chunk
		group.TotalByteSize += chunk.TotalUncompressedSize
		group.TotalCompressedSize += chunk.TotalCompressedSize
		t.columns[i].reset()
	}
	t.file.RowGroups = append(t.file.RowGroups, group)
	t.file.NumRows += group.NumRows
	t.inGroup, t.textBytes = 0, 0
	return nil
}

func (t *Table) write(data []byte) error {
	t.offset += int64(len(data))
	_, err := t.out.Write(data)
	return err
}

// Close finishes the file's content.
func (t *Table) Close() error {
	if t.failed != nil {
		return t.failed
	}
	if t.inGroup > 0 {
		if err := t.writeGroup(); err != nil {
			return err
		}
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &t.file)
	if err != nil {
		return err
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer))) //nolint:gosec // a footer is small
	if err := t.write(append(footer, magic...)); err != nil {
		return err
	}
	return t.out.Flush()
}
