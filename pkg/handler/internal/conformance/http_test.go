package conformance_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler/internal/conformance"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const quotePath = "/probe/orders/CS1/quotes"

// scenario is one request and what every door answers to it.
type scenario struct {
	name   string
	method string // POST if there is a body, GET otherwise
	path   string
	query  string
	header map[string]string
	body   string
	sign   func(c *call, id string) // sign, if nil
	twice  bool                     // the second answer counts
	status int
	code   string // of a problem
	text   string // is in the body
}

func scenarios() []scenario {
	const quoteBody = `{"amount":12.50,"currency":"CNY","months":3}`
	return []scenario{
		{name: "success", path: quotePath, body: quoteBody, status: 201, text: `"amount":"12.5"`},
		{name: "a decimal as text", path: quotePath, body: `{"amount":"0.000001"}`, status: 201, text: `"0.000001"`},
		{name: "an encoded path value", path: "/probe/orders/%E8%AE%A2%E5%8D%95%2F1/quotes", body: quoteBody, status: 201, text: `"order_id":"订单/1"`},
		{name: "a query with plus, space and Chinese", path: "/probe/echo", query: "a=1+2&b=%20x%2B&name=%E4%BC%99%E4%BC%B4&a=3", status: 200, text: `"伙伴"`},
		{name: "a broken query", path: "/probe/echo", query: "a=%zz", status: 400, code: "malformed_query"},
		{name: "a header", path: "/probe/echo", header: map[string]string{"X-Echo": "seen"}, status: 200, text: `"header":"seen"`},
		{name: "a body with spaces and Chinese", path: quotePath, body: "{ \"currency\" :\t\"人民币\" , \"amount\": 1 }\r\n", status: 201, text: `"length":44`},
		{name: "bytes that are no text", path: "/probe/bytes", body: "\x00\xff\xfe", sign: unsigned, status: 200, text: "\x00\xff\xfe"},
		{name: "no content", method: "POST", path: "/probe/nothing", status: 204},
		{name: "redirect", path: "/probe/redirect", query: "SAMLRequest=a%2Bb", sign: unsigned, status: 303},
		{name: "cookies", path: "/probe/cookies", header: map[string]string{"Cookie": "c=3"}, sign: unsigned, status: 200, text: "c=3"},
		{name: "head", method: "HEAD", path: "/probe/echo", status: 200},

		{name: "empty body", method: "POST", path: quotePath, status: 400, code: "malformed_json"},
		{name: "broken JSON", path: quotePath, body: `{"amount":`, status: 400, code: "malformed_json"},
		{name: "two values", path: quotePath, body: `{} {}`, status: 400, code: "malformed_json"},
		{name: "a name twice", path: quotePath, body: `{"amount":1,"Amount":2}`, status: 400, code: "malformed_json", text: `"field":"Amount"`},
		{name: "an unknown field", path: quotePath, body: `{"amonut":1}`, status: 400, code: "unknown_field", text: `"field":"amonut"`},
		{name: "a wrong type", path: quotePath, body: `{"months":"three"}`, status: 400, code: "wrong_type", text: `"field":"months"`},
		{name: "a wrong decimal", path: quotePath, body: `{"lines":[{"price":1},{"price":"x"}]}`, status: 400, code: "wrong_type", text: `"field":"lines[1].price"`},
		{name: "another media type", path: quotePath, body: quoteBody, header: map[string]string{"Content-Type": "text/plain"}, status: 415, code: "unsupported_media_type"},
		{name: "an oversized body", path: quotePath, body: `{"currency":"` + strings.Repeat("x", 64<<10) + `"}`, status: 413, code: "body_too_large"},

		{name: "an unknown route", path: "/probe/nowhere", status: 404, code: "route_not_found"},
		{name: "an unknown function", path: "/other/orders", status: 404, code: "route_not_found"},
		{name: "an unknown method", method: "DELETE", path: quotePath, status: 405, code: "method_not_allowed"},

		{name: "no signature", path: "/probe/echo", sign: unsigned, status: 401, code: "signature_missing"},
		{name: "a stale signature", path: "/probe/echo", sign: stale, status: 401, code: "signature_stale"},
		{name: "another body's signature", path: quotePath, body: quoteBody, sign: forged, status: 401, code: "signature_invalid"},
		{name: "a broken body that is not signed", path: quotePath, body: `{`, sign: unsigned, status: 401, code: "signature_missing"},
		{name: "a replay", path: "/probe/echo", twice: true, status: 409, code: "request_replayed"},

		{name: "a problem of the function", path: "/probe/refused", status: 409, code: "order_changed", text: "订单已变更。"},
		{name: "an error of the function", path: "/probe/failing", status: 500, code: "internal"},
		{name: "a panic", path: "/probe/panic", status: 500, code: "internal"},
		{name: "past the deadline", path: "/probe/slow", status: 504, code: "timeout"},

		{name: "a schedule", path: "/probe/schedules/nightly", body: `{"month":"2026-01"}`, status: 200, text: `"status":"done"`},
		{name: "a failing schedule", method: "POST", path: "/probe/schedules/broken", status: 500, code: "internal"},
		{name: "an unknown schedule", method: "POST", path: "/probe/schedules/weekly", status: 404, code: "route_not_found"},
		{name: "an unsigned schedule", method: "POST", path: "/probe/schedules/nightly", sign: unsigned, status: 401, code: "signature_missing"},
		{name: "a message", path: "/probe/queues/orders", body: `{"order_id":"CS1"}`, status: 200, text: `"status":"done"`},
		{name: "a failing message", path: "/probe/queues/orders", body: `{"fail":true}`, status: 500, code: "internal"},
	}
}

