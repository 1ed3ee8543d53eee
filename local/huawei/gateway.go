package huawei

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
)

// The gateway's limits on a request. Its answer to a head that is too large has a
// status that is its own.
const (
	maxBody   = 12 << 20
	maxURI    = 32 << 10
	maxHeader = 32 << 10 // of one field
	maxHead   = 128 << 10

	statusHeadTooLarge = 494
)

// gateway serves one operation of the contract.
func (s *Server) gateway(e *endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{operation: e.id, requestID: s.stamp(w), query: r.URL.Query(), path: e.pathValues(r)}
		answer, fault := s.answer(e, c, w, r)
		if fault != nil {
			fault.send(w, answer, c.requestID)
			return
		}
		answer.send(w)
	}
}

// answer finds the answer to a call, and the fault that spoils it, if one does.
// The order of its steps is the order in which Huawei Cloud refuses: who calls,
// whether he may, how often, with what, and only then whether the business rules
// allow it.
func (s *Server) answer(e *endpoint, c *call, w http.ResponseWriter, r *http.Request) (reply, *Fault) {
	failure := refusalOf(errInternal(), c.requestID)
	if err := checkHead(r); err != nil {
		return refusalOf(err, c.requestID), nil
	}
	var err error
	if c.body, err = readBody(w, r); err != nil {
		return refusalOf(err, c.requestID), nil
	}
	if f := s.strike(r.Context(), c, BeforeValidation); f != nil {
		return failure, f
	}
	if err := s.admit(e, c, r); err != nil {
		return refusalOf(err, c.requestID), nil
	}
	if f := s.strike(r.Context(), c, BeforeEffect); f != nil {
		return failure, f
	}
	answer := s.perform(e, c)
	return answer, s.strike(r.Context(), c, AfterEffect)
}

// stamp draws the request id and puts it on the answer.
func (s *Server) stamp(w http.ResponseWriter) string {
	s.mu.Lock()
	id := pick(s.requestIDs, hexadecimals, 32)
	s.mu.Unlock()
	w.Header().Set("X-Request-Id", id)
	// A client that is told of a refused signature compares the clocks.
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	return id
}

// admit decides whether a request reaches its operation, and completes the call.
func (s *Server) admit(e *endpoint, c *call, r *http.Request) error {
	c.now = s.now()
	if err := s.refused(e.id, true); err != nil {
		return err
	}
	var err error
	if c.caller, err = s.authenticate(r, c.body, c.now); err != nil {
		return err
	}
	if err := s.checkCaller(e, c.caller); err != nil {
		return err
	}
	if err := checkUser(e.id, c.caller.user); err != nil {
		return err
	}
	if err := s.checkSite(c.caller); err != nil {
		return err
	}
	if err := s.spendQuota(e, c); err != nil {
		return err
	}
	if err := e.check(r, c); err != nil {
		return err
	}
	return s.refused(e.id, false)
}

// checkHead measures the address and the header fields.
func checkHead(r *http.Request) error {
	if len(r.RequestURI) > maxURI {
		return refuse(http.StatusRequestURITooLong, "APIG.0201", "Bad API request format: the URI exceeds 32 KB")
	}
	head := 0
	for name, values := range r.Header {
		for _, value := range values {
			size := len(name) + len(value)
			if size > maxHeader {
				return refuse(statusHeadTooLarge, "APIG.0201", "Bad API request format: a header exceeds 32 KB")
			}
			head += size
		}
	}
	if head > maxHead {
		return refuse(statusHeadTooLarge, "APIG.0201", "Bad API request format: the headers exceed 128 KB")
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, refuse(http.StatusRequestEntityTooLarge, "APIG.0201", "Bad API request format: the body exceeds 12 MB")
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "APIG.0201", "Bad API request format: the body cannot be read")
	}
	return body, nil
}

// perform runs the operation and words its answer.
func (s *Server) perform(e *endpoint, c *call) reply {
	result, err := s.run(e, c)
	if err != nil {
		return refusalOf(err, c.requestID)
	}
	if result == nil || e.success == http.StatusNoContent {
		return reply{status: e.success}
	}
	if body, ok := result.(written); ok {
		return reply{status: e.success, contentType: jsonType, body: body}
	}
	return jsonReply(e.success, result)
}

// run calls the operation under the lock. A panic must not take the simulator
// down, so it becomes an error here.
func (s *Server) run(e *endpoint, c *call) (result any, err error) {
	handle, ok := s.operations[e.id]
	if !ok {
		return nil, refuse(http.StatusNotImplemented, "SIM.0501", e.id+" is not simulated")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			s.options.Logger.Error("simulated operation panicked", "operation", e.id,
				"request_id", c.requestID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			result, err = nil, errInternal()
		}
	}()
	c.now = s.now() // a slow fault may have held the call up
	if c.caller.expired(c.now) {
		return nil, refuse(http.StatusUnauthorized, "CBC.0154", "the token is illegal or has expired")
	}
	s.settleResources(c.now)
	return handle(s, c)
}

func (s *Server) unknownAPI(w http.ResponseWriter, _ *http.Request) {
	id := s.stamp(w)
	refusalOf(refuse(http.StatusNotFound, "APIGW.0101",
		"API not exist or not published in the environment"), id).send(w)
}
