package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

const (
	// generation is what Google Cloud Storage tells versions apart by.
	generation      = "X-Goog-Generation"
	generationMatch = "X-Goog-If-Generation-Match"
)

// Get implements Store.
func (b *Bucket) Get(ctx context.Context, name string, limit int64) ([]byte, Version, error) {
	if err := CheckName(name); err != nil {
		return nil, "", err
	}
	var content []byte
	r := request{method: http.MethodGet, key: b.key(name)}
	a, err := b.retry(ctx, r, func(ctx context.Context, r request) (answer, error) {
		ctx, cancel := context.WithTimeout(ctx, b.timeout)
		defer cancel()
		res, err := b.send(ctx, r)
		if err != nil {
			return answer{}, err
		}
		defer res.Body.Close()
		content, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
		if err != nil {
			return answer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if int64(len(content)) > limit {
			return answer{}, ErrTooLarge
		}
		return answer{header: res.Header}, nil
	})
	if err != nil {
		return nil, "", err
	}
	version := Version(a.header.Get("ETag"))
	switch {
	case b.location.Kind == KindGoogle && b.token != nil:
		version = Version(a.header.Get(generation))
	case version == "":
		version = versionOf(content)
	}
	return content, version, nil
}

// PutAs writes an object of a media type whole, whatever was there.
func (b *Bucket) PutAs(ctx context.Context, name, mediaType string, content []byte) error {
	if err := CheckName(name); err != nil {
		return err
	}
	_, err := b.do(ctx, request{method: http.MethodPut, key: b.key(name), body: content, header: http.Header{"Content-Type": {mediaType}}})
	return err
}

// Put implements Store. S3 and Google Cloud Storage compare the version themselves. OBS
// is not known to, nor is every other store: there it is compared just before, so that
// writers at the same moment must agree elsewhere who may write.
func (b *Bucket) Put(ctx context.Context, name string, content []byte, seen Version) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if b.location.Kind == KindOBS {
		return b.putCompared(ctx, name, content, seen)
	}
	r := request{method: http.MethodPut, key: b.key(name), body: content, header: contentType()}
	switch {
	case b.token != nil && seen == "":
		r.header.Set(generationMatch, "0")
	case b.token != nil:
		r.header.Set(generationMatch, string(seen))
	case seen == "":
		r.header.Set("If-None-Match", "*")
	default:
		r.header.Set("If-Match", string(seen))
	}
	a, err := b.do(ctx, r)
	refusal, refused := errors.AsType[*refusal](err)
	switch {
	case refused && refusal.status == http.StatusNotImplemented:
		return b.putCompared(ctx, name, content, seen)
	case errors.Is(err, ErrChanged) && a.repeated:
		return b.putBefore(ctx, name, content, err)
	case errors.Is(err, ErrNotFound): // of an object that was there
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return err
}

// putBefore finds out whether an earlier try, whose answer was lost, has written the
// object.
func (b *Bucket) putBefore(ctx context.Context, name string, content []byte, changed error) error {
	stored, _, err := b.Get(ctx, name, int64(len(content)))
	if err == nil && bytes.Equal(stored, content) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNotFound) {
		return err
	}
	return changed
}

func (b *Bucket) putCompared(ctx context.Context, name string, content []byte, seen Version) error {
	_, version, err := b.Get(ctx, name, maxVersioned)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if version != seen {
		return fmt.Errorf("write %s: %w", b.key(name), ErrChanged)
	}
	_, err = b.do(ctx, request{method: http.MethodPut, key: b.key(name), body: content, header: contentType()})
	return err
}
