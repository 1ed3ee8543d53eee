package chaos

import (
	"context"
	"errors"
	"fmt"
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

// finish lets the schedules and honest callers finish what the storm left, in a world
// where nothing goes wrong any more.
func (r *run) finish(ctx context.Context) error {
	r.calm = true
	r.history.add(r.clock.Now(), "the storm is over")
	if r.plan.patient {
		if err := r.reconcile(ctx); err != nil {
			return err
		}
	}
	for range rounds {
		r.clock.Advance(round)
		for _, in := range r.plan.intentions {
			if err := r.again(ctx, in); err != nil {
				return err
			}
		}
		if done, err := r.settled(ctx); err != nil || done {
			return errors.Join(err, r.reconcile(ctx))
		}
	}
	return r.reconcile(ctx)
}

// reconcile runs the schedules until nothing is in doubt and everything has been
// told, or they have had time enough for that.
func (r *run) reconcile(ctx context.Context) error {
	for range rounds {
		r.clock.Advance(round)
		for _, in := range schedules() {
			if err := r.deliver(ctx, in); err != nil {
				return err
			}
		}
		if open, err := r.open(ctx); err != nil || len(open) == 0 {
			return err
		}
	}
	open, err := r.open(ctx)
	r.left = append(r.left, open...)
	return err
}

// open lists the entries in doubt, and those whose outcome has not been told.
func (r *run) open(ctx context.Context) ([]string, error) {
	all, err := r.records(ctx)
	if err != nil {
		return nil, err
	}
	var open []string
	for _, rec := range all {
		if rec.whole != nil && rec.entry.State == ledger.StateUnknown {
			_, spent, err := r.outstanding(ctx, rec.whole)
			if err != nil {
				return nil, err
			}
			if spent {
				continue
			}
		}
		switch en := rec.entry; {
		case en.State == ledger.StateRunning, en.State == ledger.StateUnknown:
			open = append(open, fmt.Sprintf("%s is %s after %d runs of the reconciler: %s", rec.key, en.State, rounds, en.Reason))
		case en.State != "" && !r.platform.heard(rec.key, en):
			open = append(open, fmt.Sprintf("the sales platform has not heard that %s is %s, attempt %d", rec.key, en.State, en.Attempts))
		}
	}
	return open, nil
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
		r.history.add(r.clock.Now(), "%s: %s", in.name, requestID.ReplaceAllString(err.Error(), ""))
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
