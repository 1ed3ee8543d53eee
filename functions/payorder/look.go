package payorder

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// orderLines is how many lines of an order are read: the API's largest page. An
// order with more cannot be verified here.
const orderLines = 100

// orderIDPattern is wider than the ids that Huawei Cloud gives, such as
// CS2603100900XXXXX.
var orderIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

type orderAnswer struct {
	OrderID        string          `json:"order_id"`
	CustomerID     string          `json:"customer_id"`
	Status         string          `json:"status"`
	Service        string          `json:"service"`
	Lines          []lineAnswer    `json:"lines"`
	OfficialAmount decimal.Decimal `json:"official_amount"`
	// Amount is the price before coupons and cards.
	Amount    decimal.Decimal `json:"amount"`
	Currency  string          `json:"currency"`
	CreatedAt time.Time       `json:"created_at,omitzero"`
	PayBefore time.Time       `json:"pay_before,omitzero"`
	PaidAt    time.Time       `json:"paid_at,omitzero"`
	Payable   bool            `json:"payable"`
	Checks    []Check         `json:"checks"`
}

type lineAnswer struct {
	Product  string          `json:"product"`
	Period   string          `json:"period,omitempty"`
	Quantity int             `json:"quantity"`
	Amount   decimal.Decimal `json:"amount"`
}

// look shows an order and whether it can be paid now.
func (f *function) look(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	order, err := f.lookAt(ctx, r.PathValue("order_id"), r.Query.Get("customer_id"))
	if err != nil {
		return nil, err
	}
	return handler.OK(describeOrder(order.OrderDetails, order.verify(f.clock.Now()))), nil
}

// orderLook is an order with all that is known of whether it can be paid.
type orderLook struct {
	bss.OrderDetails
	customer bss.SubCustomer
	// combined is the number of the combined order that it is a member of; empty where
	// it is none.
	combined string
}

func (f *function) lookAt(ctx context.Context, orderID, customerID string) (orderLook, error) {
	details, err := f.order(ctx, orderID, customerID)
	if err != nil {
		return orderLook{}, err
	}
	customer, err := f.subCustomer(ctx, customerID)
	if err != nil {
		return orderLook{}, err
	}
	combined, err := f.combinedOf(ctx, details.Order)
	return orderLook{details, customer, combined}, err
}

// combinedOf finds the combined order of a member, which itself does not tell. They
// were placed together, and clocks of one API differ by no more than a minute.
func (f *function) combinedOf(ctx context.Context, o bss.Order) (string, error) {
	if o.Status != bss.OrderPendingPayment || o.CreateTime.IsZero() || len(o.SubOrderInfos) > 0 {
		return "", nil
	}
	around := bss.ListCustomerOrdersRequest{
		CustomerID: o.CustomerID, Status: o.Status,
		CreateTimeBegin: bss.At(o.CreateTime.Add(-time.Minute)), CreateTimeEnd: bss.At(o.CreateTime.Add(time.Minute)),
	}
	for other, err := range f.cloud.ListCustomerOrders(ctx, around) {
		if err != nil {
			return "", functions.Problem(err)
		}
		if slices.ContainsFunc(other.SubOrderInfos, func(member bss.Order) bool { return member.OrderID == o.OrderID }) {
			return other.OrderID, nil
		}
	}
	return "", nil
}

// order reads an order and makes sure that it is the customer's.
func (f *function) order(ctx context.Context, orderID, customerID string) (bss.OrderDetails, error) {
	if customerID == "" {
		return bss.OrderDetails{}, handler.Invalid(handler.FieldError{Field: "customer_id", Reason: "is missing"})
	}
	if !orderIDPattern.MatchString(orderID) {
		return bss.OrderDetails{}, orderUnknown(nil)
	}
	details, err := f.cloud.ShowCustomerOrderDetails(ctx, bss.ShowCustomerOrderDetailsRequest{OrderID: orderID, Limit: orderLines})
	if errors.Is(err, bss.ErrNotFound) || err == nil && details.Order.CustomerID != customerID {
		return details, orderUnknown(err)
	}
	return details, functions.Problem(err)
}

// customer finds the name of the customer's account, under which its token is
// issued.
func (f *function) customer(ctx context.Context, customerID string) (bss.Customer, error) {
	c, err := f.subCustomer(ctx, customerID)
	return bss.Customer(c.AccountName), err
}

func (f *function) subCustomer(ctx context.Context, customerID string) (bss.SubCustomer, error) {
	for c, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{CustomerID: customerID}) {
		if err != nil {
			return c, functions.Problem(err)
		}
		if c.CustomerID == customerID {
			return c, nil
		}
	}
	return bss.SubCustomer{}, customerUnknown()
}

func customerUnknown() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "customer_unknown",
		Detail: "The partner has no such customer.",
		Next:   "Check customer_id; a customer that was just registered appears once it is associated."}
}

func orderUnknown(cause error) error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "order_unknown", Cause: cause,
		Detail: "The customer has no such order.",
		Next:   "Check order_id and customer_id."}
}

func describeOrder(d bss.OrderDetails, checks []Check) orderAnswer {
	out := orderAnswer{
		OrderID:        d.Order.OrderID,
		CustomerID:     d.Order.CustomerID,
		Status:         statusName(d.Order.Status),
		Service:        d.Order.ServiceTypeName,
		OfficialAmount: d.Order.OfficialAmount,
		Amount:         d.Order.AmountAfterDiscount,
		Currency:       currencyOf(d.Order),
		CreatedAt:      d.Order.CreateTime.Time,
		PayBefore:      d.Order.PendingPaymentEndTime.Time,
		PaidAt:         d.Order.PaymentTime.Time,
		Payable:        firstFailed(checks) == nil,
		Checks:         checks,
		Lines:          []lineAnswer{},
	}
	for _, l := range d.Lines {
		out.Lines = append(out.Lines, lineAnswer{l.ProductSpecDesc, periodOf(l), l.SubscriptionNum, l.AmountAfterDiscount})
	}
	return out
}
