package chaos

import (
	"context"
	"slices"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// round is longer than a lease and what an effect needs to come to light.
	round = 5 * time.Minute
	// rounds is how often honest callers ask before they give up.
	rounds = 4
)

// finish lets honest callers finish what the storm left, in a world where nothing
// goes wrong any more.
func (r *run) finish(ctx context.Context) error {
	r.calm = true
	r.history.add(r.clock.Now(), "the storm is over")
	for range rounds {
		r.clock.Advance(round)
		for _, in := range r.plan.intentions {
			if err := r.again(ctx, in); err != nil {
				return err
			}
		}
		if done, err := r.settled(ctx); done || err != nil {
			return err
		}
	}
	return nil
}

// again makes an honest delivery, and one more where the first needed something that
// had ended.
func (r *run) again(ctx context.Context, in *intention) error {
	if err := r.deliver(ctx, in); err != nil {
		return err
	}
	if in.renew == nil || !slices.Contains(renewable, in.code) {
		return nil
	}
	if err := in.renew(ctx); err != nil {
		r.history.add(r.clock.Now(), "%s: %v", in.name, err)
		return nil // an order that is paid has no quote
	}
	return r.deliver(ctx, in)
}

// deliver makes one delivery from its beginning to its end.
func (r *run) deliver(ctx context.Context, in *intention) error {
	if err := r.launch(ctx, in, 0); err != nil {
		return err
	}
	for len(r.flights) > 0 {
		if err := r.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settled reports whether every intention has its effects, or a refusal that lasts.
func (r *run) settled(ctx context.Context) (bool, error) {
	for _, in := range r.plan.intentions {
		if slices.Contains(lasting, in.code) {
			continue
		}
		for _, w := range in.wanted {
			en, err := r.entry(ctx, w)
			if err != nil || en.State != ledger.StateDone {
				return false, err
			}
		}
	}
	return true, nil
}
