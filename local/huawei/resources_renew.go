package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// longestTerm is how far ahead a resource can be paid. That there is a limit is
// documented, its length is not.
const longestTerm = 5 // years

// renewal is a new term that waits for its order.
type renewal struct {
	resource *resource
	order    *order
	to       time.Time
}

type renewRequest struct {
	ResourceIDs []string `json:"resource_ids"`
	PeriodType  int      `json:"period_type"`
	PeriodNum   int      `json:"period_num"`
	IsAutoPay   int      `json:"is_auto_pay"`
}

// renewResources places an order for each resource, and pays them if it is told
// to. The documented refusals have status 400, so one refused resource refuses
// the request and no order is placed; fail_resource_infos stays empty.
// https://support.huaweicloud.com/api-bpconsole/api_order_00018.html
func renewResources(s *Server, c *call) (any, error) {
	var r renewRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if err := s.refuseRenewing(s.state.customer(c.caller.customer), c.now); err != nil {
		return nil, err
	}
	resources, err := s.renewable(c, r)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	var orders []*order
	for _, m := range resources {
		o, to := s.draftRenewal(m, r.PeriodType, r.PeriodNum, c.now)
		s.placeRenewal(m, o, to)
		s.record(c.effect(o.customerID, o.id))
		orders, ids = append(orders, o), append(ids, o.id)
	}
	if r.IsAutoPay == 1 {
		if err := s.payThemselves(orders, c); err != nil {
			return nil, err
		}
	}
	return map[string]any{"order_ids": ids, "fail_resource_infos": []any{}}, nil
}

func (s *Server) renewable(c *call, r renewRequest) ([]*resource, error) {
	if repeated(r.ResourceIDs) {
		return nil, refuse(http.StatusBadRequest, "CBC.30050012", "resource_ids names a resource twice")
	}
	if !renewablePeriod(r.PeriodType, r.PeriodNum) {
		return nil, refuse(http.StatusBadRequest, "CBC.30010069", "the resource has no such period")
	}
	var resources []*resource
	for _, id := range r.ResourceIDs {
		m := s.state.subscriptions.resource(c.caller.customer, id)
		if err := s.refuseRenewal(m, r.PeriodType, r.PeriodNum, c.now); err != nil {
			return nil, err
		}
		resources = append(resources, m)
	}
	return resources, nil
}

func repeated(ids []string) bool {
	sorted := slices.Sorted(slices.Values(ids))
	return len(slices.Compact(sorted)) < len(ids)
}

// renewablePeriod: 1 to 11 months or 1 to 3 years; the contract has checked the
// rest.
func renewablePeriod(periodType, periodNum int) bool {
	return periodType == PeriodMonth || periodNum <= 3
}

func (s *Server) refuseRenewal(r *resource, periodType, periodNum int, now time.Time) error {
	if r == nil || r.status(now) == resourceClosed {
		return refuse(http.StatusBadRequest, "CBC.99003016", "the resource has expired and been deleted, or does not exist")
	}
	if !r.main() {
		return refuse(http.StatusBadRequest, "CBC.30010036", "the resource is not a main resource")
	}
	if err := r.forbidden(actRenew); err != nil {
		return err
	}
	if o := s.state.subscriptions.unfinished(r); o != nil {
		return refuseUnfinished(o, "CBC.99003144")
	}
	if to, _ := s.renewedUntil(r, periodType, periodNum); to.After(now.AddDate(longestTerm, 0, 0)) {
		return refuse(http.StatusBadRequest, "CBC.99003154", "the total duration exceeds the maximum")
	}
	return nil
}

// refuseUnfinished refuses what cannot be done beside an order: with the given
// code where that is being processed.
func refuseUnfinished(o *order, processing string) error {
	if o.status == OrderPendingPayment {
		return refuse(http.StatusBadRequest, "CBC.99003100", "the resource is in an order that waits for its payment: "+o.id)
	}
	return refuse(http.StatusBadRequest, processing, "the resource has an order that is being processed: "+o.id)
}

// renewedUntil is when the resource would expire, counted from when it expires
// now, also if that has passed, and the days that the customer's common expiry
// day adds.
func (s *Server) renewedUntil(r *resource, periodType, periodNum int) (to time.Time, extraDays int) {
	to = r.expires().AddDate(0, int(chargedMonths(periodType, periodNum).IntPart()), 0)
	return s.state.subscriptions.configs[r.customerID()].postponed(to)
}

// draftRenewal works out the order of a renewal. A month costs what it cost in
// the purchase, a day of it a thirtieth; the new prices are rounded half up to
// the fen.
func (s *Server) draftRenewal(r *resource, periodType, periodNum int, now time.Time) (*order, time.Time) {
	to, extraDays := s.renewedUntil(r, periodType, periodNum)
	days := decimal.NewFromInt(int64(extraDays)).Div(decimal.NewFromInt(30))
	months := chargedMonths(periodType, periodNum).Add(days)
	bought := r.order
	share := func(price decimal.Decimal) decimal.Decimal {
		return price.Mul(months).DivRound(chargedMonths(bought.periodType, bought.periodNum), 2)
	}
	o := &order{
		customerID: bought.customerID, kind: orderRenewal, status: OrderPendingPayment,
		service: bought.service, product: bought.product, productID: bought.productID,
		periodType: periodType, periodNum: periodNum, official: share(bought.official), placed: share(bought.placed),
		created: now, deadline: now.Add(paymentTerm), discounts: renewalDiscounts(bought),
	}
	o.price = o.placed
	return o, to
}

// renewalDiscounts are those that the customer or the partner has by contract: a
// share of the price, which the purchase was offered too.
func renewalDiscounts(bought *order) []Discount {
	if bought.combined != nil {
		bought = bought.combined
	}
	return slices.DeleteFunc(slices.Clone(bought.discounts), func(d Discount) bool {
		return d.mode() != discountByRatio || d.Type != DiscountCommercial && d.Type != DiscountPartner
	})
}

func (s *Server) placeRenewal(r *resource, o *order, to time.Time) {
	o.id = s.newOrderID(o.created)
	s.state.orders = append(s.state.orders, o)
	s.state.subscriptions.renewals = append(s.state.subscriptions.renewals, &renewal{r, o, to})
}

// settleRenewals ends the renewals whose orders have ended. Closing a resource
// cancels the order that nobody paid.
func (s *Server) settleRenewals(now time.Time) {
	b := &s.state.subscriptions
	b.renewals = slices.DeleteFunc(b.renewals, func(w *renewal) bool {
		if w.order.status == OrderPendingPayment && w.resource.status(now) == resourceClosed {
			w.order.status = OrderCancelled
		}
		if w.order.status == OrderCompleted {
			w.take()
		}
		return w.order.status == OrderCompleted || w.order.status == OrderCancelled
	})
}

// take adds the new term. The order's lines show it as theirs from now on.
func (w *renewal) take() {
	r := w.resource
	w.order.effective = r.expires()
	r.terms = append(r.terms, term{w.order, r.expires(), w.to})
	r.updated = w.order.completed
}
