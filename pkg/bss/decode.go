package bss

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"
)

const maxErrorBody = 64 << 10

// decode reads a success into out, which is nil where the operation answers
// nothing, and everything else into an *Error.
func (a answer) decode(op Operation, out any) error {
	if a.status < 200 || a.status > 299 {
		return a.refusal(op)
	}
	if out == nil {
		return nil
	}
	err := a.unmarshal(out)
	if err == nil {
		return nil
	}
	return &Error{
		Operation: op,
		Status:    a.status,
		RequestID: requestID(a.header, ""),
		Unknown:   op.Safety != Read,
		transient: true,
		cause:     fmt.Errorf("the answer is not what the operation promises: %w", err),
	}
}

func (a answer) unmarshal(out any) error {
	if kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type")); err == nil && kind != "application/json" {
		return fmt.Errorf("its content type is %s", kind)
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	if err := d.Decode(out); err != nil {
		return err
	}
	return nil
}

// refusal reads both forms of error body: the business one with error_msg, and
// the gateway's with error_message. Older operations refuse with HTTP 200, and
// their callers check that themselves.
func (a answer) refusal(op Operation) *Error {
	var body struct {
		Code           string `json:"error_code"`
		Message        string `json:"error_msg"`
		GatewayMessage string `json:"error_message"`
		RequestID      string `json:"request_id"`
		IAM            struct {
			Code    json.RawMessage `json:"code"`
			Message string          `json:"message"`
		} `json:"error"`
	}
	// A body that is no JSON, such as a proxy's page, leaves the fields empty: the
	// status still says what happened.
	_ = json.Unmarshal(a.body, &body)
	e := &Error{
		Operation:  op,
		Status:     a.status,
		Code:       body.Code,
		Message:    truncate(firstOf(body.Message, body.GatewayMessage, body.IAM.Message), 1024),
		RequestID:  requestID(a.header, body.RequestID),
		RetryAfter: retryAfter(a.header),
		Body:       a.body[:min(len(a.body), maxErrorBody)],
	}
	// The gateway's 4xx come before the effect, a 5xx may come after it.
	e.Unknown = a.status >= http.StatusInternalServerError && op.Safety != Read
	return e
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}

func requestID(h http.Header, inBody string) string {
	return truncate(firstOf(h.Get("X-Request-Id"), inBody), 128)
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
