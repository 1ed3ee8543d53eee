package tasks_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/tasks"
	"github.com/bssfn/bssfn/internal/clock"
)

var keys = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETKEY", SessionToken: "session"}

// world has a queue and a topic that keep what they take.
type world struct {
	t      *testing.T
	clock  *clock.Simulated
	server *httptest.Server
	opts   tasks.Options
	taken  []string
	calls  int
	// spoil answers in the place of the queue where it reports so.
	spoil func(w http.ResponseWriter, ids []string) bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	w.opts = tasks.Options{
		Region: "eu-west-1", Endpoint: w.server.URL, Now: w.clock.Now, Sleep: w.clock.Sleep,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
		Token:       func(context.Context) (string, error) { return "ya29.TOKEN", nil },
	}
	return w
}

func (w *world) sender(kind string) tasks.Sender {
	w.t.Helper()
	address := w.server.URL + "/123456789012/exports"
	if kind == "pubsub" {
		address = "projects/partner/topics/exports"
	}
	sender, err := tasks.Open(address, w.opts)
	require.NoError(w.t, err)
	return sender
}

// ServeHTTP implements http.Handler.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.calls++
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		w.servePubSub(rw, r, body)
	} else {
		w.serveSQS(rw, r, body)
	}
}

func (w *world) serveSQS(rw http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		QueueURL string `json:"QueueUrl"`
		Entries  []struct {
			ID   string `json:"Id"`
			Body string `json:"MessageBody"`
		}
	}
	err := json.Unmarshal(body, &in)
	switch {
	case !w.signedByAWS(r, body):
		fail(rw, 403, "com.amazon.coral.service#InvalidSignatureException")
		return
	case r.Header.Get("X-Amz-Target") != "AmazonSQS.SendMessageBatch" || r.Header.Get("Content-Type") != "application/x-amz-json-1.0" || r.URL.Path != "/":
		fail(rw, 400, "com.amazon.coral.service#UnknownOperationException")
		return
	case err != nil || in.QueueURL != w.server.URL+"/123456789012/exports":
		fail(rw, 400, "com.amazonaws.sqs#QueueDoesNotExist")
		return
	case len(in.Entries) > 10:
		fail(rw, 400, "com.amazonaws.sqs#TooManyEntriesInBatchRequest")
		return
	}
	size, ids := 0, []string{}
	for _, e := range in.Entries {
		size += len(e.Body)
		ids = append(ids, e.ID)
	}
	if size > 256<<10 {
		fail(rw, 400, "com.amazonaws.sqs#BatchRequestTooLong")
		return
	}
	if w.spoil != nil && w.spoil(rw, ids) {
		return
	}
	var done []string
	for _, e := range in.Entries {
		w.taken = append(w.taken, e.Body)
		done = append(done, fmt.Sprintf(`{"Id":%q,"MessageId":"m"}`, e.ID))
	}
	fmt.Fprintf(rw, `{"Successful":[%s],"Failed":[]}`, strings.Join(done, ","))
}

// signedByAWS signs the request again, as whoever has the secret key does.
func (w *world) signedByAWS(r *http.Request, body []byte) bool {
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || !at.Equal(w.clock.Now().Truncate(time.Second)) {
		return false
	}
	again, err := http.NewRequestWithContext(r.Context(), r.Method, w.server.URL+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return false
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target"} {
		again.Header.Set(name, r.Header.Get(name))
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(r.Context(), keys, again, hex.EncodeToString(sum[:]), "sqs", "eu-west-1", at); err != nil {
		return false
	}
	return again.Header.Get("Authorization") == r.Header.Get("Authorization") && r.Header.Get("X-Amz-Security-Token") == "session"
}

func (w *world) servePubSub(rw http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		Messages []struct {
			Data []byte `json:"data"`
		} `json:"messages"`
	}
	err := json.Unmarshal(body, &in)
	switch {
	case r.Header.Get("Authorization") != "Bearer ya29.TOKEN":
		failGoogle(rw, 401, "UNAUTHENTICATED")
		return
	case r.URL.Path != "/v1/projects/partner/topics/exports:publish":
		failGoogle(rw, 404, "NOT_FOUND")
		return
	case err != nil || len(in.Messages) == 0 || len(in.Messages) > 1000 || len(body) > 10<<20:
		failGoogle(rw, 400, "INVALID_ARGUMENT")
		return
	}
	if w.spoil != nil && w.spoil(rw, make([]string, len(in.Messages))) {
		return
	}
	var done []string
	for _, m := range in.Messages {
		w.taken = append(w.taken, string(m.Data))
		done = append(done, `"`+base64.StdEncoding.EncodeToString([]byte{byte(len(done))})+`"`)
	}
	fmt.Fprintf(rw, `{"messageIds":[%s]}`, strings.Join(done, ","))
}

func fail(w http.ResponseWriter, status int, kind string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"__type":%q,"message":"SECRET"}`, kind)
}

func failGoogle(w http.ResponseWriter, status int, kind string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"code":%d,"status":%q,"message":"SECRET"}}`, status, kind)
}
