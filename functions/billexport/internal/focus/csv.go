package focus

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/csvfile"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// CSV writes a FOCUS file as CSV: columns by their ids, null as nothing, instants as
// 2006-01-02T15:04:05Z. Texts are as they are, also those that a spreadsheet would take
// for a formula: FOCUS allows no change of them.
type CSV struct {
	mapper  *mapper
	columns []parquetfile.Column
	out     *bufio.Writer
	line    []byte
	instant [allColumns]writtenInstant
}

// writtenInstant is the last one of a column: most rows have that of the row before.
type writtenInstant struct {
	milliseconds int64
	text         []byte
}

// NewCSV begins a file with the names of the columns.
func NewCSV(w io.Writer, o Options) (*CSV, error) {
	c := &CSV{mapper: newMapper(o), columns: columnsOf(o.Export.Priced), out: bufio.NewWriterSize(w, 64<<10)}
	for i, column := range c.columns {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		c.line = append(c.line, column.Name...)
	}
	_, err := c.out.Write(append(c.line, '\r', '\n'))
	return c, err
}

// Write adds a row. Nothing of it is kept.
func (c *CSV) Write(r *bill.Row) error {
	if err := c.mapper.read(r); err != nil {
		return err
	}
	c.line = c.line[:0]
	for i := range c.columns {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		if !c.mapper.cells[i].null {
			c.append(i, &c.mapper.cells[i])
		}
	}
	_, err := c.out.Write(append(c.line, '\r', '\n'))
	return err
}

func (c *CSV) append(column int, value *cell) {
	switch c.columns[column].Type {
	case parquetfile.Text:
		c.line = appendField(c.line, value.text)
	case parquetfile.Money:
		c.line = amountAsNumber(value.money).append(c.line)
	case parquetfile.Number:
		c.line = value.number.append(c.line)
	case parquetfile.Code:
		c.line = strconv.AppendInt(c.line, value.whole, 10)
	case parquetfile.Instant:
		last := &c.instant[column]
		if last.text == nil || last.milliseconds != value.whole {
			last.milliseconds = value.whole
			last.text = time.UnixMilli(value.whole).UTC().AppendFormat(last.text[:0], time.RFC3339)
		}
		c.line = append(c.line, last.text...)
	}
}

// appendField writes a text, in quotes where RFC 4180 asks for them.
func appendField(to, text []byte) []byte {
	if csvfile.Harmless(text) || !bytes.ContainsAny(text, ",\"\r\n") {
		return append(to, text...)
	}
	to = append(to, '"')
	for {
		quote := bytes.IndexByte(text, '"')
		if quote < 0 {
			return append(append(to, text...), '"')
		}
		to = append(append(to, text[:quote+1]...), '"')
		text = text[quote+1:]
	}
}

// Close finishes the file's content. It does not close what the file is written to.
func (c *CSV) Close() error { return c.out.Flush() }
