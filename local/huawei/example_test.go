package huawei_test

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

// In one process the server's own client needs no listener.
func ExampleServer_Client() {
	cloud := must(huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)), Seed: 1}))
	customerID := must(cloud.AddAccount(huawei.Account{
		Name: "yongzhi", Association: huawei.AssociationResale, Cash: decimal.NewFromInt(100),
	}))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.NewFromInt(80)}))
	must(cloud.AddFault(huawei.Fault{Operation: "PayOrders", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1}))

	err := cloud.Client().PayOrders(context.Background(), "yongzhi", bss.PayOrdersRequest{OrderID: orderID})
	fmt.Println("outcome unknown:", errors.Is(err, bss.ErrOutcomeUnknown))
	paid := must(cloud.Client().ShowCustomerOrderDetails(context.Background(), bss.ShowCustomerOrderDetailsRequest{OrderID: orderID}))
	fmt.Println("paid all the same:", paid.Order.Status == bss.OrderProcessing)
	fmt.Println("contradictions:", len(cloud.Check()))
	// Output:
	// outcome unknown: true
	// paid all the same: true
	// contradictions: 0
}

// Other processes, and the vendor's SDK, need a listener.
func ExampleServer_API() {
	frozen := clock.NewFrozen(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	cloud := must(huawei.NewServer(huawei.Options{Clock: frozen, Seed: 1}))
	listener := httptest.NewServer(cloud.API())
	defer listener.Close()
	must(cloud.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale}))

	client := must(bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: listener.URL, IAMEndpoint: listener.URL,
		Keys:  sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
		Clock: frozen,
	}))
	for customer, err := range client.ListSubCustomers(context.Background(), bss.ListSubCustomersRequest{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(customer.AccountName, customer.AssociatedOn)
	}
	// Output: yongzhi 2026-03-02T01:00:00Z
}
