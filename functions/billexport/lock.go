package billexport

import (
	"context"
	"errors"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// lockTerm is how long a run that was killed keeps others out.
	lockTerm = 10 * time.Minute
	// releaseTimeout bounds giving a lock back, which must survive a caller that
	// has gone.
	releaseTimeout = 10 * time.Second
)

// locks let one run of a cycle at a time, in all processes that share the store.
type locks struct {
	held *ledger.Documents[lockHolder]
	now  func() time.Time
}

// lockHolder tells those who look at the store what the lock is for.
type lockHolder struct {
	Since time.Time `json:"since"`
}

func newLocks(rt functions.Runtime) locks {
	return locks{ledger.NewDocuments[lockHolder](rt.Store, "export", rt.Clock.Now), rt.Clock.Now}
}

// lock is held by one run, which keeps it while it works. A run that lost its lock
// by standing still notices that before it publishes.
type lock struct {
	locks
	cycle   cycle
	doc     ledger.Document[lockHolder]
	renewAt time.Time
}

// acquire fails with the problem run_in_progress where another run has the lock.
func (l locks) acquire(ctx context.Context, c cycle) (*lock, error) {
	acquired := &lock{locks: l, cycle: c, doc: ledger.Document[lockHolder]{
		Key: c.String(), Value: lockHolder{Since: l.now()},
	}}
	if err := acquired.renew(ctx); err != nil {
		return nil, err
	}
	return acquired, nil
}

// keep renews the lock when half of its term is over. It costs nothing otherwise.
func (l *lock) keep(ctx context.Context) error {
	if l.now().Before(l.renewAt) {
		return nil
	}
	return l.renew(ctx)
}

func (l *lock) renew(ctx context.Context) error {
	now := l.now()
	l.doc.ExpiresAt = now.Add(lockTerm)
	doc, err := l.held.Put(ctx, l.doc)
	if errors.Is(err, ledger.ErrExists) || errors.Is(err, ledger.ErrVersion) {
		return runInProgress(l.cycle, err)
	}
	if err != nil {
		return err
	}
	l.doc, l.renewAt = doc, now.Add(lockTerm/2)
	return nil
}

// release lets the next run begin at once.
func (l *lock) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	l.doc.ExpiresAt = l.now()
	_, err := l.held.Put(ctx, l.doc)
	return err
}
