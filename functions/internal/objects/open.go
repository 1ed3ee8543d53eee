package objects

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Options say how stores are reached. Now and Sleep are required for buckets.
type Options struct {
	// Endpoint is the address of an object store. S3 has one a region, and Google
	// Cloud one, which are taken unless it is set.
	Endpoint string
	// Region is what signatures are for. Unless it is set, it is read from the address
	// of an endpoint such as obs.cn-north-4.myhuaweicloud.com.
	Region string
	// AccessKey and SecretKey sign requests to S3 and OBS; where they are empty,
	// Credentials do.
	AccessKey, SecretKey string
	Credentials          aws.CredentialsProvider
	// Token gives the bearer token of requests to Google Cloud.
	Token func(ctx context.Context) (string, error)
	// Tries and Timeout are how often a request is sent until it is answered, and how
	// long is waited for each answer: 5 and 2 minutes unless set.
	Tries   int
	Timeout time.Duration
	// Transport is http.DefaultTransport where it is nil.
	Transport http.RoundTripper
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
}

// Open opens the store at an address; see ParseLocation. A bucket is not asked for
// anything yet.
func Open(address string, o Options) (Store, error) {
	l, err := ParseLocation(address)
	if err != nil {
		return nil, err
	}
	if l.Kind == KindFolder {
		return NewFolder(l.Dir)
	}
	return NewBucket(l, o)
}
