package bss_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// monday is when the examples happen.
var monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// must stands for the error handling that the examples are not about.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// simulation starts a simulated Huawei Cloud, and a client that calls it.
func simulation() (cloud *huawei.Server, client *bss.Client, stop func()) {
	frozen := clock.NewFrozen(monday)
	cloud = must(huawei.NewServer(huawei.Options{Clock: frozen, Seed: 1}))
	listener := httptest.NewServer(cloud.API())
	client = must(bss.New(bss.Config{
		Site:        bss.SiteCN,
		Endpoint:    listener.URL, // leave both out to call Huawei Cloud
		IAMEndpoint: listener.URL,
		Keys:        sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
		User:        bss.User{Domain: "sim-partner", Name: "sim-operator", Password: "Sim-Operator-1"},
		Agency:      "SIM_IDP",
		Clock:       frozen,
	}))
	return cloud, client, listener.Close
}

// resale is a customer with 1,000 CNY of the partner's.
func resale(name string) huawei.Account {
	return huawei.Account{Name: name, Association: huawei.AssociationResale, Cash: decimal.NewFromInt(1000)}
}

// A client needs a site and the partner's keys. Against Huawei Cloud neither address is
// given; here both are those of a simulated one.
func Example() {
	cloud := must(huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(monday), Seed: 1}))
	listener := httptest.NewServer(cloud.API())
	defer listener.Close()

	client, err := bss.New(bss.Config{
		Site:        bss.SiteCN,
		Endpoint:    listener.URL,
		IAMEndpoint: listener.URL,
		Keys:        sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
		Clock:       clock.NewFrozen(monday), // left out, it is the system's
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := cloud.SetPartnerBalance(decimal.RequireFromString("5000.50")); err != nil {
		fmt.Println(err)
		return
	}
	accounts, err := client.ListPartnerBalances(context.Background(), bss.ListPartnerBalancesRequest{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, account := range accounts {
		if account.AccountType == bss.AccountBalanceType {
			fmt.Println(account.Amount.Sub(account.DesignatedAmount), account.Currency, "can be allocated")
		}
	}
	// Output: 5000.5 CNY can be allocated
}

func ExampleClient_CreateSubCustomer() {
	_, client, stop := simulation()
	defer stop()

	ctx := context.Background()
	identity, err := client.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "yongzhi"})
	if err != nil || identity.CheckResult != bss.Available {
		fmt.Println("the login name cannot be had", err)
		return
	}
	created, err := client.CreateSubCustomer(ctx, bss.CreateSubCustomerRequest{
		XAccountID:   "user-4711", // the platform's own id of its user
		XAccountType: "SIM_IDP",
		DomainName:   "yongzhi",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(created.DomainName, created.DomainID != "")
	// Output: yongzhi true
}

func ExampleClient_ListSubCustomers() {
	cloud, client, stop := simulation()
	defer stop()
	must(cloud.AddAccount(resale("yongzhi")))
	must(cloud.AddAccount(resale("anding")))

	for customer, err := range client.ListSubCustomers(context.Background(), bss.ListSubCustomersRequest{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(customer.AccountName, customer.AssociatedOn, customer.AssociationType == bss.Resale)
	}
	// Output:
	// yongzhi 2026-03-02T01:00:00Z true
	// anding 2026-03-02T01:00:00Z true
}

// An order, and what its customer can pay it with besides money.
func ExampleClient_ShowCustomerOrderDetails() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{
		CustomerID: customerID, OfficialAmount: decimal.RequireFromString("80.50"),
		Discounts: []huawei.Discount{{Type: huawei.DiscountPromotion, Ratio: decimal.RequireFromString("0.9")}},
	}))
	must(cloud.GrantCoupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponVoucher, Value: decimal.NewFromInt(30)}))

	ctx := context.Background()
	details, err := client.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: orderID})
	if err != nil {
		fmt.Println(err)
		return
	}
	order := details.Order
	fmt.Println(order.AmountAfterDiscount, order.Currency, "until", order.PendingPaymentEndTime)

	coupons, err := client.ListOrderCouponsByOrderID(ctx, "yongzhi", bss.ListOrderCouponsByOrderIDRequest{OrderID: orderID})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, coupon := range coupons.UserCoupons {
		if coupon.CouponType == bss.KindVoucher {
			fmt.Println("a voucher with", coupon.Balance, "left")
		}
	}
	discounts, err := client.ListOrderDiscounts(ctx, "yongzhi", bss.ListOrderDiscountsRequest{OrderID: orderID})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, discount := range discounts {
		fmt.Println("a promotion:", discount.DiscountType == bss.DiscountPromotion, discount.DiscountValue)
	}
	// Output:
	// 80.5 CNY until 2026-03-09T01:00:00Z
	// a voucher with 30 left
	// a promotion: true 0.9
}

// An order is paid with a voucher, and what that does not cover with money.
func ExampleClient_PayOrders() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.RequireFromString("80.50")}))
	voucher := must(cloud.GrantCoupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponVoucher, Value: decimal.NewFromInt(30)}))

	ctx := context.Background()
	err := client.PayOrders(ctx, "yongzhi", bss.PayOrdersRequest{
		OrderID: orderID, Coupons: []bss.UsedCoupon{{ID: voucher, Type: bss.KindVoucher}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	details, err := client.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: orderID})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("being processed:", details.Order.Status == bss.OrderProcessing)
	left, err := client.ShowCustomerAccountBalances(ctx, "yongzhi")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(left.Accounts[0].Amount, left.Currency, "left of 1000")
	// Output:
	// being processed: true
	// 949.5 CNY left of 1000
}

func ExampleError() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.NewFromInt(5000)}))

	err := client.PayOrders(context.Background(), "yongzhi", bss.PayOrdersRequest{OrderID: orderID})
	switch {
	case errors.Is(err, bss.ErrOutcomeUnknown):
		fmt.Println("look at the order before paying again")
	case errors.Is(err, bss.ErrInsufficientBalance):
		fmt.Println("allocate money to the customer first")
	}
	if failure, ok := errors.AsType[*bss.Error](err); ok {
		fmt.Println(failure.Operation.Name, failure.Status, failure.Code)
	}
	// Output:
	// allocate money to the customer first
	// PayOrders 400 CBC.99005003
}
