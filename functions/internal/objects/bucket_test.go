package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/functions/internal/objects/objectstest"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	for _, kind := range []objects.Kind{objects.KindS3, objects.KindOBS, objects.KindGoogle} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			objectstest.Run(t, func(t *testing.T) objects.Store { return newWorld(t, kind).store() })
		})
	}
}

func TestObjectsAreBelowThePrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindOBS)
	objectstest.Write(t, w.store(), "2026-02/manifest.json", "{}")
	w.prefix = "/"
	objectstest.Write(t, w.store(), "bills/2", "somebody else's")
	objectstest.Write(t, w.store(), "bills/20", "somebody else's")
	assert.Equal(t, []string{"bills/2", "bills/2/2026-02/manifest.json", "bills/20"}, objectstest.Names(t, w.store(), ""))
	w.prefix = "/bills/2/"
	assert.Equal(t, []string{"2026-02/manifest.json"}, objectstest.Names(t, w.store(), ""))
}

func TestALargeObjectIsSentInParts(t *testing.T) {
	t.Parallel()
	for kind, parts := range map[objects.Kind]int{objects.KindOBS: 3, objects.KindGoogle: 2} {
		w := newWorld(t, kind)
		content := bytes.Repeat([]byte("0123456789abcde\n"), (parts*8-7)<<20/16)
		o, err := w.store().Create(t.Context(), "large")
		require.NoError(t, err)
		for rest := content; len(rest) > 0; {
			n := min(len(rest), 3_000_000)
			written, err := o.Write(rest[:n])
			require.NoError(t, err)
			assert.Equal(t, n, written)
			rest = rest[n:]
		}
		assert.Empty(t, w.sim.Objects())
		require.NoError(t, o.Commit())
		require.NoError(t, o.Close())
		want := []string{"POST /bills/2/large?uploads="}
		for n := range parts {
			want = append(want, fmt.Sprintf("PUT /bills/2/large?partNumber=%d&uploadId=UPLOAD1", n+1))
		}
		assert.Equal(t, append(want, "POST /bills/2/large?uploadId=UPLOAD1"), w.requests())
		assert.Equal(t, content, []byte(objectstest.Read(t, w.store(), "large")))
	}
}

func TestAnObjectThatIsGivenUpLeavesNoParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindS3)
	ctx, cancel := context.WithCancel(t.Context())
	o, err := w.store().Create(ctx, "large")
	require.NoError(t, err)
	_, err = o.Write(make([]byte, 9<<20))
	require.NoError(t, err)
	cancel()
	require.ErrorIs(t, o.Commit(), context.Canceled)
	_, err = o.Write([]byte("more"))
	require.ErrorIs(t, err, context.Canceled, "it cannot become whole any more")
	require.NoError(t, o.Close())
	sent := w.requests()
	assert.Equal(t, "DELETE /bills/2/large?uploadId=UPLOAD1", sent[len(sent)-1])
	require.NoError(t, o.Close())
	assert.Equal(t, sent, w.requests())
	assert.Error(t, o.Commit())
}

// A store may answer 200 to a completion, and say in the body that it failed.
func TestACompletionThatFailsAfterAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindS3)
	failures := 1
	w.around = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && r.URL.Query().Get("uploadId") != "" && failures > 0 {
			failures--
			return respond(r, 200, "<Error><Code>InternalError</Code></Error>"), nil
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	objectstest.Write(t, w.store(), "large", strings.Repeat("x", 9<<20))
	assert.Zero(t, failures)
	failures = 5
	o, err := w.store().Create(t.Context(), "larger")
	require.NoError(t, err)
	_, err = o.Write(make([]byte, 9<<20))
	require.NoError(t, err)
	err = o.Commit()
	require.ErrorIs(t, err, objects.ErrUnavailable)
	require.ErrorContains(t, err, "InternalError")
	require.NoError(t, o.Close())
	assert.Len(t, w.sim.Objects(), 1)
}

