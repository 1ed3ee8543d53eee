package couponissue

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Page is a page of a campaign's customers.
type Page struct {
	Campaign string `json:"campaign"`
	// Customers are at most 1000, in the order of the campaign. A page can have
	// none: where Next is given, there are more to look at.
	Customers []Outcome `json:"customers"`
	// Next goes into the query as after; empty at the end.
	Next string `json:"next,omitempty"`
}

// listCustomers answers what became of each customer, a part at a time. What was
// open after the last run is looked up in the ledger, which may know more by now.
func (f *function) listCustomers(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	p, err := f.plans.get(ctx, r.PathValue("campaign"))
	if err != nil {
		return nil, err
	}
	if len(p.Parts) == 0 {
		return nil, campaignUnknown()
	}
	state := State(r.Query.Get("state"))
	at, err := pageOf(r, state, len(p.Parts))
	if err != nil {
		return nil, err
	}
	p.Campaign.Campaign = r.PathValue("campaign") // it may not have begun
	outcomes, err := f.freshOutcomes(ctx, p, p.Parts[at])
	if err != nil {
		return nil, err
	}
	page := Page{Campaign: p.Campaign.Campaign, Customers: slices.DeleteFunc(outcomes, func(o Outcome) bool {
		return state != "" && o.State != state
	})}
	if at+1 < len(p.Parts) {
		page.Next = strconv.Itoa(at + 1)
	}
	return handler.OK(page), nil
}

// pageOf reads and checks the query.
func pageOf(r *handler.Request, state State, pages int) (int, error) {
	var wrong fields
	switch state {
	case "", Issued, Refused, Unknown, NotTried:
	default:
		wrong.wrong("state", "must be issued, refused, unknown or not_tried")
	}
	at := 0
	if after := r.Query.Get("after"); after != "" {
		var err error
		if at, err = strconv.Atoi(after); err != nil || at < 1 || at >= pages {
			wrong.wrong("after", "must be next of the page before")
		}
	}
	return at, wrong.problem()
}

func (f *function) freshOutcomes(ctx context.Context, p plan, part part) ([]Outcome, error) {
	outcomes, err := f.partOutcomes(ctx, p, part)
	if err != nil {
		return nil, err
	}
	var open []int
	var who []recipient
	for i, o := range outcomes {
		if o.State == Unknown || o.State == NotTried {
			open, who = append(open, i), append(who, recipient{CustomerID: o.CustomerID})
		}
	}
	entries, err := f.entries(ctx, p.Campaign.Campaign, who)
	if err != nil {
		return nil, err
	}
	for place, i := range open {
		if err := outcomes[i].refresh(entries[place]); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// refresh takes over what the ledger knows.
func (o *Outcome) refresh(en ledger.Entry) error {
	switch en.State {
	case ledger.StateDone:
		var coupon Coupon
		if err := json.Unmarshal(en.Result, &coupon); err != nil {
			return err
		}
		*o = Outcome{CustomerID: o.CustomerID, State: Issued, CouponID: coupon.CouponID}
	case ledger.StateFailed:
		if o.State == Unknown {
			*o = Outcome{CustomerID: o.CustomerID, State: Refused, Message: clip(en.Reason)}
		}
	case ledger.StateRunning, ledger.StateUnknown:
		o.State = Unknown
	}
	return nil
}
