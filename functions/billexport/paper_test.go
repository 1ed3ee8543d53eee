package billexport_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/functions/billexport/internal/printed"
	"github.com/bssfn/bssfn/functions/billexport/internal/tally"
	"github.com/bssfn/bssfn/local/huawei"
)

// TestPaperSaysWhatTheManifestSays looks for the manifest's sums, to the last digit and
// with their currency, on statements and in the report.
func TestPaperSaysWhatTheManifestSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("many-lines", huawei.AssociationResale, february, 60)
	w.customer("few-lines", huawei.AssociationResale, february, 6)
	referral := w.customer("referral", huawei.AssociationReferral, february, 12)
	w.cfg.Formats = []string{"statements", "report"}
	for _, priced := range []bool{false, true} {
		if priced {
			w.cfg.RateCard = "basis,percent\nofficial,97.5\n"
		}
		w.open(billexport.Platform{})
		m := w.export(february)
		page := string(w.read(file(t, m, "report").Path))
		for _, s := range append(m.CustomerSums, m.Sums...) {
			amounts := []bill.Total{s.Amounts[bill.Official], s.Amounts[bill.OfficialDiscount], s.Amounts[bill.Payment]}
			if priced {
				amounts = append(amounts, s.Invoice, s.Margin)
			}
			for _, amount := range amounts {
				assert.Contains(t, page, ">"+printed.Sum(amount), "of %q", s.CustomerID)
			}
		}
		sums := map[string]tally.Sum{}
		for _, s := range m.CustomerSums {
			sums[s.CustomerID] = s
		}
		for _, f := range m.Files {
			if f.Format != "statements" {
				continue
			}
			s := sums[f.CustomerID]
			pay := s.Amounts[bill.Payment]
			due := pay
			if priced && f.CustomerID != referral {
				pay, due = s.Invoice, s.Invoice
			}
			if f.CustomerID == referral {
				due = bill.Total{}
			}
			text := pdftest.Read(t, w.read(f.Path)).String()
			assert.Contains(t, text, fmt.Sprintf("\nTo pay · Currency %s\n%s\n", s.Currency, printed.Sum(due)))
			assert.Contains(t, text, fmt.Sprintf("\nTotal\n%s\n%s\n", printed.Sum(pay), printed.Sum(s.Amounts[bill.Official])), "below the items of %s", f.CustomerID)
			require.Equal(t, s.Rows, f.Rows)
		}
	}
}
