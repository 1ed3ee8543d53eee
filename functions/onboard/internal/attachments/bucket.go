package attachments

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Folder is a folder of the bucket.
type Folder string

// The folders. Huawei Cloud reads what is in Download. What others put into the
// bucket by themselves lies in Incoming until it was looked at.
const (
	Download Folder = "download"
	Incoming Folder = "incoming"
)

// A customer waits for what is done here, so that it is given up after some time.
const (
	tryTimeout = 12 * time.Second // of one try, with the whole file
	tries      = 3
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
	objects *objects.Bucket
	now     func() time.Time
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// NewBucket makes a client of a bucket. Nothing is asked of it yet.
func NewBucket(o Options) (*Bucket, error) {
	if !bucketName.MatchString(o.Bucket) {
		return nil, errors.New("OBS_BUCKET is not the name of a bucket, which has 3 to 63 lower case letters, digits, dots and hyphens")
	}
	if o.Endpoint == "" || o.AccessKey == "" || o.SecretKey == "" {
		return nil, errors.New("OBS_ENDPOINT, OBS_ACCESS_KEY and OBS_SECRET_KEY must all be set")
	}
	bucket, err := objects.NewBucket(objects.Location{Kind: objects.KindOBS, Bucket: o.Bucket}, objects.Options{
		Endpoint: o.Endpoint, AccessKey: o.AccessKey, SecretKey: o.SecretKey, Tries: tries, Timeout: tryTimeout,
		Transport: o.Transport, Now: o.Now, Sleep: o.Sleep,
	})
	if err != nil {
		return nil, fmt.Errorf("OBS_ENDPOINT: %w", err)
	}
	return &Bucket{bucket, o.Now}, nil
}

func pathOf(folder Folder, name string) (string, error) {
	if !namePattern.MatchString(name) || folder != Download && folder != Incoming {
		return "", errors.New("an object's name is made by this package alone")
	}
	return string(folder) + "/" + name, nil
}

// Put stores an object. It may be repeated: under a name there is one content only.
// It asks for no access control list, so that the bucket's own rules stand. OBS is
// not known to heed If-None-Match; names of 128 random bits do not meet.
func (b *Bucket) Put(ctx context.Context, folder Folder, name string, f Format, data []byte) error {
	path, err := pathOf(folder, name)
	if err != nil {
		return err
	}
	return b.objects.PutAs(ctx, path, f.MediaType(), data)
}

// Get returns an object of MaxSize bytes at most. A larger one is a *Refusal.
func (b *Bucket) Get(ctx context.Context, folder Folder, name string) ([]byte, error) {
	path, err := pathOf(folder, name)
	if err != nil {
		return nil, err
	}
	data, _, err := b.objects.Get(ctx, path, MaxSize)
	if errors.Is(err, objects.ErrTooLarge) {
		return nil, refuse(TooLarge, fmt.Sprintf("The file is larger than %d bytes.", MaxSize))
	}
	return data, err
}

// Delete removes an object. That there is none is no error.
func (b *Bucket) Delete(ctx context.Context, folder Folder, name string) error {
	path, err := pathOf(folder, name)
	if err != nil {
		return err
	}
	return b.objects.Delete(ctx, path)
}
