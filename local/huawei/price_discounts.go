package huawei

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"
)

// Types of a discount in price queries. Lower ones go first.
const (
	PriceDiscountCommercial  = 605 // Huawei Cloud's contract with the customer
	PriceDiscountDistributor = 606 // the distributor's contract with the customer
	PriceDiscountPartner     = 607 // a share that the partner set
)

// NewPriceDiscount is a discount that a customer gets on what price queries
// answer. Customer, type and ratio are required.
type NewPriceDiscount struct {
	CustomerID string          `json:"customer_id"`
	Type       int             `json:"type"`     // PriceDiscountCommercial and so on
	Ratio      decimal.Decimal `json:"ratio"`    // the share that remains to be paid, below 1, such as 0.9
	Name       string          `json:"name"`     // default: the type's
	Services   []string        `json:"services"` // codes of the only services that it is for; null: all
}

// priceDiscount is a discount of a customer.
type priceDiscount struct {
	id         string
	customerID string
	kind       int
	ratio      decimal.Decimal
	name       string
	services   []string // the only services that it is for; nil: all
}

// priceDiscountName is empty for what is no type of a discount.
func priceDiscountName(kind int) string {
	switch kind {
	case PriceDiscountCommercial:
		return "商务授权折扣"
	case PriceDiscountDistributor:
		return "伙伴授予折扣"
	case PriceDiscountPartner:
		return "伙伴设置折扣"
	}
	return ""
}

// pricingRoutes are the administration's routes for prices.
func (s *Server) pricingRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/price-discounts": adminAction(named("discount_id", s.GrantPriceDiscount)),
	}
}

// GrantPriceDiscount gives a customer a discount on prices, and returns its id.
func (s *Server) GrantPriceDiscount(n NewPriceDiscount) (string, error) {
	standard := priceDiscountName(n.Type)
	if standard == "" {
		return "", fmt.Errorf("huawei: granting a price discount: no discount has type %d", n.Type)
	}
	if !n.Ratio.IsPositive() || n.Ratio.GreaterThanOrEqual(decimal.NewFromInt(1)) {
		return "", errors.New("huawei: granting a price discount: its ratio is not between 0 and 1")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.existing(n.CustomerID)
	if err != nil {
		return "", err
	}
	d := &priceDiscount{
		id: s.newNumber(16), customerID: c.id, kind: n.Type, ratio: n.Ratio,
		name: cmp.Or(n.Name, standard), services: n.Services,
	}
	s.state.discounts = append(s.state.discounts, d)
	s.record(Effect{Time: s.now(), Operation: "GrantPriceDiscount", CustomerID: c.id, Reference: d.id})
	return d.id, nil
}

// priceDiscounts are the discounts of who asks, by type. The partner, who buys
// nothing, has none: he asks with a customer's token.
func (s *Server) priceDiscounts(c *call) []*priceDiscount {
	var all []*priceDiscount
	for _, d := range s.state.discounts {
		if d.customerID == c.caller.customer {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b *priceDiscount) int { return cmp.Compare(a.kind, b.kind) })
	return all
}

// covers reports whether the discount is for the service. On some services only
// Huawei Cloud itself grants discounts.
func (d *priceDiscount) covers(code string) bool {
	s, _ := serviceOf(code)
	return (s.allowDiscount || d.kind == PriceDiscountCommercial) && within([]string{code}, d.services)
}
