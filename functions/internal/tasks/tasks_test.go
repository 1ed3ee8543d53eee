package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/tasks"
)

var kinds = []string{"sqs", "pubsub"}

func bodies(count, size int) ([][]byte, []string) {
	var all [][]byte
	var texts []string
	for i := range count {
		text := fmt.Sprintf(`{"task":%d,"客":"<&>"}`, i)
		text += strings.Repeat(" ", max(0, size-len(text)))
		all, texts = append(all, []byte(text)), append(texts, text)
	}
	return all, texts
}

func TestMessagesAreSentInBatches(t *testing.T) {
	t.Parallel()
	for kind, calls := range map[string][]int{"sqs": {0, 3, 6}, "pubsub": {0, 1, 6}} {
		w := newWorld(t)
		require.NoError(t, w.sender(kind).Send(t.Context(), nil))
		assert.Equal(t, calls[0], w.calls)
		all, want := bodies(25, 0)
		require.NoError(t, w.sender(kind).Send(t.Context(), all))
		assert.Equal(t, want, w.taken)
		assert.Equal(t, calls[1], w.calls)

		w = newWorld(t)
		all, want = bodies(16, 90_000) // two and three fit into 256 KiB
		require.NoError(t, w.sender(kind).Send(t.Context(), append(all, []byte(strings.Repeat("x", 256<<10)))[:len(all)-1]))
		assert.Equal(t, want[:15], w.taken)
		assert.Equal(t, 8, w.calls)
	}
}

func TestWhatAQueueDoesNotTake(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		w := newWorld(t)
		for _, body := range []string{"", strings.Repeat("x", 256<<10+1), "\xff"} {
			err := w.sender(kind).Send(t.Context(), [][]byte{[]byte("{}"), []byte(body)})
			require.ErrorIs(t, err, tasks.ErrMessage)
			require.ErrorContains(t, err, "number 2")
		}
		assert.Zero(t, w.calls, "nothing is sent of what cannot be sent whole")
		require.NoError(t, w.sender(kind).Send(t.Context(), [][]byte{[]byte(strings.Repeat("x", 256<<10))}))
	}
}

// Some of a batch are taken; the others are sent again, and those only.
func TestPartsOfABatchAreSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spoil = func(rw http.ResponseWriter, ids []string) bool {
		if w.calls > 1 {
			return false
		}
		fmt.Fprintf(rw, `{"Successful":[{"Id":%q},{"Id":%q}],"Failed":[{"Id":%q,"Code":"InternalError","SenderFault":false}]}`, ids[0], ids[2], ids[1])
		return true
	}
	all, want := bodies(4, 0)
	require.NoError(t, w.sender("sqs").Send(t.Context(), all))
	assert.Equal(t, []string{want[1], want[3]}, w.taken, "of the last one nothing was said")
	assert.Equal(t, 2, w.calls)
}

