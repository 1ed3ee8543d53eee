package objects_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

// world is a simulated object store and what is sent to it. Around sees the requests.
type world struct {
	t      *testing.T
	sim    *huawei.Server
	clock  *clock.Simulated
	kind   objects.Kind
	opts   objects.Options
	prefix string

	mu     sync.Mutex
	around func(*http.Request) (*http.Response, error)
	sent   []string
	// compare holds what two writers do one after the other.
	compare sync.Mutex
}

func newWorld(t *testing.T, kind objects.Kind) *world {
	t.Helper()
	w := &world{t: t, kind: kind, prefix: "/bills/2", clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	var err error
	w.sim, err = huawei.NewServer(huawei.Options{Clock: w.clock, Bucket: "partner-bills"})
	require.NoError(t, err)
	front := map[objects.Kind]http.HandlerFunc{objects.KindOBS: w.sim.API().ServeHTTP, objects.KindS3: w.serveS3, objects.KindGoogle: w.serveGoogle}[kind]
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.opts = objects.Options{
		Endpoint: server.URL + "/_obs", AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK",
		Transport: w, Now: w.clock.Now, Sleep: w.clock.Sleep,
	}
	if kind == objects.KindGoogle {
		w.opts.AccessKey, w.opts.SecretKey = "", ""
		w.opts.Token = func(context.Context) (string, error) { return "ya29.TOKEN", nil }
	}
	return w
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent = append(w.sent, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/_obs/partner-bills")+"?"+r.URL.RawQuery)
	around := w.around
	w.mu.Unlock()
	if around != nil {
		return around(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (w *world) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

func (w *world) store() objects.Store {
	w.t.Helper()
	store, err := objects.Open(string(w.kind)+"://partner-bills"+w.prefix, w.opts)
	require.NoError(w.t, err)
	return store
}

// tag is that of an object, empty where there is none.
func (w *world) tag(path string) string {
	for _, o := range w.sim.Objects() {
		if "/_obs/partner-bills/"+o.Key == path {
			return o.SHA256
		}
	}
	return ""
}

// serveS3 is the store with the conditions of S3, whose tags are texts.
func (w *world) serveS3(rw http.ResponseWriter, r *http.Request) {
	w.compare.Lock()
	defer w.compare.Unlock()
	tag := `"` + w.tag(r.URL.Path) + `"`
	exists := tag != `""`
	match := r.Header.Get("If-Match")
	if r.Method == http.MethodPut && (r.Header.Get("If-None-Match") == "*" && exists || match != "" && exists && match != tag) {
		fail(rw, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	if r.Method == http.MethodPut && match != "" && !exists {
		fail(rw, http.StatusNotFound, "NoSuchKey")
		return
	}
	if r.Method == http.MethodGet && match != "" {
		if match != tag {
			fail(rw, http.StatusPreconditionFailed, "PreconditionFailed")
			return
		}
		r.Header.Del("If-Match") // the simulated store has other tags
		w.resign(r, nil)
	}
	w.sim.API().ServeHTTP(&tagged{rw, "ETag", tag, r.Method}, r)
}

// serveGoogle is the store as Google Cloud Storage: with a token in the place of a
// signature, and with generations.
func (w *world) serveGoogle(rw http.ResponseWriter, r *http.Request) {
	w.compare.Lock()
	defer w.compare.Unlock()
	body, err := io.ReadAll(r.Body)
	sum := md5.Sum(body)
	switch {
	case err != nil || len(body) > 0 && r.Header.Get("Content-Md5") != base64.StdEncoding.EncodeToString(sum[:]):
		fail(rw, http.StatusBadRequest, "BadDigest")
		return
	case r.Header.Get("Authorization") != "Bearer ya29.TOKEN":
		fail(rw, http.StatusUnauthorized, "AuthenticationRequired")
		return
	}
	generation := "0"
	if tag := w.tag(r.URL.Path); tag != "" {
		n, _ := strconv.ParseUint(tag[:15], 16, 64)
		generation = strconv.FormatUint(n, 10)
	}
	if want := r.Header.Get("X-Goog-If-Generation-Match"); want != "" && want != generation {
		fail(rw, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	w.resign(r, body)
	w.sim.API().ServeHTTP(&tagged{rw, "X-Goog-Generation", generation, r.Method}, r)
}

// resign has the simulated store take a request as it is now.
func (w *world) resign(r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	r.Header.Del("Authorization")
	r.Header.Set("X-Amz-Content-Sha256", hash)
	r.URL.Host, r.Body = r.Host, io.NopCloser(bytes.NewReader(body))
	keys := aws.Credentials{AccessKeyID: "SIMBUCKETAK", SecretAccessKey: "SIMBUCKETSK"}
	signer := v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(r.Context(), keys, r, hash, "s3", "auto", w.clock.Now()); err != nil {
		panic(err)
	}
}

// tagged gives what is read another mark.
type tagged struct {
	http.ResponseWriter
	header, tag, method string
}

// WriteHeader implements http.ResponseWriter.
func (t *tagged) WriteHeader(status int) {
	if t.method == http.MethodGet && status < 300 {
		t.Header().Set(t.header, t.tag)
	}
	t.ResponseWriter.WriteHeader(status)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>no</Message></Error>")
}
