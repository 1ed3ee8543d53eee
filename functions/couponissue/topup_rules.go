package couponissue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// everyone is the customer_id of the rule for all resale customers without one of
// their own.
const everyone = "*"

// TopUpRule says when a resale customer gets money, and how much. Amounts are in
// CNY, with at most two decimals.
type TopUpRule struct {
	// CustomerID is a customer's, or * for all without a rule of their own.
	CustomerID string `json:"customer_id"`
	// Below is the balance under which the customer is topped up.
	Below decimal.Decimal `json:"below"`
	// To is the balance that it is topped up to; Amount what it gets instead,
	// whatever it has. One of the two is given.
	To     decimal.Decimal `json:"to"`
	Amount decimal.Decimal `json:"amount"`
	// MaxPerDay is what the customer gets by rule in a day of GMT+8 at most.
	MaxPerDay decimal.Decimal `json:"max_per_day"`
}

// topUpRules are the rules by customer.
type topUpRules map[string]TopUpRule

// parseTopUpRules reads the rules of the configuration, a JSON array; none of an
// empty text.
func parseTopUpRules(text string) (topUpRules, error) {
	if text == "" {
		return topUpRules{}, nil
	}
	var list []TopUpRule
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("TOPUP_RULES is no JSON array of rules: %w", err)
	}
	if decoder.More() {
		return nil, errors.New("TOPUP_RULES goes on after the array of rules")
	}
	rules := make(topUpRules, len(list))
	for i, rule := range list {
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("TOPUP_RULES, rule %d: %w", i+1, err)
		}
		if _, twice := rules[rule.CustomerID]; twice {
			return nil, fmt.Errorf("TOPUP_RULES, rule %d: %s has a rule already", i+1, rule.CustomerID)
		}
		rules[rule.CustomerID] = rule
	}
	return rules, nil
}

func (r TopUpRule) check() error {
	switch {
	case r.CustomerID != everyone && !idPattern.MatchString(r.CustomerID):
		return fmt.Errorf("customer_id %q is neither an id nor *", r.CustomerID)
	case !isAmount(r.Below):
		return fmt.Errorf("below, %s, is no amount", r.Below)
	case r.To.IsZero() == r.Amount.IsZero():
		return errors.New("it needs either to or amount")
	case !r.To.IsZero() && (!isAmount(r.To) || r.To.LessThan(r.Below)):
		return fmt.Errorf("to, %s, is no amount of at least below", r.To)
	case !r.Amount.IsZero() && !isAmount(r.Amount):
		return fmt.Errorf("amount, %s, is no amount", r.Amount)
	case !isAmount(r.MaxPerDay) || r.MaxPerDay.LessThan(r.Amount):
		return fmt.Errorf("max_per_day, %s, is no amount of at least amount", r.MaxPerDay)
	}
	return nil
}

// needed is what a customer with that balance gets.
func (r TopUpRule) needed(balance decimal.Decimal) decimal.Decimal {
	if r.To.IsZero() {
		return r.Amount
	}
	return r.To.Sub(balance)
}

// of is the rule of a customer, if there is one.
func (rules topUpRules) of(customerID string) (TopUpRule, bool) {
	if rule, own := rules[customerID]; own {
		return rule, true
	}
	rule, ok := rules[everyone]
	return rule, ok
}