func respond(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) { return respond(r, status, body), nil }
	}
	for name, c := range map[string]struct {
		around func(*http.Request) (*http.Response, error)
		want   error
		tries  int
	}{
		"broken off": {func(*http.Request) (*http.Response, error) {
			return nil, errors.New("reset" + strings.Repeat("x", 100_000))
		}, objects.ErrUnavailable, 5},
		"an error":      {answer(500, "<Error><Code>InternalError</Code></Error>"), objects.ErrUnavailable, 5},
		"too often":     {answer(503, "<Error><Code>SlowDown</Code></Error>"), objects.ErrUnavailable, 5},
		"too slow":      {answer(400, "<Error><Code>RequestTimeout</Code></Error>"), objects.ErrUnavailable, 5},
		"denied":        {answer(403, "<Error><Code>AccessDenied</Code><Resource>SECRET</Resource></Error>"), objects.ErrDenied, 1},
		"no bucket":     {answer(404, "<Error><Code>NoSuchBucket</Code></Error>"), objects.ErrDenied, 1},
		"no object":     {answer(404, "<Error><Code>NoSuchKey</Code></Error>"), objects.ErrNotFound, 1},
		"a redirect":    {answer(307, "SECRET"), objects.ErrDenied, 1},
		"not an error":  {answer(403, strings.Repeat("SECRET", 100_000)), objects.ErrDenied, 1},
		"not XML":       {answer(403, "<Error><Code>SECRET</Code><Error>"), objects.ErrDenied, 1},
		"two lines":     {answer(403, "<Error><Code>Access\nSECRET</Code></Error>"), objects.ErrDenied, 1},
		"not available": {answer(501, "<Error><Code>NotImplemented</Code></Error>"), objects.ErrDenied, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []objects.Kind{objects.KindS3, objects.KindGoogle} {
				w := newWorld(t, kind)
				w.around = c.around
				store := w.store()
				_, err := store.Open(t.Context(), "a")
				require.ErrorIs(t, err, c.want)
				require.ErrorContains(t, err, "GET "+string(kind)+"://partner-bills/bills/2/a")
				assert.Len(t, w.requests(), c.tries)
				assert.Less(t, len(err.Error()), 4096)
				for _, secret := range []string{"SECRET", "SIMBUCKETSK", "ya29"} {
					assert.NotContains(t, err.Error(), secret)
				}
				_, _, err = store.Get(t.Context(), "a", 1)
				require.ErrorIs(t, err, c.want)
				for _, err := range store.List(t.Context(), "") {
					require.ErrorIs(t, err, c.want)
				}
				o, err := store.Create(t.Context(), "a")
				require.NoError(t, err)
				require.ErrorIs(t, o.Commit(), c.want)
				require.NoError(t, o.Close())
			}
		})
	}
}

// An object that is being read goes on where its connection broke.
func TestABrokenReadGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindS3)
	content := strings.Repeat("0123456789", 100_000)
	objectstest.Write(t, w.store(), "a", content)
	broken := 0
	w.around = func(r *http.Request) (*http.Response, error) {
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil && broken < 7 {
			broken++
			res.Body = &breaking{res.Body, 100_003}
		}
		return res, err
	}
	assert.Equal(t, content, objectstest.Read(t, w.store(), "a"))
	assert.Equal(t, 7, broken)

	broken = 0
	r, err := w.store().Open(t.Context(), "a")
	require.NoError(t, err)
	w.around = nil
	objectstest.Write(t, w.store(), "a", "another")
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, objects.ErrChanged, "the rest is of something else")
	require.NoError(t, r.Close())
}

func TestAReadThatBreaksAtOnceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindOBS)
	objectstest.Write(t, w.store(), "a", "content")
	w.around = func(r *http.Request) (*http.Response, error) {
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			res.Body = &breaking{res.Body, 0}
		}
		return res, err
	}
	r, err := w.store().Open(t.Context(), "a")
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, objects.ErrUnavailable)
	require.NoError(t, r.Close())
	_, _, err = w.store().Get(t.Context(), "a", 100)
	require.ErrorIs(t, err, objects.ErrUnavailable)
	assert.Len(t, w.requests(), 11)
}

// breaking is a connection that breaks after some bytes.
type breaking struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errors.New("connection reset")
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// The first answer is lost; the second one says that the object is there already.
func TestAWriteWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, kind := range []objects.Kind{objects.KindS3, objects.KindGoogle} {
		w := newWorld(t, kind)
		lost := 0
		w.around = func(r *http.Request) (*http.Response, error) {
			res, err := http.DefaultTransport.RoundTrip(r)
			if err == nil && r.Method == http.MethodPut && lost == 0 {
				lost++
				return nil, errors.Join(errors.New("connection reset"), res.Body.Close())
			}
			return res, err
		}
		require.NoError(t, w.store().Put(t.Context(), "manifest.json", []byte("1"), ""))
		assert.Equal(t, "1", objectstest.Read(t, w.store(), "manifest.json"))
		lost = 1
		require.ErrorIs(t, w.store().Put(t.Context(), "manifest.json", []byte("1"), ""), objects.ErrChanged, "it is another's")
	}
}

// Some stores refuse what they do not know.
func TestAStoreWithoutConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindS3)
	w.around = func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("If-None-Match")+r.Header.Get("If-Match") != "" {
			return respond(r, 501, "<Error><Code>NotImplemented</Code></Error>"), nil
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	store := w.store()
	require.NoError(t, store.Put(t.Context(), "a", []byte("1"), ""))
	require.ErrorIs(t, store.Put(t.Context(), "a", []byte("2"), ""), objects.ErrChanged)
	_, version, err := store.Get(t.Context(), "a", 1)
	require.NoError(t, err)
	require.NoError(t, store.Put(t.Context(), "a", []byte("2"), version))
}

