package huawei

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

// maxAdminBody bounds a request to the administration: the largest is metadata of
// an identity provider, written in JSON.
const maxAdminBody = 4 << 20

// settableClock is a clock that the administration can move.
type settableClock interface {
	Set(t time.Time)
	Advance(d time.Duration)
}

func (s *Server) adminRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/clock":                 adminView(s.viewClock),
		"PUT /_sim/clock":                 adminAction(s.moveClock),
		"GET /_sim/seed":                  adminView(s.viewSeed),
		"PUT /_sim/seed":                  adminAction(s.setSeed),
		"GET /_sim/openapi.yaml":          serveDocument,
		"GET /_sim/faults":                adminView(func() any { return map[string]any{"faults": s.Faults()} }),
		"POST /_sim/faults":               adminAction(s.addFault),
		"DELETE /_sim/faults":             adminCommand(s.ClearFaults),
		"GET /_sim/journal":               adminView(func() any { return map[string]any{"effects": list(s.Journal())} }),
		"GET /_sim/outbox":                adminView(func() any { return map[string]any{"messages": list(s.Outbox())} }),
		"POST /_sim/reset":                adminCommand(s.Reset),
		"POST /_sim/accounts":             adminAction(s.addAccount),
		"POST /_sim/bindings":             adminAction(s.addBinding),
		"POST /_sim/bindings/remove":      adminAction(s.removeBinding),
		"POST /_sim/notifications/replay": adminAction(s.replayNotification),
		"POST /_sim/tokens/revoke":        adminCommand(s.RevokeTokens),
	}
}

func (s *Server) listRoutes(routes map[string]http.HandlerFunc) http.HandlerFunc {
	patterns := slices.Sorted(maps.Keys(routes))
	return adminView(func() any { return map[string]any{"routes": patterns} })
}

func (s *Server) viewClock() any {
	_, settable := s.options.Clock.(settableClock)
	return map[string]any{"now": s.now(), "settable": settable}
}

type clockMove struct {
	Now     *time.Time `json:"now"`
	Advance *Duration  `json:"advance"`
}

func (s *Server) moveClock(_ context.Context, in clockMove) (any, error) {
	clock, ok := s.options.Clock.(settableClock)
	switch {
	case !ok:
		return nil, errors.New("this clock cannot be set")
	case (in.Now == nil) == (in.Advance == nil):
		return nil, errors.New(`give either "now" or "advance"`)
	case in.Now != nil:
		clock.Set(*in.Now)
	default:
		clock.Advance(time.Duration(*in.Advance))
	}
	return s.viewClock(), nil
}

func (s *Server) viewSeed() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"seed": s.seed}
}

type newSeed struct {
	Seed *uint64 `json:"seed"`
}

func (s *Server) setSeed(_ context.Context, in newSeed) (any, error) {
	if in.Seed == nil {
		return nil, errors.New(`give a "seed"`)
	}
	s.Reseed(*in.Seed)
	return s.viewSeed(), nil
}

func (s *Server) addFault(_ context.Context, in Fault) (any, error) {
	id, err := s.AddFault(in)
	return map[string]any{"id": id}, err
}

func (s *Server) addAccount(_ context.Context, in Account) (any, error) {
	id, err := s.AddAccount(in)
	return map[string]any{"customer_id": id}, err
}

func (s *Server) addBinding(ctx context.Context, in Binding) (any, error) {
	return done(s.Bind(ctx, in))
}

type unbinding struct {
	AccountName string `json:"account_name"`
}

func (s *Server) removeBinding(ctx context.Context, in unbinding) (any, error) {
	return done(s.Unbind(ctx, in.AccountName))
}

type replay struct {
	Number int `json:"number"` // of the message in the outbox
}

func (s *Server) replayNotification(ctx context.Context, in replay) (any, error) {
	return done(s.Replay(ctx, in.Number))
}

func done(err error) (any, error) { return map[string]any{"status": "done"}, err }

// list makes an empty list show as [] and not as null.
func list[T any](rows []T) []T { return append([]T{}, rows...) }

// adminView answers with what is there.
func adminView(view func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		jsonReply(http.StatusOK, view()).send(w)
	}
}

// adminCommand does something that needs no words.
func adminCommand(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		do()
		jsonReply(http.StatusOK, map[string]any{"status": "done"}).send(w)
	}
}

// adminAction reads one JSON value without unknown fields, does what it says
// and answers with the result, or with 400 and {"error": "…"}.
func adminAction[In any](do func(context.Context, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		result, err := any(nil), decodeStrictly(w, r, &in)
		if err == nil {
			result, err = do(r.Context(), in)
		}
		if err != nil {
			adminFailure(http.StatusBadRequest, err).send(w)
			return
		}
		jsonReply(http.StatusOK, result).send(w)
	}
}

func adminFailure(status int, err error) reply {
	return jsonReply(status, map[string]any{"error": err.Error()})
}

func decodeStrictly(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("the body cannot be read: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body holds more than one JSON value")
	}
	return nil
}
