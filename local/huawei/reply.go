package huawei

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

const jsonType = "application/json;charset=UTF-8"

// reply is an answer that has been worded but not sent: a fault may still
// spoil it.
type reply struct {
	status      int
	contentType string
	retryAfter  string // seconds; no header if empty
	body        []byte
}

func jsonReply(status int, body any) reply {
	data, err := json.Marshal(body)
	if err != nil {
		return reply{
			status: http.StatusInternalServerError, contentType: jsonType,
			body: []byte(`{"error_code":"CBC.0999","error_msg":"other error"}`),
		}
	}
	return reply{status: status, contentType: jsonType, body: data}
}

// refusalOf words an error as Huawei Cloud does.
func refusalOf(err error, requestID string) reply {
	var refusal *apiError
	if !errors.As(err, &refusal) {
		refusal = errInternal()
	}
	r := jsonReply(refusal.status, refusal.fields(requestID))
	if refusal.status == http.StatusTooManyRequests {
		r.retryAfter = "1"
	}
	return r
}

func (r reply) send(w http.ResponseWriter) {
	r.head(w)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
}

// sendHalf announces the whole answer, sends half of it and breaks off.
func (r reply) sendHalf(w http.ResponseWriter) {
	r.head(w)
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body[:len(r.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (r reply) head(w http.ResponseWriter) {
	if r.contentType != "" {
		w.Header().Set("Content-Type", r.contentType)
	}
	if r.retryAfter != "" {
		w.Header().Set("Retry-After", r.retryAfter)
	}
}
