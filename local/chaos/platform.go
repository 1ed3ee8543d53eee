package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// platform plays the sales platform: it signs requests and takes events.
type platform struct {
	now    func() time.Time
	caller webhook.Secret
	events webhook.Verifier

	mu    sync.Mutex
	calls int
	inbox []received
}

// received is an event that has arrived.
type received struct {
	ID   string
	Type string
	Data json.RawMessage
}

// answer is what a function answered to a request.
type answer struct {
	status int
	body   []byte
	err    error // no answer came
}

func newPlatform(now func() time.Time) (*platform, error) {
	caller, err := webhook.ParseSecret(callerSecret)
	if err != nil {
		return nil, err
	}
	events, err := webhook.ParseSecret(eventsSecret)
	if err != nil {
		return nil, err
	}
	return &platform{now: now, caller: caller, events: webhook.Verifier{Secrets: []webhook.Secret{events}, Now: now}}, nil
}

// forget begins a run without events.
func (p *platform) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inbox, p.calls = nil, 0
}

// post makes one request. Every delivery is signed anew, as the platform does.
func (p *platform) post(ctx context.Context, to *process, delivery int, path string, body []byte) answer {
	return p.send(ctx, to, delivery, http.MethodPost, path, body)
}

// look makes a request of the driver's own whose answer does not matter.
func (p *platform) look(ctx context.Context, to *process, path string) error {
	return p.send(ctx, to, 0, http.MethodGet, path, nil).err
}

func (p *platform) send(ctx context.Context, to *process, delivery int, method, path string, body []byte) answer {
	req, err := http.NewRequestWithContext(ctx, method, to.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	p.mu.Lock()
	p.calls++
	id := "msg_" + strconv.Itoa(p.calls)
	p.mu.Unlock()
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	webhook.SetHeaders(req.Header, p.caller, id, p.now(), body)
	if delivery > 0 {
		req.Header.Set(deliveryHeader, strconv.Itoa(delivery))
	}
	res, err := to.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, body: text, err: err}
}

// ask makes a call of the driver's own that must succeed, and reads its answer.
func (p *platform) ask(ctx context.Context, to *process, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	a := p.post(ctx, to, 0, path, body)
	if a.err == nil && (a.status < 200 || a.status > 299) {
		a.err = fmt.Errorf("HTTP %d: %s", a.status, a.body)
	}
	if a.err == nil {
		a.err = json.Unmarshal(a.body, out)
	}
	if a.err != nil {
		return fmt.Errorf("prepare with %s: %w", path, a.err)
	}
	return nil
}

// ServeHTTP takes an event.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, err := p.events.Verify(r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	e := received{ID: id}
	if err := json.Unmarshal(body, &e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inbox = append(p.inbox, e)
	w.WriteHeader(http.StatusNoContent)
}

// heard reports whether the event of an outcome has arrived.
func (p *platform) heard(key string, en ledger.Entry) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.inbox {
		var told struct {
			Key      string
			State    ledger.State
			Attempts int
		}
		if json.Unmarshal(e.Data, &told) == nil && told.Key == key && told.State == en.State && told.Attempts == en.Attempts {
			return true
		}
	}
	return false
}

// code returns the last verification code that was sent.
func (p *platform) code() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.inbox) - 1; i >= 0; i-- {
		var data struct{ Code string }
		if json.Unmarshal(p.inbox[i].Data, &data) == nil && data.Code != "" {
			return data.Code, nil
		}
	}
	return "", fmt.Errorf("no verification code came in %d events", len(p.inbox))
}
