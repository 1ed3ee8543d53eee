package attachments

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// UploadTime is how long an address for an upload is good.
const UploadTime = 10 * time.Minute

// Upload is a request that somebody else may send to the bucket, once or more,
// exactly like this.
type Upload struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	// ExpiresAt is when the bucket takes it no longer.
	ExpiresAt time.Time `json:"expires_at"`
}

// Presign makes the address to which a file of that format and size can be put, in
// Incoming. Whoever has it can put any bytes there, so that the object is looked at
// with Get and Inspect, and kept under another name.
func (b *Bucket) Presign(ctx context.Context, name string, f Format, size int64) (Upload, error) {
	path, err := pathOf(Incoming, name)
	if err != nil {
		return Upload{}, err
	}
	now := b.now().UTC()
	signed, err := b.objects.Presign(ctx, path, f.MediaType(), size, UploadTime)
	if err != nil {
		return Upload{}, err
	}
	return Upload{
		Method: http.MethodPut, URL: signed, ExpiresAt: now.Add(UploadTime).Truncate(time.Second),
		Headers: map[string]string{"Content-Type": f.MediaType(), "Content-Length": strconv.FormatInt(size, 10)},
	}, nil
}
