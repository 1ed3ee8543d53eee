package couponissue

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// callSize is how many customers one call may serve.
	callSize = 100
	// callsUnderWay is how many calls are prepared, made and recorded at a time: as
	// many as five a second need whose way, with the ledger's, takes less than 0.8
	// seconds.
	callsUnderWay = 4
	// reserve is the part of a run's time that is kept for its report: a campaign
	// that is cut off in the middle of a call leaves an unknown outcome behind.
	reserve = 5 * time.Second
)

// begin records what the campaign is to do, before anything of it is done.
func (f *function) begin(ctx context.Context, prop proposal) (plan, error) {
	c := prop.campaign
	return f.plans.change(ctx, c.Campaign, func(p *plan) error {
		if err := p.agree(c); err != nil {
			return err
		}
		if c.Filter == nil || !p.resolved(c) {
			if _, err := f.plans.add(ctx, c.Campaign, p, prop.named); err != nil {
				return err
			}
		}
		p.begin(c)
		p.Currency = prop.quota.Currency
		return nil
	})
}

// run is one way through a campaign. Several may be under way at once: the ledger
// sees to it that nobody gets a second coupon by that.
type run struct {
	*function
	campaign Campaign
	// asking has a place for each look at the records that is under way.
	asking chan struct{}

	mu sync.Mutex
	// stop is a failure that the next customers would meet too.
	stop error
	// scarce is the smallest face value that the quota was insufficient for; zero
	// where it was not.
	scarce decimal.Decimal
}

// issue works through the open parts of a plan, and returns what stopped it, if
// anything did. In memory there are never more than the parts under way.
func (f *function) issue(ctx context.Context, p plan, atOnce int) (stopped, err error) {
	inTime, cancel := beforeReserve(ctx)
	defer cancel()
	r := &run{function: f, campaign: p.Campaign, asking: make(chan struct{}, callsUnderWay)}
	batches := make(chan batch)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for b := range batches {
				if r.stopped(inTime) == nil {
					r.issueBatch(ctx, b)
				}
				r.leave(ctx, b)
			}
		})
	}
	for _, part := range p.Parts {
		if part.Finished || r.stopped(inTime) != nil {
			continue
		}
		if err = r.feed(ctx, part, batches); err != nil {
			break
		}
	}
	close(batches)
	workers.Wait()
	return r.stopped(inTime), err
}

// stopped says why nothing more is to be issued, if so.
func (r *run) stopped(inTime context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		r.stop = inTime.Err()
	}
	return r.stop
}

func (r *run) stopBecause(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == nil {
		r.stop = err
	}
}

// work is a part under way.
type work struct {
	part       part
	recipients []recipient

	mu       sync.Mutex
	outcomes []Outcome
	open     int // customers whose batch has not left yet
}

// batch are customers of a part who get coupons of the same value by one call.
type batch struct {
	of    *work
	who   []int // their places in the part
	value decimal.Decimal
}

// feed makes batches of those in a part who are not known to have their coupon.
func (r *run) feed(ctx context.Context, p part, batches chan<- batch) error {
	recipients, err := r.plans.recipients(ctx, r.campaign.Campaign, p)
	if err != nil {
		return err
	}
	before, err := r.plans.outcomesOf(ctx, r.campaign.Campaign, p)
	if err != nil {
		return err
	}
	w := &work{part: p, recipients: recipients, outcomes: make([]Outcome, len(recipients))}
	issued := func(i int) bool { return i < len(before) && before[i].State == Issued }
	for i, recipient := range recipients {
		w.outcomes[i] = Outcome{CustomerID: recipient.CustomerID, State: NotTried}
		if issued(i) {
			w.outcomes[i] = before[i]
		} else {
			w.open++
		}
	}
	if w.open == 0 {
		return r.settle(ctx, w)
	}
	for _, group := range byFaceValue(recipients, r.campaign.FaceValue) {
		group = slices.DeleteFunc(group, issued)
		for who := range slices.Chunk(group, callSize) {
			batches <- batch{of: w, who: who, value: recipients[who[0]].value(r.campaign.FaceValue)}
		}
	}
	return nil
}

// byFaceValue groups the places of customers whose coupons are worth the same, the
// groups and the places in the customers' order.
func byFaceValue(recipients []recipient, standard decimal.Decimal) [][]int {
	var groups [][]int
	places := map[string]int{}
	for i, r := range recipients {
		value := r.value(standard).StringFixed(2)
		place, known := places[value]
		if !known {
			place = len(groups)
			places[value], groups = place, append(groups, nil)
		}
		groups[place] = append(groups[place], i)
	}
	return groups
}

// leave counts a batch out, and records what became of its part when it was the
// last one.
func (r *run) leave(ctx context.Context, b batch) {
	b.of.mu.Lock()
	b.of.open -= len(b.who)
	last := b.of.open == 0
	b.of.mu.Unlock()
	if !last {
		return
	}
	if err := r.settle(ctx, b.of); err != nil {
		r.stopBecause(err)
		r.log.LogAttrs(ctx, slog.LevelError, "outcomes of a campaign not recorded; the ledger has them",
			slog.String("campaign", r.campaign.Campaign), slog.String("part", b.of.part.ID), slog.Any("cause", err))
	}
}

