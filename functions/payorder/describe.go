package payorder

import (
	"cmp"
	"fmt"

	"github.com/bssfn/bssfn/pkg/bss"
)

var statusNames = map[bss.OrderStatus]string{
	bss.OrderPendingApproval:     "pending_approval",
	bss.OrderPendingRefund:       "pending_refund",
	bss.OrderProcessing:          "processing",
	bss.OrderCancelled:           "cancelled",
	bss.OrderCompleted:           "completed",
	bss.OrderPendingPayment:      "pending_payment",
	bss.OrderPendingConfirmation: "pending_confirmation",
	bss.OrderPendingDelivery:     "pending_delivery",
	bss.OrderPendingReceipt:      "pending_receipt",
	bss.OrderPendingPickup:       "pending_pickup",
	bss.OrderReplacing:           "replacing",
}

func statusName(s bss.OrderStatus) string {
	return cmp.Or(statusNames[s], fmt.Sprintf("status_%d", s))
}

var periodNames = map[bss.PeriodType]string{
	bss.PeriodDay: "day", bss.PeriodWeek: "week", bss.PeriodMonth: "month", bss.PeriodYear: "year",
}

func periodOf(l bss.OrderLine) string {
	name := periodNames[l.PeriodType]
	switch {
	case name == "" || l.PeriodNum == 0:
		return ""
	case l.PeriodNum == 1:
		return "1 " + name
	}
	return fmt.Sprintf("%d %ss", l.PeriodNum, name)
}

// An empty currency of an order means yuan.
func currencyOf(o bss.Order) string { return cmp.Or(o.Currency, "CNY") }
