package payorder

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// maxReturned bounds how many orders are asked for in one return.
	maxReturned = 10
	// maxReturnQuery bounds the query of a return, in bytes; browsers send no longer ones.
	maxReturnQuery = 8 << 10
	// maxReturnPairs is how many of its pairs are looked at.
	maxReturnPairs = 64
)

// returnNames are the names under which a query may hold order ids. Huawei Cloud
// documents none for the address that a customer returns to: these are the likely ones.
//
// See https://support.huaweicloud.com/devg-bpconsole/access_00012.html.
var returnNames = []string{"order_id", "orderId", "order_ids", "orderIds"}

func (f *function) returnRoutes() []handler.Route {
	return []handler.Route{{Method: http.MethodPost, Pattern: "/payorder/returns", Handle: f.confirmReturn}}
}

type returnRequest struct {
	CustomerID string `json:"customer_id"`
	// Query is what the customer's browser came to the landing page with.
	Query string `json:"query"`
	// OrderIDs are what the platform itself knows of.
	OrderIDs []string `json:"order_ids"`
}

type returnAnswer struct {
	CustomerID string          `json:"customer_id"`
	Orders     []returnedOrder `json:"orders"`
}

// returnedOrder is what Huawei Cloud confirms of an order, and nothing where that is
// not the customer's.
type returnedOrder struct {
	OrderID   string           `json:"order_id"`
	Confirmed bool             `json:"confirmed"`
	Status    string           `json:"status,omitempty"`
	Amount    *decimal.Decimal `json:"amount,omitempty"`
	Currency  string           `json:"currency,omitempty"`
	CreatedAt time.Time        `json:"created_at,omitzero"`
	PaidAt    time.Time        `json:"paid_at,omitzero"`
}

// confirmReturn tells what became of a customer's orders when it comes back from
// Huawei Cloud's payment page. Whatever its browser brings along, anybody can write:
// order ids in it are asked for, and nothing else of it is read.
func (f *function) confirmReturn(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in returnRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	out := returnAnswer{CustomerID: in.CustomerID, Orders: []returnedOrder{}}
	for _, id := range in.candidates() {
		order, err := f.returned(ctx, id, in.CustomerID)
		if err != nil {
			return nil, err
		}
		out.Orders = append(out.Orders, order)
	}
	return handler.OK(out), nil
}

func (in returnRequest) validate() error {
	var wrong []handler.FieldError
	if !orderIDPattern.MatchString(in.CustomerID) {
		wrong = append(wrong, handler.FieldError{Field: "customer_id", Reason: "has 1 to 64 letters, digits, _ and -"})
	}
	if len(in.Query) > maxReturnQuery {
		wrong = append(wrong, handler.FieldError{Field: "query", Reason: "is longer than 8 KiB"})
	}
	if len(in.OrderIDs) > maxReturned {
		wrong = append(wrong, handler.FieldError{Field: "order_ids", Reason: fmt.Sprintf("has more than %d order ids", maxReturned)})
	}
	for i, id := range in.OrderIDs {
		field := fmt.Sprintf("order_ids[%d]", i)
		switch {
		case !orderIDPattern.MatchString(id):
			wrong = append(wrong, handler.FieldError{Field: field, Reason: "has 1 to 64 letters, digits, _ and -"})
		case slices.Contains(in.OrderIDs[:i], id):
			wrong = append(wrong, handler.FieldError{Field: field, Reason: "is there twice"})
		}
		if len(wrong) > maxReturned {
			break
		}
	}
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

// candidates are the orders to ask for: those that the platform knows, and then what
// the query hints at, for as long as there is room.
func (in returnRequest) candidates() []string {
	ids := slices.Clone(in.OrderIDs)
	for _, id := range hints(in.Query) {
		if len(ids) == maxReturned {
			break
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// hints are the texts in a query that look like order ids. What cannot be read is left
// out.
func hints(query string) []string {
	var ids []string
	pairs := strings.SplitN(strings.TrimPrefix(query, "?"), "&", maxReturnPairs+1)
	for _, pair := range pairs[:min(len(pairs), maxReturnPairs)] {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil || !slices.Contains(returnNames, name) {
			continue
		}
		for id := range strings.SplitSeq(plain, ",") {
			if orderIDPattern.MatchString(id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// returned asks for an order of the customer. Another customer's is answered like one
// that is not there, or that Huawei Cloud finds no id to be asked for.
func (f *function) returned(ctx context.Context, orderID, customerID string) (returnedOrder, error) {
	out := returnedOrder{OrderID: orderID}
	details, err := f.order(ctx, orderID, customerID)
	if p, ok := errors.AsType[*handler.Problem](err); ok && (p.Code == "order_unknown" || p.Code == "upstream_refused") {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return out.confirm(details.Order), nil
}

func (o returnedOrder) confirm(order bss.Order) returnedOrder {
	o.Confirmed, o.Status = true, statusName(order.Status)
	o.Amount, o.Currency = &order.AmountAfterDiscount, currencyOf(order)
	o.CreatedAt, o.PaidAt = order.CreateTime.Time, order.PaymentTime.Time
	return o
}
