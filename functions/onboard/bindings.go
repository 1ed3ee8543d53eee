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
// platform.
type Binding struct {
	AccountID string `json:"account_id"`
	UserID    string `json:"user_id,omitempty"`
	// CustomerID and AccountName are those of the Huawei Cloud account.
	CustomerID  string `json:"customer_id"`
	AccountName string `json:"account_name"`
	// Unbound is set once a notification has said so. Nothing is forgotten.
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

// record keeps a binding. What is recorded already is left alone, and an account
// that is bound is not bound to another one before it is unbound: a captured
// notification cannot move it.
func (f *function) record(ctx context.Context, b Binding) error {
	for {
		doc, err := f.bindings.Get(ctx, b.AccountID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if err == nil && (doc.Value.same(b) || b.toldAgain(doc.Value)) {
			return nil
		}
		if err == nil && doc.Value.CustomerID != b.CustomerID && (!doc.Value.Unbound || b.Unbound) {
			return bindingConflict(b.AccountID)
		}
		doc.Key, doc.Value = b.AccountID, b
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
