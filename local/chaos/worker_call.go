package chaos

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
)

// stoppingTransport stops before and after every call of a delivery: of the partner
// API and of the sales platform. Tokens are shared by deliveries, so a call of IAM
// is no point.
type stoppingTransport struct {
	worker *worker
	wire   http.RoundTripper
	kind   string // of its points
}

func (t stoppingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	d := deliveryOf(r.Context())
	if d == nil || strings.HasPrefix(r.URL.Path, "/v3/auth/") {
		return t.exchange(r)
	}
	at := point{What: t.kind, Detail: strings.TrimSpace(r.Method + " " + r.URL.Path)}
	if t.kind == atEvent {
		at.Detail = r.Header.Get("Webhook-Id")
	}
	if err := d.stop(r.Context(), at, 0); err != nil {
		return nil, notSent(r, err)
	}
	res, err := t.exchange(r)
	at.After = true
	if lost := d.stop(r.Context(), at, 0); lost != nil {
		return nil, lost
	}
	return res, err
}

// exchange sends a request and reads its answer.
func (t stoppingTransport) exchange(r *http.Request) (res *http.Response, err error) {
	t.worker.beyond(func() {
		if res, err = t.wire.RoundTrip(r); err == nil { //nolint:bodyclose // arrived closes it
			res.Body = arrived(res.Body)
		}
	})
	return res, err
}

// notSent is the failure of a request that nobody received. Whoever traces it learns
// that there was no connection.
func notSent(r *http.Request, cause error) error {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GetConn != nil {
		trace.GetConn(r.URL.Host)
	}
	return &net.OpError{Op: "dial", Net: "tcp", Err: cause}
}

// arrived reads an answer before anybody else moves.
func arrived(body io.ReadCloser) io.ReadCloser {
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(data), broken{err}))
	}
	return io.NopCloser(bytes.NewReader(data))
}

// broken is the end of an answer that was cut off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
