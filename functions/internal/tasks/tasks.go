// Package tasks sends messages to a queue: one of Amazon SQS, or a topic of Google
// Cloud Pub/Sub. Both deliver each message at least once.
package tasks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Sender sends messages. An error says that some of them may not have been sent, and
// some may have been; sending all of them again does no harm to who takes each as often
// as it comes.
type Sender interface {
	Send(ctx context.Context, bodies [][]byte) error
}

// Errors of a Sender.
var (
	// ErrDenied says that the queue does not take messages from us, or does not exist.
	ErrDenied = errors.New("the queue denies access")
	// ErrUnavailable says that the queue could not be reached, or failed.
	ErrUnavailable = errors.New("the queue is not available")
	// ErrMessage says that a message is none that the queue takes.
	ErrMessage = errors.New("not a message for the queue")
)

// Options say how queues are reached. Now and Sleep are required.
type Options struct {
	// Region and Credentials are those of AWS.
	Region      string
	Credentials aws.CredentialsProvider
	// Token gives the bearer token of requests to Google Cloud.
	Token func(ctx context.Context) (string, error)
	// Endpoint replaces the address of Pub/Sub.
	Endpoint string
	// Transport is http.DefaultTransport where it is nil.
	Transport http.RoundTripper
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
}

// Open makes the sender to an address: that of an SQS queue, as
// https://sqs.eu-west-1.amazonaws.com/123456789012/exports, or the name of a topic, as
// projects/PROJECT/topics/TOPIC. Nothing is sent yet.
func Open(address string, o Options) (Sender, error) {
	switch {
	case strings.HasPrefix(address, "projects/"):
		return NewPubSub(address, o)
	case strings.HasPrefix(address, "https://"), strings.HasPrefix(address, "http://"):
		return NewSQS(address, o)
	default:
		return nil, fmt.Errorf("%.100q is neither the address of an SQS queue nor projects/PROJECT/topics/TOPIC", address)
	}
}

const (
	// maxMessage and maxBatch are what SQS took before 2025; it takes four times that
	// now. Tasks are a hundred bytes.
	maxMessage = 256 << 10
	maxBatch   = 256 << 10

	tries       = 5
	firstPause  = 200 * time.Millisecond
	callTimeout = 30 * time.Second
	maxAnswer   = 1 << 20
)

// batches divides messages into groups of count messages and maxBatch bytes at most, in
// their order.
func batches(bodies [][]byte, count int) ([][][]byte, error) {
	var all [][][]byte
	size := 0
	for i, body := range bodies {
		if len(body) == 0 || len(body) > maxMessage || !utf8.Valid(body) {
			return nil, fmt.Errorf("%w: number %d has %d bytes; 1 to %d of UTF-8 are taken", ErrMessage, i+1, len(body), maxMessage)
		}
		if len(all) == 0 || len(all[len(all)-1]) == count || size+len(body) > maxBatch {
			all, size = append(all, nil), 0
		}
		last := &all[len(all)-1]
		*last, size = append(*last, body), size+len(body)
	}
	return all, nil
}

// caller sends a request and reads its answer.
type caller struct {
	client *http.Client
	sleep  func(ctx context.Context, d time.Duration) error
	// sign proves who we are.
	sign func(req *http.Request, body []byte) error
	// code names the failure in an answer.
	code func(res *http.Response, body []byte) string
}

func newCaller(o Options) caller {
	return caller{
		client: &http.Client{Transport: o.Transport, Timeout: callTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		sleep:  o.Sleep,
	}
}

// try does something until it is not ErrUnavailable any more.
func (c caller) try(ctx context.Context, do func() error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := do()
		if err == nil || try == tries || !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

func (c caller) post(ctx context.Context, address string, header http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("address the queue: %w", err)
	}
	req.Header = header.Clone()
	if err := c.sign(req, body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, refused(res.StatusCode, c.code(res, answer))
	}
	return answer, nil
}

func refused(status int, code string) error {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout ||
		strings.Contains(code, "Throttl") {
		return fmt.Errorf("%w: HTTP %d %.80q", ErrUnavailable, status, code)
	}
	return fmt.Errorf("%w: HTTP %d %.80q; check that it exists and who may send to it", ErrDenied, status, code)
}

// parseHTTPS reads an address that may be http on the loopback interface only.
func parseHTTPS(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(address, "?#") {
		return nil, fmt.Errorf("%.100q is no address of a queue", address)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%.100q must be https", address)
	}
	return u, nil
}
