package bss

import (
	"context"
	"errors"
	"sync"
)

// maxSignatureFailures is how many signatures in a row may fail. The gateway locks
// an access key for minutes after more than five.
const maxSignatureFailures = 3

// errKeyRefused ends the use of a key that the gateway does not accept.
var errKeyRefused = errors.New("the gateway refused the signatures of this access key three times in a row, and locks a key after five: " +
	"nothing more is sent with it; correct the keys or the clock and make a new client")

// keyGuard keeps a wrong key from being locked. Until a signature has been accepted,
// no more calls are under way than may fail; calls that were sent with a good key
// before it went bad cannot be called back.
type keyGuard struct {
	mu       sync.Mutex
	failures int  // in a row
	underway int  // signed calls without an answer
	proven   bool // a signature was accepted since the last failure
	changed  chan struct{}
}

// begin waits until a signed call may be sent.
func (g *keyGuard) begin(ctx context.Context) error {
	for {
		wait, err := g.tryBegin()
		if wait == nil || err != nil {
			return err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tryBegin begins a call, or returns what to wait for.
func (g *keyGuard) tryBegin() (<-chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures >= maxSignatureFailures {
		return nil, errKeyRefused
	}
	if g.proven || g.failures+g.underway < maxSignatureFailures {
		g.underway++
		return nil, nil
	}
	if g.changed == nil {
		g.changed = make(chan struct{})
	}
	return g.changed, nil
}

// end takes the result of a signed call. What is no verdict on the signature, such as
// no answer or a gateway out of order, counts neither way.
func (g *keyGuard) end(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underway--
	failure, failed := errors.AsType[*Error](err)
	switch {
	case !failed || accepted(failure):
		g.failures, g.proven = 0, true
	case failure.Is(ErrCredential):
		g.failures, g.proven = g.failures+1, false
	}
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// accepted reports whether a refusal shows that the signature was good: it came from
// behind the gateway's check.
func accepted(e *Error) bool {
	return e.Status >= 400 && e.Status < 500 && !e.Is(ErrCredential) && !e.Is(ErrThrottled)
}
