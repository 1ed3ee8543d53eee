package huawei

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bssfn/bssfn/internal/contract"
)

// Refusal lets calls be refused with a documented code, whatever they ask for. It
// is for rehearsing the codes that no request provokes, and for having the others
// without preparing the world.
type Refusal struct {
	Operation string `json:"operation"` // operationId; every operation if empty
	Code      string `json:"code"`
	Status    int    `json:"status"` // default: the first that the code is documented with, or else 400
	Next      int    `json:"next"`   // how many calls are refused; default 1
}

// orderedRefusal is a refusal that calls still meet.
type orderedRefusal struct {
	operation string
	gateway   bool // it comes before the credentials are looked at
	next      int
	status    int
	code      string
	message   string
}

// RefuseNext lets the next calls be refused with a code of internal/contract. One
// of the gateway comes before the credentials are looked at; others come once the
// request is good, and nothing happens.
func (s *Server) RefuseNext(r Refusal) error {
	if r.Next < 0 {
		return errors.New("huawei: refusing calls: next is negative")
	}
	if r.Operation != "" && !s.knows(r.Operation) {
		return fmt.Errorf("huawei: refusing calls: the contract has no operation %q", r.Operation)
	}
	status, message, err := r.words()
	if err != nil {
		return fmt.Errorf("huawei: refusing calls: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.refusals = append(s.state.refusals, &orderedRefusal{
		operation: r.Operation, gateway: strings.HasPrefix(r.Code, "APIG"), next: max(r.Next, 1),
		status: status, code: r.Code, message: message,
	})
	return nil
}

// ClearRefusals ends all refusals that RefuseNext asked for.
func (s *Server) ClearRefusals() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.refusals = nil
}

func (s *Server) refusalRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/refusals":   adminAction(func(_ context.Context, in Refusal) (any, error) { return done(s.RefuseNext(in)) }),
		"DELETE /_sim/refusals": adminCommand(s.ClearRefusals),
	}
}

// words finds the documented status and meaning of the code.
func (r Refusal) words() (status int, message string, err error) {
	codes, err := contract.ErrorCodes()
	if err != nil {
		return 0, "", err
	}
	i := slices.IndexFunc(codes, func(c contract.ErrorCode) bool {
		return c.Code == r.Code && (r.Status == 0 || c.Status == 0 || c.Status == r.Status)
	})
	if i < 0 {
		return 0, "", fmt.Errorf("the code %q is not documented, or not with HTTP %d", r.Code, r.Status)
	}
	return cmp.Or(codes[i].Status, http.StatusBadRequest), codes[i].Meaning, nil
}

// refused takes one call from the first refusal that was ordered for it.
func (s *Server) refused(operationID string, gateway bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.state.refusals {
		if o.gateway != gateway || o.operation != "" && o.operation != operationID {
			continue
		}
		if o.next--; o.next == 0 {
			s.state.refusals = slices.Delete(s.state.refusals, i, i+1)
		}
		return refuse(o.status, o.code, o.message)
	}
	return nil
}
