// Package bss is a client of Huawei Cloud's partner API (BSS): a partner's customers,
// their orders, resources, prices and bills, and the coupons and the money that they
// get from the partner. It is made for code that moves money: every call takes a
// context, every amount is a decimal, every failure is a typed error, and nothing that
// may have happened is repeated.
//
// # Configuration
//
// [New] makes a [Client] from a [Config]. It needs a [Site] and who calls; everything
// else has a default. Make one client a process, because it keeps quotas and tokens,
// and share it: it is safe for concurrent use.
//
//	client, err := bss.New(bss.Config{
//		Site: bss.SiteCN,
//		Keys: sign.Keys{AccessKey: ak, SecretKey: sk},
//	})
//
// The sites (Chinese mainland, international, European) share nothing, and not every
// operation is on each: what a site does not have fails with [ErrNotOnSite] before it
// is sent. [Operations] lists all of them with their callers, quotas and documentation.
//
// # Credentials
//
// The partner proves itself by [Config.Keys], which sign every request, or by a token
// of [Config.User]. Operations that only a customer may call take the [Customer] after
// the context, by the name of its account: the client gets a token of that customer
// through the agency that binds it to the sales platform ([Config.Agency]), for which it
// needs the user, and keeps and renews it. What partner and customer may both call is
// called by the partner, or by the customer through [Client.As]. After three refused
// signatures in a row nothing more is sent with the key, because Huawei Cloud locks a
// key after five. Keys, passwords and tokens are in no error and in no line of the log.
//
// # Calls
//
// A method is named after its operation in the API and takes the request as a value,
// whose fields are the API's. What is zero is not sent, unless it is required; where a
// zero says something else than nothing, the field is a pointer. Enumerations are types
// with named values; a value that is not named here is kept as the API sent it.
//
// # Lists
//
// Lists are iterators. They fetch as they go, one page in memory at a time, and end
// with the first error:
//
//	for customer, err := range client.ListSubCustomers(ctx, bss.ListSubCustomersRequest{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(customer.CustomerID, customer.AccountName)
//	}
//
// The request's Offset is the row to begin at, so that who counts rows can go on after a
// stop, and its Limit the size of a page. Rows that are added while a list is read push
// others into the next page: where rows have an id, each still comes once. Records of
// bills have none that is surely unique; they come as the API sends them, and none is
// left out. [Collect] reads a short list into a slice;
// [Client.ListSubCustomerBillDetailPages] is for a million records of bills.
//
// # Money and time
//
// Amounts are [decimal.Decimal], from the wire and to it, in the currency that stands
// beside them; where an answer names its currency once, every row carries it. Instants
// are [Time], in UTC and whole seconds. Billing cycles and the days of bills are texts,
// such as 2006-01 and 2006-01-02, and mean months and days of GMT+8.
//
// # Safety and unknown outcomes
//
// But for the transfers within an enterprise, the API has no idempotency key. Each
// [Operation] therefore has a [Safety]. A [Read] is repeated freely. A [Keyed] write is
// repeated too, because a repetition is harmless or refused. A [Once] write moves money
// or sends a message: it is never sent again once it may have been received. Where
// nobody knows what became of a write, its error matches [ErrOutcomeUnknown]; then ask
// the API before anything else. The documentation of each such method says where: an
// order's status, the adjust records, the memo in the records of coupons. Package ledger
// of this module does so; an example of [Client.PayOrders] pays with it.
//
// # Quotas
//
// The API counts calls a second, by operation and account. The client spreads its calls
// to spend that and no more, waits and repeats after a 429, which comes before anything
// happened, and slows down until calls succeed again. Processes that share an account
// divide it by [Config.QuotaPercent].
//
// # Errors
//
// Every failure of a call is an [*Error] with the operation, the HTTP status, the API's
// code and message, and the request's id. Match conditions with [errors.Is], whatever
// code they have, and take the rest with [errors.As]:
//
//	if errors.Is(err, bss.ErrInsufficientBalance) { … }
//
// Refusals that come with HTTP 200 are errors too, but for the items of calls that
// succeed in part: they are in the answer, as [ItemError].
//
// # Testing
//
// Package local/huawei of this module is a simulated Huawei Cloud, strict, stateful and
// faulty on request; the examples here run against it. Point [Config.Endpoint] and
// [Config.IAMEndpoint] at it, or take its client that needs no listener.
//
// The documentation of the API begins at
// https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0075195203.html.
package bss
