package parquetfile

import (
	"maps"
	"slices"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// formatVersion is that of Parquet.
const formatVersion = 2

// createdBy is the same for every build: the same rows are the same bytes.
const createdBy = "bssfn billexport version 1 (build parquet)"

// physicalTypes are what the columns are made of.
var physicalTypes = [...]format.Type{Text: format.ByteArray, Code: format.Int32, Money: format.Int64, Number: format.FixedLenByteArray, Instant: format.Int64}

// fileOf is what a file says about itself before it has any rows.
func fileOf(name string, columns []Column, metadata map[string]string) format.FileMetaData {
	file := format.FileMetaData{
		Version: formatVersion, CreatedBy: createdBy,
		Schema: []format.SchemaElement{{Name: name, NumChildren: thrift.New(int32(len(columns)))}}, //nolint:gosec // some dozens
	}
	for _, c := range columns {
		file.Schema = append(file.Schema, c.schema())
		file.ColumnOrders = append(file.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		file.KeyValueMetadata = append(file.KeyValueMetadata, format.KeyValue{Key: key, Value: metadata[key]})
	}
	return file
}

// schema is the column's type, in the words of today's readers and in those of older ones.
func (c Column) schema() format.SchemaElement {
	e := format.SchemaElement{Name: c.Name, Type: thrift.New(physicalTypes[c.Type]), RepetitionType: thrift.New(format.Optional)}
	if c.Required {
		e.RepetitionType = thrift.New(format.Required)
	}
	switch c.Type {
	case Text:
		e.LogicalType.Value, e.ConvertedType = &format.StringType{}, thrift.New(deprecated.UTF8)
	case Code:
		e.LogicalType.Value, e.ConvertedType = &format.IntType{BitWidth: 32, IsSigned: true}, thrift.New(deprecated.Int32)
	case Money:
		setDecimal(&e, moneyScale, moneyPrecision)
	case Number:
		setDecimal(&e, numberScale, numberPrecision)
		e.TypeLength = thrift.New(int32(numberBytes))
	case Instant:
		milliseconds := format.TimeUnit{Value: &format.MilliSeconds{}}
		e.LogicalType.Value, e.ConvertedType = &format.TimestampType{IsAdjustedToUTC: true, Unit: milliseconds}, thrift.New(deprecated.TimestampMillis)
	}
	return e
}

func setDecimal(e *format.SchemaElement, scale, precision int32) {
	e.LogicalType.Value = &format.DecimalType{Scale: scale, Precision: precision}
	e.ConvertedType, e.Scale, e.Precision = thrift.New(deprecated.Decimal), thrift.New(scale), thrift.New(precision)
}
