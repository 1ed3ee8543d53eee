package objects

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Presign makes the address to which somebody else can put an object of that media type
// and size for so long, once or more: whoever has it needs no key.
func (b *Bucket) Presign(ctx context.Context, name, mediaType string, size int64, life time.Duration) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	query := url.Values{"X-Amz-Expires": {strconv.Itoa(int(life.Seconds()))}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, b.address(b.key(name), query), nil)
	if err != nil {
		return "", fmt.Errorf("address the store: %w", err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", mediaType)
	keys, err := b.keys.Retrieve(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: get the keys of the store: %w", ErrUnavailable, err)
	}
	signed, _, err := b.signer.PresignHTTP(ctx, keys, req, "UNSIGNED-PAYLOAD", "s3", b.region, b.now())
	if err != nil {
		return "", fmt.Errorf("sign an address of the store: %w", err)
	}
	return signed, nil
}
