package bss_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// logOf is what both handlers of slog make of the attributes.
func logOf(t *testing.T, attributes ...any) string {
	t.Helper()
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("", attributes...)
	}
	return log.String()
}

func assertNothingSecret(t *testing.T, text string, more ...string) {
	t.Helper()
	for _, secret := range append(more, partnerSecret, partnerPassword) {
		require.NotEmpty(t, secret)
		assert.NotContains(t, text, secret)
	}
}

// TestNothingSecretIsToldOrLogged makes every operation succeed and fail in every
// way that the simulated Huawei Cloud knows.
func TestNothingSecretIsToldOrLogged(t *testing.T) {
	t.Parallel()
	for _, op := range bss.Operations() {
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWith(t, huawei.Options{QuotaOff: true, Site: siteOf(op)})
			call := exampleCalls()[op.Name](t, w)
			c := w.client(t)
			var told strings.Builder
			try := func() {
				if err := call(t.Context(), c); err != nil {
					fmt.Fprintf(&told, "%v\n%+v\n", err, err)
					told.WriteString(logOf(t, "failure", err))
				}
			}
			try()
			w.RevokeTokens()
			try()
			for _, kind := range []huawei.FaultKind{huawei.FaultInternal, huawei.FaultReset, huawei.FaultTruncated, huawei.FaultHTML} {
				w.fault(t, op.Name, kind, huawei.AfterEffect, 1)
				try()
			}
			assert.Contains(t, w.logs.String(), `"level":"DEBUG"`)
			all := told.String() + w.logs.String()
			assertNothingSecret(t, all)
			for _, e := range w.wire.all() {
				if e.token != "" {
					assertNothingSecret(t, all, e.token)
				}
				if signature := e.header.Get("Authorization"); signature != "" {
					assertNothingSecret(t, all, signature)
				}
			}
		})
	}
}

func TestWhatACustomerEntersIsNeitherToldNorLogged(t *testing.T) {
	t.Parallel()
	const password, code = "Customer-Password-1", "918273"
	w := newWorld(t)
	c := w.client(t)
	w.fault(t, "CreateSubCustomer", huawei.FaultReset, huawei.BeforeEffect, 1)
	_, err := c.CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer",
		MobilePhone: mobile, VerificationCode: code, Password: password,
	})
	require.ErrorIs(t, err, bss.ErrVerificationCode)
	told := err.Error() + logOf(t, "failure", err) + w.logs.String()
	assertNothingSecret(t, told, password, code, mobile)
}

func TestAnAddressThatFailsIsNotLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "ListSubCustomerBillDetail", huawei.FaultReset, huawei.BeforeEffect, 5)
	_, err := bss.Collect(w.client(t).ListSubCustomerBillDetail(t.Context(), bss.ListSubCustomerBillDetailRequest{
		BillCycle: "2026-02", CustomerID: w.resale,
	}))
	require.Error(t, err)
	assertNothingSecret(t, err.Error()+w.logs.String(), w.resale)
}

func TestTheLogTellsOfEveryExchange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "ListPartnerBalances", huawei.FaultReset, huawei.BeforeEffect, 1)
	_, err := w.client(t).ListPartnerBalances(context.WithoutCancel(t.Context()), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	calls := w.logged(t, "bss call")
	require.Len(t, calls, 2)
	assert.Equal(t, "EOF", calls[0]["error"])
	assert.EqualValues(t, http.StatusOK, calls[1]["status"])
	assert.Equal(t, "ListPartnerBalances", calls[1]["operation"])
	assert.NotEmpty(t, calls[1]["request_id"])
	retries := w.logged(t, "bss retry")
	require.Len(t, retries, 1)
	assert.Equal(t, "WARN", retries[0]["level"])
	assert.Equal(t, "no good answer came, and the operation may be repeated", retries[0]["reason"])
	assert.Equal(t, "EOF", retries[0]["failure"].(map[string]any)["cause"])
}
