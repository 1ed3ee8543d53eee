package payorder

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Rebate is the partner's rebate to expect from a payment.
type Rebate struct {
	// Basis is the part of the payment that counts: cash, stored-value cards, and
	// cash coupons that are not excluded.
	Basis decimal.Decimal `json:"basis"`
	// Rate is 0 where no rate is configured, or the service earns no rebate.
	Rate     decimal.Decimal `json:"rate"`
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	// Reason says how the rate came about, and that it is an estimate.
	Reason string `json:"reason"`
}

const estimateOnly = "; an estimate: the rebate is settled monthly, by the partner's policy and the coupons really used"

// estimateRebate applies the configured rate of the service to what counts, and the
// incentive policy of the API. Rates are never published: they are the partner's
// contract.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001163166566.html.
func (f *function) estimateRebate(ctx context.Context, o bss.Order, payable decimal.Decimal, deductions []Deduction) (Rebate, error) {
	r := Rebate{Basis: payable, Currency: currencyOf(o)}
	for _, d := range deductions {
		if d.countsForRebate {
			r.Basis = r.Basis.Add(d.Amount)
		}
	}
	rate, configured := f.rate(o.ServiceTypeCode)
	if !configured {
		r.Reason = "no rate is configured for the service" + estimateOnly
		return r, nil
	}
	policy, err := f.incentive(ctx, o.ServiceTypeCode)
	if err != nil {
		return r, err
	}
	switch policy {
	case bss.IncentiveNone:
		r.Reason = "the service earns neither performance nor rebate" + estimateOnly
	case bss.IncentivePerformanceOnly:
		r.Reason = "the service counts for performance and earns no rebate" + estimateOnly
	case bss.IncentiveGeneral, bss.IncentiveSpecific:
		r.Rate, r.Amount = rate, r.Basis.Mul(rate).Truncate(2)
		r.Reason = "the configured rate of the service" + estimateOnly
	default:
		r.Reason = "Huawei Cloud names no incentive policy for the service" + estimateOnly
	}
	return r, nil
}

func (f *function) rate(service string) (decimal.Decimal, bool) {
	if rate, ok := f.rates[service]; ok {
		return rate, true
	}
	rate, ok := f.rates["*"]
	return rate, ok
}

func (f *function) incentive(ctx context.Context, service string) (bss.Incentive, error) {
	month := f.clock.Now().In(cycleZone()).Format("2006-01")
	for p, err := range f.cloud.ListIncentiveDiscountPolicies(ctx, bss.ListIncentiveDiscountPoliciesRequest{Month: month, ServiceTypeCode: service}) {
		if err != nil {
			return "", functions.Problem(err)
		}
		if p.ServiceTypeCode == service {
			return p.IncentivePolicy, nil
		}
	}
	return "", nil
}

// cycleZone is the zone of Huawei Cloud's months.
func cycleZone() *time.Location { return time.FixedZone("GMT+8", 8*60*60) }
