package payorder

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/pkg/handler"
)

// readRebateRules takes the rules from REBATE_RULES, which is a path or the JSON
// itself, or from REBATE_RATES, the short form. Without either there are none.
func readRebateRules(text string, rates map[string]decimal.Decimal) (rebateRules, error) {
	if strings.TrimSpace(text) == "" {
		return shortRules(rates), checkShort(rates)
	}
	if len(rates) > 0 {
		return rebateRules{}, errors.New("REBATE_RULES and REBATE_RATES are both set: set one of them")
	}
	data := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		var err error
		if data, err = os.ReadFile(text); err != nil {
			return rebateRules{}, fmt.Errorf("REBATE_RULES is neither JSON nor a file that can be read: %w", err)
		}
	}
	rules, err := parseRebateRules(data)
	if err != nil {
		return rebateRules{}, fmt.Errorf("REBATE_RULES: %w", err)
	}
	return rules, nil
}

func checkShort(rates map[string]decimal.Decimal) error {
	var wrong []error
	for service, rate := range rates {
		if !isRatio(rate) {
			wrong = append(wrong, fmt.Errorf("REBATE_RATES: the rate %s of %s is not between 0 and 1", rate, service))
		}
	}
	return errors.Join(wrong...)
}

// parseRebateRules reads the file as strictly as a request, so that an unknown or a
// repeated name is an error, and then names everything that is wrong with its place.
func parseRebateRules(data []byte) (rebateRules, error) {
	var rules rebateRules
	// Editors on some systems begin a file with a byte-order mark.
	file := handler.Request{Body: []byte(strings.TrimPrefix(string(data), "\uFEFF"))}
	if err := file.Decode(&rules); err != nil {
		return rebateRules{}, misread(err)
	}
	return rules, rules.check()
}

// misread tells what a problem tells of a request, of a file.
func misread(err error) error {
	problem, ok := errors.AsType[*handler.Problem](err)
	if !ok {
		return err
	}
	if len(problem.Fields) > 0 {
		return fmt.Errorf("%s: %s", problem.Fields[0].Field, problem.Fields[0].Reason)
	}
	return errors.New(strings.Replace(problem.Detail, "The body", "it", 1))
}

// wrongs are complaints, each with its place.
type wrongs []error

func (w *wrongs) add(place, format string, args ...any) {
	*w = append(*w, fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...)))
}

func (r rebateRules) check() error {
	var w wrongs
	if len(r.Currency) != 3 || strings.ToUpper(r.Currency) != r.Currency {
		w.add("currency", "is no currency such as CNY")
	}
	if len(r.Rules) == 0 {
		w.add("rules", "is empty")
	}
	for i, rule := range r.Rules {
		place := fmt.Sprintf("rules[%d]", i)
		rule.check(place, &w)
		for j, other := range r.Rules[:i] {
			if rule.Name != "" && rule.Name == other.Name {
				w.add(place+".name", "%q is the name of rules[%d] too", rule.Name, j)
			}
			if rule.overlaps(other) {
				w.add(place, "holds at the same time as rules[%d] for the same service and association", j)
			}
		}
	}
	for i, service := range r.CardServices {
		if service == "" || service == anything {
			w.add(fmt.Sprintf("card_services[%d]", i), "is no service type code")
		}
	}
	return errors.Join(w...)
}

func (r rebateRule) check(place string, w *wrongs) {
	if r.Name == "" {
		w.add(place+".name", "is missing")
	}
	if r.Service == "" {
		w.add(place+".service", "is neither a service type code nor *")
	}
	switch r.Association {
	case "resale", "referral", anything:
	default:
		w.add(place+".association", "is none of resale, referral and *")
	}
	r.checkMonths(place, w)
	r.checkRates(place, w)
	checkCap(place+".max_per_order", r.MaxPerOrder, w)
	checkCap(place+".max_per_month", r.MaxPerMonth, w)
}

func (r rebateRule) checkMonths(place string, w *wrongs) {
	if !isMonth(r.From) {
		w.add(place+".from", "%q is no month such as 2026-01", r.From)
	}
	switch {
	case r.To != "" && !isMonth(r.To):
		w.add(place+".to", "%q is no month such as 2026-12", r.To)
	case r.To != "" && r.To < r.From:
		w.add(place+".to", "%s is before from, %s", r.To, r.From)
	}
}

func (r rebateRule) checkRates(place string, w *wrongs) {
	switch {
	case r.Rate != nil && r.Tiers != nil:
		w.add(place, "has both rate and tiers")
	case r.Rate != nil && r.TierMethod != "":
		w.add(place+".tier_method", "is of no use without tiers")
	case r.Rate != nil && !isRatio(*r.Rate):
		w.add(place+".rate", "%s is not between 0 and 1", r.Rate)
	case r.Rate == nil && len(r.Tiers) == 0:
		w.add(place, "has neither rate nor tiers")
	case r.Rate == nil && r.TierMethod != tiersMarginal && r.TierMethod != tiersWhole:
		w.add(place+".tier_method", "is neither marginal nor whole")
	}
	for i, tier := range r.Tiers {
		at := fmt.Sprintf("%s.tiers[%d]", place, i)
		switch {
		case tier.From.IsNegative():
			w.add(at+".from", "%s is negative", tier.From)
		case i > 0 && !tier.From.GreaterThan(r.Tiers[i-1].From):
			w.add(at+".from", "%s is not above that of the tier before, %s", tier.From, r.Tiers[i-1].From)
		}
		if !isRatio(tier.Rate) {
			w.add(at+".rate", "%s is not between 0 and 1", tier.Rate)
		}
	}
}

func checkCap(place string, most *decimal.Decimal, w *wrongs) {
	if most != nil && most.IsNegative() {
		w.add(place, "%s is negative", most)
	}
}

func isRatio(rate decimal.Decimal) bool {
	return !rate.IsNegative() && rate.LessThanOrEqual(decimal.NewFromInt(1))
}

// isMonth reports whether a text is a month such as 2026-01.
func isMonth(text string) bool {
	month, err := time.Parse("2006-01", text)
	return err == nil && month.Format("2006-01") == text
}

func (r rebateRule) overlaps(other rebateRule) bool {
	return r.Service == other.Service && r.Association == other.Association &&
		(r.To == "" || other.From <= r.To) && (other.To == "" || r.From <= other.To)
}
