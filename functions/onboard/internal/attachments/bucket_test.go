package attachments_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/onboard/internal/attachments"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

const id = "0123456789abcdef0123456789abcdef"

// store is a simulated OBS and a client of its bucket. Around sees the requests.
type store struct {
	t      *testing.T
	sim    *huawei.Server
	clock  *clock.Simulated
	around func(*http.Request) (*http.Response, error)
	opts   attachments.Options
	sent   []*http.Request
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	var err error
	s.sim, err = huawei.NewServer(huawei.Options{Clock: s.clock, Bucket: "papers"})
	require.NoError(t, err)
	server := httptest.NewServer(s.sim.API())
	t.Cleanup(server.Close)
	s.opts = attachments.Options{
		Endpoint: server.URL + "/_obs", Bucket: "papers", AccessKey: "SIMBUCKETAK", SecretKey: "SIMBUCKETSK",
		Transport: s, Now: s.clock.Now, Sleep: s.clock.Sleep,
	}
	return s
}

// RoundTrip implements http.RoundTripper.
func (s *store) RoundTrip(r *http.Request) (*http.Response, error) {
	s.sent = append(s.sent, r)
	if s.around != nil {
		return s.around(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (s *store) bucket() *attachments.Bucket {
	s.t.Helper()
	b, err := attachments.NewBucket(s.opts)
	require.NoError(s.t, err)
	return b
}

func TestAFileGoesIntoTheBucketAndOut(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	b, data := s.bucket(), good(t)[attachments.PNG]
	name := attachments.Name(id, attachments.PNG)
	require.NoError(t, b.Put(t.Context(), attachments.Download, name, attachments.PNG, data))
	require.NoError(t, b.Put(t.Context(), attachments.Download, name, attachments.PNG, data), "it may be repeated")
	stored := s.sim.Objects()
	require.Len(t, stored, 1)
	assert.Equal(t, "download/"+name, stored[0].Key)
	assert.Equal(t, "image/png", stored[0].MediaType)
	assert.Empty(t, s.sent[0].Header.Get("X-Amz-Acl"))

	got, err := b.Get(t.Context(), attachments.Download, name)
	require.NoError(t, err)
	assert.Equal(t, data, got)
	_, err = b.Get(t.Context(), attachments.Incoming, name)
	require.ErrorIs(t, err, objects.ErrNotFound)
	require.NoError(t, b.Delete(t.Context(), attachments.Download, name))
	require.NoError(t, b.Delete(t.Context(), attachments.Download, name), "nothing is there")
	assert.Empty(t, s.sim.Objects())
}

func TestOnlyOurOwnNamesReachTheBucket(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	b := s.bucket()
	for _, name := range []string{
		"", ".", "../secret.png", "a/../../b.png", "%2e%2e%2fb.png", id, id + ".exe", id + ".png.exe", id + ".jpg.png", id + ".PNG",
		id + ".png\x00.exe", id + ".png ", id + ".png\n", "/" + id + ".png", "张三-身份证.jpg", strings.ToUpper(id) + ".png", id + "0.png", id + ".pn\u0261",
	} {
		assert.Error(t, b.Put(t.Context(), attachments.Download, name, attachments.PNG, []byte("x")), "%q", name)
		assert.Error(t, b.Delete(t.Context(), attachments.Download, name), "%q", name)
		_, err := b.Presign(t.Context(), name, attachments.PNG, 1)
		assert.Error(t, err, "%q", name)
	}
	assert.Error(t, b.Put(t.Context(), "public", id+".png", attachments.PNG, []byte("x")))
	assert.Empty(t, s.sent)
	made, err := attachments.NewID(bytes.NewReader(make([]byte, 16)))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("0", 32), made)
	_, err = attachments.NewID(bytes.NewReader(nil))
	assert.Error(t, err)
}

func TestAnAddressForAnUpload(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	data := good(t)[attachments.JPEG]
	name := attachments.Name(id, attachments.JPEG)
	upload, err := s.bucket().Presign(t.Context(), name, attachments.JPEG, int64(len(data)))
	require.NoError(t, err)
	assert.Equal(t, s.clock.Now().Add(10*time.Minute), upload.ExpiresAt)
	put := func(mediaType string, data []byte) int {
		req, err := http.NewRequestWithContext(t.Context(), upload.Method, upload.URL, bytes.NewReader(data))
		require.NoError(t, err)
		req.Header.Set("Content-Type", mediaType)
		res, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	assert.Equal(t, http.StatusForbidden, put("text/html", data))
	assert.Equal(t, http.StatusForbidden, put("image/jpeg", append(data, 'x')))
	assert.Equal(t, http.StatusOK, put("image/jpeg", data))
	got, err := s.bucket().Get(t.Context(), attachments.Incoming, name)
	require.NoError(t, err)
	assert.Equal(t, data, got)
	s.clock.Advance(10 * time.Minute)
	assert.Equal(t, http.StatusForbidden, put("image/jpeg", data), "its time is over")
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
	}
	broken := func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }
	for name, c := range map[string]struct {
		around func(*http.Request) (*http.Response, error)
		want   error
		tries  int
	}{
		"broken off":   {broken, objects.ErrUnavailable, 3},
		"an error":     {answer(500, "<Error><Code>InternalError</Code></Error>"), objects.ErrUnavailable, 3},
		"too often":    {answer(429, "<Error><Code>SlowDown</Code></Error>"), objects.ErrUnavailable, 3},
		"denied":       {answer(403, "<Error><Code>AccessDenied</Code><Resource>SECRET</Resource></Error>"), objects.ErrDenied, 1},
		"no bucket":    {answer(404, "<Error><Code>NoSuchBucket</Code></Error>"), objects.ErrDenied, 1},
		"no object":    {answer(404, "<Error><Code>NoSuchKey</Code></Error>"), objects.ErrNotFound, 1},
		"a redirect":   {answer(307, "SECRET"), objects.ErrDenied, 1},
		"not an error": {answer(403, strings.Repeat("SECRET", 10_000)), objects.ErrDenied, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			s.around = c.around
			_, err := s.bucket().Get(t.Context(), attachments.Download, id+".png")
			require.ErrorIs(t, err, c.want)
			assert.Len(t, s.sent, c.tries)
			assert.NotContains(t, err.Error(), "SECRET")
			assert.NotContains(t, fmt.Sprintf("%+v", err), "SIMBUCKETSK")
		})
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		s.around = func(r *http.Request) (*http.Response, error) {
			if len(s.sent) == 1 {
				return nil, errors.New("connection reset")
			}
			return http.DefaultTransport.RoundTrip(r)
		}
		require.NoError(t, s.bucket().Put(t.Context(), attachments.Download, id+".png", attachments.PNG, good(t)[attachments.PNG]))
		assert.Len(t, s.sent, 2)
	})
	t.Run("not after the end", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.around = func(*http.Request) (*http.Response, error) { cancel(); return nil, context.Canceled }
		require.Error(t, s.bucket().Put(ctx, attachments.Download, id+".png", attachments.PNG, []byte("x")))
		assert.Len(t, s.sent, 1)
	})
	t.Run("a huge object", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		s.around = answer(200, strings.Repeat("x", attachments.MaxSize+1))
		_, err := s.bucket().Get(t.Context(), attachments.Download, id+".png")
		refusal := &attachments.Refusal{}
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, attachments.TooLarge, refusal.Code)
	})
}

