package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const maxBody = 4 << 20

// Platform plays the partner's sales platform: it calls the functions, signed, and
// takes their events.
type Platform struct {
	// BaseURL is where the functions are.
	BaseURL string
	// Secret signs the platform's calls.
	Secret webhook.Secret
	Now    func() time.Time
	// NewID names each call.
	NewID func() string
	HTTP  *http.Client

	eventsSecret webhook.Secret
	// heard is told of each event once; nil if nobody is.
	heard func(Event)

	mu    sync.Mutex
	inbox []Event
	known map[string]bool // the ids of the events in it
}

// Event is an event that the platform received.
type Event struct {
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Refusal is an answer of a function that is not a success.
type Refusal struct {
	Method, Path string
	Status       int
	Problem      handler.Problem
}

// Error says what was called and why it was refused.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s: HTTP %d %s: %s %s", r.Method, r.Path, r.Status, r.Problem.Code, r.Problem.Detail, r.Problem.Next)
}

// Call makes a signed call and reads the answer into out, which may be nil. An
// answer that is no success is a *Refusal.
func (p *Platform) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("%s %s: encode the body: %w", method, path, err)
		}
	}
	status, answer, err := p.Send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if status < 200 || status > 299 {
		r := &Refusal{Method: method, Path: path, Status: status}
		if err := json.Unmarshal(answer, &r.Problem); err != nil {
			return fmt.Errorf("%s %s: HTTP %d, and the answer is no problem: %w", method, path, status, err)
		}
		return r
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

// Send makes a signed call with a body of JSON, or none, and returns the answer as it
// is.
func (p *Platform) Send(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error) {
	return p.SendAs(ctx, method, path, "application/json", body)
}

// SendAs makes a signed call with a body of a media type.
func (p *Platform) SendAs(ctx context.Context, method, path, mediaType string, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	webhook.SetHeaders(req.Header, p.Secret, p.NewID(), p.Now(), body)
	res, err := p.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxBody))
	return res.StatusCode, answer, err
}

// ServeHTTP takes an event of a function. One that arrives again is taken and
// counted once: it comes at least once, under one id.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the event cannot be read", http.StatusBadRequest)
		return
	}
	verifier := webhook.Verifier{Secrets: []webhook.Secret{p.eventsSecret}, Now: p.Now}
	id, err := verifier.Verify(r.Header, body)
	if err != nil {
		http.Error(w, "the event is not signed as agreed", http.StatusUnauthorized)
		return
	}
	e := Event{ID: id}
	if err := json.Unmarshal(body, &e); err != nil {
		http.Error(w, "the event is no JSON", http.StatusBadRequest)
		return
	}
	if p.keep(e) && p.heard != nil {
		p.heard(e)
	}
	w.WriteHeader(http.StatusNoContent)
}

// keep reports whether the event is new.
func (p *Platform) keep(e Event) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[e.ID] {
		return false
	}
	p.known[e.ID] = true
	p.inbox = append(p.inbox, e)
	return true
}

// Inbox returns the events received so far, each once, oldest first.
func (p *Platform) Inbox() []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.inbox)
}

// InboxOf returns the events of a type received so far, oldest first.
func (p *Platform) InboxOf(kind string) []Event {
	return slices.DeleteFunc(p.Inbox(), func(e Event) bool { return e.Type != kind })
}
