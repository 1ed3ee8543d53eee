package tasks

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// pubSubBatch is how many messages are published at once; Pub/Sub takes 1,000.
const pubSubBatch = 100

var topicPattern = regexp.MustCompile(`^projects/[A-Za-z0-9.:-]{1,100}/topics/[A-Za-z][A-Za-z0-9_.~+%-]{2,254}$`)

// PubSub publishes messages in a topic of Google Cloud Pub/Sub.
// See https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish.
type PubSub struct {
	caller
	topic, address string
}

// NewPubSub makes the sender to a topic.
func NewPubSub(topic string, o Options) (*PubSub, error) {
	if !topicPattern.MatchString(topic) {
		return nil, fmt.Errorf("%.100q is not of the form projects/PROJECT/topics/TOPIC", topic)
	}
	if o.Token == nil {
		return nil, errors.New("nothing proves who we are to the topic " + topic)
	}
	endpoint := o.Endpoint
	if endpoint == "" {
		endpoint = "https://pubsub.googleapis.com"
	}
	if _, err := parseHTTPS(endpoint); err != nil {
		return nil, err
	}
	p := &PubSub{caller: newCaller(o), topic: topic, address: strings.TrimSuffix(endpoint, "/") + "/v1/" + topic + ":publish"}
	p.sign = func(req *http.Request, _ []byte) error {
		token, err := o.Token(req.Context())
		if err != nil {
			return fmt.Errorf("get a token for the topic: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	p.code = pubSubCode
	return p, nil
}

// Send implements Sender. A batch is published whole or not at all.
func (p *PubSub) Send(ctx context.Context, bodies [][]byte) error {
	all, err := batches(bodies, pubSubBatch)
	if err != nil {
		return err
	}
	for _, batch := range all {
		if err := p.try(ctx, func() error { return p.publish(ctx, batch) }); err != nil {
			return fmt.Errorf("publish in %s: %w", p.topic, err)
		}
	}
	return nil
}

func (p *PubSub) publish(ctx context.Context, batch [][]byte) error {
	type message struct {
		Data string `json:"data"`
	}
	var request struct {
		Messages []message `json:"messages"`
	}
	for _, body := range batch {
		request.Messages = append(request.Messages, message{base64.StdEncoding.EncodeToString(body)})
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("encode a batch: %w", err)
	}
	answer, err := p.post(ctx, p.address, http.Header{"Content-Type": {"application/json"}}, encoded)
	if err != nil {
		return err
	}
	var result struct {
		MessageIDs []string `json:"messageIds"`
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return fmt.Errorf("%w: its answer: %w", ErrUnavailable, err)
	}
	if len(result.MessageIDs) != len(batch) {
		return fmt.Errorf("%w: it took %d of %d messages", ErrUnavailable, len(result.MessageIDs), len(batch))
	}
	return nil
}

// pubSubCode is a failure's status, without its text, which may repeat what was sent.
func pubSubCode(_ *http.Response, body []byte) string {
	var failure struct {
		Error struct {
			Status string `json:"status"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &failure) // the HTTP status must do
	return failure.Error.Status
}
