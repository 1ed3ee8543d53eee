package focus

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/shopspring/decimal"
)

// Parquet is a file of Parquet without columns in columns.
func Parquet(r io.ReaderAt, size int64) (*File, error) {
	file, err := parquet.OpenFile(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{}
	var texts []func(parquet.Value) string
	for _, field := range file.Schema().Fields() {
		if !field.Leaf() || field.Repeated() {
			return nil, fmt.Errorf("column %s is a list or a structure, which FOCUS has none of", field.Name())
		}
		typ, text := columnType(field.Type())
		f.Columns, texts = append(f.Columns, Column{field.Name(), typ}), append(texts, text)
	}
	f.Rows = func(yield func(Row, error) bool) {
		row := Row{Cells: make([]Value, len(f.Columns)), place: placeOf(f.Columns)}
		for _, group := range file.RowGroups() {
			err := eachRow(group, func(values parquet.Row) bool {
				row.Number++
				for i, v := range values {
					row.Cells[i] = valueOf(v, texts[i])
				}
				return yield(row, nil)
			})
			if err != nil {
				if !errors.Is(err, errStopped) {
					yield(Row{}, err)
				}
				return
			}
		}
	}
	return f, nil
}

func valueOf(v parquet.Value, text func(parquet.Value) string) Value {
	if v.IsNull() {
		return Value{Null: true}
	}
	return Value{Text: text(v)}
}

// errStopped says that nobody wants more rows.
var errStopped = errors.New("stopped")

func eachRow(group parquet.RowGroup, do func(parquet.Row) bool) (err error) {
	rows, some := group.Rows(), make([]parquet.Row, 128)
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		n, err := rows.ReadRows(some)
		for _, row := range some[:n] {
			if !do(row) {
				return errStopped
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// columnType is what a column holds, and how a value of it is written.
func columnType(t parquet.Type) (Type, func(parquet.Value) string) {
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DecimalType:
			return Decimal, func(v parquet.Value) string { return decimal.NewFromBigInt(unscaled(v), -l.Scale).String() }
		case *format.TimestampType:
			if !l.IsAdjustedToUTC {
				return Other, parquet.Value.String
			}
			return Timestamp, func(v parquet.Value) string { return instantOf(v, l.Unit).Format(time.RFC3339Nano) }
		case *format.StringType, *format.JsonType, *format.EnumType:
			return String, func(v parquet.Value) string { return string(v.ByteArray()) }
		}
	}
	if k := t.Kind(); k == parquet.Int32 || k == parquet.Int64 {
		return Integer, func(v parquet.Value) string { return strconv.FormatInt(v.Int64(), 10) }
	}
	if t.Kind() == parquet.Double {
		return Decimal, func(v parquet.Value) string { return strconv.FormatFloat(v.Double(), 'f', -1, 64) }
	}
	return Other, parquet.Value.String
}

func unscaled(v parquet.Value) *big.Int {
	if k := v.Kind(); k == parquet.Int32 || k == parquet.Int64 {
		return big.NewInt(v.Int64())
	}
	data := v.ByteArray()
	n := new(big.Int).SetBytes(data)
	if len(data) > 0 && data[0] >= 0x80 { // two's complement
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(data))))
	}
	return n
}

func instantOf(v parquet.Value, unit format.TimeUnit) time.Time {
	switch unit.Value.(type) {
	case *format.MilliSeconds:
		return time.UnixMilli(v.Int64()).UTC()
	case *format.MicroSeconds:
		return time.UnixMicro(v.Int64()).UTC()
	}
	return time.Unix(0, v.Int64()).UTC()
}
