package tasks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// sqsBatch is how many messages SQS takes at once.
const sqsBatch = 10

// SQS sends messages to a queue of Amazon SQS, by its JSON protocol.
// See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html.
type SQS struct {
	caller
	queue    string // its address, which names it
	endpoint string
}

// NewSQS makes the sender to a queue. A queue that is first in, first out is not taken:
// its messages need a group.
func NewSQS(queue string, o Options) (*SQS, error) {
	u, err := parseHTTPS(queue)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(queue, ".fifo") || strings.Trim(u.Path, "/") == "" {
		return nil, fmt.Errorf("%.100q names no standard queue", queue)
	}
	if o.Credentials == nil {
		return nil, errors.New("nothing signs what is sent to the queue " + u.Host + u.Path)
	}
	region := o.Region
	if labels := strings.Split(u.Hostname(), "."); len(labels) > 3 && labels[0] == "sqs" {
		region = labels[1]
	}
	if region == "" {
		return nil, fmt.Errorf("the region of the queue %s is not known", queue)
	}
	s := &SQS{caller: newCaller(o), queue: queue, endpoint: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()}
	signer := v4.NewSigner()
	s.sign = func(req *http.Request, body []byte) error {
		keys, err := o.Credentials.Retrieve(req.Context())
		if err != nil {
			return fmt.Errorf("get the keys of the queue: %w", err)
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(req.Context(), keys, req, hex.EncodeToString(sum[:]), "sqs", region, o.Now())
	}
	s.code = sqsCode
	return s, nil
}

// Send implements Sender.
func (s *SQS) Send(ctx context.Context, bodies [][]byte) error {
	all, err := batches(bodies, sqsBatch)
	if err != nil {
		return err
	}
	for _, batch := range all {
		if err := s.try(ctx, func() (err error) {
			batch, err = s.send(ctx, batch)
			return err
		}); err != nil {
			return fmt.Errorf("send to the queue %s: %w", s.queue, err)
		}
	}
	return nil
}

type sqsEntry struct {
	ID   string `json:"Id"`
	Body string `json:"MessageBody"`
}

type sqsAnswer struct {
	Successful []struct {
		ID string `json:"Id"`
	}
	Failed []struct {
		ID          string `json:"Id"`
		Code        string
		SenderFault bool
	}
}

// send sends a batch and returns the messages that have to be sent again.
func (s *SQS) send(ctx context.Context, batch [][]byte) ([][]byte, error) {
	request := struct {
		QueueURL string `json:"QueueUrl"`
		Entries  []sqsEntry
	}{QueueURL: s.queue}
	for i, body := range batch {
		request.Entries = append(request.Entries, sqsEntry{strconv.Itoa(i), string(body)})
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		return batch, fmt.Errorf("encode a batch: %w", err)
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"AmazonSQS.SendMessageBatch"}}
	answer, err := s.post(ctx, s.endpoint, header, encoded)
	if err != nil {
		return batch, err
	}
	var result sqsAnswer
	if err := json.Unmarshal(answer, &result); err != nil {
		return batch, fmt.Errorf("%w: its answer: %w", ErrUnavailable, err)
	}
	return result.left(batch)
}

// left are the messages of which the answer does not say that they were taken.
func (a sqsAnswer) left(batch [][]byte) ([][]byte, error) {
	taken := map[string]bool{}
	for _, s := range a.Successful {
		taken[s.ID] = true
	}
	var left [][]byte
	for i, body := range batch {
		if !taken[strconv.Itoa(i)] {
			left = append(left, body)
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	code := "without a code"
	for _, f := range a.Failed {
		code = f.Code
		if f.SenderFault {
			return left, fmt.Errorf("%w: %.80q", ErrMessage, f.Code)
		}
	}
	return left, fmt.Errorf("%w: %d of %d messages were not taken: %.80q", ErrUnavailable, len(left), len(batch), code)
}

// sqsCode is a failure's code, without its text, which may repeat what was sent.
func sqsCode(res *http.Response, body []byte) string {
	var failure struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(body, &failure) != nil || failure.Type == "" {
		code, _, _ := strings.Cut(res.Header.Get("X-Amzn-Query-Error"), ";")
		return code
	}
	return failure.Type[strings.LastIndexByte(failure.Type, '#')+1:]
}
