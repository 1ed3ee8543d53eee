package attachments

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
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
	address, err := b.address(Incoming, name)
	if err != nil {
		return Upload{}, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return Upload{}, fmt.Errorf("address the bucket: %w", err)
	}
	u.RawQuery = url.Values{"X-Amz-Expires": {strconv.Itoa(int(UploadTime.Seconds()))}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, u.String(), nil)
	if err != nil {
		return Upload{}, fmt.Errorf("address the bucket: %w", err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", f.MediaType())
	now := b.now().UTC()
	signed, _, err := b.signer.PresignHTTP(ctx, b.keys, req, "UNSIGNED-PAYLOAD", "s3", b.region, now)
	if err != nil {
		return Upload{}, fmt.Errorf("sign an address of the bucket: %w", err)
	}
	return Upload{
		Method: http.MethodPut, URL: signed, ExpiresAt: now.Add(UploadTime).Truncate(time.Second),
		Headers: map[string]string{"Content-Type": f.MediaType(), "Content-Length": strconv.FormatInt(size, 10)},
	}, nil
}
