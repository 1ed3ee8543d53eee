package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
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

// passing are the problems after which the same request is sent again.
var passing = []string{
	"still_running", "outcome_unknown", "campaign_unfinished", "upstream_throttled", "upstream_unavailable", "timeout",
}

// hear takes in what a caller was told about an intention.
func (in *intention) hear(a answer) error {
	in.settled = false
	var s said
	if err := json.Unmarshal(a.body, &s); err != nil {
		return fmt.Errorf("%s: the answer is no JSON: %w: HTTP %d %s", in.name, err, a.status, a.body)
	}
	if a.status >= http.StatusBadRequest {
		in.settled = a.status < http.StatusInternalServerError && !slices.Contains(passing, s.Code)
		return nil
	}
	in.settled = true
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
		switch c.State {
		case "issued":
			w.told[c.CouponID] = true
		case "refused":
		default:
			in.settled = false
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
