package bss_test

import (
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bssfn/bssfn/pkg/bss"
)

// exchange is one request that left the client, and the status that came back, 0
// for none.
type exchange struct {
	at     time.Time
	method string
	path   string
	query  url.Values
	header http.Header
	body   string
	status int
	token  string // that IAM issued in the answer
}

// wire sends requests over real connections, a new one each, and keeps what was
// said.
type wire struct {
	next  http.RoundTripper
	clock bss.Clock

	mu        sync.Mutex
	exchanges []exchange
}

// A kept connection lets net/http repeat a GET by itself, unseen; so none is kept.
func newWire(clock bss.Clock) *wire {
	return &wire{next: &http.Transport{DisableKeepAlives: true}, clock: clock}
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	e := exchange{at: w.clock.Now(), method: r.Method, path: r.URL.Path, query: r.URL.Query(), header: r.Header.Clone()}
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		e.body = string(content)
	}
	res, err := w.next.RoundTrip(r)
	if err == nil {
		e.status, e.token = res.StatusCode, res.Header.Get("X-Subject-Token")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchanges = append(w.exchanges, e)
	return res, err
}

// to returns the exchanges with a path, in their order.
func (w *wire) to(path string) []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []exchange
	for _, e := range w.exchanges {
		if e.path == path {
			found = append(found, e)
		}
	}
	return found
}

func (w *wire) all() []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]exchange(nil), w.exchanges...)
}
