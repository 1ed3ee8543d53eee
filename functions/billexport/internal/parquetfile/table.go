package parquetfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

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

// Bounds of what is in memory: rows that are handed to their columns together, the size
// at which a column's page is encoded, and the rows and bytes of text at which a row
// group is written.
const (
	batchRows     = 128
	pageBytes     = 64 << 10
	groupRows     = 1 << 16
	groupBytes    = 24 << 20
	dictionaryMax = 1 << 20
)

// Table writes rows to a Parquet file column by column. For each row, every column is
// set, and then Next is called.
type Table struct {
	file    *parquet.GenericWriter[any]
	writers []*parquet.ColumnWriter
	columns []Column
	levels  []int // of definition, of what is not null
	batch   [][]parquet.Value
	texts   []byte // what the batch's texts and numbers are in

	rowGroup         int // rows of a full row group
	inBatch, inGroup int
	textBytes        int // of the row group
	failed           error
}

// NewTable begins a file whose root is called name. Metadata stands at its end, sorted by
// its keys. A row group has at most rowGroup rows; 0 stands for a number that needs
// little memory.
func NewTable(w io.Writer, name string, columns []Column, metadata map[string]string, rowGroup int) *Table {
	options := []parquet.WriterOption{
		schemaOf(name, columns),
		parquet.CreatedBy("bssfn billexport", "1", "parquet-go"), // not the build: the same rows are the same bytes
		parquet.Compression(&parquet.Snappy),
		parquet.DataPageVersion(1), // the one that every reader knows
		parquet.DataPageStatistics(false),
		parquet.PageBufferSize(pageBytes),
		parquet.DictionaryMaxBytes(dictionaryMax),
	}
	for key, value := range metadata {
		options = append(options, parquet.KeyValueMetadata(key, value))
	}
	t := &Table{
		file: parquet.NewGenericWriter[any](w, options...), columns: columns,
		batch: make([][]parquet.Value, len(columns)), levels: make([]int, len(columns)), rowGroup: rowGroup,
	}
	if t.rowGroup <= 0 {
		t.rowGroup = groupRows
	}
	for i := range t.batch {
		t.batch[i] = make([]parquet.Value, batchRows)
		if !columns[i].Required {
			t.levels[i] = 1
		}
	}
	t.writers = t.file.ColumnWriters()
	return t
}

// fields is a group whose fields are in the order given, and not in that of their names.
type fields struct {
	parquet.Group
	inOrder []parquet.Field
}

// Fields implements parquet.Node.
func (f fields) Fields() []parquet.Field { return f.inOrder }

func schemaOf(name string, columns []Column) *parquet.Schema {
	group, place := parquet.Group{}, map[string]int{}
	for i, c := range columns {
		group[c.Name], place[c.Name] = c.node(), i
	}
	inOrder := group.Fields()
	slices.SortFunc(inOrder, func(a, b parquet.Field) int { return place[a.Name()] - place[b.Name()] })
	return parquet.NewSchema(name, fields{group, inOrder})
}

func (c Column) node() parquet.Node {
	var node parquet.Node
	switch c.Type {
	case Text:
		node = parquet.String()
	case Code:
		node = parquet.Int(32)
	case Money:
		node = parquet.Decimal(moneyScale, moneyPrecision, parquet.Int64Type)
	case Number:
		node = parquet.Decimal(numberScale, numberPrecision, parquet.FixedLenByteArrayType(numberBytes))
	case Instant:
		node = parquet.Timestamp(parquet.Millisecond)
	}
	if c.Type == Text && !c.Distinct || c.Type == Code {
		node = parquet.Encoded(node, &parquet.RLEDictionary)
	} else {
		node = parquet.Encoded(node, &parquet.Plain)
	}
	if c.Required {
		return parquet.Required(node)
	}
	return parquet.Optional(node)
}

func (t *Table) set(column int, v parquet.Value) {
	v.SetDefinitionLevel(t.levels[column])
	v.SetColumnIndex(column)
	t.batch[column][t.inBatch] = v
}

// Null says that the column has no value in this row.
func (t *Table) Null(column int) {
	var v parquet.Value
	v.SetColumnIndex(column)
	t.batch[column][t.inBatch] = v
}

// Text sets a text. What is not UTF-8 in it becomes the replacement character.
func (t *Table) Text(column int, text []byte) {
	t.textBytes += len(text)
	if t.inBatch > 0 { // most texts are that of the row before
		if last := t.batch[column][t.inBatch-1]; !last.IsNull() && bytes.Equal(last.ByteArray(), text) {
			t.batch[column][t.inBatch] = last
			return
		}
	}
	if !utf8.Valid(text) {
		text = []byte(strings.ToValidUTF8(string(text), "\uFFFD"))
	}
	t.set(column, parquet.ByteArrayValue(t.keep(text)))
}

// keep copies bytes to where they stay until the batch is written.
func (t *Table) keep(data []byte) []byte {
	at := len(t.texts)
	t.texts = append(t.texts, data...)
	return t.texts[at:len(t.texts):len(t.texts)]
}

// Code sets a whole number.
func (t *Table) Code(column int, code int32) { t.set(column, parquet.Int32Value(code)) }

// Money sets an amount. One of 10 billion or more does not fit: Next says so.
func (t *Table) Money(column int, amount bill.Amount) {
	if amount >= moneyLimit || amount <= -moneyLimit {
		t.failed = fmt.Errorf("%s is %s: %w", t.columns[column].Name, amount, ErrTooLarge)
	}
	t.set(column, parquet.Int64Value(int64(amount)))
}

// Number sets a decimal number.
func (t *Table) Number(column int, n Decimal) {
	var data [numberBytes]byte
	binary.BigEndian.PutUint64(data[:8], uint64(n.hi)) //nolint:gosec // two's complement
	binary.BigEndian.PutUint64(data[8:], n.lo)
	t.set(column, parquet.FixedLenByteArrayValue(t.keep(data[:])))
}

// Instant sets an instant, in milliseconds since 1970 in UTC.
func (t *Table) Instant(column int, milliseconds int64) {
	t.set(column, parquet.Int64Value(milliseconds))
}

// Next ends a row.
func (t *Table) Next() error {
	if t.failed != nil {
		return t.failed
	}
	t.inBatch++
	t.inGroup++
	full := t.inGroup == t.rowGroup || t.textBytes >= groupBytes
	if t.inBatch == batchRows || full {
		t.failed = t.writeBatch()
	}
	if full && t.failed == nil {
		t.failed = t.file.Flush()
		t.inGroup, t.textBytes = 0, 0
	}
	return t.failed
}

func (t *Table) writeBatch() error {
	for i, w := range t.writers {
		if _, err := w.WriteRowValues(t.batch[i][:t.inBatch]); err != nil {
			return fmt.Errorf("column %s: %w", t.columns[i].Name, err)
		}
	}
	t.inBatch, t.texts = 0, t.texts[:0]
	return nil
}

// Close finishes the file's content.
func (t *Table) Close() error {
	if t.failed != nil {
		return t.failed
	}
	if err := t.writeBatch(); err != nil {
		return err
	}
	return t.file.Close()
}
