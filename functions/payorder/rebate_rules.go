package payorder

import (
	"github.com/shopspring/decimal"
)

// rebateRules are the partner's rebate rules: the contract says them, no API does.
// docs/rebates.md describes the file that they are read from.
type rebateRules struct {
	// Schema is for editors.
	Schema string `json:"$schema,omitempty"`
	// Currency is that of thresholds and caps.
	Currency string       `json:"currency"`
	Rules    []rebateRule `json:"rules"`
	// CardServices are the service type codes under which stored-value cards are
	// bought. Buying one is no consumption; the API does not mark it.
	CardServices []string `json:"card_services,omitempty"`
}

// rebateRule is the rate of a service for a time.
type rebateRule struct {
	// Name is what estimates and monthly caps know the rule by.
	Name string `json:"name"`
	// Service is a service type code, or * for all that have no rule of their own.
	Service string `json:"service"`
	// Association is resale, referral, or * for both.
	Association string `json:"association"`
	// From and To are the first and the last month of GMT+8, as 2006-01; a rule
	// without To has no end.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	// Rate is a ratio from 0 to 1, in the place of Tiers.
	Rate *decimal.Decimal `json:"rate,omitempty"`
	// Tiers are rates by the month's performance, the lowest one first.
	Tiers []rebateTier `json:"tiers,omitempty"`
	// TierMethod is marginal or whole.
	TierMethod string `json:"tier_method,omitempty"`
	// MaxPerOrder and MaxPerMonth cap the rebate by the rule.
	MaxPerOrder *decimal.Decimal `json:"max_per_order,omitempty"`
	MaxPerMonth *decimal.Decimal `json:"max_per_month,omitempty"`
}

// rebateTier is the rate from a performance on.
type rebateTier struct {
	From decimal.Decimal `json:"from"`
	Rate decimal.Decimal `json:"rate"`
}

const (
	anything      = "*"
	tiersMarginal = "marginal"
	tiersWhole    = "whole"
)

// shortRules are the rules of REBATE_RATES: a rate by service, for everybody and for
// ever.
func shortRules(rates map[string]decimal.Decimal) rebateRules {
	rules := rebateRules{Currency: "CNY"}
	for service, rate := range rates {
		rules.Rules = append(rules.Rules, rebateRule{Name: service, Service: service, Association: anything, From: "0001-01", Rate: &rate})
	}
	return rules
}

// find returns the rule for a service, a customer's association and a month. A rule
// for the service comes before one for all, then one for the association.
func (r rebateRules) find(service, association, month string) *rebateRule {
	for _, s := range []string{service, anything} {
		for _, a := range []string{association, anything} {
			for i := range r.Rules {
				if rule := &r.Rules[i]; rule.Service == s && rule.Association == a && rule.holds(month) {
					return rule
				}
			}
		}
	}
	return nil
}

func (r rebateRule) holds(month string) bool {
	return r.From <= month && (r.To == "" || month <= r.To)
}

// needsCustomer says whether an estimate depends on how the customer is associated.
func (r rebateRules) needsCustomer() bool {
	for _, rule := range r.Rules {
		if rule.Association != anything || len(rule.Tiers) > 0 {
			return true
		}
	}
	return false
}

func (r rebateRules) hasTiers() bool {
	for _, rule := range r.Rules {
		if len(rule.Tiers) > 0 {
			return true
		}
	}
	return false
}

func (r rebateRules) hasMonthlyCaps() bool {
	for _, rule := range r.Rules {
		if rule.MaxPerMonth != nil {
			return true
		}
	}
	return false
}

// rebate is what the rule gives for a basis on top of the month's performance before
// it, in fen, fractions cut off, before caps.
func (r rebateRule) rebate(before, basis decimal.Decimal) decimal.Decimal {
	switch {
	case r.Rate != nil:
		return basis.Mul(*r.Rate).Truncate(2)
	case r.TierMethod == tiersWhole:
		return basis.Mul(rateAt(r.Tiers, before.Add(basis))).Truncate(2)
	}
	return upTo(r.Tiers, before.Add(basis)).Sub(upTo(r.Tiers, before)).Truncate(2)
}

// rateAt is the rate of the tier that a performance has reached.
func rateAt(tiers []rebateTier, performance decimal.Decimal) decimal.Decimal {
	rate := decimal.Zero
	for _, tier := range tiers {
		if performance.GreaterThanOrEqual(tier.From) {
			rate = tier.Rate
		}
	}
	return rate
}

// upTo is what the tiers give for a whole performance, each for its own part of it.
func upTo(tiers []rebateTier, performance decimal.Decimal) decimal.Decimal {
	sum := decimal.Zero
	for i, tier := range tiers {
		end := performance
		if i+1 < len(tiers) {
			end = decimal.Min(end, tiers[i+1].From)
		}
		if part := end.Sub(tier.From); part.IsPositive() {
			sum = sum.Add(part.Mul(tier.Rate))
		}
	}
	return sum
}
