package attachments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Folder is a folder of the bucket.
type Folder string

// The folders. Huawei Cloud reads what is in Download. What others put into the
// bucket by themselves lies in Incoming until it was looked at.
const (
	Download Folder = "download"
	Incoming Folder = "incoming"
)

// Conditions of a bucket that callers tell apart.
var (
	// ErrMissing says that the bucket has no such object.
	ErrMissing = errors.New("no such object")
	// ErrDenied says that the bucket does not let us in: the key, the bucket's name
	// or its policy is wrong.
	ErrDenied = errors.New("the bucket denies access")
	// ErrUnavailable says that the bucket could not be reached, or failed.
	ErrUnavailable = errors.New("the bucket is not available")
)

const (
	tryTimeout = 12 * time.Second // of one try, with the whole file
	tries      = 3
	firstPause = 200 * time.Millisecond
	maxFailure = 4 << 10 // bytes of a refusal that are read
)

// Options say where a bucket is and who may use it.
type Options struct {
	// Endpoint is that of OBS, such as https://obs.cn-north-4.myhuaweicloud.com; http
	// is for the loopback interface only, where the bucket is a part of the path.
	Endpoint  string
	Bucket    string
	AccessKey string
	SecretKey string
	// Transport is http.DefaultTransport where it is nil.
	Transport http.RoundTripper
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
}

// Bucket is a bucket of OBS, reached by its S3-compatible interface. It is safe for
// concurrent use.
type Bucket struct {
	root   *url.URL // of all objects
	region string
	keys   aws.Credentials
	signer *v4.Signer
	client *http.Client
	now    func() time.Time
	sleep  func(ctx context.Context, d time.Duration) error
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// NewBucket makes a client of a bucket. Nothing is asked of it yet.
func NewBucket(o Options) (*Bucket, error) {
	endpoint := o.Endpoint
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("OBS_ENDPOINT is no address such as https://obs.cn-north-4.myhuaweicloud.com")
	}
	local := loopback(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, errors.New("OBS_ENDPOINT must be https: identity papers are sent there")
	}
	if !bucketName.MatchString(o.Bucket) {
		return nil, errors.New("OBS_BUCKET is not the name of a bucket, which has 3 to 63 lower case letters, digits, dots and hyphens")
	}
	if o.AccessKey == "" || o.SecretKey == "" {
		return nil, errors.New("OBS_ACCESS_KEY and OBS_SECRET_KEY must both be set")
	}
	b := &Bucket{
		region: region(u.Hostname()),
		keys:   aws.Credentials{AccessKeyID: o.AccessKey, SecretAccessKey: o.SecretKey},
		signer: v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true }),
		// A redirect would carry the signature, and the file, to somebody else.
		client: &http.Client{Transport: o.Transport, Timeout: tryTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		now:    o.Now, sleep: o.Sleep,
	}
	if local {
		b.root = u.JoinPath(o.Bucket)
	} else {
		u.Host = o.Bucket + "." + u.Host
		b.root = u
	}
	return b, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// region is what the signature is scoped to: the second label of an OBS address.
func region(host string) string {
	labels := strings.Split(host, ".")
	if len(labels) > 2 && labels[0] == "obs" {
		return labels[1]
	}
	return "region"
}

func (b *Bucket) address(folder Folder, name string) (string, error) {
	if !namePattern.MatchString(name) || folder != Download && folder != Incoming {
		return "", errors.New("an object's name is made by this package alone")
	}
	return b.root.JoinPath(string(folder), name).String(), nil
}

// Put stores an object. It may be repeated: under a name there is one content only.
// It asks for no access control list, so that the bucket's own rules stand. OBS is
// not known to heed If-None-Match; names of 128 random bits do not meet.
func (b *Bucket) Put(ctx context.Context, folder Folder, name string, f Format, data []byte) error {
	_, err := b.do(ctx, http.MethodPut, folder, name, f.MediaType(), data)
	return err
}

// Get returns an object of MaxSize bytes at most. A larger one is a *Refusal.
func (b *Bucket) Get(ctx context.Context, folder Folder, name string) ([]byte, error) {
	return b.do(ctx, http.MethodGet, folder, name, "", nil)
}

// Delete removes an object. That there is none is no error.
func (b *Bucket) Delete(ctx context.Context, folder Folder, name string) error {
	_, err := b.do(ctx, http.MethodDelete, folder, name, "", nil)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// do sends a request until it is answered: all of them may be repeated.
func (b *Bucket) do(ctx context.Context, method string, folder Folder, name, mediaType string, data []byte) ([]byte, error) {
	pause := firstPause
	for try := 1; ; try++ {
		answer, err := b.once(ctx, method, folder, name, mediaType, data)
		if err == nil || try == tries || !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return answer, err
		}
		if err := b.sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

func (b *Bucket) once(ctx context.Context, method string, folder Folder, name, mediaType string, data []byte) ([]byte, error) {
	address, err := b.address(folder, name)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("address the bucket: %w", err)
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	if err := b.signer.SignHTTP(ctx, b.keys, req, hash, "s3", b.region, b.now()); err != nil {
		return nil, fmt.Errorf("sign the request to the bucket: %w", err)
	}
	res, err := b.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s/%s: %w: %w", method, folder, name, ErrUnavailable, err)
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, failure(method, folder, name, res)
	}
	if method != http.MethodGet {
		return nil, nil
	}
	return readObject(res.Body)
}

func readObject(body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, MaxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the object: %w: %w", ErrUnavailable, err)
	case len(data) > MaxSize:
		return nil, refuse(TooLarge, fmt.Sprintf("The file is larger than %d bytes.", MaxSize))
	}
	return data, nil
}

var failureCode = regexp.MustCompile(`<Code>([A-Za-z0-9]{1,64})</Code>`)

// failure names what the bucket answered, but for its text, which may repeat
// what was sent.
func failure(method string, folder Folder, name string, res *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxFailure)) // what is there must do
	code := "without a code"
	if found := failureCode.FindSubmatch(body); found != nil {
		code = string(found[1])
	}
	kind := ErrDenied
	switch {
	case res.StatusCode >= http.StatusInternalServerError, res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusRequestTimeout:
		kind = ErrUnavailable
	case res.StatusCode == http.StatusNotFound && code != "NoSuchBucket":
		kind = ErrMissing
	}
	return fmt.Errorf("%s %s/%s: %w: HTTP %d %s", method, folder, name, kind, res.StatusCode, code)
}