func TestBucketsAreHosts(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.around = func(*http.Request) (*http.Response, error) { return nil, errors.New("nobody is there") }
	for _, endpoint := range []string{"https://obs.cn-north-4.myhuaweicloud.com", "obs.cn-north-4.myhuaweicloud.com"} {
		s.opts.Endpoint, s.sent = endpoint, nil
		require.Error(t, s.bucket().Delete(t.Context(), attachments.Download, id+".png"))
		assert.Equal(t, "https://papers.obs.cn-north-4.myhuaweicloud.com/download/"+id+".png", s.sent[0].URL.String())
		assert.Contains(t, s.sent[0].Header.Get("Authorization"), "/cn-north-4/s3/aws4_request")
	}
}

func TestBucketsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*attachments.Options){
		"OBS_ENDPOINT":   func(o *attachments.Options) { o.Endpoint = "https://" },
		"must be https":  func(o *attachments.Options) { o.Endpoint = "http://obs.cn-north-4.myhuaweicloud.com" },
		"OBS_BUCKET":     func(o *attachments.Options) { o.Bucket = "../other" },
		"OBS_SECRET_KEY": func(o *attachments.Options) { o.SecretKey = "" },
	} {
		s := newStore(t)
		change(&s.opts)
		_, err := attachments.NewBucket(s.opts)
		assert.ErrorContains(t, err, name)
	}
}