func TestWhereBucketsAre(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"s3://partner-bills/a eu-west-1 ":                                   "https://partner-bills.s3.eu-west-1.amazonaws.com/a/x%2By%20z eu-west-1",
		"s3://partner-bills cn-north-1 ":                                    "https://partner-bills.s3.cn-north-1.amazonaws.com.cn/x%2By%20z cn-north-1",
		"s3://partner.bills eu-west-1 ":                                     "https://s3.eu-west-1.amazonaws.com/partner.bills/x%2By%20z eu-west-1",
		"s3://partner-bills  https://minio.example:9000/":                   "https://minio.example:9000/partner-bills/x%2By%20z us-east-1",
		"obs://partner-bills  https://obs.cn-north-4.myhuaweicloud.com":     "https://partner-bills.obs.cn-north-4.myhuaweicloud.com/x%2By%20z cn-north-4",
		"obs://partner-bills/a/b  obs.cn-north-4.myhuaweicloud.com":         "https://partner-bills.obs.cn-north-4.myhuaweicloud.com/a/b/x%2By%20z cn-north-4",
		"obs://partner-bills  http://127.0.0.1:8090/_obs":                   "http://127.0.0.1:8090/_obs/partner-bills/x%2By%20z us-east-1",
		"gs://partner_bills  ":                                              "https://storage.googleapis.com/partner_bills/x%2By%20z us-east-1",
		"gs://partner-bills auto https://storage.europe.googleapis.example": "https://storage.europe.googleapis.example/partner-bills/x%2By%20z auto",
	} {
		w := newWorld(t, objects.KindS3)
		parts := strings.Split(address, " ")
		w.opts.Region, w.opts.Endpoint = parts[1], parts[2]
		got := ""
		w.around = func(r *http.Request) (*http.Response, error) {
			scope := strings.Split(r.Header.Get("Authorization"), "/")
			got = r.URL.String() + " " + scope[2]
			return respond(r, 204, ""), nil
		}
		store, err := objects.Open(parts[0], w.opts)
		require.NoError(t, err, address)
		require.NoError(t, store.Delete(t.Context(), "x+y z"))
		assert.Equal(t, want, got)
	}
}

func TestBucketsThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		address string
		change  func(*objects.Options)
	}{
		"none such as":           {"s3://partner-bills", func(o *objects.Options) { o.Endpoint = "https://" }},
		"must be https":          {"obs://partner-bills", func(o *objects.Options) { o.Endpoint = "http://obs.cn-north-4.myhuaweicloud.com" }},
		"one is not set":         {"s3://partner-bills", func(o *objects.Options) { o.SecretKey = "" }},
		"address of the store o": {"obs://partner-bills", func(o *objects.Options) { o.Endpoint = "" }},
		"address of the store s": {"s3://partner-bills", func(o *objects.Options) { o.Endpoint = "" }},
		"keys of":                {"obs://partner-bills", func(o *objects.Options) { o.AccessKey, o.SecretKey = "", "" }},
		"who we are":             {"gs://partner-bills", func(o *objects.Options) { o.AccessKey, o.SecretKey = "", "" }},
	} {
		if want == "keys of" {
			want = "the secret key of obs://partner-bills are not set"
		}
		w := newWorld(t, objects.KindS3)
		c.change(&w.opts)
		_, err := objects.Open(c.address, w.opts)
		assert.ErrorContains(t, err, want)
	}
}

// Keys of AWS change while a function runs.
func TestKeysMayBeProvided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, objects.KindS3)
	w.opts.AccessKey, w.opts.SecretKey = "", ""
	keys := aws.Credentials{AccessKeyID: "SIMBUCKETAK", SecretAccessKey: "SIMBUCKETSK", SessionToken: "session"}
	var failure error
	w.opts.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, failure })
	session := ""
	w.around = func(r *http.Request) (*http.Response, error) {
		session = r.Header.Get("X-Amz-Security-Token")
		return http.DefaultTransport.RoundTrip(r)
	}
	objectstest.Write(t, w.store(), "a", "1")
	assert.Equal(t, "session", session)
	failure = errors.New("no role")
	_, err := w.store().Open(t.Context(), "a")
	require.ErrorContains(t, err, "get the keys of the store: no role")
}

// A list that repeats itself, or holds what was not asked for, ends with an error.
func TestListsOutOfPlace(t *testing.T) {
	t.Parallel()
	page := func(next string, keys ...string) string {
		answer := "<ListBucketResult>"
		if next != "" {
			answer += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + next + "</NextContinuationToken>"
		}
		for _, key := range keys {
			answer += "<Contents><Key>" + key + "</Key><Size>1</Size></Contents>"
		}
		return answer + "</ListBucketResult>"
	}
	for want, answers := range map[string][]string{
		"is out of place":              {page("", "bills/2/b", "bills/2/a")},
		`"bills/2/a" is out of place`:  {page("n", "bills/2/a"), page("m", "bills/2/a")},
		`"bills/20/a" is out of place`: {page("", "bills/20/a")},
		"continues with itself":        {page("n"), page("n")},
		"the store's answer: EOF":      {""},
	} {
		w := newWorld(t, objects.KindOBS)
		w.around = func(r *http.Request) (*http.Response, error) {
			answer := answers[0]
			answers = answers[1:]
			return respond(r, 200, answer), nil
		}
		var last error
		for _, err := range w.store().List(t.Context(), "") {
			last = err
		}
		require.ErrorContains(t, last, want)
	}
}
