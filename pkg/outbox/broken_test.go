package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/outbox"
)

// faulty is a store whose writes can be watched and made to fail: point is called
// before and after each of them.
type faulty struct {
	ledger.Store
	point func(when string) error
}

func (f faulty) Insert(ctx context.Context, row ledger.Row) error {
	return f.write("insert "+row.Kind, func() error { return f.Store.Insert(ctx, row) })
}

func (f faulty) Update(ctx context.Context, row ledger.Row) error {
	return f.write("update "+row.Kind, func() error { return f.Store.Update(ctx, row) })
}

func (f faulty) write(what string, act func() error) error {
	if err := f.point("before " + what); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	return f.point("after " + what)
}

// brokenPost is how one would write an outbox on a Friday: a list a subject, in one
// row, with one mistake. "No lease" is in all of them.
type brokenPost struct {
	store   ledger.Store
	sender  outbox.Sender
	mistake string
}

func (p *brokenPost) change(ctx context.Context, subject string, edit func([]string) []string) error {
	for {
		row, err := p.store.Get(ctx, "broken", subject)
		absent := errors.Is(err, ledger.ErrNotFound)
		if err != nil && !absent {
			return err
		}
		var ids []string
		if !absent {
			if err := json.Unmarshal(row.Body, &ids); err != nil {
				return err
			}
		}
		row.Kind, row.Key = "broken", subject
		row.Body, _ = json.Marshal(edit(ids))
		row.DueAt = start
		if absent {
			err = p.store.Insert(ctx, row)
		} else {
			err = p.store.Update(ctx, row)
		}
		if !errors.Is(err, ledger.ErrVersion) && !errors.Is(err, ledger.ErrExists) {
			return err
		}
	}
}

func (p *brokenPost) Append(ctx context.Context, e outbox.Event) error {
	if p.mistake == "keeps nothing" {
		_ = p.sender.Send(ctx, outbox.Message{ID: e.ID})
		return nil
	}
	return p.change(ctx, e.Subject, func(ids []string) []string {
		known := slices.Contains(ids, e.ID)
		if p.mistake != "forgets what was sent" {
			known = known || slices.Contains(ids, "sent "+e.ID)
		}
		if known {
			return ids
		}
		return append(ids, e.ID)
	})
}

func (p *brokenPost) Resend(context.Context, string) (outbox.Kept, error) {
	return outbox.Kept{}, errors.New("it cannot")
}

func (p *brokenPost) Deliver(ctx context.Context) (outbox.Delivery, error) {
	rows, err := p.store.Due(ctx, "broken", start, start, 10)
	for _, row := range rows {
		var ids []string
		if err := json.Unmarshal(row.Body, &ids); err != nil {
			return outbox.Delivery{}, err
		}
		for _, id := range ids {
			if len(id) > 5 { // "sent " and the id
				continue
			}
			goOn, err := p.deliver(ctx, row.Key, id)
			if err != nil {
				return outbox.Delivery{}, err
			}
			if !goOn {
				break
			}
		}
	}
	return outbox.Delivery{}, err
}

func (p *brokenPost) deliver(ctx context.Context, subject, id string) (goOn bool, err error) {
	sent := func() error {
		return p.change(ctx, subject, func(ids []string) []string {
			if at := slices.Index(ids, id); at >= 0 {
				ids[at] = "sent " + id
			}
			return ids
		})
	}
	if p.mistake == "removes before it sends" {
		if err := sent(); err != nil {
			return false, err
		}
	}
	taken := p.sender.Send(ctx, outbox.Message{ID: id}) == nil
	if !taken {
		return p.mistake == "passes over failures", nil
	}
	return true, sent()
}
