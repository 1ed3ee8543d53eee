package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Google Cloud Storage checks what it is sent by it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

const (
	tries      = 5
	firstPause = 200 * time.Millisecond
	// callTimeout is of one try, with a part of 8 MiB over a slow line.
	callTimeout = 2 * time.Minute
	// maxAnswer bounds the answers that are not objects: 1,000 names of 1,024 bytes,
	// each of which may be three letters.
	maxAnswer  = 8 << 20
	maxFailure = 64 << 10
)

// request is a request to the store, which may be repeated.
type request struct {
	method string
	key    string // empty for the bucket
	query  url.Values
	header http.Header
	body   []byte
}

// answer is what came of a request.
type answer struct {
	header http.Header
	body   []byte
	// repeated says that an earlier try failed so that nobody knows whether it was
	// done.
	repeated bool
}

// refusal is what a store answered in the place of what was asked for.
type refusal struct {
	kind   error
	status int
	code   string
}

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("%s: HTTP %d %s", r.kind, r.status, r.code) }

// Unwrap implements what errors.Is needs.
func (r *refusal) Unwrap() error { return r.kind }

// do sends a request until it is answered.
func (b *Bucket) do(ctx context.Context, r request) (answer, error) {
	return b.retry(ctx, r, b.once)
}

func (b *Bucket) retry(ctx context.Context, r request, once func(context.Context, request) (answer, error)) (answer, error) {
	pause := firstPause
	for try := 1; ; try++ {
		a, err := once(ctx, r)
		a.repeated = try > 1
		if err == nil || try == b.tries || !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return a, b.failed(ctx, r, err)
		}
		if err := b.sleep(ctx, pause); err != nil {
			return a, err
		}
		pause *= 2
	}
}

// failed says what was tried, and what to do.
func (b *Bucket) failed(ctx context.Context, r request, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s %s://%s/%s: %w", r.method, b.location.Kind, b.location.Bucket, r.key, ctx.Err())
	case errors.Is(err, ErrDenied):
		err = fmt.Errorf("%w; check that the bucket exists, the keys, and what they may do", err)
	}
	return fmt.Errorf("%s %s://%s/%s: %w", r.method, b.location.Kind, b.location.Bucket, r.key, err)
}

func (b *Bucket) once(ctx context.Context, r request) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	res, err := b.send(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if len(body) > maxAnswer {
		return answer{}, errors.New("the answer is larger than any")
	}
	return answer{header: res.Header, body: body}, nil
}

// send sends a request once and returns a response that is no failure.
func (b *Bucket) send(ctx context.Context, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, b.address(r.key, r.query), bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("address the store: %w", err)
	}
	maps.Copy(req.Header, r.header)
	req.Header.Set("Accept-Encoding", "identity") // what is compressed stays so
	if err := b.authorize(ctx, req, r.body); err != nil {
		return nil, err
	}
	res, err := b.client.Do(req)
	if err != nil { // it may repeat an answer that is no HTTP
		return nil, fmt.Errorf("%w: %.2000s", ErrUnavailable, err.Error())
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		defer res.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxFailure)) // what is there must do
		return nil, refused(res.StatusCode, failureCode(body))
	}
	return res, nil
}

// authorize proves who we are, and has the store check the body.
func (b *Bucket) authorize(ctx context.Context, req *http.Request, body []byte) error {
	if b.token != nil {
		token, err := b.token(ctx)
		if err != nil {
			return fmt.Errorf("%w: get a token: %w", ErrUnavailable, err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		if len(body) > 0 {
			sum := md5.Sum(body) //nolint:gosec // see the import
			req.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
		}
		return nil
	}
	keys, err := b.keys.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("%w: get the keys of the store: %w", ErrUnavailable, err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	if err := b.signer.SignHTTP(ctx, keys, req, hash, "s3", b.region, b.now()); err != nil {
		return fmt.Errorf("sign the request to the store: %w", err)
	}
	return nil
}

// failureCode is the code of a store's failure, without its text, which may repeat
// what was sent.
func failureCode(body []byte) string {
	var failure struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
	}
	if err := xml.Unmarshal(body, &failure); err != nil || failure.Code == "" || len(failure.Code) > 64 || strings.ContainsFunc(failure.Code, unprintable) {
		return "without a code"
	}
	return failure.Code
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func refused(status int, code string) error {
	r := &refusal{kind: ErrDenied, status: status, code: code}
	switch {
	case code == "NoSuchBucket":
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented,
		status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, code == "RequestTimeout":
		r.kind = ErrUnavailable
	case status == http.StatusNotFound:
		r.kind = ErrNotFound
	case status == http.StatusPreconditionFailed, status == http.StatusConflict:
		r.kind = ErrChanged
	}
	return r
}
