package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// said is what an answer may hold, of whichever function.
type said struct {
	Code       string `json:"code"`
	OrderID    string `json:"order_id"`
	TransferID string `json:"transfer_id"`
	Customers  []struct {
		CustomerID string `json:"customer_id"`
		State      string `json:"state"`
		CouponID   string `json:"coupon_id"`
	} `json:"customers"`
}

// lasting are the problems that asking again does not end.
var lasting = []string{"balance_insufficient", "partner_balance_insufficient", "customer_balance_insufficient", "order_past_deadline"}

// renewable are the problems of a payment whose quote or code has ended.
var renewable = []string{"quote_expired", "code_missing", "code_expired", "code_used", "code_used_up", "code_replaced"}

// hear takes in what a caller was told about an intention.
func (in *intention) hear(a answer) error {
	var s said
	if err := json.Unmarshal(a.body, &s); err != nil {
		return fmt.Errorf("%s: the answer is no JSON: %w: HTTP %d %s", in.name, err, a.status, a.body)
	}
	in.code = s.Code
	if a.status >= http.StatusBadRequest {
		return nil
	}
	for _, w := range in.wanted {
		switch w.operation {
		case opPay:
			w.told[s.OrderID] = true
		case opAllocate, opReclaim:
			w.told[s.TransferID] = true
		}
	}
	for _, c := range s.Customers {
		w := in.of(c.CustomerID)
		if w == nil {
			return fmt.Errorf("%s: the report names the customer %s", in.name, c.CustomerID)
		}
		if c.State == "issued" {
			w.told[c.CouponID] = true
		}
	}
	return nil
}

func (in *intention) of(customer string) *wanted {
	for _, w := range in.wanted {
		if w.customer == customer {
			return w
		}
	}
	return nil
}
