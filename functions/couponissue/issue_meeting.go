package couponissue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// answer is what one customer of a call got.
type answer struct {
	coupon Coupon
	err    error
}

// answers are those of a call by customer.
type answers map[string]answer

// forAll gives everybody the same failure.
func forAll(customers []string, err error) answers {
	all := answers{}
	for _, id := range customers {
		all[id] = answer{err: err}
	}
	return all
}

// dealt finds the customers in the answer to a call, which names them as served or
// refused.
func dealt(customers []string, issued bss.IssuedCoupons) answers {
	all := answers{}
	for _, id := range customers {
		all[id] = answer{err: fmt.Errorf("the answer does not say whether customer %s got a coupon", id)}
	}
	for _, refused := range issued.Errors {
		all[refused.ID] = answer{err: ledger.Refused(&itemError{refused})}
	}
	for _, coupon := range issued.Coupons {
		all[coupon.CustomerID] = answer{coupon: Coupon{CouponID: coupon.CouponID}}
	}
	return all
}

// meeting brings together those customers of a batch for whom there is something to
// do. Each has an entry of the ledger of its own, whose attempt begins before the
// meeting and ends after it; the last one to come or to leave makes the one call for
// all who are there. So a call serves many, and each of its outcomes is recorded and
// settled alone.
type meeting struct {
	call func(ctx context.Context, customers []string) answers

	mu      sync.Mutex
	awaited int           // who has neither come nor left
	seats   map[int]*seat // by place in the batch
}

type seat struct {
	customer string
	end      time.Time // of the attempt that waits here; zero for none
	answer   chan answer
}

func newMeeting(expected int, call func(ctx context.Context, customers []string) answers) *meeting {
	return &meeting{call: call, awaited: expected, seats: map[int]*seat{}}
}

// attend waits for the call and returns the customer's answer to it. The call is
// made within the time of everybody who is there, so that an answer always comes.
func (m *meeting) attend(ctx context.Context, place int, customer string) (Coupon, error) {
	s := &seat{customer: customer, answer: make(chan answer, 1)}
	s.end, _ = ctx.Deadline()
	m.mu.Lock()
	m.seats[place] = s
	m.mu.Unlock()
	m.arrived(ctx)
	a := <-s.answer
	return a.coupon, a.err
}

// leave is for who is done with it, also without having attended.
func (m *meeting) leave(ctx context.Context, place int) {
	m.mu.Lock()
	_, attended := m.seats[place]
	m.mu.Unlock()
	if !attended {
		m.arrived(ctx)
	}
}

func (m *meeting) arrived(ctx context.Context) {
	m.mu.Lock()
	m.awaited--
	complete := m.awaited == 0 && len(m.seats) > 0
	m.mu.Unlock()
	if complete {
		m.hold(ctx)
	}
}

// hold makes the call and deals its answers out. Nobody comes or goes any more.
func (m *meeting) hold(ctx context.Context) {
	ctx, cancel := m.within(ctx)
	defer cancel()
	var customers []string
	for _, place := range slices.Sorted(maps.Keys(m.seats)) {
		customers = append(customers, m.seats[place].customer)
	}
	all := m.call(ctx, customers)
	for _, s := range m.seats {
		s.answer <- all[s.customer]
	}
}

// within ends with the time of the first of those who are there.
func (m *meeting) within(ctx context.Context) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	for _, s := range m.seats {
		if !s.end.IsZero() && (!limited || s.end.Before(end)) {
			end, limited = s.end, true
		}
	}
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end)
}
