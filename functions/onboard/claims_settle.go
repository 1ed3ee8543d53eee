package onboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// claimsARun is of how many accounts one run of the schedule asks: what the quota
	// of the customer list allows in ten seconds.
	claimsARun = 100
	// Between two questions about a claim passes a quarter of its age, but these two
	// at least and at most.
	claimAgainAfter = time.Minute
	claimAgainUntil = time.Hour
)

// BindingEvent is the data of the events about bindings.
type BindingEvent struct {
	AccountID   string `json:"account_id"`
	UserID      string `json:"user_id,omitempty"`
	CustomerID  string `json:"customer_id"`
	AccountName string `json:"account_name"`
	// At is when the notification came.
	At time.Time `json:"at"`
	// Claimed and Found are there where the two do not fit: what the notification
	// said, and what the customer list says.
	Claimed string `json:"claimed,omitempty"`
	Found   string `json:"found,omitempty"`
}

// askBindings asks the customer list about the claims that are due.
func (f *function) askBindings(ctx context.Context, _ json.RawMessage) error {
	due, err := f.claims.Due(ctx, claimsARun)
	if err != nil {
		return err
	}
	var failures []error
	for _, doc := range due {
		err := f.settleClaims(ctx, doc.Key)
		if err == nil {
			continue
		}
		failures = append(failures, err)
		if ctx.Err() != nil || hopeless(err) {
			break // nobody else's question would fare better now; all stay due
		}
	}
	return functions.Problem(errors.Join(failures...))
}

// hopeless says that Huawei Cloud answers nobody now.
func hopeless(err error) bool {
	return errors.Is(err, bss.ErrThrottled) || errors.Is(err, bss.ErrUnavailable) || errors.Is(err, bss.ErrCredential)
}

// settleClaims asks the customer list about all claims of an account and does what it
// confirms. Those that it leaves open are due again later.
func (f *function) settleClaims(ctx context.Context, accountID string) error {
	doc, err := f.claims.Get(ctx, accountID)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && len(doc.Value.Open) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	closed := map[string]bool{}
	var failures []error
	for _, c := range doc.Value.Open {
		open, err := f.settleClaim(ctx, c)
		if err != nil {
			failures = append(failures, fmt.Errorf("the binding of customer %s to the account id %s: %w", c.CustomerID, c.AccountID, err))
		}
		closed[c.ID] = !open && err == nil
		if hopeless(err) {
			break
		}
	}
	now := f.now()
	err = f.changeClaims(ctx, accountID, func(doc *ledger.Document[claims]) {
		doc.Value.drop(func(c claim) bool { return closed[c.ID] })
		doc.DueAt = doc.Value.due(now)
	})
	return errors.Join(append(failures, err)...)
}

// due is when somebody should ask again.
func (c claims) due(now time.Time) time.Time {
	if len(c.Open) == 0 {
		return time.Time{}
	}
	youngest := c.Open[len(c.Open)-1]
	return now.Add(min(max(now.Sub(youngest.At)/4, claimAgainAfter), claimAgainUntil))
}

// settleClaim asks about one claim and tells the platform what came of it before that
// is recorded: who dies between the two tells the same event again, which arrives once.
func (f *function) settleClaim(ctx context.Context, c claim) (open bool, err error) {
	age := f.now().Sub(c.At)
	found, err := f.lookUp(ctx, &c)
	switch {
	case err != nil && (ctx.Err() != nil || hopeless(err) || age < associateWithin):
		return true, err
	case err != nil:
		found = foundNothing // it is refused each time, and is no customer that anybody could tell of
	}
	var v verdict
	err = f.changeBinding(ctx, c.AccountID, func(held Binding, holds bool) (Binding, error) {
		v = judge(c, held, holds, found, age)
		if err := f.tellBinding(ctx, c, v.told, found); err != nil {
			return held, err
		}
		if v.holds == nil {
			return held, nil
		}
		return *v.holds, nil
	})
	return v.open, err
}

// lookUp asks the customer list for the Huawei Cloud account of a claim, whose name in
// the list is the better one. A reseller's customer is in that one's list alone: one
// that was registered for it, or signed on for it and is bound now.
func (f *function) lookUp(ctx context.Context, c *claim) (finding, error) {
	known, err := f.associations.get(ctx, c.CustomerID)
	if err != nil {
		return "", err
	}
	listed, found, err := f.listed(ctx, c.CustomerID, known.Value.IndirectPartnerID)
	if err == nil && !found && known.Version == 0 && c.Reseller != "" {
		if listed, found, err = f.listed(ctx, c.CustomerID, c.Reseller); found {
			err = f.keepReseller(ctx, known, *c)
		} else if code(err) == resellerNotOurs {
			err = nil // the partner itself was named, or somebody who is nobody's reseller
		}
	}
	if err != nil || !found {
		return foundNothing, err
	}
	c.AccountName = listed.AccountName
	ours := listed.XAccountType == "" || listed.XAccountType == f.xAccountType
	switch {
	case listed.XAccountID == "":
		return foundUnbound, nil
	case ours && listed.XAccountID == c.AccountID:
		return foundBound, nil
	}
	return foundElsewhere, nil
}

// keepReseller keeps whose customer it is that was found in a reseller's list, for
// whatever is done to it from now on.
func (f *function) keepReseller(ctx context.Context, doc ledger.Document[association], c claim) error {
	doc.Value = association{
		AccountID: c.AccountID, CustomerID: c.CustomerID, IndirectPartnerID: c.Reseller, Since: c.At, Ended: endedAssociated,
	}
	_, err := f.associations.docs.Put(ctx, doc)
	if errors.Is(err, ledger.ErrExists) {
		return nil // somebody else has found the same
	}
	return err
}

func (f *function) tellBinding(ctx context.Context, c claim, told string, found finding) error {
	if told == "" {
		return nil
	}
	event := BindingEvent{AccountID: c.AccountID, UserID: c.UserID, CustomerID: c.CustomerID, AccountName: c.AccountName, At: c.At}
	level := slog.LevelInfo
	if told == toldDoubtful {
		event.Claimed, event.Found, level = c.State, string(found), slog.LevelWarn
	}
	if err := f.events.Tell(ctx, c.ID, c.AccountID, "onboard.binding."+told, event); err != nil {
		return err
	}
	f.log.LogAttrs(ctx, level, "binding "+told, slog.String("account_id", c.AccountID), slog.String("customer_id", c.CustomerID),
		slog.String("claimed", c.State), slog.String("found", string(found)))
	return nil
}
