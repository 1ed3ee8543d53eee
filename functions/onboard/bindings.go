package onboard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Binding says which Huawei Cloud account belongs to an account of the sales
// platform. It is what holds: a registration of ours, or what the customer list has
// confirmed. What a notification says is a claim until then.
type Binding struct {
	AccountID string `json:"account_id"`
	UserID    string `json:"user_id,omitempty"`
	// CustomerID and AccountName are those of the Huawei Cloud account.
	CustomerID  string `json:"customer_id"`
	AccountName string `json:"account_name"`
	// Unbound is set once the customer list has confirmed it. Nothing is forgotten.
	Unbound bool `json:"unbound,omitempty"`
	// Source is registration or notification.
	Source string `json:"source"`
	// ChangedAt is when the account was registered, or the notification came.
	ChangedAt time.Time `json:"changed_at"`
}

// same reports whether both say the same of the account.
func (b Binding) same(other Binding) bool {
	return b.CustomerID == other.CustomerID && b.Unbound == other.Unbound
}

// The sources of a binding.
const (
	fromRegistration = "registration"
	fromNotification = "notification"
)

// toldAgain reports whether b is a registration after which something else was
// recorded: told again, it does not undo that.
func (b Binding) toldAgain(recorded Binding) bool {
	return b.Source == fromRegistration && !b.ChangedAt.After(recorded.ChangedAt)
}

// askAtOnce is how long a caller waits for the customer list to confirm a notification.
const askAtOnce = 3 * time.Second

// binding is what holds of an account of the platform, and whether anything does.
// Where a notification waits to be confirmed, the customer list is asked for it now;
// what cannot be found out in a moment stays as it is.
func (f *function) binding(ctx context.Context, accountID string) (Binding, bool, error) {
	asking, cancel := context.WithTimeout(ctx, askAtOnce)
	defer cancel()
	if err := f.settleClaims(asking, accountID); err != nil {
		f.log.WarnContext(ctx, "a binding notification waits to be confirmed", "account_id", accountID, "cause", err)
	}
	doc, err := f.bindings.Get(ctx, accountID)
	if errors.Is(err, ledger.ErrNotFound) {
		return Binding{}, false, nil
	}
	return doc.Value, err == nil, err
}

// record keeps a binding. What is recorded already is left alone, and an account that
// is bound is not bound to another one by a registration.
func (f *function) record(ctx context.Context, b Binding) error {
	return f.changeBinding(ctx, b.AccountID, func(held Binding, holds bool) (Binding, error) {
		switch {
		case holds && (held.same(b) || b.toldAgain(held)):
			return held, nil
		case holds && held.CustomerID != b.CustomerID && !held.Unbound:
			return held, bindingConflict(b.AccountID)
		}
		return b, nil
	})
}

// changeBinding replaces what holds of an account by what change makes of it.
func (f *function) changeBinding(ctx context.Context, accountID string, change func(held Binding, holds bool) (Binding, error)) error {
	for {
		doc, err := f.bindings.Get(ctx, accountID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		changed, changeErr := change(doc.Value, err == nil)
		if changeErr != nil || changed == doc.Value {
			return changeErr
		}
		if err := f.index(ctx, changed.CustomerID, accountID); err != nil {
			return err
		}
		doc.Key, doc.Value = accountID, changed
		_, err = f.bindings.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else wrote meanwhile: look again
		}
		return err
	}
}

func bindingConflict(accountID string) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "binding_conflict",
		Detail: "The account id " + accountID + " is bound to another Huawei Cloud account.",
		Next:   "Unbind that one first, in Huawei Cloud's account centre."}
}
