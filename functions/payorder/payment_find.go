package payorder

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// findPayment tells by an order whether a payment that was begun at or after since has
// paid it. An order says that it is paid, when, and out of what, but not by whose call.
// So it was
//
//   - not this payment's, where it was paid before that was begun;
//   - in doubt, where the balance has paid another amount than was quoted: somebody has
//     paid it in another way, or the quote was not exact. A person should compare;
//   - this payment's, otherwise. Somebody who paid the same order at the same time from
//     the same balance with the same coupons cannot be told from us, and the recorded
//     outcome says "found", not "answered".
func findPayment(o bss.Order, q Quote, since time.Time) (ledger.Finding, error) {
	switch o.Status {
	case bss.OrderProcessing, bss.OrderCompleted:
		return findPaid(o, q, since)
	case bss.OrderPendingPayment, bss.OrderCancelled:
		return ledger.Absent, nil
	case bss.OrderPendingApproval, bss.OrderPendingRefund, bss.OrderPendingConfirmation,
		bss.OrderPendingDelivery, bss.OrderPendingReceipt, bss.OrderPendingPickup, bss.OrderReplacing:
	}
	return ledger.Unclear, nil
}

func findPaid(o bss.Order, q Quote, since time.Time) (ledger.Finding, error) {
	if !o.PaymentTime.IsZero() && o.PaymentTime.Before(since.Add(-clockSkew)) {
		return ledger.Absent, nil
	}
	if paid := paidByBalance(o); !paid.Equal(q.Payable) {
		return ledger.Unclear, fmt.Errorf(
			"the order %s was paid at %s with %s from the balance, which is not the %s that were quoted: look in the partner centre who paid it, and decide",
			o.OrderID, o.PaymentTime, paid.StringFixed(2), q.Payable.StringFixed(2))
	}
	return ledger.Found, nil
}

// paidByBalance is what coupons and cards left to the balance.
func paidByBalance(o bss.Order) decimal.Decimal {
	i := o.AmountInfo
	return o.AmountAfterDiscount.Sub(i.CouponAmount).Sub(i.FlexipurchaseCouponAmount).Sub(i.StoredCardAmount)
}
