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

// must stands for the error handling that the examples are not about.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// simulation starts a simulated Huawei Cloud, and a client that calls it.
func simulation() (cloud *huawei.Server, client *bss.Client, stop func()) {
	frozen := clock.NewFrozen(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
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

func resale(name string) huawei.Account {
	return huawei.Account{Name: name, Association: huawei.AssociationResale, Cash: decimal.NewFromInt(1000)}
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

func ExampleClient_CreateSubCustomer() {
	_, client, stop := simulation()
	defer stop()

	created, err := client.CreateSubCustomer(context.Background(), bss.CreateSubCustomerRequest{
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

func ExampleClient_PayOrders() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.RequireFromString("80.50")}))

	ctx := context.Background()
	if err := client.PayOrders(ctx, "yongzhi", bss.PayOrdersRequest{OrderID: orderID}); err != nil {
		fmt.Println(err)
		return
	}
	details, err := client.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: orderID})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(details.Order.AmountAfterDiscount, details.Order.Currency, details.Order.Status == bss.OrderProcessing)
	// Output: 80.5 CNY true
}

func ExampleClient_CreatePartnerCoupons() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	quotaID := must(cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000)}))

	ctx := context.Background()
	issued, err := client.CreatePartnerCoupons(ctx, bss.CreatePartnerCouponsRequest{
		QuotaID:     quotaID,
		CustomerIDs: []string{customerID},
		FaceValue:   decimal.RequireFromString("99.90"),
		Memo:        "spring-2026/user-4711", // finds the coupon again if the answer is lost
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(issued.Coupons), "issued,", len(issued.Errors), "refused")

	for record, err := range client.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{QuotaID: quotaID}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(record.Remark, record.OperationAmount, record.Done())
	}
	// Output:
	// 1 issued, 0 refused
	// spring-2026/user-4711 99.9 true
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
