package billexport

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
)

// runRequest asks for the export of a cycle, such as 2026-02.
type runRequest struct {
	Cycle string `json:"cycle"`
}

func (f *function) postRun(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in runRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	manifest, err := f.run(ctx, in)
	if err != nil {
		return nil, err
	}
	return handler.OK(manifest.summary()), nil
}

// showRun answers the manifest byte for byte, because its hash counts.
func (f *function) showRun(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	c, err := parseCycle(r.PathValue("cycle"))
	if err != nil {
		return nil, err
	}
	manifest, err := f.destination.Manifest(ctx, c.String())
	if errors.Is(err, ErrNotPublished) {
		return nil, runNotFound(c)
	}
	if err != nil {
		return nil, err
	}
	return &handler.Response{Body: manifest, Header: http.Header{"Content-Type": {"application/json"}}}, nil
}

// scheduledRun exports the cycle of the payload, or the month before this one.
func (f *function) scheduledRun(ctx context.Context, payload json.RawMessage) error {
	in := runRequest{Cycle: cycleAt(f.now()).previous().String()}
	if len(payload) > 0 {
		if err := (&handler.Request{Body: payload}).Decode(&in); err != nil {
			return err
		}
	}
	_, err := f.run(ctx, in)
	return err
}

func (f *function) queuedRun(ctx context.Context, m handler.Message) error {
	var in runRequest
	if err := (&handler.Request{Body: m.Body}).Decode(&in); err != nil {
		return err
	}
	_, err := f.run(ctx, in)
	return err
}

func (f *function) run(ctx context.Context, in runRequest) (Manifest, error) {
	c, err := parseCycle(in.Cycle)
	if err != nil {
		return Manifest{}, err
	}
	if err := c.checkRange(f.now()); err != nil {
		return Manifest{}, err
	}
	manifest, err := f.export(ctx, c)
	if ctx.Err() != nil {
		return manifest, err // the edge says best that the time was used up
	}
	return manifest, functions.Problem(err)
}