func TestFailures(t *testing.T) {
	t.Parallel()
	answer := func(kind string, status int, body string) func(*world) {
		return func(w *world) {
			w.spoil = func(rw http.ResponseWriter, _ []string) bool {
				rw.WriteHeader(status)
				fmt.Fprint(rw, body)
				return true
			}
		}
	}
	for name, c := range map[string]struct {
		kind   string
		change func(*world)
		want   error
		text   string
		calls  int
	}{
		"an error":       {"sqs", answer("sqs", 500, ""), tasks.ErrUnavailable, "HTTP 500", 5},
		"throttled":      {"sqs", answer("sqs", 400, `{"__type":"com.amazonaws.sqs#RequestThrottled"}`), tasks.ErrUnavailable, "RequestThrottled", 5},
		"no queue":       {"sqs", answer("sqs", 400, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"SECRET"}`), tasks.ErrDenied, "QueueDoesNotExist", 1},
		"a redirect":     {"sqs", answer("sqs", 302, "SECRET"), tasks.ErrDenied, "HTTP 302", 1},
		"no JSON":        {"sqs", answer("sqs", 200, "SECRET"), tasks.ErrUnavailable, "its answer", 5},
		"nothing taken":  {"sqs", answer("sqs", 200, "{}"), tasks.ErrUnavailable, "2 of 2 messages were not taken", 5},
		"our fault":      {"sqs", answer("sqs", 200, `{"Failed":[{"Id":"0","Code":"InvalidMessageContents","SenderFault":true}]}`), tasks.ErrMessage, "InvalidMessageContents", 1},
		"another secret": {"sqs", func(w *world) { w.opts.Region = "eu-west-2" }, tasks.ErrDenied, "InvalidSignatureException", 1},
		"no keys": {"sqs", func(w *world) {
			w.opts.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no role") })
		}, tasks.ErrUnavailable, "no role", 0},
		"Pub/Sub's error": {"pubsub", answer("pubsub", 503, ""), tasks.ErrUnavailable, "HTTP 503", 5},
		"too often":       {"pubsub", answer("pubsub", 429, `{"error":{"status":"RESOURCE_EXHAUSTED"}}`), tasks.ErrUnavailable, "RESOURCE_EXHAUSTED", 5},
		"no topic":        {"pubsub", answer("pubsub", 404, `{"error":{"status":"NOT_FOUND","message":"SECRET"}}`), tasks.ErrDenied, "NOT_FOUND", 1},
		"another token":   {"pubsub", func(w *world) { w.opts.Token = func(context.Context) (string, error) { return "SECRET", nil } }, tasks.ErrDenied, "UNAUTHENTICATED", 1},
		"no token": {"pubsub", func(w *world) {
			w.opts.Token = func(context.Context) (string, error) { return "", errors.New("no machine") }
		}, tasks.ErrUnavailable, "no machine", 0},
		"fewer than sent":    {"pubsub", answer("pubsub", 200, `{"messageIds":["1"]}`), tasks.ErrUnavailable, "took 1 of 2", 5},
		"no JSON of Pub/Sub": {"pubsub", answer("pubsub", 200, "SECRET"), tasks.ErrUnavailable, "its answer", 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.change(w)
			all, _ := bodies(2, 0)
			err := w.sender(c.kind).Send(t.Context(), all)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.text)
			assert.Equal(t, c.calls, w.calls)
			assert.NotContains(t, err.Error(), "SECRET")
			assert.Empty(t, w.taken)
		})
	}
}

func TestWhatFailedOnceIsSent(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		w := newWorld(t)
		w.spoil = func(rw http.ResponseWriter, _ []string) bool {
			if w.calls == 1 {
				rw.WriteHeader(http.StatusServiceUnavailable)
			}
			return w.calls == 1
		}
		all, want := bodies(2, 0)
		require.NoError(t, w.sender(kind).Send(t.Context(), all))
		assert.Equal(t, want, w.taken)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, w.sender(kind).Send(ctx, all), context.Canceled)
		assert.Equal(t, 2, w.calls)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opts.Region, w.opts.Endpoint = "", ""
	for _, good := range []string{"https://sqs.eu-west-1.amazonaws.com/123456789012/exports", "projects/partner-1/topics/exports"} {
		_, err := tasks.Open(good, w.opts)
		require.NoError(t, err, good)
	}
	for _, wrong := range []string{
		"", "exports", "arn:aws:sqs:eu-west-1:123456789012:exports", "https://", "https://sqs.eu-west-1.amazonaws.com/", "http://sqs.eu-west-1.amazonaws.com/1/exports",
		"https://queue.example/1/exports", "https://sqs.eu-west-1.amazonaws.com/1/exports.fifo", "https://user@sqs.eu-west-1.amazonaws.com/1/exports",
		"https://sqs.eu-west-1.amazonaws.com/1/exports?a", "projects/partner", "projects/partner/topics/x", "projects/a/b/topics/exports", "projects/a/topics/exports:publish",
	} {
		_, err := tasks.Open(wrong, w.opts)
		assert.Error(t, err, wrong)
	}
	w.opts.Endpoint = "http://pubsub.example"
	_, err := tasks.Open("projects/partner/topics/exports", w.opts)
	require.ErrorContains(t, err, "https")
	w.opts.Credentials, w.opts.Token = nil, nil
	for _, address := range []string{w.server.URL + "/1/exports", "projects/partner/topics/exports"} {
		_, err := tasks.Open(address, w.opts)
		assert.Error(t, err)
	}
}
