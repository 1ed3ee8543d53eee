package readers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tealeg/xlsx/v3"

	"github.com/bssfn/bssfn/pkg/bss"
)

// TestAnotherLibraryReadsTheWorkbook reads the cells as they are in the file, with all
// their digits.
func TestAnotherLibraryReadsTheWorkbook(t *testing.T) {
	t.Parallel()
	book, err := xlsx.OpenFile(export.path(t, "xlsx"))
	require.NoError(t, err)
	sheet, ok := book.Sheet["Bills"]
	require.True(t, ok)
	defer sheet.Close()
	var rows [][]string
	require.NoError(t, sheet.ForEachRow(func(row *xlsx.Row) error {
		cells := make([]string, bss.FeeFields)
		heading := len(rows) == 0
		for i := range cells {
			cell := row.GetCell(i)
			cells[i] = cell.Value
			assert.Empty(t, cell.Formula())
			if heading || cell.Value == "" {
				continue
			}
			switch f := bss.FeeField(i); {
			case f >= bss.FeeOfficialAmount && f <= bss.FeeWriteoffAmount:
				assert.Equal(t, xlsx.CellTypeNumeric, cell.Type(), f)
				assert.Equal(t, "#,##0.00######", cell.GetNumberFormat())
			case f == bss.FeeTradeTime:
				assert.True(t, cell.IsTime(), f)
			case f == bss.FeeResourceName, f == bss.FeeCustomerID:
				assert.Equal(t, xlsx.CellTypeInline, cell.Type(), f)
			}
		}
		rows = append(rows, cells)
		return nil
	}))
	export.holdsRecords(t, rows, func(name string) string {
		if name == "_x0041_" { // this library leaves escapes to its callers
			return "_x005F_x0041_"
		}
		return strings.TrimSpace(name) // and trims
	})
}
