package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// MaxPage bounds the events of a page.
	MaxPage = 200
	// A page looks at so many events at most; with a filter it may find none.
	maxLooked = 1000
)

// Query says which events to list.
type Query struct {
	// State is the only state to list; empty for all.
	State State
	// Since is when the first event of the list was appended at the earliest.
	Since time.Time
	// Limit is how many events to list, 1 to MaxPage. Events of one microsecond
	// are never torn apart, so there may be more.
	Limit int
}

// Page is a part of the list, the oldest event first.
type Page struct {
	Events []Kept
	// Next is the Since of the next page; zero after the last one.
	Next time.Time
}

// List lists events in the order of their time. The list may lag behind a moment.
// A page with a state can be empty though there are more.
func (o *Outbox) List(ctx context.Context, q Query) (Page, error) {
	var page Page
	now := o.now()
	var last time.Time
	from := q.Since
	for looked := 0; len(page.Events) < q.Limit && looked < maxLooked; {
		rows, next, err := o.window(ctx, from, now, q.Limit)
		if err != nil {
			return Page{}, err
		}
		for _, row := range rows {
			if len(page.Events) >= q.Limit && !row.DueAt.Equal(last) {
				page.Next = row.DueAt
				return page, nil
			}
			last = row.DueAt
			if expired(row, now) || q.State != "" && string(q.State) != row.State {
				continue
			}
			k, err := keptOf(row)
			if err != nil {
				return Page{}, err
			}
			page.Events = append(page.Events, k)
		}
		page.Next = next
		if next.IsZero() {
			break
		}
		looked, from = looked+len(rows), next
	}
	return page, nil
}

// window reads about limit rows from an instant on, all of their last instant
// included, and says where the next window begins.
func (o *Outbox) window(ctx context.Context, from, until time.Time, limit int) ([]ledger.Row, time.Time, error) {
	for {
		rows, err := o.store.Due(ctx, o.kindEvent(), from, until, limit+1)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("list events: %w", err)
		}
		if len(rows) <= limit {
			return rows, time.Time{}, nil
		}
		last := rows[len(rows)-1].DueAt
		whole := len(rows)
		for whole > 0 && rows[whole-1].DueAt.Equal(last) {
			whole--
		}
		if whole > 0 {
			return rows[:whole], last, nil
		}
		limit *= 2
	}
}

// Resend has an event sent again, whether it was delivered or given up: it gets
// the last turn of its subject, and another day. An event that waits anyway stays
// where it is. An unknown id is ledger.ErrNotFound.
func (o *Outbox) Resend(ctx context.Context, id string) (Kept, error) {
	k, err := o.load(ctx, id)
	if err != nil {
		return Kept{}, err
	}
	again := k.State != StateWaiting
	if again {
		if k, err = o.reopen(ctx, k); err != nil {
			return Kept{}, err
		}
	}
	if err := o.enqueue(ctx, k.Subject, k.ID, again); err != nil {
		return Kept{}, err
	}
	o.tryAtOnce(ctx, k.Subject)
	return o.load(ctx, id)
}

// reopen makes an event wait once more.
func (o *Outbox) reopen(ctx context.Context, k Kept) (Kept, error) {
	for k.State != StateWaiting {
		k.State, k.FirstTry, k.NextTry = StateWaiting, time.Time{}, time.Time{}
		k.Resent++
		row, err := o.row(k)
		if err != nil {
			return Kept{}, err
		}
		err = o.store.Update(ctx, row)
		if err == nil {
			return k, nil
		}
		if !errors.Is(err, ledger.ErrVersion) {
			return Kept{}, fmt.Errorf("have the event %s sent again: %w", k.ID, err)
		}
		if k, err = o.load(ctx, k.ID); err != nil {
			return Kept{}, err
		}
	}
	return k, nil
}
