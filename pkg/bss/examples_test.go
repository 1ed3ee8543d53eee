package bss_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// exampleCalls has one call of every operation, by its name in the contract. The
// preparation returns the call itself.
var exampleCalls = map[string]func(t *testing.T, w *world) func(context.Context, *bss.Client) error{
	"CheckUserIdentity": plain(func(ctx context.Context, c *bss.Client) error {
		_, err := c.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "a-free-name"})
		return err
	}),
	"SendVerificationMessageCode": plain(func(ctx context.Context, c *bss.Client) error {
		return c.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{ReceiverType: bss.ReceiverMobile, MobilePhone: "13800000000"})
	}),
	"CreateSubCustomer": plain(func(ctx context.Context, c *bss.Client) error {
		_, err := c.CreateSubCustomer(ctx, bss.CreateSubCustomerRequest{XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer"})
		return err
	}),
	"ListSubCustomers": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}))
	}),
	"ListCustomerOrders": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListCustomerOrders(ctx, bss.ListCustomerOrdersRequest{}))
	}),
	"ShowCustomerOrderDetails": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
		_, err := c.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: id})
		return err
	}),
	"ListOrderCouponsByOrderId": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
		_, err := c.ListOrderCouponsByOrderID(ctx, resaleName, id)
		return err
	}),
	"ListOrderDiscounts": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
		_, err := c.ListOrderDiscounts(ctx, resaleName, id)
		return err
	}),
	"PayOrders": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
		return c.PayOrders(ctx, resaleName, bss.PayOrdersRequest{OrderID: id})
	}),
	"CancelCustomerOrder": withOrder(func(ctx context.Context, c *bss.Client, id string) error {
		return c.CancelCustomerOrder(ctx, resaleName, id)
	}),
	"ListQuotaCoupons": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListQuotaCoupons(ctx, bss.ListQuotaCouponsRequest{}))
	}),
	"CreatePartnerCoupons": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		return w.issuing(t)
	},
	"ReclaimPartnerCoupons": func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		coupon := w.coupon(t, "10")
		return func(ctx context.Context, c *bss.Client) error { return c.ReclaimPartnerCoupons(ctx, coupon) }
	},
	"ListIssuedPartnerCoupons": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListIssuedPartnerCoupons(ctx, bss.ListIssuedPartnerCouponsRequest{}))
	}),
	"ListPartnerCouponsRecord": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{}))
	}),
	"ListPartnerBalances": plain(func(ctx context.Context, c *bss.Client) error {
		_, err := c.ListPartnerBalances(ctx)
		return err
	}),
	"ShowCustomerAccountBalances": plain(func(ctx context.Context, c *bss.Client) error {
		_, err := c.ShowCustomerAccountBalances(ctx, resaleName)
		return err
	}),
	"ListCustomersBalancesDetail": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
		return func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListCustomersBalancesDetail(ctx, w.resale)
			return err
		}
	},
	"UpdateCustomerAccountAmount": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
		return func(ctx context.Context, c *bss.Client) error {
			_, err := c.UpdateCustomerAccountAmount(ctx, bss.TransferRequest{CustomerID: w.resale, Amount: yuan("10")})
			return err
		}
	},
	"ReclaimToPartnerAccount": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
		return func(ctx context.Context, c *bss.Client) error {
			_, err := c.ReclaimToPartnerAccount(ctx, bss.TransferRequest{CustomerID: w.resale, Amount: yuan("10")})
			return err
		}
	},
	"ListPartnerAdjustRecords": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{}))
	}),
	"ListConsumeSubCustomers": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListConsumeSubCustomers(ctx, bss.ListConsumeSubCustomersRequest{BillCycle: "2026-02"}))
	}),
	"ListSubCustomerBillDetail": func(_ *testing.T, w *world) func(context.Context, *bss.Client) error {
		return func(ctx context.Context, c *bss.Client) error {
			return drain(c.ListSubCustomerBillDetail(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: w.resale}))
		}
	},
	"ListSubcustomerMonthlyBills": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListSubcustomerMonthlyBills(ctx, bss.ListSubcustomerMonthlyBillsRequest{Cycle: "2026-02", ChargeMode: bss.ChargePeriod}))
	}),
	"ListIncentiveDiscountPolicies": plain(func(ctx context.Context, c *bss.Client) error {
		return drain(c.ListIncentiveDiscountPolicies(ctx, bss.ListIncentiveDiscountPoliciesRequest{Month: "2026-02"}))
	}),
}

func plain(call func(context.Context, *bss.Client) error) func(*testing.T, *world) func(context.Context, *bss.Client) error {
	return func(*testing.T, *world) func(context.Context, *bss.Client) error { return call }
}

func withOrder(call func(context.Context, *bss.Client, string) error) func(*testing.T, *world) func(context.Context, *bss.Client) error {
	return func(t *testing.T, w *world) func(context.Context, *bss.Client) error {
		id := w.order(t, huawei.NewOrder{})
		return func(ctx context.Context, c *bss.Client) error { return call(ctx, c, id) }
	}
}

// issuing is a call that issues one coupon of 10 from a new quota.
func (w *world) issuing(t *testing.T) func(context.Context, *bss.Client) error {
	quota := w.quota(t)
	return func(ctx context.Context, c *bss.Client) error {
		_, err := c.CreatePartnerCoupons(ctx, bss.CreatePartnerCouponsRequest{
			QuotaID: quota, CustomerIDs: []string{w.resale}, FaceValue: yuan("10"), Memo: "memo-1",
		})
		return err
	}
}

// coupon issues a coupon to the resale customer and returns its id.
func (w *world) coupon(t *testing.T, face string) string {
	t.Helper()
	issued, err := w.client(t).CreatePartnerCoupons(t.Context(), bss.CreatePartnerCouponsRequest{
		QuotaID: w.quota(t), CustomerIDs: []string{w.resale}, FaceValue: yuan(face), Memo: "memo-1",
	})
	require.NoError(t, err)
	require.Len(t, issued.Coupons, 1)
	return issued.Coupons[0].CouponID
}

func drain[T any](rows iter.Seq2[T, error]) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}
