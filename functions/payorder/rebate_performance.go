package payorder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Where a performance comes from.
const (
	// fromBills is the sums of the resale customers' bills up to AsOf, and what this
	// function has paid since, and for referral customers at all.
	fromBills = "bills"
	// fromPayments is what this function itself has paid in the month.
	fromPayments = "payments"
)

// Performance is the partner's performance in a month as far as it is known: the
// cash that customers consumed of services that count.
type Performance struct {
	Month  string          `json:"month"`
	Amount decimal.Decimal `json:"amount"`
	// Source is bills or payments.
	Source string `json:"source"`
	// AsOf is until when the source is complete.
	AsOf time.Time `json:"as_of"`
}

// monthSoFar is what the present month has brought before an order.
type monthSoFar struct {
	Performance
	rebates map[string]decimal.Decimal // estimated so far, by the rules' names
}

// billedPerformance is the document of a month's bills.
type billedPerformance struct {
	Amount decimal.Decimal `json:"amount"`
	AsOf   time.Time       `json:"as_of"`
}

// monthSoFar reads what is kept: the bills would take a call for each hundred of
// their sums, too long for a quote.
func (f *function) monthSoFar(ctx context.Context, month string) (monthSoFar, error) {
	m := monthSoFar{
		Performance: Performance{Month: month, Source: fromPayments, AsOf: f.clock.Now().UTC()},
		rebates:     map[string]decimal.Decimal{},
	}
	doc, err := f.billed.Get(ctx, month)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return m, err
	}
	if err == nil {
		m.Amount, m.AsOf, m.Source = doc.Value.Amount, doc.Value.AsOf, fromBills
	}
	for k, err := range f.estimates.in(ctx, month) {
		if err != nil {
			return m, err
		}
		billed := m.Source == fromBills && k.Association != "referral" && k.PaidAt.Before(m.AsOf)
		if !billed {
			m.Amount = m.Amount.Add(k.performance())
		}
		for _, l := range k.Rebate.Lines {
			m.rebates[l.Rule] = m.rebates[l.Rule].Add(l.Amount)
		}
	}
	return m, nil
}

// sumPerformance adds up the present month's bills of all resale customers and keeps
// the sum for the quotes of the day. It is a schedule; without tiers nothing needs
// it. The bills' cash coupons do not say whether they count and are left out, so a
// tier is reached late rather than early.
func (f *function) sumPerformance(ctx context.Context, _ json.RawMessage) error {
	if !f.rules.hasTiers() {
		return nil
	}
	month, now := f.month(), f.clock.Now()
	counting, err := f.countingServices(ctx, month)
	if err != nil {
		return err
	}
	sum := decimal.Zero
	for _, mode := range []bss.ChargeMode{bss.ChargePeriod, bss.ChargeOnDemand, bss.ChargeSavingsPlan} {
		for b, err := range f.cloud.ListSubcustomerMonthlyBills(ctx, bss.ListSubcustomerMonthlyBillsRequest{Cycle: month, ChargeMode: mode}) {
			if err != nil {
				return fmt.Errorf("add up the bills of %s: %w", month, functions.Problem(err))
			}
			if counting[b.CloudServiceType] {
				sum = sum.Add(cashOf(b))
			}
		}
	}
	return f.keepBilled(ctx, month, billedPerformance{Amount: sum, AsOf: billedUntil(now)})
}

func (f *function) keepBilled(ctx context.Context, month string, b billedPerformance) error {
	for {
		doc, err := f.billed.Get(ctx, month)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key, doc.Value, doc.ExpiresAt = month, b, f.clock.Now().AddDate(0, paidFor, 0)
		if _, err = f.billed.Put(ctx, doc); !writtenMeanwhile(err) {
			return err
		}
	}
}

// countingServices are the services whose consumption counts in a month.
func (f *function) countingServices(ctx context.Context, month string) (map[string]bool, error) {
	counting := map[string]bool{}
	for p, err := range f.cloud.ListIncentiveDiscountPolicies(ctx, bss.ListIncentiveDiscountPoliciesRequest{Month: month}) {
		if err != nil {
			return nil, fmt.Errorf("list the incentive policies of %s: %w", month, functions.Problem(err))
		}
		counting[p.ServiceTypeCode] = countsForPerformance(p.IncentivePolicy)
	}
	for _, service := range f.rules.CardServices {
		counting[service] = false
	}
	return counting, nil
}

func countsForPerformance(policy bss.Incentive) bool {
	return policy == bss.IncentiveGeneral || policy == bss.IncentiveSpecific || policy == bss.IncentivePerformanceOnly
}

// cashOf is what a sum of the bills has of cash, credit and stored-value cards.
// Refunds are negative.
func cashOf(b bss.BillSum) decimal.Decimal {
	sum := decimal.Zero
	for _, a := range b.AccountDetails {
		switch a.BalanceType {
		case bss.BalanceDebit, bss.BalanceCredit, bss.BalanceStoredValueCard:
			sum = sum.Add(a.Amount)
		case bss.BalanceBonus, bss.BalanceCoupon, bss.BalanceCashCoupon:
		}
	}
	return sum
}

// billedUntil is how far the sums reach for certain at an instant: a day is in them
// by the end of the next one.
func billedUntil(now time.Time) time.Time {
	day := now.AddDate(0, 0, -1).In(cycleZone())
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, cycleZone()).UTC()
}
