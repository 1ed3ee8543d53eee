package huawei

import (
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

type failedResource struct {
	Code       string `json:"error_code"`
	Message    string `json:"error_msg"`
	ResourceID string `json:"resource_id"`
}

type renewalAmount struct {
	ResourceID string          `json:"resource_id"`
	Amount     decimal.Decimal `json:"amount"`
}

type optionalDiscount struct {
	ID             string          `json:"discount_id"`
	Name           string          `json:"discount_name"`
	Type           int             `json:"discount_type"`
	Amount         decimal.Decimal `json:"amount"`
	OfficialAmount decimal.Decimal `json:"official_website_amount"`
	DiscountAmount decimal.Decimal `json:"discount_amount"`
	BestOffer      int             `json:"best_offer"`
}

// rateRenewals answers what renewing would cost: for each resource, with what
// belongs to it, the price of the order without a discount that has to be
// chosen, and the totals with each of those. Resources are not bound to others
// here, so include_relative_resources adds nothing.
// https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0081766005.html
func rateRenewals(s *Server, c *call) (any, error) {
	var r renewRequest
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	if repeated(r.ResourceIDs) {
		return nil, refuse(http.StatusBadRequest, "CBC.30050012", "resource_ids names a resource twice")
	}
	amounts, failed, drafts := []renewalAmount{}, []failedResource{}, []*order{}
	for _, id := range r.ResourceIDs {
		m := s.state.subscriptions.resource(c.caller.customer, id)
		if code, message := s.refuseRate(m, r, c.now); code != "" {
			failed = append(failed, failedResource{code, message, id})
			continue
		}
		o, _ := s.draftRenewal(m, r.PeriodType, r.PeriodNum, c.now)
		amounts, drafts = append(amounts, renewalAmount{id, o.placed}), append(drafts, o)
	}
	official := sumOf(drafts, func(o *order) decimal.Decimal { return o.official })
	return map[string]any{
		"currency":                         s.currency(),
		"renew_inquiry_results":            amounts,
		"official_website_rating_result":   map[string]any{"official_website_amount": official},
		"optional_discount_rating_results": optionalDiscounts(drafts, official),
		"fail_resource_infos":              failed,
	}, nil
}

// refuseRate says why a resource has no price, in the codes that are documented
// with status 200.
func (s *Server) refuseRate(r *resource, request renewRequest, now time.Time) (code, message string) {
	if r == nil || r.status(now) == resourceClosed {
		return "CBC.30050009", "the resource has expired and been deleted, or does not exist"
	}
	if !r.main() {
		return "CBC.30050007", "the resource is not a main resource"
	}
	if err := r.forbidden(actRate); err != nil {
		return err.code, err.message
	}
	if !renewablePeriod(request.PeriodType, request.PeriodNum) {
		return "CBC.30050008", "the resource has no such period"
	}
	o := s.state.subscriptions.unfinished(r)
	switch {
	case o == nil:
		return "", ""
	case o.status == OrderPendingPayment:
		return "CBC.30050010", "the resource is in an order that waits for its payment"
	}
	return "CBC.30050011", "the resource is being changed"
}

// optionalDiscounts are the totals with each discount, applied to the resources
// that have it. The one that takes off most is the best; of equals, a
// commercial one is.
func optionalDiscounts(drafts []*order, official decimal.Decimal) []optionalDiscount {
	results := []optionalDiscount{}
	for _, d := range distinctDiscounts(drafts) {
		amount := sumOf(drafts, func(o *order) decimal.Decimal {
			if !o.offers(d) {
				return o.placed
			}
			return o.placed.Sub(d.reductions([]decimal.Decimal{o.placed})[0])
		})
		kind, name := d.authorised()
		results = append(results, optionalDiscount{
			ID: d.ID, Name: name, Type: kind,
			Amount: amount, OfficialAmount: official, DiscountAmount: official.Sub(amount),
		})
	}
	if len(results) > 0 {
		best := slices.MinFunc(indexes(results), func(i, j int) int {
			if c := results[i].Amount.Cmp(results[j].Amount); c != 0 {
				return c
			}
			return results[i].Type - results[j].Type
		})
		results[best].BestOffer = 1
	}
	return results
}

func distinctDiscounts(drafts []*order) []Discount {
	var all []Discount
	for _, o := range drafts {
		for _, d := range o.discounts {
			if !slices.ContainsFunc(all, d.same) {
				all = append(all, d)
			}
		}
	}
	return all
}

func (d Discount) same(e Discount) bool { return d.ID == e.ID && d.Type == e.Type }

func (o *order) offers(d Discount) bool { return slices.ContainsFunc(o.discounts, d.same) }

// authorised is the type that ratings give to a discount, with its name.
func (d Discount) authorised() (kind int, name string) {
	if d.Type == DiscountPartner {
		return 607, "合作伙伴设置折扣"
	}
	return 605, "商务授权折扣"
}
