package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport"
)

// store answers as S3 does to the four calls that are made.
type store struct {
	mu      sync.Mutex
	objects map[string]string
	calls   []string // in the order of their coming
	refuse  string   // the call that is refused
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/partner-bills/")
	called := r.Method + " " + key
	if r.URL.Query().Has("list-type") {
		called = "LIST " + r.URL.Query().Get("prefix")
	}
	s.calls = append(s.calls, called)
	if called == s.refuse {
		s.fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	switch r.Method {
	case http.MethodPut:
		s.put(w, r, key)
	case http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet:
		s.get(w, r, key)
	}
}

func (s *store) put(w http.ResponseWriter, r *http.Request, key string) {
	body, err := io.ReadAll(r.Body)
	sum := sha256.Sum256(body)
	if err != nil || r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
		s.fail(w, http.StatusBadRequest, "BadDigest")
		return
	}
	s.objects[key] = string(body)
}

func (s *store) get(w http.ResponseWriter, r *http.Request, key string) {
	if prefix := r.URL.Query().Get("prefix"); prefix != "" {
		fmt.Fprint(w, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
		for k := range s.objects {
			if strings.HasPrefix(k, prefix) {
				fmt.Fprint(w, "<Contents><Key>")
				_ = xml.EscapeText(w, []byte(k))
				fmt.Fprint(w, "</Key></Contents>")
			}
		}
		fmt.Fprint(w, "</ListBucketResult>")
		return
	}
	if content, ok := s.objects[key]; ok {
		fmt.Fprint(w, content)
		return
	}
	s.fail(w, http.StatusNotFound, "NoSuchKey")
}

func (s *store) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}

func newStore(t *testing.T) (*store, *bucket) {
	t.Helper()
	s := &store{objects: map[string]string{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := s3.New(s3.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("AK", "SK", "")),
	})
	b, err := newBucket(client, "s3://partner-bills/bills/")
	require.NoError(t, err)
	b.tempDir = t.TempDir()
	return s, b
}

func publish(t *testing.T, b *bucket, name, content string) error {
	t.Helper()
	d, err := b.Begin(t.Context(), "2026-02")
	require.NoError(t, err)
	_, err = io.WriteString(d, content)
	require.NoError(t, err)
	err = d.Publish(t.Context(), name, []byte(`{"file":"`+name+`"}`))
	require.NoError(t, d.Close())
	return err
}

func TestTheManifestComesLast(t *testing.T) {
	t.Parallel()
	s, b := newStore(t)
	_, err := b.Manifest(t.Context(), "2026-02")
	require.ErrorIs(t, err, billexport.ErrNotPublished)

	require.NoError(t, publish(t, b, "bills-1.csv", "one"))
	require.NoError(t, publish(t, b, "bills-2.csv", "two"))
	assert.Equal(t, map[string]string{
		"bills/2026-02/bills-2.csv":   "two",
		"bills/2026-02/manifest.json": `{"file":"bills-2.csv"}`,
	}, s.objects)
	data := slices.Index(s.calls, "PUT bills/2026-02/bills-2.csv")
	manifest := data + 1
	assert.Equal(t, "PUT bills/2026-02/manifest.json", s.calls[manifest])
	assert.Greater(t, slices.Index(s.calls, "DELETE bills/2026-02/bills-1.csv"), manifest, "the older export stands until the newer one does")

	got, err := b.Manifest(t.Context(), "2026-02")
	require.NoError(t, err)
	assert.JSONEq(t, `{"file":"bills-2.csv"}`, string(got))
}

func TestARefusedWriteLeavesTheOlderExport(t *testing.T) {
	t.Parallel()
	for _, refused := range []string{"PUT bills/2026-02/bills-2.csv", "PUT bills/2026-02/manifest.json"} {
		s, b := newStore(t)
		require.NoError(t, publish(t, b, "bills-1.csv", "one"))
		s.refuse = refused
		err := publish(t, b, "bills-2.csv", "two")
		require.ErrorContains(t, err, "bucket partner-bills", refused)
		assert.Equal(t, "one", s.objects["bills/2026-02/bills-1.csv"])
		assert.JSONEq(t, `{"file":"bills-1.csv"}`, s.objects["bills/2026-02/manifest.json"])
	}
}

func TestAnUnreadableManifestIsNotAMissingOne(t *testing.T) {
	t.Parallel()
	s, b := newStore(t)
	s.refuse = "GET bills/2026-02/manifest.json"
	_, err := b.Manifest(t.Context(), "2026-02")
	require.Error(t, err)
	require.NotErrorIs(t, err, billexport.ErrNotPublished)
}

func TestExportURLs(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "file:/tmp", "s3:", "s3:///prefix", "https://bucket.s3.amazonaws.com", "s3://b?x=1"} {
		_, err := newBucket(nil, wrong)
		require.ErrorContains(t, err, "s3://BUCKET/PREFIX", wrong)
	}
	b, err := newBucket(nil, "s3://partner-bills")
	require.NoError(t, err)
	assert.Equal(t, "2026-02/manifest.json", b.key("2026-02", manifestName))
}
