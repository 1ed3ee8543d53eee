package payorder_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

// A refused payment is no payment: the order can be paid in another way.
func TestARefusedPaymentCanBeQuotedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.place(huawei.NewOrder{}), w.place(huawei.NewOrder{})
	voucher := w.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})
	choice := fields{"coupon_ids": []string{voucher}}
	refused := w.payment(second, w.quote(second, choice).Quote)
	w.pay(first, w.payment(first, w.quote(first, choice).Quote))
	assert.Equal(t, "coupon_not_usable", w.notPaid(second, refused).Code)

	in := w.payment(second, w.quote(second, nil).Quote)
	assert.Equal(t, "1000", w.pay(second, in).Payable.String())
	assert.Equal(t, "key_conflict", w.notPaid(second, refused).Code, "what was paid is settled")
	assert.Equal(t, 2, w.payments())
	w.requireSound()
}
