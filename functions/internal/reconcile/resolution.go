package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// maxReason is how many bytes a reason may have, and maxRecord a record's id.
const (
	maxReason = 500
	maxRecord = 64
)

type resolutionRequest struct {
	// Decision is done or failed.
	Decision ledger.State `json:"decision"`
	// Person is one of LEDGER_RESOLVERS.
	Person string `json:"person"`
	Reason string `json:"reason"`
	// RecordID is the effect's id in the partner centre, where it has one.
	RecordID string `json:"record_id"`
}

// resolve takes down what a person decides about an outcome that nobody else can
// tell. Huawei Cloud is asked once more before: what can be proved is not decided.
func (r *Reconciler) resolve(ctx context.Context, req *handler.Request) (*handler.Response, error) {
	var in resolutionRequest
	if err := req.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if !slices.Contains(r.resolvers, in.Person) {
		return nil, notResolver(in.Person)
	}
	en, err := r.askedAgain(ctx, req)
	if err != nil {
		return nil, err
	}
	if en.State != ledger.StateUnknown {
		return nil, notInDoubt(en)
	}
	resolution := ledger.Resolution{State: in.Decision, By: in.Person, Reason: in.Reason}
	if in.Decision == ledger.StateDone {
		if resolution.Result, err = r.result(ctx, en, in.RecordID); err != nil {
			return nil, err
		}
	}
	decided, err := r.book.Resolve(ctx, en.Key, resolution)
	if errors.Is(err, ledger.ErrDecided) || errors.Is(err, ledger.ErrVersion) {
		return nil, settledMeanwhile(en.Key, err)
	}
	if err != nil {
		return nil, err
	}
	r.log.LogAttrs(ctx, slog.LevelWarn, "outcome decided by a person", slog.String("function", r.function), slog.String("key", en.Key),
		slog.String("decision", string(in.Decision)), slog.String("person", in.Person), slog.String("reason", in.Reason))
	r.follow(ctx, decided)
	return handler.OK(r.answer(decided)), nil
}

func (in resolutionRequest) check() error {
	var wrong []handler.FieldError
	add := func(bad bool, field, reason string) {
		if bad {
			wrong = append(wrong, handler.FieldError{Field: field, Reason: reason})
		}
	}
	add(in.Decision != ledger.StateDone && in.Decision != ledger.StateFailed, "decision", "must be done (it happened) or failed (it certainly did not, and will not)")
	add(in.Person == "", "person", "must name who decides")
	add(in.Reason == "" || len(in.Reason) > maxReason, "reason", fmt.Sprintf("must say how they know, in 1 to %d bytes", maxReason))
	add(len(in.RecordID) > maxRecord, "record_id", fmt.Sprintf("must have at most %d bytes", maxRecord))
	add(in.RecordID != "" && in.Decision == ledger.StateFailed, "record_id", "must be left out: what did not happen has no record")
	if len(wrong) > 0 {
		return handler.Invalid(wrong...)
	}
	return nil
}

// askedAgain returns the entry as it is after Huawei Cloud was asked about it, if
// its outcome is unknown.
func (r *Reconciler) askedAgain(ctx context.Context, req *handler.Request) (ledger.Entry, error) {
	en, err := r.entry(ctx, req)
	if err != nil || en.State == ledger.StateDone || en.State == ledger.StateFailed {
		return en, err
	}
	// Why nobody can tell is recorded in the entry.
	_ = r.settle(ctx, en)
	return r.book.Entry(ctx, en.Key)
}

func (r *Reconciler) result(ctx context.Context, en ledger.Entry, record string) (json.RawMessage, error) {
	settler, ok := r.settler(en.Key)
	if !ok || settler.Result == nil {
		return nil, fmt.Errorf("%s does not know the result of %q", r.function, en.Key)
	}
	value, err := settler.Result(ctx, en, record)
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode the result of %q: %w", en.Key, err)
	}
	return encoded, nil
}

// follow does what follows from a decision that it was done. It stands, whatever
// becomes of that; the next request for the same does it too.
func (r *Reconciler) follow(ctx context.Context, en ledger.Entry) {
	if en.State != ledger.StateDone {
		return
	}
	if err := r.settle(ctx, en); err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "what follows from a decision was not done", slog.String("key", en.Key), slog.Any("cause", err))
	}
}
