package onboard

import (
	"context"
	"errors"
	"slices"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxAccounts bounds how many account ids are kept of one Huawei Cloud account, which
// has had more than one only where it was unbound and bound anew.
const maxAccounts = 20

// accountIDs are the account ids that a Huawei Cloud account may be bound to, the
// last one first. They are written before the binding is: whatever dies between the
// two writes leaves an account id too many here, which its binding denies, and never
// one too few. The bindings decide.
type accountIDs struct {
	AccountIDs []string `json:"account_ids"`
}

// index makes a binding findable by its Huawei Cloud account. It is to be called
// before the binding is written.
func (f *function) index(ctx context.Context, customerID, accountID string) error {
	for {
		doc, err := f.accounts.Get(ctx, customerID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		known := doc.Value.AccountIDs
		if len(known) > 0 && known[0] == accountID {
			return nil
		}
		others := slices.DeleteFunc(slices.Clone(known), func(id string) bool { return id == accountID })
		others = append([]string{accountID}, others...)
		doc.Key, doc.Value = customerID, accountIDs{others[:min(len(others), maxAccounts)]}
		_, err = f.accounts.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else wrote meanwhile: look again
		}
		return err
	}
}

// bindingOf finds the binding of a Huawei Cloud account: the one that holds, or else
// the last one that did.
func (f *function) bindingOf(ctx context.Context, customerID string) (Binding, bool, error) {
	doc, err := f.accounts.Get(ctx, customerID)
	if errors.Is(err, ledger.ErrNotFound) {
		return Binding{}, false, nil
	}
	if err != nil {
		return Binding{}, false, err
	}
	var last Binding
	for _, id := range doc.Value.AccountIDs {
		b, err := f.bindings.Get(ctx, id)
		switch {
		case err != nil && !errors.Is(err, ledger.ErrNotFound):
			return Binding{}, false, err
		case err != nil || b.Value.CustomerID != customerID:
			continue // it was not written, or is bound to another one by now
		case !b.Value.Unbound:
			return b.Value, true, nil
		case last.CustomerID == "":
			last = b.Value
		}
	}
	return last, last.CustomerID != "", nil
}

// isConflict says that an account id is bound to another Huawei Cloud account.
func isConflict(err error) bool {
	p, ok := errors.AsType[*handler.Problem](err)
	return ok && p.Code == "binding_conflict"
}
