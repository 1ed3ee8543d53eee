package bss

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

const (
	maxErrorBody = 64 << 10
	// What a refusal says is cut off at maxMessage bytes, its code and its id at maxCode.
	maxMessage, maxCode = 1024, 128
	// maxRetryAfter is a day in seconds; what is longer stands for it.
	maxRetryAfter = 24 * 60 * 60
	// codeSuccess is in the successes of some operations.
	codeSuccess = "CBC.0000"
)

// decode reads a success into out, which is nil where the operation answers
// nothing, and everything else into an *Error. A page in place of nothing is not
// the operation's answer either.
func (a answer) decode(types *jsonread.Types, op Operation, out any) error {
	if a.status < 200 || a.status > 299 {
		return a.refusal(op)
	}
	if out == nil && len(a.body) == 0 {
		return nil
	}
	code, err := a.read(types, out)
	if code != "" && code != codeSuccess {
		return a.refusal(op)
	}
	if err == nil {
		return nil
	}
	return &Error{
		Operation: op,
		Status:    a.status,
		RequestID: requestID(a.header, ""),
		Unknown:   op.Safety != Read,
		transient: true,
		cause:     fmt.Errorf("%w: %s", ErrUnreadable, oneLine(err.Error(), 512)),
	}
}

// read reads a success into out, and returns the code of one that is a refusal. A long
// page finds the code by itself: to look for it beforehand takes a tenth of its time.
func (a answer) read(types *jsonread.Types, out any) (code string, err error) {
	if self, ok := out.(selfReader); ok {
		err = a.unmarshal(types, out)
		return self.code(), err
	}
	code, err = a.codeInSuccess()
	if err == nil && (code == "" || code == codeSuccess) {
		err = a.unmarshal(types, out)
	}
	return code, err
}

// codeInSuccess finds the refusals that come with HTTP 200, of which only the
// error_code at the top tells.
func (a answer) codeInSuccess() (string, error) {
	// It is near one of the ends, however long the message is; to look for it in all of
	// a long page takes as long as a tenth of reading it.
	ends := min(len(a.body), 4<<10)
	if name := []byte(`"error_code"`); !bytes.Contains(a.body[:ends], name) && !bytes.Contains(a.body[len(a.body)-ends:], name) {
		return "", nil
	}
	var body struct {
		Code string `json:"error_code"`
	}
	err := json.Unmarshal(a.body, &body)
	return body.Code, err
}

func (a answer) unmarshal(types *jsonread.Types, out any) error {
	// An answer without a content type is taken for what it should be.
	if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); kind != "" && !strings.EqualFold(strings.TrimSpace(kind), jsonType) {
		return fmt.Errorf("its content type is %q", truncate(kind, 64))
	}
	if bytes.Equal(bytes.TrimSpace(a.body), []byte("null")) {
		return errors.New("it is null")
	}
	if out == nil {
		out = &json.RawMessage{}
	}
	if self, ok := out.(selfReader); ok {
		r := jsonread.New(a.body)
		self.readJSON(r)
		return r.End()
	}
	return types.Unmarshal(a.body, out)
}

// selfReader is an answer that reads itself, faster than it would be by reflection.
type selfReader interface {
	readJSON(r *jsonread.Reader)
	code() string // the error_code at the top, where there is one
}

// refusal reads both forms of error body: the business one with error_msg, and
// the gateway's with error_message.
func (a answer) refusal(op Operation) *Error {
	var body struct {
		Code           string `json:"error_code"`
		Message        string `json:"error_msg"`
		GatewayMessage string `json:"error_message"`
		RequestID      string `json:"request_id"`
		IAM            struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	// A body that is no JSON, such as a proxy's page, leaves the fields empty: the
	// status still says what happened.
	_ = json.Unmarshal(a.body, &body)
	e := &Error{
		Operation:  op,
		Status:     a.status,
		Code:       oneLine(body.Code, maxCode),
		Message:    oneLine(cmp.Or(body.Message, body.GatewayMessage, body.IAM.Message), maxMessage),
		RequestID:  requestID(a.header, body.RequestID),
		RetryAfter: retryAfter(a.header),
		Body:       bytes.Clone(a.body[:min(len(a.body), maxErrorBody)]), // the next answer may be read over it
	}
	// The gateway's 4xx come before the effect, a 5xx may come after it.
	e.Unknown = a.status >= http.StatusInternalServerError && op.Safety != Read
	return e
}

// A character that the cut would split is left out.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

func requestID(h http.Header, inBody string) string {
	return oneLine(cmp.Or(h.Get("X-Request-Id"), inBody), maxCode)
}

// oneLine makes a text, whoever wrote it, fit for one line of a log or of a terminal.
func oneLine(s string, n int) string {
	printable := func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}
	return truncate(strings.Map(printable, strings.ToValidUTF8(s, "")), n)
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, maxRetryAfter)) * time.Second
}
