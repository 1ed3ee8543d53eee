package objects

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	// partSize is that of the parts of a large object. Stores take parts of 5 MiB and
	// more, and 10,000 of them.
	partSize = 8 << 20
	maxParts = 10_000
	// dropTimeout bounds dropping what was sent, which must survive a caller that has
	// gone.
	dropTimeout = 10 * time.Second
)

// Create implements Store. What a killed process had sent of an object lies in the
// bucket unseen, until a rule of the bucket drops incomplete uploads.
func (b *Bucket) Create(ctx context.Context, name string) (Writer, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return nil, err
	}
	return &bucketWriter{bucket: b, ctx: ctx, key: b.key(name)}, nil
}

// bucketWriter sends a small object whole and a large one in parts.
type bucketWriter struct {
	bucket *Bucket
	ctx    context.Context
	key    string
	buffer []byte
	upload string // of an object that is sent in parts
	parts  []uploadedPart
	done   bool
	err    error
}

type uploadedPart struct {
	PartNumber int
	ETag       string
}

// Write implements io.Writer.
func (w *bucketWriter) Write(p []byte) (int, error) {
	written := 0
	for w.err == nil && len(p) > 0 {
		if w.done {
			return written, errors.New("write to an object that is closed")
		}
		n := min(len(p), partSize-len(w.buffer))
		w.buffer = append(w.buffer, p[:n]...)
		written, p = written+n, p[n:]
		if len(w.buffer) == partSize {
			w.err = w.sendPart()
		}
	}
	return written, w.err
}

// Commit implements Writer.
func (w *bucketWriter) Commit() error {
	if w.err != nil {
		return w.err
	}
	if w.done {
		return errors.New("commit an object that is closed")
	}
	if w.upload == "" {
		_, w.err = w.bucket.do(w.ctx, request{method: http.MethodPut, key: w.key, body: w.buffer, header: contentType()})
	} else {
		if len(w.buffer) > 0 {
			w.err = w.sendPart()
		}
		if w.err == nil {
			w.err = w.complete()
		}
	}
	w.done = w.err == nil
	return w.err
}

// contentType is that of all objects, whose names say what they are.
func contentType() http.Header { return http.Header{"Content-Type": {"application/octet-stream"}} }

func (w *bucketWriter) sendPart() error {
	if w.upload == "" {
		if err := w.initiate(); err != nil {
			return err
		}
	}
	number := len(w.parts) + 1
	if number > maxParts {
		return fmt.Errorf("write %s: it has more than %d parts of %d bytes", w.key, maxParts, partSize)
	}
	query := url.Values{"partNumber": {strconv.Itoa(number)}, "uploadId": {w.upload}}
	a, err := w.bucket.do(w.ctx, request{method: http.MethodPut, key: w.key, query: query, body: w.buffer})
	if err != nil {
		return err
	}
	tag := a.header.Get("ETag")
	if tag == "" {
		return fmt.Errorf("write %s: the store did not say what it has of part %d", w.key, number)
	}
	w.parts, w.buffer = append(w.parts, uploadedPart{number, tag}), w.buffer[:0]
	return nil
}

func (w *bucketWriter) initiate() error {
	a, err := w.bucket.do(w.ctx, request{method: http.MethodPost, key: w.key, query: url.Values{"uploads": {""}}, header: contentType()})
	if err != nil {
		return err
	}
	var result struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}
	if err := unmarshalXML(a.body, &result); err != nil {
		return fmt.Errorf("write %s: %w", w.key, err)
	}
	if result.UploadID == "" {
		return fmt.Errorf("write %s: the store began no upload", w.key)
	}
	w.upload = result.UploadID
	return nil
}

// complete makes the parts an object. The store may say that it failed after it has
// answered that all is well.
func (w *bucketWriter) complete() error {
	type completion struct {
		XMLName xml.Name       `xml:"CompleteMultipartUpload"`
		Parts   []uploadedPart `xml:"Part"`
	}
	body, err := xml.Marshal(completion{Parts: w.parts})
	if err != nil {
		return fmt.Errorf("write %s: %w", w.key, err)
	}
	r := request{method: http.MethodPost, key: w.key, query: url.Values{"uploadId": {w.upload}}, body: body, header: http.Header{"Content-Type": {"application/xml"}}}
	_, err = w.bucket.retry(w.ctx, r, func(ctx context.Context, r request) (answer, error) {
		a, err := w.bucket.once(ctx, r)
		if err != nil {
			return a, err
		}
		var result struct {
			XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		}
		if err := unmarshalXML(a.body, &result); err != nil {
			return a, fmt.Errorf("%w: %s: %w", ErrUnavailable, failureCode(a.body), err)
		}
		return a, nil
	})
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w, or an earlier try has made the object and nobody knows; write it again: %w", ErrUnavailable, err)
	}
	return err
}

// Close implements Writer.
func (w *bucketWriter) Close() error {
	if w.done || w.upload == "" {
		w.done = true
		w.buffer = nil
		return nil
	}
	w.done = true
	w.buffer = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), dropTimeout)
	defer cancel()
	_, err := w.bucket.do(ctx, request{method: http.MethodDelete, key: w.key, query: url.Values{"uploadId": {w.upload}}})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
