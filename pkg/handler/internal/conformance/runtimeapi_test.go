package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bssfn/bssfn/internal/clock"
)

// runtimeAPI is the Lambda Runtime API that a function's process asks for events.
//
// Documentation: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	events  chan invocation
	stopped chan struct{}

	mu      sync.Mutex
	count   int
	waiting map[string]chan<- outcome
}

type invocation struct {
	id       string
	event    []byte
	deadline time.Time
}

type outcome struct {
	body []byte
	err  error
}

func newRuntimeAPI(t *testing.T) (*runtimeAPI, string) {
	t.Helper()
	api := &runtimeAPI{
		events:  make(chan invocation),
		stopped: make(chan struct{}),
		waiting: make(map[string]chan<- outcome),
	}
	const prefix = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"invocation/next", api.next)
	mux.HandleFunc("POST "+prefix+"invocation/{id}/response", api.response)
	mux.HandleFunc("POST "+prefix+"invocation/{id}/error", api.failure)
	mux.HandleFunc("POST "+prefix+"init/error", api.initError)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(api.stopped) })
	return api, strings.TrimPrefix(server.URL, "http://")
}

func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case given := <-a.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", given.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(given.deadline.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:probe")
		_, _ = w.Write(given.event)
	case <-a.stopped:
	case <-r.Context().Done():
	}
}

func (a *runtimeAPI) response(w http.ResponseWriter, r *http.Request) { a.finish(w, r, nil) }

func (a *runtimeAPI) failure(w http.ResponseWriter, r *http.Request) {
	a.finish(w, r, errors.New("the function failed"))
}

func (a *runtimeAPI) finish(w http.ResponseWriter, r *http.Request, failed error) {
	body, err := io.ReadAll(r.Body)
	if failed != nil {
		failed = fmt.Errorf("%w: %s", failed, body)
	}
	a.mu.Lock()
	done := a.waiting[r.PathValue("id")]
	delete(a.waiting, r.PathValue("id"))
	a.mu.Unlock()
	if done == nil {
		http.Error(w, "unknown request id", http.StatusForbidden)
		return
	}
	done <- outcome{body, errors.Join(err, failed)}
	w.WriteHeader(http.StatusAccepted)
}

// initError ends whoever waits: the process will ask for nothing.
func (a *runtimeAPI) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, done := range a.waiting {
		done <- outcome{err: errors.Join(err, fmt.Errorf("the function did not start: %s", body))}
		delete(a.waiting, id)
	}
	w.WriteHeader(http.StatusAccepted)
}

// invoke gives the process an event and returns its response.
func (a *runtimeAPI) invoke(ctx context.Context, event []byte) ([]byte, error) {
	done := make(chan outcome, 1)
	a.mu.Lock()
	a.count++
	id := fmt.Sprintf("8476a536-e9f4-11e8-9739-%012d", a.count)
	a.waiting[id] = done
	a.mu.Unlock()
	select {
	case a.events <- invocation{id, event, clock.System{}.Now().Add(time.Minute)}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case result := <-done:
		return result.body, result.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// startBinary runs the probe as a Lambda function.
func startBinary(t *testing.T, logs io.Writer) *runtimeAPI {
	t.Helper()
	api, address := newRuntimeAPI(t)
	runProbe(t, "./lambdaprobe", logs, "AWS_LAMBDA_RUNTIME_API="+address, "AWS_LAMBDA_FUNCTION_NAME=probe")
	return api
}
