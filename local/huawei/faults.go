package huawei

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Point is where in a request a fault strikes.
type Point string

// The points of a request, in their order.
const (
	BeforeValidation Point = "before-validation" // nothing has been looked at
	BeforeEffect     Point = "before-effect"     // the request is good, nothing has happened
	AfterEffect      Point = "after-effect"      // it happened, the answer is lost
)

// FaultKind is what a fault does to the answer.
type FaultKind string

// The kinds of faults.
const (
	FaultThrottled   FaultKind = "429" // with Retry-After
	FaultInternal    FaultKind = "500"
	FaultUnavailable FaultKind = "503"
	FaultReset       FaultKind = "reset"        // the connection is closed without an answer
	FaultTruncated   FaultKind = "truncated"    // half of the answer, then the connection is closed
	FaultHTML        FaultKind = "html"         // a page of some proxy
	FaultContentType FaultKind = "content-type" // the right answer, under the content type of a page
	FaultSlow        FaultKind = "slow"         // the right answer, late
)

// The faults of pages are about ListSubCustomerBillDetail alone, and strike before
// the effect: a page that is not the first, or any page where that is said.
const (
	FaultGrows     FaultKind = "grows"     // before it is read, a record comes after the first; the sums contain it
	FaultShrinks   FaultKind = "shrinks"   // before it is read, the first record is withdrawn, from the sums too
	FaultReplaced  FaultKind = "replaced"  // both: the first is withdrawn, and one comes to the end
	FaultRepeats   FaultKind = "repeats"   // the page before it is answered once more
	FaultShort     FaultKind = "short"     // any page: half of its rows are left out
	FaultMiscounts FaultKind = "miscounts" // any page: total_count is one too few
)

func (k FaultKind) ofPages() bool {
	return slices.Contains([]FaultKind{FaultGrows, FaultShrinks, FaultReplaced, FaultRepeats, FaultShort, FaultMiscounts}, k)
}

const pagedOperation = "ListSubCustomerBillDetail"

// maxSlowness bounds how long a slow fault holds a request.
const maxSlowness = 30 * time.Second

// Fault says which calls fail, and how. Exactly one of Next and Probability is
// set.
type Fault struct {
	ID          int       `json:"id"`                  // given by the server
	Operation   string    `json:"operation,omitempty"` // operationId; every operation if empty
	CustomerID  string    `json:"customer_id,omitempty"`
	Kind        FaultKind `json:"kind"`
	Point       Point     `json:"point"`
	Next        int       `json:"next,omitempty"`        // how many calls it will strike yet
	Probability float64   `json:"probability,omitempty"` // of striking a call, above 0 and up to 1
	Delay       Duration  `json:"delay,omitzero"`        // of a slow fault, at most 30 s
}

func (f Fault) check() error {
	kinds := []FaultKind{
		FaultThrottled, FaultInternal, FaultUnavailable, FaultReset, FaultTruncated, FaultHTML,
		FaultContentType, FaultSlow, FaultGrows, FaultShrinks, FaultReplaced, FaultRepeats, FaultShort, FaultMiscounts,
	}
	slow := f.Kind == FaultSlow
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("kind %q is none of %q", f.Kind, kinds)
	case !slices.Contains([]Point{BeforeValidation, BeforeEffect, AfterEffect}, f.Point):
		return fmt.Errorf("point %q is none of before-validation, before-effect, after-effect", f.Point)
	case (f.Next > 0) == (f.Probability > 0), f.Next < 0, f.Probability < 0, f.Probability > 1:
		return errors.New("give either next (1 or more) or probability (above 0, up to 1)")
	case f.Kind.ofPages() && (f.Point != BeforeEffect || f.Operation != pagedOperation):
		return fmt.Errorf("a fault of pages strikes %s before-effect", pagedOperation)
	case slow && (f.Delay <= 0 || time.Duration(f.Delay) > maxSlowness):
		return errors.New("a slow fault needs a delay above 0s and up to 30s")
	case !slow && f.Delay != 0:
		return errors.New("only a slow fault has a delay")
	}
	return nil
}

// AddFault makes calls fail from now on and returns the fault's number.
func (s *Server) AddFault(f Fault) (int, error) {
	if err := f.check(); err != nil {
		return 0, fmt.Errorf("huawei: adding a fault: %w", err)
	}
	if f.Operation != "" && !s.knows(f.Operation) {
		return 0, fmt.Errorf("huawei: adding a fault: the contract has no operation %q", f.Operation)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.lastFault++
	f.ID = s.state.lastFault
	s.state.faults = append(s.state.faults, &f)
	return f.ID, nil
}

func (s *Server) knows(operationID string) bool {
	return slices.ContainsFunc(s.endpoints, func(e *endpoint) bool { return e.id == operationID })
}

// Faults returns the faults that can still strike, oldest first.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := make([]Fault, len(s.state.faults))
	for i, f := range s.state.faults {
		faults[i] = *f
	}
	return faults
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.faults = nil
}

// strike returns the fault that spoils this call at this point, if one does. A
// slow fault is waited for here, and the call goes on.
func (s *Server) strike(ctx context.Context, c *call, at Point) *Fault {
	f := s.drawFault(c, at)
	if f != nil && f.Kind.ofPages() {
		c.moved = f.Kind
		return nil
	}
	if f == nil || f.Kind != FaultSlow {
		return f
	}
	if err := s.options.Clock.Sleep(ctx, time.Duration(f.Delay)); err != nil {
		return &Fault{Kind: FaultReset} // the caller has gone
	}
	return nil
}

func (s *Server) drawFault(c *call, at Point) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.state.faults {
		if f.Point != at || !f.concerns(c) {
			continue
		}
		if f.Probability > 0 {
			if s.faultChances.Float64() < f.Probability {
				return f
			}
			continue
		}
		f.Next--
		if f.Next == 0 {
			s.state.faults = slices.Delete(s.state.faults, i, i+1)
		}
		return f
	}
	return nil
}

// A call concerns a customer whose token it carries (known from the validation
// on) or whose customer_id it names.
func (f *Fault) concerns(c *call) bool {
	if f.Operation != "" && f.Operation != c.operation {
		return false
	}
	if f.Kind.ofPages() && f.Kind != FaultShort && f.Kind != FaultMiscounts && c.page().offset == 0 {
		return false
	}
	return f.CustomerID == "" || f.CustomerID == c.caller.customer ||
		c.query.Get("customer_id") == f.CustomerID || bytes.Contains(c.body, []byte(f.CustomerID))
}

// send answers with the fault instead of the answer it stands for.
func (f *Fault) send(w http.ResponseWriter, answer reply, requestID string) {
	switch f.Kind {
	case FaultThrottled:
		refusalOf(errThrottled(unknownQuota), requestID).send(w)
	case FaultInternal:
		refusalOf(errInternal(), requestID).send(w)
	case FaultUnavailable:
		refusalOf(refuse(http.StatusServiceUnavailable, "APIG.0613", "IAM service temporarily unavailable"), requestID).send(w)
	case FaultTruncated:
		answer.sendHalf(w)
	case FaultHTML:
		htmlFault().send(w)
	case FaultContentType:
		answer.contentType = pageType
		answer.send(w)
	default:
		panic(http.ErrAbortHandler) // closes the connection
	}
}

// pageType is the content type of a proxy's page.
const pageType = "text/html; charset=utf-8"

func htmlFault() reply {
	return reply{
		status:      http.StatusBadGateway,
		contentType: pageType,
		body:        []byte("<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"),
	}
}
