package huawei

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"

	"github.com/bssfn/bssfn/pkg/bss"
)

// inProcess is the address of a server that nobody listens for.
const inProcess = "http://localhost"

// Client returns the client of this server, which calls it in the same process
// and needs no listener. It has the partner's access key, the operator, the
// platform's identifier and the server's clock; faults strike it as they do over
// a connection. It is the same client each time, and safe for concurrent use.
func (s *Server) Client() *bss.Client { return s.client }

func (s *Server) newClient() (*bss.Client, error) {
	o := s.options
	return bss.New(bss.Config{
		Site: o.Site, Endpoint: inProcess, IAMEndpoint: inProcess,
		Keys: o.Keys, Agency: o.XAccountType,
		User:      bss.User{Domain: o.Operator.Domain, Name: o.Operator.Name, Password: o.Operator.Password},
		Transport: directTransport{s.API()},
		Clock:     o.Clock,
		Random:    func() float64 { return 0.5 }, // one seed plays one day
		Logger:    o.Logger,
	})
}

// directTransport hands requests to a handler without a connection between them.
type directTransport struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t directTransport) RoundTrip(sent *http.Request) (*http.Response, error) {
	if err := sent.Context().Err(); err != nil {
		if sent.Body != nil {
			_ = sent.Body.Close()
		}
		return nil, err
	}
	received, err := asReceived(sent)
	if err != nil {
		return nil, fmt.Errorf("huawei: handing over a request: %w", err)
	}
	w := &directAnswer{header: http.Header{}}
	broken := w.serve(t.handler, received)
	if err := sent.Context().Err(); err != nil {
		return nil, err
	}
	if broken && w.status == 0 {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return w.response(sent), nil
}

// asReceived is the request as a server reads it off a connection.
func asReceived(sent *http.Request) (*http.Request, error) {
	var wire bytes.Buffer
	if err := sent.Write(&wire); err != nil {
		return nil, err
	}
	received, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, err
	}
	return received.WithContext(sent.Context()), nil
}

// directAnswer keeps what a handler answers.
type directAnswer struct {
	header http.Header
	status int
	sent   http.Header // as it was when the status was written
	body   bytes.Buffer
}

// serve reports whether the handler broke the connection off.
func (w *directAnswer) serve(handler http.Handler, r *http.Request) (broken bool) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			broken = true
		}
	}()
	handler.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	return false
}

// Header implements http.ResponseWriter.
func (w *directAnswer) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *directAnswer) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (w *directAnswer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush implements http.Flusher: nothing is held back.
func (w *directAnswer) Flush() { w.WriteHeader(http.StatusOK) }

// response ends in the middle where less came than was announced.
func (w *directAnswer) response(sent *http.Request) *http.Response {
	var body io.Reader = bytes.NewReader(w.body.Bytes())
	length := w.body.Len()
	if announced, err := strconv.Atoi(w.sent.Get("Content-Length")); err == nil && announced > length {
		body, length = io.MultiReader(body, brokenOff{}), announced
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(body), ContentLength: int64(length), Request: sent,
	}
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
