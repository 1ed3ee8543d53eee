package onboard

import (
	"cmp"
	"context"
	"fmt"

	"github.com/bssfn/bssfn/functions/internal/reconcile"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// settlers are who asks about entries in doubt, by the first segment of their key.
func (f *function) settlers() map[string]reconcile.Settler {
	return map[string]reconcile.Settler{
		"customer": {Settle: f.settleRegistration, Result: f.decidedRegistration, LookAt: whereARegistrationShows},
		frozen:     {Settle: f.settleFreezing, Result: f.decidedStanding, LookAt: whereAFreezingShows},
		unfrozen:   {Settle: f.settleFreezing, Result: f.decidedStanding, LookAt: whereAFreezingShows},
		"budget":   {Settle: f.settleBudget, Result: f.decidedStanding, LookAt: whereABudgetShows},
		"realname": f.realNameSettler(),
	}
}

// settleRegistration asks about a registration, and does what follows from one that
// was made.
func (f *function) settleRegistration(ctx context.Context, en ledger.Entry) error {
	in := registrationOf(en)
	created, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.creation(in))
	if err != nil {
		return err
	}
	return f.registered(ctx, in, created)
}

// decidedRegistration is what is recorded of an account that a person says was
// opened.
func (f *function) decidedRegistration(_ context.Context, en ledger.Entry, record string) (any, error) {
	if record == "" {
		return nil, reconcile.RecordNeeded("the id of the customer's account")
	}
	return registration{CreatedCustomer: bss.CreatedCustomer{DomainID: record, DomainName: en.Fingerprint["login_name"]}, At: f.now()}, nil
}

func whereARegistrationShows(en ledger.Entry) string {
	in := registrationOf(en)
	return fmt.Sprintf("Partner centre, customers: an account since %s with login name %q or contact %q, of the platform's account id %q. There is done, with the id of its account; not there after an hour is failed.",
		en.Since.Format("2006-01-02 15:04 UTC"), in.LoginName, cmp.Or(in.Mobile, in.Email), in.AccountID)
}
