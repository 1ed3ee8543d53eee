package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// idleTimeout is how long nothing comes of an object that is being read before it is
// asked for again.
const idleTimeout = 30 * time.Second

// Open implements Store. A connection that breaks while the object is read is made
// anew, and goes on where it was; an object that was changed meanwhile is an
// ErrChanged.
func (b *Bucket) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	r := &objectReader{bucket: b, ctx: ctx, key: b.key(name)}
	if err := r.connect(); err != nil {
		return nil, err
	}
	return r, nil
}

// objectReader reads an object over as many connections as it takes.
type objectReader struct {
	bucket   *Bucket
	ctx      context.Context
	key      string
	tag      string // of what is read
	offset   int64
	failures int // since something came

	body   io.ReadCloser
	idle   *time.Timer
	cancel context.CancelFunc
}

// connect asks for what is not read yet.
func (r *objectReader) connect() error {
	req := request{method: http.MethodGet, key: r.key, header: http.Header{}}
	if r.offset > 0 {
		req.header.Set("Range", fmt.Sprintf("bytes=%d-", r.offset))
		if r.tag != "" {
			req.header.Set("If-Match", r.tag)
		}
	}
	_, err := r.bucket.retry(r.ctx, req, r.begin)
	return err
}

func (r *objectReader) begin(ctx context.Context, req request) (answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	idle := time.AfterFunc(idleTimeout, cancel)
	res, err := r.bucket.send(ctx, req)
	if err == nil && r.offset > 0 && !strings.HasPrefix(res.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(r.offset, 10)+"-") {
		err = errors.Join(errors.New("the store does not go on where the object broke off"), res.Body.Close())
	}
	if err != nil {
		idle.Stop()
		cancel()
		return answer{}, err
	}
	r.tag = res.Header.Get("ETag")
	r.body, r.idle, r.cancel = res.Body, idle, cancel
	return answer{header: res.Header}, nil
}

// Read implements io.Reader.
func (r *objectReader) Read(p []byte) (int, error) {
	for {
		r.idle.Reset(idleTimeout)
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if n > 0 {
			r.failures = 0
			if err != nil && !errors.Is(err, io.EOF) {
				err = nil // it comes again
			}
			return n, err
		}
		if err == nil || errors.Is(err, io.EOF) {
			return 0, err
		}
		r.failures++
		if r.failures == r.bucket.tries || r.ctx.Err() != nil {
			return 0, r.bucket.failed(r.ctx, request{method: http.MethodGet, key: r.key}, fmt.Errorf("%w: %w", ErrUnavailable, err))
		}
		r.disconnect()
		if err := r.bucket.sleep(r.ctx, firstPause); err != nil {
			return 0, err
		}
		if err := r.connect(); err != nil {
			return 0, err
		}
	}
}

func (r *objectReader) disconnect() {
	r.idle.Stop()
	r.cancel()
	_ = r.body.Close() // nothing is lost
}

// Close implements io.Closer.
func (r *objectReader) Close() error {
	r.disconnect()
	return nil
}
