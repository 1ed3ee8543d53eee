package payorder_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Whatever is sent for a quote, only what was signed here is opened, and as it was.
func FuzzOpenQuote(f *testing.F) {
	made := time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)
	quoted := payorder.Quote{
		OrderID: "CS1", CustomerID: "c1", Amount: yuan("12.34"), Payable: yuan("10"), Currency: "CNY",
		Coupons: []bss.UsedCoupon{{ID: "1", Type: bss.KindVoucher}}, ExpiresAt: made.Add(15 * time.Minute),
	}
	token, err := payorder.SignQuote("a key", quoted)
	require.NoError(f, err)
	other, err := payorder.SignQuote("another key", quoted)
	require.NoError(f, err)
	payload, signature, _ := strings.Cut(token, ".")
	for _, seed := range []string{token, other, "", ".", payload, payload + ".", "." + signature, token + ".", token + "=", token[:len(token)-1], "\x00", strings.Repeat("A", 4096)} {
		f.Add(seed, "CS1", "c1", int64(0))
	}
	f.Add(token, "CS2", "c1", int64(0))
	f.Add(token, "CS1", "", int64(0))
	f.Add(token, "CS1", "c1", int64(900))
	want, err := json.Marshal(quoted)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, given, orderID, customerID string, later int64) {
		got, err := payorder.OpenQuote("a key", given, orderID, customerID, made.Add(time.Duration(later%100_000)*time.Second))
		fits := given == token && orderID == "CS1" && customerID == "c1" && later%100_000 < 900
		require.Equal(t, fits, err == nil, "%q for %q of %q after %d s: %v", given, orderID, customerID, later, err)
		if err == nil {
			opened, err := json.Marshal(got)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(opened))
		}
	})
}
