package onboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

func registrationKey(accountID string) string { return "customer/" + accountID }

// What a registration is about, in its fingerprint. The code is left out, so that a
// person who mistyped it tries the same registration again, and so is the password:
// not even a hash of one may lie in a store. A repetition with another password is
// thus the same registration and changes nothing; the account has the password of the
// attempt that created it.
func (in registerRequest) fingerprint() ledger.Fingerprint {
	fp := ledger.Fingerprint{"login_name": in.LoginName, "mobile": in.Mobile}
	for name, value := range map[string]string{
		"email": in.Email, "domain_area": in.DomainArea, "indirect_partner_id": in.IndirectPartnerID, "is_close_market_ms": in.closeMarket(),
	} {
		if value != "" {
			fp[name] = value
		}
	}
	return fp
}

// registrationOf is what an entry tells of the request: all that asking takes.
func registrationOf(en ledger.Entry) registerRequest {
	fp := en.Fingerprint
	return registerRequest{
		AccountID: strings.TrimPrefix(en.Key, registrationKey("")), LoginName: fp["login_name"], Mobile: fp["mobile"],
		Email: fp["email"], DomainArea: fp["domain_area"], IndirectPartnerID: fp["indirect_partner_id"],
		IsCloseMarketMS: fp["is_close_market_ms"] != "",
	}
}

func (in registerRequest) closeMarket() string {
	if !in.IsCloseMarketMS {
		return ""
	}
	return strconv.FormatBool(true)
}

// registration is what the ledger keeps: an account, and when it was known to be
// there.
type registration struct {
	bss.CreatedCustomer
	// AssociationPending says that Huawei Cloud gave up waiting for the association.
	AssociationPending bool      `json:"association_pending,omitempty"`
	At                 time.Time `json:"at"`
}

func (in registerRequest) binding(r registration) Binding {
	return Binding{AccountID: in.AccountID, CustomerID: r.DomainID, AccountName: r.DomainName, Source: fromRegistration, ChangedAt: r.At}
}

// registered does what follows from a registration, and may be called again: the
// association is waited for, and the binding is recorded.
func (f *function) registered(ctx context.Context, in registerRequest, r registration) error {
	if err := f.associations.expect(ctx, association{
		AccountID: in.AccountID, CustomerID: r.DomainID, IndirectPartnerID: in.IndirectPartnerID, Since: r.At,
	}); err != nil {
		return err
	}
	return f.record(ctx, in.binding(r))
}

// announce does what follows from a registration before its outcome is told to the
// platform. The ledger calls it until it succeeds, so that a process that dies after
// the account was created leaves nothing undone.
func (f *function) announce(ctx context.Context, en ledger.Entry) error {
	if accountID, ok := strings.CutPrefix(en.Key, registrationKey("")); ok {
		if err := f.followUp(ctx, en); err != nil {
			return err
		}
		// The event is about the account, as all others of it.
		en.Fingerprint = maps.Clone(en.Fingerprint)
		en.Fingerprint["account_id"] = accountID
	}
	if tell := f.events.Announce(); tell != nil {
		return tell(ctx, en)
	}
	return nil
}

// followUp passes over an account id that is bound otherwise by now: that is for the
// caller to hear, and no reason not to tell what happened.
func (f *function) followUp(ctx context.Context, en ledger.Entry) error {
	if en.State != ledger.StateDone {
		return nil
	}
	var r registration
	if err := json.Unmarshal(en.Result, &r); err != nil {
		return fmt.Errorf("the result of %q is unreadable: %w", en.Key, err)
	}
	err := f.registered(ctx, registrationOf(en), r)
	if isConflict(err) {
		f.log.WarnContext(ctx, "registered, but bound to another account meanwhile", "key", en.Key, "customer_id", r.DomainID)
		return nil
	}
	return err
}

func (f *function) creation(in registerRequest) ledger.Effect[registration] {
	return ledger.Effect[registration]{
		Apply: func(ctx context.Context) (registration, error) { return f.create(ctx, in) },
		Find: func(ctx context.Context, since time.Time) (registration, ledger.Finding, error) {
			found, finding, err := f.findCreated(ctx, in, since)
			return registration{CreatedCustomer: found, At: f.now()}, finding, err
		},
		// A customer is listed once its association is there.
		Settle: 5 * time.Minute,
	}
}

func (f *function) create(ctx context.Context, in registerRequest) (registration, error) {
	created, err := f.cloud.CreateSubCustomer(ctx, bss.CreateSubCustomerRequest{
		XAccountID:               in.AccountID,
		XAccountType:             f.xAccountType,
		DomainName:               in.LoginName,
		MobilePhone:              in.Mobile,
		Email:                    in.Email,
		DomainArea:               in.DomainArea,
		VerificationCode:         in.Code,
		Password:                 in.Password.Reveal(),
		IsCloseMarketMS:          in.closeMarket(),
		IndirectPartnerID:        in.IndirectPartnerID,
		IncludeAssociationResult: in.IncludeAssociationResult,
	})
	made := registration{CreatedCustomer: created, At: f.now()}
	switch {
	case err == nil:
		return made, nil
	case errors.Is(err, bss.ErrAssociationPending) && created.DomainID != "":
		made.AssociationPending = true
		return made, nil
	case errors.Is(err, bss.ErrDuplicate):
		// It may be this very customer, from an answer that was lost.
		found, finding, findErr := f.findCreated(ctx, in, time.Time{})
		if findErr != nil || finding == ledger.Found {
			made.CreatedCustomer = found
			return made, findErr
		}
	}
	// That the association is pending proves that the account is there.
	if errors.Is(err, bss.ErrOutcomeUnknown) || errors.Is(err, bss.ErrAssociationPending) {
		return made, err
	}
	return made, ledger.Refused(err)
}

// findCreated looks for the customer that carries the platform's account id. The
// list cannot be asked for it, so the login name or the time narrows it. It has a
// customer once its association is there, so a name that somebody has taken proves
// nothing for a day.
func (f *function) findCreated(ctx context.Context, in registerRequest, since time.Time) (bss.CreatedCustomer, ledger.Finding, error) {
	filter := bss.ListSubCustomersRequest{AccountName: in.LoginName, IndirectPartnerID: in.IndirectPartnerID}
	if in.LoginName == "" && !since.IsZero() {
		filter.AssociatedOnBegin = bss.At(since.Add(-time.Minute))
	}
	for c, err := range f.cloud.ListSubCustomers(ctx, filter) {
		if err != nil {
			return bss.CreatedCustomer{}, ledger.Unclear, err
		}
		if c.XAccountID == in.AccountID {
			return bss.CreatedCustomer{DomainID: c.CustomerID, DomainName: c.AccountName}, ledger.Found, nil
		}
	}
	if in.LoginName == "" || since.IsZero() || f.now().Sub(since) >= associationOverdue {
		return bss.CreatedCustomer{}, ledger.Absent, nil
	}
	name, err := f.cloud.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: in.LoginName})
	if err != nil || name.CheckResult != bss.Available {
		return bss.CreatedCustomer{}, ledger.Unclear, err
	}
	return bss.CreatedCustomer{}, ledger.Absent, nil
}
