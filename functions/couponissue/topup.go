package couponissue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	// maxTopUps is how often a customer is topped up in a day at most.
	maxTopUps = 100
	// topUpPause is how long after a top-up the balance may not show it yet. Whether
	// it does at once is not documented.
	topUpPause = 2 * time.Minute
)

// beijing is where a day begins for Huawei Cloud.
var beijing = time.FixedZone("GMT+8", 8*60*60)

// scheduledTopUp tops up whoever has less than the rules say. It may be started as
// often as one likes: what makes a top-up is the customer, the day and how many there
// were on that day, and before each one the balance is read anew, in the turn of the
// customer and only while no movement of its money is in doubt.
func (f *function) scheduledTopUp(ctx context.Context, _ json.RawMessage) error {
	if len(f.topUps.rules) == 0 {
		return topUpRulesMissing()
	}
	report := TopUpReport{StartedAt: f.now(), Customers: []TopUpOutcome{}}
	err := f.topUpAll(ctx, &report)
	err = errors.Join(err, f.watchPartnerBalance(ctx, &report))
	report.EndedAt = f.now()
	f.topUps.keep(ctx, report)
	return functions.Problem(err)
}

// topUpAll reads the balances of a hundred customers at a time.
func (f *function) topUpAll(ctx context.Context, report *TopUpReport) error {
	inTime, cancel := beforeReserve(ctx)
	defer cancel()
	var batch []string
	for id, err := range f.topUpCustomers(inTime) {
		if err != nil {
			return fmt.Errorf("list the customers to top up: %w", err)
		}
		batch = append(batch, id)
		if len(batch) < maxBalances {
			continue
		}
		if err := f.topUpBatch(inTime, batch, report); err != nil || report.Stopped != "" {
			return err
		}
		batch = nil
	}
	return f.topUpBatch(inTime, batch, report)
}

// topUpCustomers are those that have a rule, the ones with their own first.
func (f *function) topUpCustomers(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(f.topUps.rules)) {
			if id != everyone && !yield(id, nil) {
				return
			}
		}
		if _, all := f.topUps.rules[everyone]; !all {
			return
		}
		for customer, err := range f.cloud.ListSubCustomers(ctx, bss.ListSubCustomersRequest{AssociationType: bss.Resale}) {
			_, own := f.topUps.rules[customer.CustomerID]
			if !own && !yield(customer.CustomerID, err) {
				return
			}
		}
	}
}

// topUpBatch tops up those of a batch who have too little. What other customers would
// meet too stops the run: the report says it, and the next run goes on.
func (f *function) topUpBatch(ctx context.Context, batch []string, report *TopUpReport) error {
	if len(batch) == 0 {
		return nil
	}
	balances, err := f.customerBalances(ctx, batch, "")
	if err != nil {
		return fmt.Errorf("read the balances of customers to top up: %w", err)
	}
	report.Checked += len(balances)
	for _, id := range batch {
		rule, _ := f.topUps.rules.of(id)
		i := slices.IndexFunc(balances, func(b bss.CustomerBalance) bool { return b.CustomerID == id })
		switch {
		case i < 0 && rule.CustomerID == id:
			report.add(TopUpOutcome{CustomerID: id, State: TopUpRefused, Code: "customer_unknown", Message: "The partner has no such resale customer."})
			continue
		case i < 0 || !balances[i].Amount.LessThan(rule.Below):
			continue
		}
		outcome, err := f.topUp(ctx, rule, id)
		report.add(outcome)
		if err != nil {
			_, report.Stopped = told(err)
			return nil
		}
	}
	return nil
}
