package couponissue

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// couponChanges is what is read with a customer's token.
type couponChanges interface {
	ListCustomerCouponChangeRecords(ctx context.Context, customer bss.Customer, r bss.ListCustomerCouponChangeRecordsRequest) iter.Seq2[bss.CouponChange, error]
}

// CouponChange is one thing that changed a voucher: given, used, given back, taken
// back, expired.
type CouponChange struct {
	CouponID string `json:"coupon_id"`
	// TradeDetailType is what it was, in the API's words.
	TradeDetailType string `json:"trade_detail_type"`
	// Direction is REVENUE or EXPENSE.
	Direction string          `json:"direction"`
	Amount    decimal.Decimal `json:"amount"`
	// BalanceAfter is what the coupon held then.
	BalanceAfter decimal.Decimal `json:"balance_after"`
	Currency     string          `json:"currency"`
	TradeTime    time.Time       `json:"trade_time"`
	// TradeID is that of the transaction or of the order.
	TradeID string `json:"trade_id"`
}

// listCouponChanges answers a page of what changed a customer's vouchers.
func (f *function) listCouponChanges(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	q := newQuery(r.Query, "coupon_id", "from", "to", "offset", "limit")
	in := bss.ListCustomerCouponChangeRecordsRequest{
		BalanceType: bss.BalanceCoupon, CouponID: q.id("coupon_id"),
		TradeTimeBegin: q.day("from"), TradeTimeEnd: q.day("to"), Offset: q.number("offset", 0, 0, maxStatement),
	}
	customerID, limit := r.PathValue("customer_id"), q.number("limit", maxRows, 1, maxRows)
	q.match("customer_id", customerID, idPattern)
	if err := q.problem(); err != nil {
		return nil, err
	}
	if !f.hasTokens {
		return nil, customerTokensMissing()
	}
	customer, err := f.customer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	rows, more, err := page(f.cloud.ListCustomerCouponChangeRecords(ctx, customer, in), limit, func(c bss.CouponChange) CouponChange {
		return CouponChange{
			CouponID: c.CouponID, TradeDetailType: string(c.TradeDetailType), Direction: string(c.RevenueExpenseType),
			Amount: c.ChangeAmount, BalanceAfter: c.BalanceAfterChange, Currency: c.Currency,
			TradeTime: c.TradeTime.Time, TradeID: c.TradeID,
		}
	})
	if err != nil {
		return nil, funds.LookProblem(err)
	}
	return handler.OK(map[string]any{"changes": rows, "next": next(in.Offset, len(rows), more)}), nil
}

// customer finds the account name of a customer, by which its token is asked for.
func (f *function) customer(ctx context.Context, customerID string) (bss.Customer, error) {
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: customerID}) {
		if err != nil {
			return "", funds.LookProblem(err)
		}
		if c.CustomerID == customerID {
			return bss.Customer(c.AccountName), nil
		}
	}
	return "", &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown",
		Detail: "The partner has no such customer.",
		Next:   "Check customer_id, and that the customer is still associated with the partner."}
}

func customerTokensMissing() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "customer_tokens_missing",
		Detail: "What changed a customer's coupons is read with the customer's token, and no IAM user is configured to get one.",
		Next:   "Set BSS_IAM_DOMAIN, BSS_IAM_USER and BSS_IAM_PASSWORD; GET /couponissue/customers/{customer_id}/coupons works without."}
}
