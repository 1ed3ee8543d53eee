// Package bss is a client of Huawei Cloud's partner API (BSS), made for code
// that moves money: every call takes a context, every amount is a decimal, every
// failure is a typed error, and nothing that may have happened is repeated.
//
// # Calls
//
// A method is named after its operation in the API and takes the request as a
// value. Operations that only the customer may call take the [Customer] and run
// with a token of that customer, which the client gets through the agency that
// binds the customer to the sales platform, keeps and renews. Lists are
// iterators that fetch page by page:
//
//	for customer, err := range client.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(customer.CustomerID, customer.AccountName)
//	}
//
// # Safety
//
// The API has no idempotency key. Each [Operation] therefore has a [Safety]: a
// Read is retried freely, a Keyed write too because repeating it is harmless or
// refused, and a Once write (money moves, a message leaves) is never sent again
// once it may have been received. Then the error is [ErrOutcomeUnknown]: ask the
// API what happened before anything else.
//
// # Errors
//
// Every failure is an [*Error] that names the operation, the HTTP status, the
// code and the request id. Match conditions with errors.Is:
//
//	if errors.Is(err, bss.ErrInsufficientBalance) { … }
//
// The documentation of the API begins at
// https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0075195203.html.
package bss
