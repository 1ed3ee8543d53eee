package payorder_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/webhook"
)

// request is a signed call of the platform.
func (w *world) request(method, path string, body []byte) *http.Request {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.Platform.BaseURL+path, bytes.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, w.Platform.Secret, w.Platform.NewID(), w.clock.Now(), body)
	return req
}

// send makes a request and returns its answer, whose body is closed at the end.
func (w *world) send(req *http.Request) *http.Response {
	w.t.Helper()
	res, err := w.Platform.HTTP.Do(req)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (w *world) post(path string, body []byte) *http.Response {
	w.t.Helper()
	return w.send(w.request(http.MethodPost, path, body))
}

func problemIn(t *testing.T, res *http.Response) handler.Problem {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	var p handler.Problem
	require.NoError(t, json.Unmarshal(body, &p), "%s", body)
	require.NotEmpty(t, p.Code, "%s is no problem", body)
	return p
}

// intercept sees the calls of Huawei Cloud before they are sent.
type intercept func(r *http.Request) (*http.Response, error)

func (i intercept) RoundTrip(r *http.Request) (*http.Response, error) { return i(r) }

// answered is an answer of Huawei Cloud that the simulator would not give.
func answered(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

func isDetails(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/v2/orders/customer-orders/details/")
}

// rewritten passes a call on and replaces parts of the answer.
func rewritten(r *http.Request, oldnew ...string) (*http.Response, error) {
	res, err := wire.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer(oldnew...).Replace(string(body))
	res.Body, res.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return res, nil
}
