package payorder_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func TestWhichPaymentsNeedACode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		verify, price string
		needed        bool
	}{
		"always":         {"always", "0.01", true},
		"never":          {"never", "99999", false},
		"at the limit":   {"above:1000.00", "1000", false},
		"above it":       {"above:1000", "1000.01", true},
		"above nothing":  {"above:0", "0.01", true},
		"not configured": {"", "0.01", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.VerifyPayments = tt.verify })
			require.NoError(t, w.Sim.SetCash(w.customer, yuan("100000")))
			orderID := w.place(huawei.NewOrder{OfficialAmount: yuan(tt.price)})
			q := w.quote(orderID, nil)
			assert.Equal(t, tt.needed, q.CodeRequired)
			if tt.needed {
				assert.Equal(t, "code_required", w.notPaid(orderID, w.with(fields{"quote": q.Quote})).Code)
				w.pay(orderID, w.payment(orderID, q.Quote))
				return
			}
			before := w.Sim.Journal()
			code, _ := w.codeAsked(orderID, q.Quote, "lin")
			assert.Equal(t, "code_not_required", code)
			p := w.notPaid(orderID, w.with(fields{"quote": q.Quote, "code": "123456", "person": "lin"}))
			assert.Equal(t, "code_not_required", p.Code, "a code is never ignored")
			assert.Equal(t, http.StatusConflict, p.Status)
			assert.Equal(t, before, w.Sim.Journal())
			w.pay(orderID, w.with(fields{"quote": q.Quote}))
		})
	}
}

// A voucher is money too: it does not bring a payment under the limit.
func TestCouponsDoNotSaveTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(cfg *payorder.Config, _ *functions.Runtime) { cfg.VerifyPayments = "above:500" })
	orderID := w.place(huawei.NewOrder{})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("900")})
	q := w.quote(orderID, fields{"coupon_ids": []string{voucher}})
	assert.Equal(t, "100", q.Payable.String())
	assert.True(t, q.CodeRequired)
}

func TestUnclearVerificationDoesNotStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{"sometimes", "Always", " never", "above", "above:", "above:-1", "above:1.005", "above:1e3", "above:1000 CNY", "above:,5"} {
		cfg := payorder.Config{
			Config: functions.Config{
				Site: "cn", Endpoint: w.SimURL, IAMEndpoint: w.SimURL, AccessKey: "SIMPARTNERAK", SecretKey: handler.NewSecret("SIMPARTNERSK"),
				XAccountType: harness.XAccountType, IAMDomain: "sim-partner", IAMUser: "sim-operator", IAMPassword: handler.NewSecret("Sim-Operator-1"),
				CallerSecrets: []handler.Secret{handler.NewSecret(harness.CallerSecret)},
			},
			QuoteKey: handler.NewSecret(quoteKey), EventsConfig: functions.EventsConfig{EventsURL: "https://platform.example", EventsSecret: handler.NewSecret(eventsSecret)},
			VerifyPayments: text,
		}
		_, err := payorder.New(cfg, functions.Runtime{Clock: w.clock, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)})
		assert.ErrorContains(t, err, "VERIFY_PAYMENTS", text)
	}
}
