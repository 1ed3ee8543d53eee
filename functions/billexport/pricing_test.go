package billexport_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/pdftest"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestRateCardBesideTheExports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 20)
	plain := w.export(february)
	assert.Empty(t, plain.RateCardSHA256)
	assert.True(t, plain.Sums[0].Invoice.IsZero() || plain.Sums[0].Invoice == plain.Sums[0].Amounts[bill.Payment])

	card := `{"rules":[{"basis":"payment","percent":"200"}]}`
	path := filepath.Join(w.dir, "rate-card.json")
	require.NoError(t, os.WriteFile(path, []byte(card), 0o600))
	m := w.export(february)
	assert.Equal(t, hash([]byte(card)), m.RateCardSHA256)
	paid := m.Sums[0].Amounts[bill.Payment]
	assert.Equal(t, paid, m.Sums[0].Margin, "twice what was paid")
	paid.AddTotal(paid)
	assert.Equal(t, paid, m.Sums[0].Invoice)

	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "rate-card.csv"), []byte("basis,percent\npayment,300\n"), 0o600))
	reason := w.failedRun(february)
	assert.Equal(t, "rate_card_invalid", reason.Code)
	assert.Contains(t, reason.Detail, "both rate-card.json and rate-card.csv")
	require.NoError(t, os.Remove(path))
	third := w.export(february)
	assert.Equal(t, hash([]byte("basis,percent\npayment,300\n")), third.RateCardSHA256)
	thrice := m.Sums[0].Invoice
	thrice.AddTotal(m.Sums[0].Amounts[bill.Payment])
	assert.Equal(t, thrice, third.Sums[0].Invoice)
}

func TestARateCardThatIsNotUnderstoodEndsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.customer("resale", huawei.AssociationResale, february, 1)
	w.cfg.RateCard = `{"rules":[{"basis":"payment","percent":"200"}]}`
	w.open(billexport.Platform{})
	for text, want := range map[string]string{
		"":                                     "rate-card.csv: it is empty", // and not the one of the configuration
		`{"rules":[]}`:                         "rate-card.csv: it has 0 rules",
		"basis,percent\nofficial,95\nlist,1\n": `rate-card.csv: line 3, column A: basis "list"`,
		strings.Repeat(" ", 4<<20+1):           "rate-card.csv",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(w.dir, "rate-card.csv"), []byte(text), 0o600))
		reason := w.failedRun(february)
		assert.Equal(t, "rate_card_invalid", reason.Code)
		assert.Contains(t, reason.Detail, want)
	}
}

// A referral customer is invoiced by Huawei Cloud, so the partner has nothing of it.
func TestReferralCustomersAreNotInvoiced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	resale := w.customer("resale", huawei.AssociationResale, february, 9)
	referral := w.customer("referral", huawei.AssociationReferral, february, 9)
	card := "customer_id,basis,percent\n,payment,200\n" + referral + ",payment,300\n"
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "rate-card.csv"), []byte(card), 0o600))
	w.cfg.Formats = []string{"csv", "statements"}
	w.open(billexport.Platform{})
	m := w.export(february)
	require.Len(t, m.CustomerSums, 2)
	for _, s := range m.CustomerSums {
		assert.Equal(t, 1, s.Amounts[bill.Payment].Sign())
		if s.CustomerID == referral {
			assert.True(t, s.Invoice.IsZero())
			assert.True(t, s.Margin.IsZero())
			continue
		}
		assert.Equal(t, resale, s.CustomerID)
		assert.Equal(t, m.Sums[0].Invoice, s.Invoice)
		assert.Equal(t, s.Amounts[bill.Payment], s.Margin)
	}
	for _, f := range m.Files {
		if f.Format == "statements" {
			text := pdftest.Read(t, w.read(f.Path)).String()
			assert.Equal(t, f.CustomerID == referral, strings.Contains(text, "Paid to Huawei Cloud"))
			assert.Equal(t, f.CustomerID == referral, strings.Contains(text, "To pay · Currency CNY\n0.00\n"), text)
		}
	}
}
