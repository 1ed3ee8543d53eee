package huawei_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

// subscribed is a market in which a resource was renewed, and unsubscribed.
func subscribed(t *testing.T) *market {
	t.Helper()
	return subscribedWith(t, huawei.Options{})
}

func subscribedWith(t *testing.T, o huawei.Options) *market {
	t.Helper()
	m := tradeWith(t, o)
	id := m.buy(huawei.NewOrder{}, benefit{m.grant(voucher("30")), huawei.CouponVoucher}).ID
	m.renew(renewal(2, 1, 1, id))
	m.later(6 * day)
	m.unsubscribe(1, id)
	return m
}

func TestCheckFindsNothingInGoodSubscriptions(t *testing.T) {
	t.Parallel()
	assert.Empty(t, subscribed(t).server.Check())
}

func TestCheckFindsWhatWasTamperedWithInSubscriptions(t *testing.T) {
	t.Parallel()
	for name, tamper := range huawei.TamperSubscriptions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := subscribed(t)
			tamper(m.server)
			assert.NotEmpty(t, m.server.Check())
		})
	}
}
