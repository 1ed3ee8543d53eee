package onboard_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// newRuntime is a runtime for functions that are never called.
func newRuntime() functions.Runtime {
	return functions.Runtime{Transport: wire, Clock: clock.System{}, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)}
}

// request is a good call for a code, signed as the platform signs.
func (w *world) request(body string) *http.Request {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.FunctionsURL+"/onboard/codes", strings.NewReader(body))
	require.NoError(w.t, err)
	w.sign(req, body)
	return req
}

func (w *world) sign(req *http.Request, body string) {
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, w.Platform.Secret, w.Platform.NewID(), w.clock.Now(), []byte(body))
}

func (w *world) sendSigned(req *http.Request, body string) *http.Response {
	w.t.Helper()
	w.sign(req, body)
	return w.send(req)
}

// send makes a request and returns its answer, whose body is closed at the end.
func (w *world) send(req *http.Request) *http.Response {
	w.t.Helper()
	res, err := w.Platform.HTTP.Do(req)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (w *world) problemOf(req *http.Request) (*http.Response, handler.Problem) {
	w.t.Helper()
	res := w.send(req)
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res, problemIn(w.t, body)
}

func problemIn(t *testing.T, body []byte) handler.Problem {
	t.Helper()
	var p handler.Problem
	require.NoError(t, json.Unmarshal(body, &p), "%s", body)
	require.NotEmpty(t, p.Code, "%s is no problem", body)
	return p
}

// notify posts a form as Huawei Cloud does; the problem is empty where it is taken.
func (w *world) notify(form url.Values) (status int, p handler.Problem) {
	w.t.Helper()
	return w.notifyRaw("application/x-www-form-urlencoded", form.Encode())
}

func (w *world) notifyRaw(contentType, body string) (status int, p handler.Problem) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.FunctionsURL+"/onboard/bind", strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", contentType)
	res := w.send(req)
	answer, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	if res.StatusCode == http.StatusOK {
		require.Empty(w.t, answer, "no form of answer is documented")
		return res.StatusCode, p
	}
	return res.StatusCode, problemIn(w.t, answer)
}

func requestOf(contentType string, body []byte) *handler.Request {
	return &handler.Request{Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

// readJSON reads the body of a call to Huawei Cloud.
func readJSON(r *http.Request, into any) error {
	defer r.Body.Close()
	return json.NewDecoder(r.Body).Decode(into)
}
