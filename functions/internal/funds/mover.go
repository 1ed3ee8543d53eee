// Package funds moves the partner's money: to its resale customers and back, and of
// a distributor to its resellers and back. Each movement is one entry of the ledger
// and happens once.
//
// # Why two equal movements are not taken for each other
//
// The API gives a movement no key of ours. After a lost answer there are only the
// adjust records, and they say no more than account, direction, amount, currency and
// time. So whether a record is that of a movement P in doubt can only be told if no
// other movement could have made it. Three rules see to that:
//
//  1. A movement is noted down for its account before it is made and struck out when
//     its outcome is known. The note is written only over the version that was looked
//     at before, and never while an equal movement (same account, direction, amount,
//     currency) is noted whose outcome is not known; that one is asked about first. So
//     of equal movements one at most is in doubt, also where processes crash or two
//     act at once; that movements of one account take turns makes them wait for each
//     other instead of being refused.
//  2. Whoever learns the record of a movement claims it before the outcome is recorded.
//     So every record that an earlier or later movement of ours made is claimed by the
//     time P asks, and P passes over it.
//  3. P looks between the begin of its first attempt in doubt and the end of its last
//     one, with room for clocks that differ and for records that come to light late.
//
// One unclaimed record in that span is therefore P's own (found, and claimed), and none,
// once records must have come to light, proves that P was not made (absent, and it may
// be made again). Hence there is one record for every movement that is done, none for
// one that is not, and the one that is claimed is the movement's own.
//
// What this cannot see is money that a person moves by hand in the partner centre, equal
// and in the same minutes. Two unclaimed records tell that somebody did, so a movement
// that meets two stays unknown until a person decides.
package funds

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// Cloud is what moves money, and tells what was moved.
type Cloud interface {
	UpdateCustomerAccountAmount(ctx context.Context, r bss.UpdateCustomerAccountAmountRequest) (string, error)
	ReclaimToPartnerAccount(ctx context.Context, r bss.ReclaimToPartnerAccountRequest) (string, error)
	UpdateIndirectPartnerAccount(ctx context.Context, r bss.UpdateIndirectPartnerAccountRequest) (string, error)
	ReclaimIndirectPartnerAccount(ctx context.Context, r bss.ReclaimIndirectPartnerAccountRequest) (string, error)
	ListPartnerAdjustRecords(ctx context.Context, r bss.ListPartnerAdjustRecordsRequest) iter.Seq2[bss.AdjustRecord, error]
}

// Mover moves money. It is safe for concurrent use. All functions that move money
// of the same customers must share the store of the ledger.
type Mover struct {
	cloud Cloud
	book  *ledger.Ledger
	// space is the ledger of another function, to look at.
	space func(name string) *ledger.Ledger
	notes *ledger.Documents[openMovements]
	now   func() time.Time
	log   *slog.Logger
}

// New makes a Mover that records in book.
func New(cloud Cloud, book *ledger.Ledger, rt functions.Runtime) *Mover {
	return &Mover{
		cloud: cloud,
		book:  book,
		space: func(name string) *ledger.Ledger {
			return ledger.New(rt.Store, ledger.Options{Now: rt.Clock.Now, Space: name})
		},
		notes: ledger.NewDocuments[openMovements](rt.Store, "open-movements", rt.Clock.Now),
		now:   rt.Clock.Now,
		log:   cmp.Or(rt.Logger, slog.Default()),
	}
}

// Move makes the movement once for its key and returns the transfer, also to every
// later caller with the same movement. It waits for other movements of the account.
// It fails like ledger.Do, and with *DoubtError where an equal movement has to be
// settled first: nothing was done then.
func (v *Mover) Move(ctx context.Context, m Movement) (Transfer, error) {
	if err := m.check(); err != nil {
		return Transfer{}, err
	}
	var id string
	err := v.turn(ctx, m.account(), func(ctx context.Context) (err error) {
		id, err = v.move(ctx, m)
		return err
	})
	if err != nil {
		return Transfer{}, err
	}
	return Transfer{m, id}, nil
}

// Decide calls decide in the turn of an account, when no movement of it is in doubt,
// and makes the movement that it returns; none for nil. What decide reads of the
// account thus holds all that we moved, and nothing else of ours moves meanwhile. It
// fails like Move, and with *DoubtError also for a movement that is not equal.
func (v *Mover) Decide(ctx context.Context, account string, decide func(ctx context.Context) (*Movement, error)) (Transfer, error) {
	var done Transfer
	err := v.turn(ctx, account, func(ctx context.Context) error {
		note, err := v.unsettled(ctx, account, "")
		if err != nil {
			return err
		}
		if open := note.Value.Open; len(open) > 0 {
			return &DoubtError{Account: account, Key: open[0].Key}
		}
		m, err := decide(ctx)
		if err != nil || m == nil {
			return err
		}
		if err := m.check(); err != nil {
			return err
		}
		if m.account() != account {
			return fmt.Errorf("it was decided to move money of %s in the turn of %s", m.account(), account)
		}
		id, err := v.move(ctx, *m)
		if err == nil {
			done = Transfer{*m, id}
		}
		return err
	})
	return done, err
}

// turn lets one caller at a time, in all functions, act on an account.
func (v *Mover) turn(ctx context.Context, account string, do func(ctx context.Context) error) error {
	return v.book.Turn(ctx, "funds/"+account, do)
}

func (v *Mover) move(ctx context.Context, m Movement) (string, error) {
	if en, err := v.book.Entry(ctx, m.Key); err == nil && en.State == ledger.StateDone {
		return ledger.Do(ctx, v.book, m.Key, m.fingerprint(), v.effect(m, nil))
	}
	note, err := v.unsettled(ctx, m.account(), m.Key)
	if err != nil {
		return "", err
	}
	for _, open := range note.Value.Open {
		if open.Key != m.Key && open.movement(m.account()).equal(m) {
			return "", &DoubtError{Account: m.account(), Key: open.Key}
		}
	}
	defer v.strike(ctx, m.account(), m.Key)
	return ledger.Do(ctx, v.book, m.Key, m.fingerprint(), v.effect(m, &note))
}

// Settle asks what became of the movement of an entry whose outcome is unknown, and
// records it. It never moves anything, and fails like ledger.Reconcile.
func (v *Mover) Settle(ctx context.Context, en ledger.Entry) error {
	m, err := movementOf(en)
	if err != nil {
		return err
	}
	return v.turn(ctx, m.account(), func(ctx context.Context) error { return v.settle(ctx, m) })
}

// settle is Settle within the turn.
func (v *Mover) settle(ctx context.Context, m Movement) error {
	defer v.strike(ctx, m.account(), m.Key)
	_, err := ledger.Reconcile(ctx, v.book, m.Key, v.effect(m, nil))
	return err
}

// DoubtError says that a movement was not begun because another one of the account,
// an equal one if Move says so, is in doubt: the records could not tell the two apart.
// Settle that one, or ask again later.
type DoubtError struct {
	Account string // the customer's or the reseller's id
	Key     string // of the movement in doubt
}

func (e *DoubtError) Error() string {
	return fmt.Sprintf("money of %s was not moved: the movement %q is in doubt and must be settled first", e.Account, e.Key)
}
