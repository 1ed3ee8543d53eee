package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// queue is what waits of one subject. Its row is due when its first event should
// be sent, or when the lease of whoever is sending it ends: in either case nobody
// may begin before that.
type queue struct {
	// Waiting are the ids of the events, the first to be sent first.
	Waiting []string `json:"waiting"`
	// Holder is who has the lease; empty for nobody.
	Holder string `json:"holder,omitempty"`

	subject string
	dueAt   time.Time
	version int64 // 0 for a row that is not there
}

var (
	errUnchanged = errors.New("nothing to change")
	// errLost says that somebody else may be at the subject by now.
	errLost = errors.New("the lease has ended")
)

func (o *Outbox) kindQueue() string { return "outbox/" + o.opts.Space }

// change reads the queue of a subject, lets edit change it, and writes it, anew
// whenever another writer was first. An error of edit leaves the queue as it is;
// errUnchanged is none.
func (o *Outbox) change(ctx context.Context, subject string, edit func(q *queue) error) error {
	for {
		q, err := o.queue(ctx, subject)
		if err != nil {
			return err
		}
		if err := edit(&q); err != nil {
			if errors.Is(err, errUnchanged) {
				return nil
			}
			return err
		}
		err = o.write(ctx, q)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue
		}
		if err != nil {
			return fmt.Errorf("write what waits of %q: %w", subject, err)
		}
		return nil
	}
}

func (o *Outbox) queue(ctx context.Context, subject string) (queue, error) {
	row, err := o.store.Get(ctx, o.kindQueue(), subject)
	if errors.Is(err, ledger.ErrNotFound) {
		return queue{subject: subject}, nil
	}
	if err != nil {
		return queue{}, fmt.Errorf("read what waits of %q: %w", subject, err)
	}
	q := queue{subject: subject, dueAt: row.DueAt, version: row.Version}
	if err := json.Unmarshal(row.Body, &q); err != nil {
		return queue{}, fmt.Errorf("what waits of %q is unreadable: %w", subject, err)
	}
	return q, nil
}

func (o *Outbox) write(ctx context.Context, q queue) error {
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	now := o.now()
	row := ledger.Row{
		Kind: o.kindQueue(), Key: q.subject, Version: q.version, Body: body,
		DueAt: q.dueAt, CreatedAt: now, UpdatedAt: now,
	}
	if len(q.Waiting) == 0 {
		row.DueAt, row.ExpiresAt = time.Time{}, now.Add(keepEmpty)
	}
	if q.version == 0 {
		return o.store.Insert(ctx, row)
	}
	return o.store.Update(ctx, row)
}

// enqueue puts an event at the end of its subject's queue, unless it is in there.
// The first of a queue may be about to leave it, so one that is to be sent again
// gets another turn even then.
func (o *Outbox) enqueue(ctx context.Context, subject, id string, again bool) error {
	return o.change(ctx, subject, func(q *queue) error {
		at := slices.Index(q.Waiting, id)
		if again && at == 0 {
			at = slices.Index(q.Waiting[1:], id)
		}
		switch {
		case at >= 0:
			return errUnchanged
		case len(q.Waiting) >= MaxWaiting:
			return fmt.Errorf("%d events of %q wait, %s cannot: %w", len(q.Waiting), subject, id, ErrFull)
		case len(q.Waiting) == 0:
			q.dueAt = o.now()
		}
		q.Waiting = append(q.Waiting, id)
		return nil
	})
}

// take gets the lease of a subject. It says no where nothing of it is due, as
// while another one has the lease.
func (o *Outbox) take(ctx context.Context, subject, holder string) (queue, bool, error) {
	var taken queue
	ok := false
	err := o.change(ctx, subject, func(q *queue) error {
		ok = len(q.Waiting) > 0 && !o.now().Before(q.dueAt)
		if !ok {
			return errUnchanged
		}
		q.Holder, q.dueAt = holder, o.now().Add(lease)
		taken = *q
		return nil
	})
	return taken, ok && err == nil, err
}

// advance takes the first event, id, off a queue that holder has, and renews the
// lease while there are more.
func (o *Outbox) advance(ctx context.Context, subject, holder, id string) (queue, error) {
	var next queue
	err := o.change(ctx, subject, func(q *queue) error {
		if q.Holder != holder || len(q.Waiting) == 0 || q.Waiting[0] != id {
			return errLost
		}
		q.Waiting, q.dueAt = q.Waiting[1:], o.now().Add(lease)
		if len(q.Waiting) == 0 {
			q.Holder = ""
		}
		next = *q
		return nil
	})
	return next, err
}

// release ends the lease of holder and has the subject wait until at.
func (o *Outbox) release(ctx context.Context, subject, holder string, at time.Time) error {
	return o.change(ctx, subject, func(q *queue) error {
		if q.Holder != holder {
			return errLost
		}
		q.Holder, q.dueAt = "", at
		return nil
	})
}
