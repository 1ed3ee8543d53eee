package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Bucket keeps objects in a bucket, below a prefix. It speaks the S3 protocol: with AWS
// signature version 4 to S3, OBS and other stores that have it, and with a bearer token
// to Google Cloud Storage. What it writes is held in memory up to 8 MiB and sent in
// parts of that size, each with its hash, which the store checks.
type Bucket struct {
	location Location
	root     *url.URL // of all objects of the bucket
	region   string
	keys     aws.CredentialsProvider
	token    func(ctx context.Context) (string, error)
	signer   *v4.Signer
	client   *http.Client
	tries    int
	timeout  time.Duration // of one try, but for reading an object
	now      func() time.Time
	sleep    func(ctx context.Context, d time.Duration) error
}

var _ Store = (*Bucket)(nil)

// NewBucket makes a client of the bucket at a location. Nothing is asked of it yet.
func NewBucket(l Location, o Options) (*Bucket, error) {
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	b := &Bucket{
		location: l, region: o.Region, keys: o.Credentials, token: o.Token,
		signer: v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true }),
		// A redirect would carry the signature, and the content, to somebody else.
		client: &http.Client{Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		tries:  cmp.Or(o.Tries, tries), timeout: cmp.Or(o.Timeout, callTimeout),
		now: o.Now, sleep: o.Sleep,
	}
	endpoint, err := b.endpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	b.place(endpoint)
	return b, b.identify(o, endpoint.Hostname())
}

// newTransport keeps more connections to the store than Go's own, which keeps two: many
// objects are written, read and removed at the same time.
func newTransport() http.RoundTripper {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport = transport.Clone()
	transport.MaxIdleConnsPerHost = 32
	return transport
}

// endpoint is the address of the store without the bucket.
func (b *Bucket) endpoint(address string) (*url.URL, error) {
	switch {
	case address != "":
	case b.location.Kind == KindGoogle:
		address = "https://storage.googleapis.com"
	case b.location.Kind == KindS3 && b.region != "":
		address = "https://s3." + b.region + ".amazonaws.com"
		if strings.HasPrefix(b.region, "cn-") {
			address += ".cn"
		}
	default:
		return nil, fmt.Errorf("the address of the store %s://%s is not set, as https://obs.cn-north-4.myhuaweicloud.com", b.location.Kind, b.location.Bucket)
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of the store is none such as https://obs.cn-north-4.myhuaweicloud.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("the address of the store %s must be https", u.Host)
	}
	return u, nil
}

// place puts the bucket before the store's host, as AWS and OBS have it, or into the
// path, as other stores do. No certificate is good for a bucket with a dot in its name.
func (b *Bucket) place(endpoint *url.URL) {
	host := endpoint.Hostname()
	hosted := strings.Contains(host, ".amazonaws.com") || b.location.Kind == KindOBS && !loopback(host)
	root := *endpoint
	if hosted && !strings.Contains(b.location.Bucket, ".") {
		root.Host = b.location.Bucket + "." + endpoint.Host
	} else {
		root.Path = strings.TrimSuffix(endpoint.Path, "/") + "/" + b.location.Bucket
	}
	b.root = &root
}

// identify settles who signs, and for which region.
func (b *Bucket) identify(o Options, host string) error {
	if b.region == "" {
		b.region = regionOf(host)
	}
	switch {
	case o.AccessKey != "" && o.SecretKey != "":
		keys := aws.Credentials{AccessKeyID: o.AccessKey, SecretAccessKey: o.SecretKey}
		b.keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
		b.token = nil
	case o.AccessKey != "" || o.SecretKey != "":
		return errors.New("of the access key and the secret key of the store, one is not set")
	case b.location.Kind == KindGoogle && o.Token == nil:
		return fmt.Errorf("nothing proves who we are to gs://%s", b.location.Bucket)
	case b.location.Kind != KindGoogle && o.Credentials == nil:
		return fmt.Errorf("the access key and the secret key of %s://%s are not set", b.location.Kind, b.location.Bucket)
	case b.location.Kind != KindGoogle:
		b.token = nil
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// regionOf is what a signature is scoped to: the second label of an address such as
// obs.cn-north-4.myhuaweicloud.com. Other stores take any.
func regionOf(host string) string {
	labels := strings.Split(host, ".")
	if len(labels) > 2 && (labels[0] == "obs" || labels[0] == "s3") {
		return labels[1]
	}
	return "us-east-1"
}

// address is that of an object, or of the bucket where the key is empty. It is written
// as it is signed: a byte that is no letter, digit or one of -._~/ is escaped.
func (b *Bucket) address(key string, query url.Values) string {
	u := *b.root
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + key
	u.RawPath = escapePath(u.Path)
	u.RawQuery = query.Encode()
	return u.String()
}

func escapePath(path string) string {
	const digits = "0123456789ABCDEF"
	var escaped strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			escaped.WriteByte(c)
		} else {
			escaped.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return escaped.String()
}

// key is the whole name of an object in the bucket.
func (b *Bucket) key(name string) string { return b.location.Prefix + name }

// Delete implements Store.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	_, err := b.do(ctx, request{method: http.MethodDelete, key: b.key(name)})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
