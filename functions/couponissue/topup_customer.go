package couponissue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/funds"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// topUp tops one customer up. Its error is one that the others would meet too.
func (f *function) topUp(ctx context.Context, rule TopUpRule, customerID string) (TopUpOutcome, error) {
	outcome := TopUpOutcome{CustomerID: customerID, State: topUpEnough}
	var movement funds.Movement
	done, err := f.funds.Decide(ctx, customerID, func(ctx context.Context) (*funds.Movement, error) {
		m, err := f.decideTopUp(ctx, rule, &outcome)
		if m != nil {
			movement = *m
		}
		return m, err
	})
	if err == nil {
		if done.TransferID != "" {
			outcome.State, outcome.TransferID = ToppedUp, done.TransferID
		}
		return outcome, nil
	}
	outcome.Code, outcome.Message = told(movement.Problem(err))
	_, doubt := errors.AsType[*funds.DoubtError](err)
	switch {
	case doubt || isUnknown(err):
		outcome.State = TopUpInDoubt
		return outcome, nil
	case movement.Key == "" || errors.Is(err, bss.ErrInsufficientBalance) || concernsEverybody(err):
		outcome.State = TopUpNotTried
		return outcome, err
	}
	outcome.State = TopUpRefused
	return outcome, nil
}

// told is the code and the text of what went wrong.
func told(err error) (code, message string) {
	if p, ok := errors.AsType[*handler.Problem](functions.Problem(err)); ok {
		return p.Code, p.Detail
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return "timeout", "The time of the run was used up."
	}
	return "internal", "Something failed on our side."
}

// concernsEverybody reports whether other customers would be refused too.
func concernsEverybody(err error) bool {
	return errors.Is(err, bss.ErrThrottled) || errors.Is(err, bss.ErrCredential) ||
		errors.Is(err, bss.ErrAccessDenied) || errors.Is(err, bss.ErrUnavailable)
}

// decideTopUp says what to move to a customer, in its turn.
func (f *function) decideTopUp(ctx context.Context, rule TopUpRule, outcome *TopUpOutcome) (*funds.Movement, error) {
	today, err := f.topUpsOf(ctx, outcome.CustomerID)
	if err != nil {
		return nil, err
	}
	if f.now().Before(today.last.Add(topUpPause)) {
		outcome.State = TopUpRecent
		return nil, nil
	}
	balances, err := f.customerBalances(ctx, []string{outcome.CustomerID}, "")
	if err != nil {
		return nil, err
	}
	if len(balances) != 1 || !balances[0].Amount.LessThan(rule.Below) || balances[0].Currency != funds.Currency {
		return nil, nil
	}
	outcome.Balance, outcome.Amount = balances[0].Amount, rule.needed(balances[0].Amount)
	if today.amount.Add(outcome.Amount).GreaterThan(rule.MaxPerDay) || today.next > maxTopUps {
		outcome.State = TopUpAtLimit
		return nil, nil
	}
	outcome.LedgerKey = topUpKey(outcome.CustomerID, f.now(), today.next)
	return &funds.Movement{
		Key: outcome.LedgerKey, Direction: funds.Allocate, CustomerID: outcome.CustomerID,
		Amount: outcome.Amount, Currency: funds.Currency,
	}, nil
}

// topUpKey names the n-th top-up of a customer on the day of an instant. The rule is
// no part of it: a rule that is changed in the course of a day does not begin anew.
func topUpKey(customerID string, at time.Time, n int) string {
	return fmt.Sprintf("allocate/top-up/%s/%s/%d", customerID, at.In(beijing).Format(time.DateOnly), n)
}

// topUpsToday are those of one customer.
type topUpsToday struct {
	amount decimal.Decimal // in all
	next   int             // number of the next one
	last   time.Time       // when the last one ended
}

// topUpsOf reads the top-ups of a customer from the ledger. One that was refused
// leaves its number to the next.
func (f *function) topUpsOf(ctx context.Context, customerID string) (topUpsToday, error) {
	now := f.now()
	today, err := f.topUpsOn(ctx, customerID, now)
	before := now.Add(-topUpPause)
	if err != nil || topUpKey(customerID, before, 1) == topUpKey(customerID, now, 1) {
		return today, err
	}
	yesterday, err := f.topUpsOn(ctx, customerID, before)
	if yesterday.last.After(today.last) {
		today.last = yesterday.last
	}
	return today, err
}

func (f *function) topUpsOn(ctx context.Context, customerID string, at time.Time) (topUpsToday, error) {
	for day := (topUpsToday{next: 1}); ; day.next++ {
		en, err := f.ledger.Entry(ctx, topUpKey(customerID, at, day.next))
		switch {
		case errors.Is(err, ledger.ErrNotFound), err == nil && en.State == ledger.StateFailed:
			return day, nil
		case err != nil:
			return day, err
		case en.State != ledger.StateDone:
			return day, &funds.DoubtError{Account: customerID, Key: en.Key}
		}
		amount, err := decimal.NewFromString(en.Fingerprint["amount"])
		if err != nil {
			return day, fmt.Errorf("the top-up %q has no amount: %w", en.Key, err)
		}
		day.amount, day.last = day.amount.Add(amount), en.Ended
	}
}

func topUpRulesMissing() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "top_up_rules_missing",
		Detail: "No rules for topping up are configured.",
		Next:   "Set TOPUP_RULES, or stop the timer."}
}
