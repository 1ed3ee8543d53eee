package payorder_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestEveryRefusalOfAPaymentHasItsProblem(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"CBC.99003106": "order_changed", "CBC.99000089": "order_combined", "CBC.99003110": "order_past_deadline",
		"CBC.99003162": "order_effective_time_passed", "CBC.99003141": "capacity_short", "CBC.99005003": "balance_insufficient",
		"CBC.99003155": "project_funds_short", "CBC.99003198": "enterprise_budget_short", "CBC.99006093": "tax_rate_unavailable",
		"CBC.99000088": "payment_in_progress", "CBC.99008040": "payment_too_frequent", "CBC.99008056": "payment_daily_limit",
		"CBC.99007281": "account_frozen", "CBC.8214": "account_frozen", "CBC.18000016": "partner_limit_reached",
		"CBC.99003108": "coupon_not_usable", "CBC.99003112": "coupon_not_usable", "CBC.99003116": "coupon_not_usable",
		"CBC.99003117": "coupon_not_usable", "CBC.99003147": "coupon_not_usable", "CBC.99003156": "coupon_not_usable",
	} {
		p := payorder.RefusalOf(&bss.Error{Status: http.StatusBadRequest, Code: code})
		require.NotNil(t, p, code)
		assert.Equal(t, want, p.Code, code)
		assert.Equal(t, http.StatusConflict, p.Status, code)
		assert.NotEmpty(t, p.Detail, code)
		assert.NotEmpty(t, p.Next, code)
	}
	for _, err := range []error{nil, errors.New("another"), &bss.Error{Code: "CBC.0999"}, &bss.Error{Code: "CBC.99003110", Unknown: true}} {
		assert.Nil(t, payorder.RefusalOf(err))
	}
}

func TestAShortageSaysOfWhatAndWhatHelps(t *testing.T) {
	t.Parallel()
	rows := func(rows string) *bss.Error {
		return &bss.Error{Code: "CBC.99003141", Body: []byte(`{"quota_infos":[` + rows + `]}`)}
	}
	p := payorder.RefusalOf(rows(`{"region_code":"cn-north-4","cloud_service_type_name":"ECS","error_type":1},{"error_type":1}`))
	assert.Equal(t, "quota_short", p.Code)
	assert.Contains(t, p.Next, "pay the same order")
	require.Len(t, p.Fields, 2)
	assert.Equal(t, "resources[0]", p.Fields[0].Field)
	assert.Equal(t, "cn-north-4 ECS: the customer's quota is too small", p.Fields[0].Reason)
	assert.Equal(t, "a resource: the customer's quota is too small", p.Fields[1].Reason)

	p = payorder.RefusalOf(rows(`{"error_type":2},{"error_type":1}`))
	assert.Equal(t, "capacity_short", p.Code, "a higher quota does not help the other one")
	assert.Contains(t, p.Next, "order again")
	p = payorder.RefusalOf(rows(`{"error_type":7}`))
	assert.Equal(t, "capacity_short", p.Code, "nobody knows the kind")
	assert.Contains(t, p.Next, "higher quota")
	seen := map[string]bool{}
	for _, kind := range []string{"1", "2", "3", "4", "99"} {
		seen[payorder.RefusalOf(rows(`{"error_type":`+kind+`}`)).Next] = true
	}
	assert.Len(t, seen, 5, "each kind has its own advice")
}

func TestProjectsWithoutFundsAreNamed(t *testing.T) {
	t.Parallel()
	p := payorder.RefusalOf(&bss.Error{Code: "CBC.99003155", Body: []byte(`{"enterprise_project_auth_result":[{"enterprise_project_id":"0","enterprise_project_name":"default"}]}`)})
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "projects[0]", p.Fields[0].Field)
	assert.Equal(t, "0 default: its funds are too small", p.Fields[0].Reason)
}

func TestPaymentsThatAreTooMany(t *testing.T) {
	t.Parallel()
	for code, limit := range map[string]huawei.Conditions{
		"payment_too_frequent": {PaymentInterval: huawei.Duration(time.Hour)},
		"payment_daily_limit":  {PaymentsPerDay: 1},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			first, second := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{})
			w.pay(first, w.payment(first, w.quote(first, nil).Quote))
			in := w.payment(second, w.quote(second, nil).Quote)
			require.NoError(t, w.Sim.SetConditions(w.customer, limit))
			before := w.Sim.Journal()
			p := w.notPaid(second, in)
			assert.Equal(t, code, p.Code)
			assert.Equal(t, http.StatusConflict, p.Status)
			assert.Equal(t, before, w.Sim.Journal())
		})
	}
}
