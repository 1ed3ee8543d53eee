package ledger

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrRunning is matched by every RunningError.
	ErrRunning = errors.New("still running")
	// ErrAbsent is inside a RefusedError when Find proved that the effect had
	// not been made.
	ErrAbsent = errors.New("proven not to have happened")
	// ErrSuperseded says that the lease of an attempt had ended and that a
	// later attempt has begun before the outcome could be recorded. The entry
	// shows the later one; both may have had their effect, so compare them.
	ErrSuperseded = errors.New("ledger: a later attempt replaced this one")
)

// ConflictError says that the key was used before for something else. A changed
// request needs a key of its own.
type ConflictError struct {
	Key    string
	Fields []string // the names of the fields that differ, sorted
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("ledger: the key %q stands for another request, which differs in %s; use a new key",
		e.Key, strings.Join(e.Fields, ", "))
}

// RunningError says that another caller is making the effect; ask again. It
// matches ErrRunning.
type RunningError struct {
	Key   string
	Until time.Time // when its lease ends, at the latest
}

func (e *RunningError) Error() string {
	return fmt.Sprintf("ledger: %q is %s, until %s at the latest; ask again",
		e.Key, ErrRunning, e.Until.Format(time.RFC3339))
}

// Is reports whether target is ErrRunning.
func (e *RunningError) Is(target error) bool { return target == ErrRunning }

// RefusedError says that the effect certainly was not made, and why. It may be
// tried again under the same key.
type RefusedError struct {
	Key string
	Err error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("ledger: %q was not done: %v", e.Key, e.Err)
}

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// refusal is the mark of Refused. It is not RefusedError, which an Apply that
// uses the ledger itself may pass on from another effect.
type refusal struct{ reason error }

// Refused marks err, returned by Apply, as the certain answer that nothing was
// done.
func Refused(err error) error {
	if err == nil {
		err = errors.New("refused without a reason")
	}
	return &refusal{reason: err}
}

func (r *refusal) Error() string { return "refused: " + r.reason.Error() }

func (r *refusal) Unwrap() error { return r.reason }

// UnknownError says that the effect may or may not have been made. The next Do
// or Reconcile asks; as long as nobody can tell, a person must decide. Its cause
// may be any error, even another effect's, so match it before the others.
type UnknownError struct {
	Key      string
	Since    time.Time // when the first attempt in question began
	Attempts int
	Err      error // what went wrong
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("ledger: the outcome of %q, begun at %s (attempt %d), is unknown; ask again before doing anything else: %v",
		e.Key, e.Since.Format(time.RFC3339), e.Attempts, e.Err)
}

// Unwrap returns what went wrong.
func (e *UnknownError) Unwrap() error { return e.Err }

func unknown(en Entry, err error) error {
	return &UnknownError{Key: en.Key, Since: en.Since, Attempts: en.Attempts, Err: err}
}
