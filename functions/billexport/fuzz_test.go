package billexport_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions/billexport"
)

func TestDigitsAreAsReceived(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "0.00", "12.50", "-12.50", "0.00000001", "123456789012345678901234567890.12"} {
		assert.Equal(t, text, billexport.Digits(decimal.RequireFromString(text)))
	}
	assert.Equal(t, "1200", billexport.Digits(decimal.RequireFromString("1.2e3")), "no exponent")
}

// A cycle becomes part of a path, so nothing may pass but a month.
func FuzzCycle(f *testing.F) {
	for _, seed := range []string{"2026-02", "2026-13", "../etc", "2026-2", "", "99999-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := billexport.CycleText(text)
		if err == nil && (got != text || len(got) != len("2026-02") || strings.ContainsAny(got, "/\\.")) {
			t.Errorf("%q was taken for the cycle %q", text, got)
		}
	})
}
