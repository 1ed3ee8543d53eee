package bss_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

// Asked in a customer's name, the answer has the customer's discounts.
func ExampleClient_ListRateOnPeriodDetail() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	must(cloud.GrantPriceDiscount(huawei.NewPriceDiscount{
		CustomerID: customerID, Type: int(bss.PriceDiscountPartner), Ratio: decimal.RequireFromString("0.9"),
	}))

	prices, err := client.As("yongzhi").ListRateOnPeriodDetail(context.Background(), bss.ListRateOnPeriodDetailRequest{
		ProjectID: "0123456789abcdef0123456789abcdef", // the customer's in the region
		ProductInfos: []bss.PeriodProduct{{
			ID: "server", CloudServiceType: "hws.service.type.ec2", ResourceType: "hws.resource.type.vm",
			ResourceSpec: "c7.xlarge.2.linux", Region: "cn-north-4",
			PeriodType: bss.PeriodYear, PeriodNum: 1, SubscriptionNum: 1,
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("list price", prices.OfficialWebsiteRatingResult.OfficialWebsiteAmount, prices.Currency)
	for _, offer := range prices.OptionalDiscountRatingResults {
		fmt.Println("with the partner's discount", offer.Amount)
	}
	// Output:
	// list price 4205 CNY
	// with the partner's discount 3784.5
}

// The balance is asked for with a token of the customer, which the client gets.
func ExampleClient_ShowCustomerAccountBalances() {
	cloud, client, stop := simulation()
	defer stop()
	must(cloud.AddAccount(resale("yongzhi")))

	has, err := client.ShowCustomerAccountBalances(context.Background(), "yongzhi")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, account := range has.Accounts {
		fmt.Println(account.Amount, account.Currency)
	}
	fmt.Println("debt", has.DebtAmount)
	// Output:
	// 1000 CNY
	// debt 0
}

// The answer to an allocation is lost. The client does not repeat it; the records tell
// what came of it.
func ExampleClient_UpdateCustomerAccountAmount() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	if err := cloud.SetPartnerBalance(decimal.NewFromInt(5000)); err != nil {
		fmt.Println(err)
		return
	}
	must(cloud.AddFault(huawei.Fault{
		Operation: "UpdateCustomerAccountAmount", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1,
	}))

	ctx := context.Background()
	amount := decimal.RequireFromString("250.75")
	_, err := client.UpdateCustomerAccountAmount(ctx, bss.UpdateCustomerAccountAmountRequest{CustomerID: customerID, Amount: amount})
	fmt.Println("unknown:", errors.Is(err, bss.ErrOutcomeUnknown))

	for record, err := range client.ListPartnerAdjustRecords(ctx, bss.ListPartnerAdjustRecordsRequest{
		CustomerID:         customerID,
		OperationType:      bss.AdjustAllocate,
		OperationTimeBegin: bss.At(monday.Add(-time.Minute)), // shortly before the call
		OperationTimeEnd:   bss.At(monday.Add(time.Hour)),
	}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if record.Amount.Equal(amount) {
			fmt.Println("done:", record.Amount, record.Currency, record.OperationTime)
		}
	}
	// Output:
	// unknown: true
	// done: 250.75 CNY 2026-03-02T01:00:00Z
}

// A coupon is found again by the memo that it was issued with.
func ExampleClient_CreatePartnerCoupons() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	quotaID := must(cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000)}))

	ctx := context.Background()
	issued, err := client.CreatePartnerCoupons(ctx, bss.CreatePartnerCouponsRequest{
		QuotaID:     quotaID,
		CustomerIDs: []string{customerID, "somebody-else"},
		FaceValue:   decimal.RequireFromString("99.90"),
		Memo:        "spring-2026/user-4711",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(issued.Coupons), "issued,", len(issued.Errors), "refused")

	for record, err := range client.ListPartnerCouponsRecord(ctx, bss.ListPartnerCouponsRecordRequest{
		OperationTypes: []bss.CouponOperation{bss.RecordIssue}, QuotaID: quotaID, CustomerID: customerID,
	}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if record.Remark == "spring-2026/user-4711" && record.Done() {
			fmt.Println("found:", record.OperationAmount)
		}
	}
	// Output:
	// 1 issued, 1 refused
	// found: 99.9
}