// call makes the request. Its webhook id is of this run: the framework's edge
// lives as long as the process, and remembers.
func (s scenario) call(run string) call {
	c := call{method: s.method, path: s.path, query: s.query, body: []byte(s.body), header: make(http.Header)}
	if c.method == "" {
		c.method = http.MethodGet
		if s.body != "" {
			c.method = http.MethodPost
		}
	}
	if s.body != "" {
		c.header.Set("Content-Type", "application/json")
	}
	for name, value := range s.header {
		c.header.Set(name, value)
	}
	id := "msg_" + run + "_" + strings.ReplaceAll(s.name, " ", "_")
	if s.sign == nil {
		sign(&c, id)
	} else {
		s.sign(&c, id)
	}
	return c
}

func secret() webhook.Secret {
	parsed, err := webhook.ParseSecret(conformance.SigningSecret)
	if err != nil {
		panic(err)
	}
	return parsed
}

func sign(c *call, id string) {
	webhook.SetHeaders(c.header, secret(), id, conformance.Instant(), c.body)
}

func unsigned(*call, string) {}

func stale(c *call, id string) {
	webhook.SetHeaders(c.header, secret(), id, conformance.Instant().Add(-6*time.Minute), c.body)
}

func forged(c *call, id string) {
	webhook.SetHeaders(c.header, secret(), id, conformance.Instant(), []byte(`{"amount":0}`))
}

func TestEveryDoorAnswersTheSame(t *testing.T) {
	t.Parallel()
	run := rand.Text()
	plain, others := httpDoors(t, &logBuffer{})
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			want := s.send(t, plain, run)
			s.check(t, want)
			for _, other := range others {
				assert.Equal(t, alike(want), alike(s.send(t, other, run)), other.name)
			}
		})
	}
}

func (s scenario) send(t *testing.T, through door, run string) reply {
	t.Helper()
	if s.twice {
		first := through.send(t, s.call(run))
		require.Equal(t, http.StatusOK, first.status, "%s: %s", through.name, first.body)
	}
	answered := through.send(t, s.call(run))
	assert.NotEmpty(t, answered.header.Get("X-Request-Id"), through.name)
	return answered
}

// check compares the answer of the plain door with what the scenario says.
func (s scenario) check(t *testing.T, answered reply) {
	t.Helper()
	require.Equal(t, s.status, answered.status, answered.body)
	assert.Equal(t, "no-store", answered.header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", answered.header.Get("X-Content-Type-Options"))
	assert.Contains(t, answered.body, s.text)
	assert.NotContains(t, answered.body, "inside cause")
	if s.code == "" {
		return
	}
	assert.Equal(t, "application/problem+json", answered.header.Get("Content-Type"))
	var problem struct {
		Type, Title, Detail, Code, Next string
		Status                          int
		RequestID                       string `json:"request_id"`
	}
	require.NoError(t, json.Unmarshal([]byte(answered.body), &problem))
	assert.Equal(t, s.code, problem.Code)
	assert.Equal(t, s.status, problem.Status)
	assert.Equal(t, answered.header.Get("X-Request-Id"), problem.RequestID)
	for _, text := range []string{problem.Type, problem.Title, problem.Detail, problem.Next} {
		assert.NotEmpty(t, text)
	}
}

// alike leaves out what belongs to one door or to one request.
func alike(r reply) reply {
	header := r.header.Clone()
	id := header.Get("X-Request-Id")
	for _, name := range []string{"X-Request-Id", "Date", "Connection", "Content-Length"} {
		header.Del(name)
	}
	return reply{r.status, header, strings.ReplaceAll(r.body, id, "<id>")}
}

func TestAnswersOfOneProcessDoNotMix(t *testing.T) {
	t.Parallel()
	run := rand.Text()
	plain, others := httpDoors(t, &logBuffer{})
	const requests = 32
	for _, through := range append(others, plain) {
		t.Run(through.name, func(t *testing.T) {
			var group sync.WaitGroup
			for i := range requests {
				group.Go(func() {
					order := fmt.Sprintf("CS%d", i)
					s := scenario{name: order, path: "/probe/orders/" + order + "/quotes", body: `{"amount":1}`}
					answered := through.send(t, s.call(run))
					assert.Equal(t, http.StatusCreated, answered.status, answered.body)
					assert.Contains(t, answered.body, `"order_id":"`+order+`"`)
				})
			}
			group.Wait()
		})
	}
}

func TestOneOfManyReplaysIsTheFirst(t *testing.T) {
	t.Parallel()
	run := rand.Text()
	plain, others := httpDoors(t, &logBuffer{})
	const requests = 16
	for _, through := range append(others, plain) {
		t.Run(through.name, func(t *testing.T) {
			statuses := make(chan int, requests)
			var group sync.WaitGroup
			for range requests {
				group.Go(func() {
					s := scenario{name: "the same", path: "/probe/echo"}
					statuses <- through.send(t, s.call(run)).status
				})
			}
			group.Wait()
			close(statuses)
			count := make(map[int]int)
			for status := range statuses {
				count[status]++
			}
			assert.Equal(t, map[int]int{http.StatusOK: 1, http.StatusConflict: requests - 1}, count)
		})
	}
}
