package onboard

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxClaims bounds how many claims of one account wait; the oldest gives way.
const maxClaims = 20

// claim is what a notification says and the customer list has not confirmed: the
// account is binding, or unbinding.
type claim struct {
	// ID names the event that comes of it.
	ID          string    `json:"id"`
	AccountID   string    `json:"account_id"`
	UserID      string    `json:"user_id,omitempty"`
	CustomerID  string    `json:"customer_id"`
	AccountName string    `json:"account_name"`
	State       string    `json:"state"`
	At          time.Time `json:"at"`
	// Reseller is for whom the customer signed on before the notification came.
	Reseller string `json:"reseller,omitempty"`
}

// What is claimed.
const (
	stateBinding   = "binding"
	stateUnbinding = "unbinding"
)

// claims are those of one account of the platform, at most one a Huawei Cloud
// account, in the order in which they came. They are due when the customer list
// should be asked.
type claims struct {
	Open []claim `json:"open"`
}

func (c *claims) drop(is func(claim) bool) { c.Open = slices.DeleteFunc(slices.Clone(c.Open), is) }

func (n notification) claim(at time.Time) claim {
	c := claim{AccountID: n.account(), UserID: n.UserID, CustomerID: n.DomainID, AccountName: n.DomainName, State: stateBinding, At: at}
	if n.Action == actionUnbind {
		c.State = stateUnbinding
	}
	return c
}

// name gives the claim an id that none before has, and that stays the same however
// often its event is told.
func (c claim) name(version int64) claim {
	sum := sha256.Sum256([]byte(c.AccountID + "\x00" + c.CustomerID + "\x00" + c.State + "\x00" +
		strconv.FormatInt(version, 10) + "\x00" + c.At.UTC().Format(time.RFC3339Nano)))
	c.ID = "binding_" + base64.RawURLEncoding.EncodeToString(sum[:18])
	return c
}

// keepClaim keeps what a notification says until it is confirmed. One that says what
// waits already changes nothing; the opposite takes its place, because the list
// decides, not the order in which notifications come.
func (f *function) keepClaim(ctx context.Context, n notification) error {
	c := n.claim(f.now())
	var err error
	if c.Reseller, err = f.sso.resellerOf(ctx, c.AccountID, c.UserID); err != nil {
		return err
	}
	return f.changeClaims(ctx, c.AccountID, func(doc *ledger.Document[claims]) {
		waits := func(open claim) bool { return open.CustomerID == c.CustomerID && open.State == c.State }
		if slices.ContainsFunc(doc.Value.Open, waits) {
			return
		}
		doc.Value.drop(func(open claim) bool { return open.CustomerID == c.CustomerID })
		if len(doc.Value.Open) >= maxClaims {
			f.log.WarnContext(ctx, "a claim of a binding gives way to newer ones", slog.String("account_id", c.AccountID),
				slog.String("customer_id", doc.Value.Open[0].CustomerID))
			doc.Value.Open = doc.Value.Open[1:]
		}
		doc.Value.Open = append(doc.Value.Open, c.name(doc.Version))
		doc.DueAt = c.At
	})
}

// changeClaims changes the claims of an account; change may be called again.
func (f *function) changeClaims(ctx context.Context, accountID string, change func(doc *ledger.Document[claims])) error {
	for {
		doc, err := f.claims.Get(ctx, accountID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key = accountID
		before, due := doc.Value.Open, doc.DueAt
		change(&doc)
		if slices.Equal(before, doc.Value.Open) && due.Equal(doc.DueAt) {
			return nil
		}
		_, err = f.claims.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else wrote meanwhile: look again
		}
		return err
	}
}
