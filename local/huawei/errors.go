package huawei

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

const (
	codeThrottled = "APIGW.0308"
	codeIAM       = "IAM" // never sent: IAM's answers carry the HTTP status as their code
)

// apiError is a refusal as Huawei Cloud words it: an HTTP status and a code.
// Body, where it is set, is merged into the answer beside the two error fields.
type apiError struct {
	status  int
	code    string
	message string
	body    map[string]any
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// fields are the members of the error answer. The gateway, unlike the business
// system behind it, gives the request id, and words throttling in its own way;
// IAM has a shape of its own.
func (e *apiError) fields(requestID string) map[string]any {
	if e.code == codeThrottled {
		return map[string]any{
			"status_code":                   e.status,
			"request_id":                    requestID,
			"error_code":                    e.code,
			"error_message":                 e.message,
			"encoded_authorization_message": "",
		}
	}
	if e.code == codeIAM {
		return map[string]any{"error": map[string]any{
			"code": e.status, "message": e.message, "title": http.StatusText(e.status),
		}}
	}
	fields := map[string]any{"error_code": e.code, "error_msg": e.message}
	if strings.HasPrefix(e.code, "APIG") {
		fields["request_id"] = requestID
	}
	maps.Copy(fields, e.body)
	return fields
}

func refuse(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

func errParameter(message string) *apiError {
	return refuse(http.StatusBadRequest, "CBC.0100", message)
}

func errDenied(message string) *apiError {
	return refuse(http.StatusForbidden, "CBC.0151", message)
}

func errInternal() *apiError {
	return refuse(http.StatusInternalServerError, "CBC.0999", "other error")
}

func errAuthentication(detail string) *apiError {
	return refuse(http.StatusUnauthorized, "APIG.0301", "Incorrect IAM authentication information: "+detail)
}

func errThrottled(limit int) *apiError {
	return refuse(http.StatusTooManyRequests, codeThrottled, fmt.Sprintf(
		"The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:1 second", limit))
}
