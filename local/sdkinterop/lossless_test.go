package sdkinterop_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lastAnswer keeps the body of what a server answered last, to hold against what the SDK makes
// of it.
type lastAnswer struct {
	next http.Handler

	mu   sync.Mutex
	last []byte
}

func (r *lastAnswer) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	copied := &copiedAnswer{ResponseWriter: w}
	r.next.ServeHTTP(copied, request)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = copied.body.Bytes()
}

func (r *lastAnswer) body() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

type copiedAnswer struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (a *copiedAnswer) Write(part []byte) (int, error) {
	a.body.Write(part)
	return a.ResponseWriter.Write(part)
}

func (a *copiedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// assertNothingLost compares the last answer, as it was sent, with what the SDK
// decoded: every field with its value, numbers to the last digit.
func (c *cloud) assertNothingLost(decoded any) {
	c.t.Helper()
	sent := c.answers.body()
	if len(sent) == 0 {
		return
	}
	kept, err := json.Marshal(decoded)
	require.NoError(c.t, err)
	c.assertKept("", parsed(c, sent), parsed(c, kept))
}

func parsed(c *cloud, text []byte) any {
	c.t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	require.NoError(c.t, d.Decode(&v))
	return v
}

func (c *cloud) assertKept(at string, sent, kept any) {
	c.t.Helper()
	switch sent := sent.(type) {
	case map[string]any:
		fields, _ := kept.(map[string]any)
		for name, value := range sent {
			inner, ok := fields[name]
			if assert.True(c.t, ok, "the SDK lost the field %s.%s", at, name) {
				c.assertKept(at+"."+name, value, inner)
			}
		}
	case []any:
		rows, _ := kept.([]any)
		if assert.Len(c.t, rows, len(sent), "the SDK lost rows of %s", at) {
			for i, value := range sent {
				c.assertKept(at+"["+strconv.Itoa(i)+"]", value, rows[i])
			}
		}
	case json.Number:
		c.assertSameNumber(at, sent, kept)
	default:
		assert.Equal(c.t, sent, kept, at)
	}
}

// The SDK writes its decimals as texts.
func (c *cloud) assertSameNumber(at string, sent json.Number, kept any) {
	c.t.Helper()
	var text string
	switch kept := kept.(type) {
	case json.Number:
		text = kept.String()
	case string:
		text = kept
	}
	got, err := decimal.NewFromString(text)
	if assert.NoError(c.t, err, "%s was %s and is %v", at, sent, kept) {
		assert.True(c.t, got.Equal(decimal.RequireFromString(sent.String())), "%s was %s and is %s", at, sent, got)
	}
}
