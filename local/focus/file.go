// Package focus checks files of cost and usage against the rules of the FinOps Open Cost
// and Usage Specification (FOCUS) 1.2. It knows nothing of who wrote them.
//
// See https://github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec/tree/v1.2.
package focus

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
)

// File is what a file says, whatever its format.
type File struct {
	Name    string
	Columns []Column
	// Rows are read one after the other, as often as they are asked for. A row is valid
	// until the next one.
	Rows iter.Seq2[Row, error]

	place map[string]int // of the columns, while the file is checked
}

// has reports whether the file has all of the columns.
func (f *File) has(columns ...string) bool {
	for _, name := range columns {
		if _, ok := f.place[name]; !ok {
			return false
		}
	}
	return true
}

// Column is a column of a file.
type Column struct {
	Name string
	// Type is what the format says of the column. CSV says nothing.
	Type Type
}

// Type is the type of a column as far as a format has types.
type Type int

// The types. Other is one in which FOCUS has no values, such as a truth value or a list.
const (
	Untyped Type = iota
	String
	Decimal
	Integer
	Timestamp
	Other
)

// String names the type.
func (t Type) String() string {
	return [...]string{"untyped", "string", "decimal", "integer", "timestamp", "other"}[t]
}

// Value is a cell: a text, a number in digits, or an instant as 2006-01-02T15:04:05Z.
type Value struct {
	Null bool
	Text string
}

// Row is the cells of a row, in the order of the columns, and its number from 1.
type Row struct {
	Number int
	Cells  []Value
	place  map[string]int
}

// Get is the value of a column; null where the file has none of that name.
func (r Row) Get(column string) Value {
	if at, ok := r.place[column]; ok {
		return r.Cells[at]
	}
	return Value{Null: true}
}

// Has reports whether the file has the column.
func (r Row) Has(column string) bool {
	_, ok := r.place[column]
	return ok
}

func placeOf(columns []Column) map[string]int {
	place := map[string]int{}
	for i, c := range columns {
		place[c.Name] = i
	}
	return place
}

// Open reads a file of CSV or Parquet, whichever it is by its first bytes. The second
// result closes it.
func Open(path string) (*File, func() error, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, nil, fmt.Errorf("open the file to check: %w", err)
	}
	f, err := read(file)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, closed(file, err))
	}
	f.Name = path
	return f, file.Close, nil
}

func closed(c io.Closer, err error) error {
	if closing := c.Close(); closing != nil {
		return fmt.Errorf("%w; %w", err, closing)
	}
	return err
}

func read(file *os.File) (*File, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	magic := make([]byte, 4)
	if _, err := file.ReadAt(magic, 0); err == nil && bytes.Equal(magic, []byte("PAR1")) {
		return Parquet(file, info.Size())
	}
	return CSV(file, info.Size())
}
