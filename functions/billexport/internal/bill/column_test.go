package bill_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestColumnsAreTheFieldsInTheirOrder(t *testing.T) {
	t.Parallel()
	columns := bill.Columns(true)
	require.Len(t, columns, bss.FeeFields+2)
	require.Equal(t, columns[:bss.FeeFields], bill.Columns(false))
	for f, column := range bill.Columns(false) {
		assert.Equal(t, bss.FeeField(f).String(), column.Name)
	}
	assert.Equal(t, "invoice_amount", columns[bill.InvoiceColumn].Name)
	assert.Equal(t, "margin", columns[bill.MarginColumn].Name)
	for m := range bill.Moneys {
		assert.Equal(t, bill.KindMoney, columns[bill.Money(m).Field()].Kind, bill.Money(m).Field())
	}
}

func TestHeadingsTellColumnsApart(t *testing.T) {
	t.Parallel()
	for _, headings := range []bill.Headings{bill.Names, bill.English, bill.Chinese} {
		known := map[string]bool{}
		for _, column := range bill.Columns(true) {
			heading := column.Heading(headings)
			assert.NotEmpty(t, heading, column.Name)
			assert.False(t, known[heading], heading)
			known[heading] = true
		}
	}
}

func TestNobodyChangesTheColumnsOfOthers(t *testing.T) {
	t.Parallel()
	bill.Columns(false)[0].Name = "mine"
	assert.Equal(t, "bill_cycle", bill.Columns(false)[0].Name)
	_ = append(bill.Columns(false), bill.Column{Name: "more"})
	assert.Equal(t, "invoice_amount", bill.Columns(true)[bill.InvoiceColumn].Name)
}
