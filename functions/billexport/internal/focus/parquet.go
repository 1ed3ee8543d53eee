package focus

import (
	"fmt"
	"io"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Parquet writes a FOCUS file as Parquet: metrics as decimals, Date/Time as timestamps of
// UTC, key-value JSON as texts.
type Parquet struct {
	mapper  *mapper
	columns []parquetfile.Column
	table   *parquetfile.Table
}

// NewParquet begins a file.
func NewParquet(w io.Writer, o Options) (*Parquet, error) {
	columns := columnsOf(o.Export.Priced)
	metadata := map[string]string{"focus.version": Version, "bssfn.bill_cycle": o.Export.Cycle.String()}
	return &Parquet{mapper: newMapper(o), columns: columns, table: parquetfile.NewTable(w, "focus", columns, metadata, 0)}, nil
}

// Write adds a row. Nothing of it is kept.
func (p *Parquet) Write(r *bill.Row) error {
	if err := p.mapper.read(r); err != nil {
		return err
	}
	for i := range p.columns {
		if err := p.set(i, &p.mapper.cells[i]); err != nil {
			return p.failed(r, fmt.Errorf("%s: %w", p.columns[i].Name, err))
		}
	}
	if err := p.table.Next(); err != nil {
		return p.failed(r, err)
	}
	return nil
}

func (p *Parquet) failed(r *bill.Row, err error) error {
	return fmt.Errorf("record %.64q of customer %.64q: %w", r.Fee[bss.FeeID], r.Fee[bss.FeeCustomerID], err)
}

func (p *Parquet) set(column int, value *cell) error {
	if value.null {
		p.table.Null(column)
		return nil
	}
	switch p.columns[column].Type {
	case parquetfile.Text:
		p.table.Text(column, value.text)
	case parquetfile.Money:
		p.table.Money(column, value.money)
	case parquetfile.Number:
		number, err := value.number.decimal()
		if err != nil {
			return err
		}
		p.table.Number(column, number)
	case parquetfile.Code:
		p.table.Code(column, int32(value.whole)) //nolint:gosec // read from 32 bits
	case parquetfile.Instant:
		p.table.Instant(column, value.whole)
	}
	return nil
}

// Close finishes the file's content. It does not close what the file is written to.
func (p *Parquet) Close() error { return p.table.Close() }
