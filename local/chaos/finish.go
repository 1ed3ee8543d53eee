package chaos

import (
	"context"
	"time"
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
			if err := r.deliver(ctx, in); err != nil {
				return err
			}
		}
		if r.settled() {
			return nil
		}
	}
	return nil
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

func (r *run) settled() bool {
	for _, in := range r.plan.intentions {
		if !in.settled {
			return false
		}
	}
	return true
}
