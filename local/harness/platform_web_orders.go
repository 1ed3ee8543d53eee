package harness

import (
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// ordersPath is the address that Huawei Cloud's payment page leads back to, see
// https://support.huaweicloud.com/devg-bpconsole/access_00012.html.
const ordersPath = "/orders/paid"

// orderAnswer is what the function confirms of an order.
type orderAnswer struct {
	OrderID   string           `json:"order_id"`
	Confirmed bool             `json:"confirmed"`
	Status    string           `json:"status"`
	Amount    *decimal.Decimal `json:"amount"`
	Currency  string           `json:"currency"`
	PaidAt    time.Time        `json:"paid_at"`
}

// showOrders is where a customer lands after a payment. What the address says is asked
// about, and only what the function confirms is shown.
func (s *web) showOrders(w http.ResponseWriter, r *http.Request) {
	a, ok := s.signedIn(r)
	if !ok {
		s.askWho(w, http.StatusOK, "", "")
		return
	}
	p := page{Title: "My orders", Account: a}
	var customer customerAnswer
	err := s.platform.Call(r.Context(), http.MethodGet, "/onboard/customers/"+a.ID, nil, &customer)
	if err == nil {
		var out struct {
			Orders []orderAnswer `json:"orders"`
		}
		in := map[string]any{"customer_id": customer.CustomerID, "query": r.URL.RawQuery}
		err = s.platform.Call(r.Context(), http.MethodPost, "/payorder/returns", in, &out)
		p.Orders = out.Orders
	}
	if err != nil {
		p.Problem = explain(err)
	}
	s.show(w, http.StatusOK, "orders", p)
}
