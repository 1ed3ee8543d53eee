// Package outbox sends events to one receiver so that none is lost. An event is
// kept in the ledger's store before anybody tries to send it, and is sent until
// the receiver has taken it:
//
//	waiting -> delivered | failed
//
// Each event is about a subject, and events of one subject arrive in the order in
// which they were appended: the first of them that is not delivered holds the
// others up until it is, or until it is given up a day after it was first tried.
// Subjects do not wait for each other.
//
// An event arrives at least once, always under the same id: a process that dies,
// or whose lease ends, between the receiver's answer and its record leaves an
// event to be sent again. Several processes may deliver at once; one at a time
// has a subject.
//
// Two kinds of rows hold all of it: one row an event, and one row a subject with
// the ids that wait. Every change is of one row, and a crash between two changes
// leaves nothing that the next process cannot go on from.
package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	// MaxData bounds the JSON of an event's data, in bytes.
	MaxData = 256 << 10
	// MaxWaiting bounds how many events of one subject wait, so that their row
	// stays within what every store takes.
	MaxWaiting = 1000

	maxID      = 64
	maxSubject = 512 // bytes; within the key limits of every store

	keepDelivered = 30 * 24 * time.Hour
	// An empty row of a subject outlives whoever may still hold it as it was
	// before, so that its version never begins anew under their hands.
	keepEmpty = 24 * time.Hour

	lease         = time.Minute
	recordTimeout = 10 * time.Second

	tryBurst = 20
	tryEvery = time.Second
)

// ErrFull says that MaxWaiting events of the subject wait already. The event has
// no turn: append it again when some of the others have been delivered.
var ErrFull = errors.New("outbox: too many events of the subject wait")

// Sender sends one event. An error means that the receiver did not take it, or
// that nobody knows; a *NotTaken says more.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Options configure an Outbox.
type Options struct {
	// Space keeps the events of one function apart from those of others in the
	// same store.
	Space string
	// Now is the clock. It is required.
	Now func() time.Time
	// Random gives a number in [0, 1), to spread retries; math/rand unless set.
	Random func() float64
	// NewID names the holders of leases, never twice alike; random unless set.
	NewID func() string
	// Logger hears of events that are given up; slog.Default unless set.
	Logger *slog.Logger
	// AtOnce is how long Append tries to send what it has kept; zero leaves it
	// to Deliver. Of many appends in a short time only some try.
	AtOnce time.Duration
	// Parallel is how many subjects Deliver sends of at the same time; 1 when
	// zero.
	Parallel int
}

// Outbox keeps events and sends them. It is safe for concurrent use.
type Outbox struct {
	store  ledger.Store
	sender Sender
	opts   Options

	mu     sync.Mutex
	quiet  time.Time // until when nothing is tried at once
	closed time.Time // until when the receiver wants nothing at all
	used   time.Time // until when the tries at once are used up, one a second
}

// New returns the outbox of a space in store.
func New(store ledger.Store, sender Sender, opts Options) *Outbox {
	opts.Parallel = max(opts.Parallel, 1)
	if opts.Random == nil {
		opts.Random = mathrand.Float64
	}
	if opts.NewID == nil {
		opts.NewID = rand.Text
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Outbox{store: store, sender: sender, opts: opts}
}

func (o *Outbox) now() time.Time { return o.opts.Now().UTC().Truncate(time.Microsecond) }

// recording bounds the writing of an outcome, which must survive a caller that
// has gone.
func recording(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
}
