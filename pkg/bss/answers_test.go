package bss_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
)

// canned answers every request with the same bytes.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header, Body: io.NopCloser(bytes.NewReader(c.body))}, nil
}

// FuzzAnswer gives the client whatever a server, or somebody in its place, may
// say to an allocation of money.
func FuzzAnswer(f *testing.F) {
	f.Add(200, jsonType, "", []byte(`{"transfer_id":"AD1"}`))
	f.Add(200, jsonType, "", []byte(`{"error_code":"CBC.5001","error_msg":"caller is not a partner"}`))
	f.Add(200, jsonType, "", []byte(`{"error_code":"CBC.0000","transfer_id":"AD1"}`))
	f.Add(400, jsonType, "", []byte(`{"error_code":"CBC.99005003","error_msg":"余额不足"}`))
	f.Add(429, jsonType, "1", []byte(`{"error_code":"APIGW.0308","error_message":"threshold","request_id":"r"}`))
	f.Add(401, jsonType, "", []byte(`{"error":{"code":401,"message":"The token must be updated."}}`))
	f.Add(502, "text/html", "-1", []byte(`<html>`))
	f.Add(204, "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, status int, contentType, retryAfter string, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		header := http.Header{"Content-Type": {contentType}, "Retry-After": {retryAfter}, "X-Request-Id": {string(body)}}
		c, err := bss.New(bss.Config{
			Site: bss.SiteCN, Keys: partnerKeys, Clock: clock.NewFrozen(start), Transport: canned{status, header, body},
		})
		require.NoError(t, err)
		_, err = c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
		if err == nil {
			assert.Less(t, status, 300)
			return
		}
		var failure *bss.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, status, failure.Status)
		assert.GreaterOrEqual(t, failure.RetryAfter, time.Duration(0))
		assert.LessOrEqual(t, len(failure.RequestID), 128+len("…"))
		assert.LessOrEqual(t, len(failure.Message), 1024+len("…"))
		assert.True(t, utf8.ValidString(failure.Message))
		unclear := status >= 500 || status < 300 && failure.Code == ""
		assert.Equal(t, unclear, errors.Is(err, bss.ErrOutcomeUnknown))
	})
}