// settle records what became of a part: of each customer first, and then that the
// part is finished.
func (r *run) settle(ctx context.Context, w *work) error {
	ctx, cancel := recording(ctx)
	defer cancel()
	id := r.campaign.Campaign
	outcomes, err := changed(ctx, r.plans.outcomes, partKey(id, w.part.ID), func(recorded *[]Outcome) error {
		*recorded = merged(*recorded, w.outcomes)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = r.plans.change(ctx, id, func(p *plan) error {
		i := slices.IndexFunc(p.Parts, func(part part) bool { return part.ID == w.part.ID })
		p.Parts[i].count(w.recipients, outcomes, r.campaign.FaceValue)
		return nil
	})
	return err
}

// merged are outcomes as they are after a run. Another run may have seen more than
// this one: a coupon that was issued stays issued, and who was not tried now stays
// what he was.
func merged(before, now []Outcome) []Outcome {
	all := slices.Clone(now)
	for i, old := range before {
		if old.State == Issued || (now[i].State == NotTried && old.State != "") {
			all[i] = old
		}
	}
	return all
}

func (p *part) count(recipients []recipient, outcomes []Outcome, faceValue decimal.Decimal) {
	p.Issued, p.Refused, p.Unknown, p.IssuedAmount = 0, 0, 0, decimal.Zero
	for i, o := range outcomes {
		switch o.State {
		case Issued:
			p.Issued++
			p.IssuedAmount = p.IssuedAmount.Add(recipients[i].value(faceValue))
		case Refused:
			p.Refused++
		case Unknown:
			p.Unknown++
		case NotTried: // the rest
		}
	}
	p.Finished = p.Issued+p.Refused == p.Customers
}

func beforeReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}

// outcomeOf says what became of one coupon, and what stops the campaign, if
// anything does: a failure that the next customers would meet too.
func outcomeOf(customerID string, coupon Coupon, err error) (outcome Outcome, stop error) {
	if err == nil {
		return Outcome{CustomerID: customerID, State: Issued, CouponID: coupon.CouponID}, nil
	}
	if isUnknown(err) {
		return explained(customerID, Unknown, err), nil
	}
	if item, ok := errors.AsType[*itemError](err); ok {
		return Outcome{CustomerID: customerID, State: Refused, Code: item.Code, Message: clip(item.Message)}, nil
	}
	if refusal, ok := errors.AsType[*bss.Error](err); ok && refusal.Code != "" && !concernsAll(refusal) {
		return Outcome{CustomerID: customerID, State: Refused, Code: refusal.Code, Message: clip(refusal.Message)}, nil
	}
	return notTried(customerID, err), err
}

func isUnknown(err error) bool {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	return unknown || errors.Is(err, ledger.ErrRunning) || errors.Is(err, ledger.ErrSuperseded)
}

// concernsAll says whether the next customers would meet the refusal too: what has
// nothing to do with the request, and what is wrong with the quota or with terms
// that all have in common.
func concernsAll(refusal *bss.Error) bool {
	switch refusal.Code {
	case "CBC.99000012", "CBC.99000017", // the quota, its time
		"CBC.99000023", "CBC.99000024", "CBC.50000054", "CBC.50000055", // services, order types, products
		"CBC.99000037", "CBC.50000010": // on whose behalf, the partner's mode
		return true
	}
	if concernsCustomers(refusal) {
		return false
	}
	for _, condition := range []error{bss.ErrThrottled, bss.ErrTryLater, bss.ErrCredential, bss.ErrAccessDenied, bss.ErrUnavailable} {
		if errors.Is(refusal, condition) {
			return true
		}
	}
	return false
}

// concernsCustomers says whether a refusal of a whole call may be about some of its
// customers only, by the codes of the operation's documentation.
func concernsCustomers(refusal *bss.Error) bool {
	switch refusal.Code {
	case "CBC.0100", // a parameter: a customer's id may be the one
		"CBC.99000022", "CBC.50000020", // first-time or designated customers only
		"CBC.99000000", "CBC.99000025", "CBC.99000035", "CBC.50000034", // not the partner's, the partner itself, in custody
		"CBC.99000013", "CBC.99000014", "CBC.99000020", "CBC.99000021": // the quota's rest, association, count and total
		return true
	}
	return false
}

func notTried(customerID string, cause error) Outcome {
	why := reasonOf(cause)
	return Outcome{CustomerID: customerID, State: NotTried, Code: why.Code, Message: why.Message}
}

// reasonOf is why customers were not tried; zero for no cause.
func reasonOf(cause error) reason {
	if cause == nil {
		return reason{}
	}
	if errors.Is(cause, context.DeadlineExceeded) || errors.Is(cause, context.Canceled) {
		return reason{Code: "timeout", Message: "The time of the call was used up. Send the campaign again."}
	}
	o := explained("", NotTried, cause)
	return reason{Code: o.Code, Message: o.Message}
}

// explained gives a customer the code and the words of the problem behind it.
func explained(customerID string, state State, cause error) Outcome {
	p, ok := errors.AsType[*handler.Problem](functions.Problem(cause))
	if !ok {
		return Outcome{CustomerID: customerID, State: state, Code: "internal", Message: "Something failed on our side. Send the campaign again."}
	}
	return Outcome{CustomerID: customerID, State: state, Code: p.Code, Message: clip(p.Detail)}
}
