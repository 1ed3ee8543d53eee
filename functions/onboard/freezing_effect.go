package onboard

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// recordDelay is how long it may take until Huawei Cloud's lists show what was done.
const recordDelay = 5 * time.Minute

// The effects upon a customer's account, as their keys begin.
const (
	frozen   = "freeze"
	unfrozen = "unfreeze"
)

// freezing is a freeze of one customer, or the end of one.
type freezing struct {
	effect string
	target
	Type   bss.FreezeType
	Reason string
}

func (z freezing) withDefault() freezing {
	z.Type = cmp.Or(z.Type, bss.FreezeAccount)
	return z
}

// key is that of a request, and of a customer of it.
func (z freezing) key(requestID string) string {
	return z.effect + "/" + requestID + "/" + z.CustomerID
}

func (z freezing) fingerprint() ledger.Fingerprint {
	fp := z.target.fingerprint()
	fp["freeze_type"], fp["reason"] = string(z.Type), z.Reason
	return fp
}

func freezingOf(en ledger.Entry) freezing {
	effect, _, _ := strings.Cut(en.Key, "/")
	return freezing{effect, targetOf(en.Fingerprint), bss.FreezeType(en.Fingerprint["freeze_type"]), en.Fingerprint["reason"]}
}

// standing is what the ledger keeps: when the customer was known to be so, or, for
// a freeze that was found, when it was begun.
type standing struct {
	At time.Time `json:"at"`
}

// freezingEffect is one customer's. The list shows that an account is frozen, but not
// how, nor by whom. So nothing is sent for a customer that is so already, and one that
// is so after an attempt was made so by it.
func (f *function) freezingEffect(z freezing) ledger.Effect[standing] {
	return ledger.Effect[standing]{
		Apply: func(ctx context.Context) (standing, error) {
			c, found, err := f.listed(ctx, z.CustomerID, z.IndirectPartnerID)
			switch {
			case err != nil:
				return standing{}, ledger.Refused(err) // nothing was sent
			case !found:
				return standing{}, ledger.Refused(notServed(nil))
			case z.reached(c):
				return standing{}, ledger.Refused(z.already())
			}
			return standing{f.now()}, f.sendFreezing(ctx, z)
		},
		Find: func(ctx context.Context, since time.Time) (standing, ledger.Finding, error) {
			c, found, err := f.listed(ctx, z.CustomerID, z.IndirectPartnerID)
			switch {
			case err != nil || !found:
				return standing{}, ledger.Unclear, err
			case z.reached(c):
				return standing{since}, ledger.Found, nil
			}
			return standing{}, ledger.Absent, nil
		},
		Settle: recordDelay,
	}
}

// reached reports whether a customer is as the effect leaves it.
func (z freezing) reached(c bss.SubCustomer) bool {
	return (c.IsFrozen != bss.NotFrozen) == (z.effect == frozen)
}

// sendFreezing makes the call. One customer that is refused is refused with the call,
// or in the details of one that succeeded.
func (f *function) sendFreezing(ctx context.Context, z freezing) error {
	var refused []bss.ItemError
	var err error
	ids := []string{z.CustomerID}
	if z.effect == frozen {
		refused, err = f.cloud.FreezeSubCustomers(ctx, bss.FreezeSubCustomersRequest{
			CustomerIDs: ids, FreezeType: z.Type, Reason: z.Reason, IndirectPartnerID: z.IndirectPartnerID,
		})
	} else {
		refused, err = f.cloud.UnfreezeSubCustomers(ctx, bss.UnfreezeSubCustomersRequest{
			CustomerIDs: ids, UnfreezeType: z.Type, Reason: z.Reason, IndirectPartnerID: z.IndirectPartnerID,
		})
	}
	if err != nil {
		return refusedUnlessUnknown(err)
	}
	if len(refused) > 0 {
		return ledger.Refused(&bss.Error{Operation: bss.Operation{Name: z.operation()}, Status: http.StatusOK, Code: refused[0].Code, Message: refused[0].Message})
	}
	return nil
}

func (z freezing) operation() string {
	if z.effect == frozen {
		return "FreezeSubCustomers"
	}
	return "UnfreezeSubCustomers"
}

func (z freezing) already() error {
	if z.effect == frozen {
		return &customerProblem{"frozen_already", "The customer is frozen already. Huawei Cloud does not tell by which type.",
			"Unfreeze it first where another type is wanted. New customers are frozen, by ACCOUNT, until they are unfrozen."}
	}
	return &customerProblem{"not_frozen", "The customer is not frozen.", "Look at the customer: somebody has unfrozen it before."}
}

// settleFreezing asks about an entry, and freezes nobody.
func (f *function) settleFreezing(ctx context.Context, en ledger.Entry) error {
	_, err := ledger.Reconcile(ctx, f.ledger, en.Key, f.freezingEffect(freezingOf(en)))
	return err
}

// decidedStanding is what is recorded of an effect that a person says was made.
func (f *function) decidedStanding(_ context.Context, en ledger.Entry, _ string) (any, error) {
	return standing{en.Since}, nil
}

func whereAFreezingShows(en ledger.Entry) string {
	z := freezingOf(en)
	return fmt.Sprintf("Partner centre, customers: whether customer %s is frozen, and its operation log since %s: a %s of type %s. There is done; not there after an hour is failed.",
		z.CustomerID, en.Since.Format("2006-01-02 15:04 UTC"), z.effect, z.Type)
}