// A month of records is streamed, one page in memory at a time. Who counts the rows can
// go on after a stop.
func ExampleClient_ListSubCustomerBillDetail() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	if err := cloud.AddBills("2026-02", customerID, 250); err != nil {
		fmt.Println(err)
		return
	}

	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: customerID}
	read := func(atMost int) (sum decimal.Decimal, err error) {
		for record, err := range client.ListSubCustomerBillDetail(context.Background(), request) {
			if err != nil || atMost == 0 {
				return sum, err
			}
			sum = sum.Add(record.PaymentAmount)
			request.Offset++
			atMost--
		}
		return sum, nil
	}
	first := must(read(100)) // the process is stopped here
	rest := must(read(1000))
	fmt.Println(request.Offset, "records,", first.Add(rest), "CNY")
	// Output: 250 records, 147254.46 CNY
}

// Records by the page, as the API printed them, cost no allocation each. They are valid
// until the next page.
func ExampleClient_ListSubCustomerBillDetailPages() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	if err := cloud.AddBills("2026-02", customerID, 2500); err != nil {
		fmt.Println(err)
		return
	}

	request := bss.ListSubCustomerBillDetailRequest{BillCycle: "2026-02", CustomerID: customerID}
	sum := decimal.Zero
	for page, err := range client.ListSubCustomerBillDetailPages(context.Background(), request) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range page.Rows {
			sum = sum.Add(must(decimal.NewFromString(string(page.Rows[i][bss.FeePaymentAmount]))))
		}
		fmt.Println(page.Offset+len(page.Rows), "of", page.Total)
	}
	fmt.Println(sum, "CNY")
	// Output:
	// 1000 of 2500
	// 2000 of 2500
	// 2500 of 2500
	// 1767995.17 CNY
}

// A payment that the ledger keeps happens once, whoever asks for it how often. Here the
// answer to it is lost: the second call looks at the order and does not pay again.
func ExampleClient_PayOrders_once() {
	cloud, client, stop := simulation()
	defer stop()
	customerID := must(cloud.AddAccount(resale("yongzhi")))
	orderID := must(cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.RequireFromString("80.50")}))
	must(cloud.AddFault(huawei.Fault{Operation: "PayOrders", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1}))

	payment := ledger.Effect[string]{
		Apply: func(ctx context.Context) (string, error) {
			err := client.PayOrders(ctx, "yongzhi", bss.PayOrdersRequest{OrderID: orderID})
			if err != nil && !errors.Is(err, bss.ErrOutcomeUnknown) {
				return "", ledger.Refused(err) // nothing was paid: it may be tried again
			}
			return "paid", err
		},
		Find: func(ctx context.Context, _ time.Time) (string, ledger.Finding, error) {
			details, err := client.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: orderID})
			switch {
			case err != nil:
				return "", ledger.Unclear, err
			case details.Order.Status == bss.OrderPendingPayment:
				return "", ledger.Absent, nil
			case details.Order.Status == bss.OrderProcessing, details.Order.Status == bss.OrderCompleted:
				return "paid", ledger.Found, nil
			}
			return "", ledger.Unclear, nil
		},
		Settle: 30 * time.Second, // by then an order shows that it is paid
	}
	book := ledger.New(memory.New(), ledger.Options{Now: func() time.Time { return monday }}) // not memory where money is real
	for range 2 {
		outcome, err := ledger.Do(context.Background(), book, "pay/"+orderID, ledger.Fingerprint{"amount": "80.50"}, payment)
		if _, ok := errors.AsType[*ledger.UnknownError](err); ok {
			fmt.Println("nobody knows yet")
			continue
		}
		fmt.Println(outcome, err)
	}
	left := must(client.ShowCustomerAccountBalances(context.Background(), "yongzhi"))
	fmt.Println(left.Accounts[0].Amount, left.Currency, "left of 1000")
	// Output:
	// nobody knows yet
	// paid <nil>
	// 919.5 CNY left of 1000
}
