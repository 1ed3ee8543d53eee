package handler

import (
	"fmt"
	"net/http"
	"time"
)

// The problems that the edge itself answers, one constructor a kind.

func routeNotFound() *Problem {
	return &Problem{
		Status: http.StatusNotFound,
		Code:   "route_not_found",
		Detail: "There is nothing at this path.",
		Next:   "Compare the path with the OpenAPI document, its first part included.",
	}
}

func methodNotAllowed(allow string) *Problem {
	return &Problem{
		Status: http.StatusMethodNotAllowed,
		Code:   "method_not_allowed",
		Detail: "This path does not take this method.",
		Next:   "Use one of: " + allow + ".",
		allow:  allow,
	}
}

func bodyTooLarge(limit int64) *Problem {
	return &Problem{
		Status: http.StatusRequestEntityTooLarge,
		Code:   "body_too_large",
		Detail: fmt.Sprintf("The body is larger than %d bytes.", limit),
		Next:   "Send less in one request.",
	}
}

func bodyUnreadable(cause error) *Problem {
	return &Problem{
		Status: http.StatusBadRequest,
		Code:   "body_unreadable",
		Detail: "The body ended before it was complete.",
		Next:   "Send the request again.",
		Cause:  cause,
	}
}

func malformedQuery() *Problem {
	return &Problem{
		Status: http.StatusBadRequest,
		Code:   "malformed_query",
		Detail: "The query cannot be read: it holds a broken % escape or a semicolon.",
		Next:   "Encode names and values with % escapes and join them with &.",
	}
}

func unsupportedMediaType(want string) *Problem {
	return &Problem{
		Status: http.StatusUnsupportedMediaType,
		Code:   "unsupported_media_type",
		Detail: "The body is not declared as what this route takes.",
		Next:   "Send it in UTF-8, with Content-Type: " + want + ".",
	}
}

func signatureMissing(cause error) *Problem {
	return &Problem{
		Status: http.StatusUnauthorized,
		Code:   "signature_missing",
		Detail: "The request is not signed, or a header of its signature is malformed.",
		Next:   "Send webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks describes.",
		Cause:  cause,
	}
}

func signatureStale(cause error) *Problem {
	return &Problem{
		Status: http.StatusUnauthorized,
		Code:   "signature_stale",
		Detail: "The time in webhook-timestamp is too far from now.",
		Next:   "Set the caller's clock and sign the request at the moment it is sent.",
		Cause:  cause,
	}
}

func signatureInvalid(cause error) *Problem {
	return &Problem{
		Status: http.StatusUnauthorized,
		Code:   "signature_invalid",
		Detail: "The signature does not belong to this body.",
		Next:   "Sign the exact bytes that are sent, with the secret that is live here.",
		Cause:  cause,
	}
}

func requestReplayed() *Problem {
	return &Problem{
		Status: http.StatusConflict,
		Code:   "request_replayed",
		Detail: "A request with this webhook-id was here before.",
		Next:   "Sign the request again under a new webhook-id.",
	}
}

func replaysUnavailable(cause error) *Problem {
	return &Problem{
		Status:     http.StatusServiceUnavailable,
		Code:       "unavailable",
		Detail:     "It cannot be told now whether this request was here before, so nothing was done.",
		Next:       "Sign the request again under a new webhook-id, a little later.",
		RetryAfter: time.Second,
		Cause:      cause,
	}
}

func timeout(cause error) *Problem {
	return &Problem{
		Status: http.StatusGatewayTimeout,
		Code:   "timeout",
		Detail: "The work was not finished in time. How far it came is not known here.",
		Next:   "Ask for the state before sending the same again, and quote request_id if it happens twice.",
		Cause:  cause,
	}
}

func canceled(cause error) *Problem {
	return &Problem{
		Status: http.StatusServiceUnavailable,
		Code:   "canceled",
		Detail: "The request was given up before it was finished. How far it came is not known here.",
		Next:   "Ask for the state before sending the same again.",
		Cause:  cause,
	}
}

func internal(cause error) *Problem {
	return &Problem{
		Status: http.StatusInternalServerError,
		Code:   "internal",
		Detail: "Something failed on our side.",
		Next:   "Try again; if it happens twice, quote request_id.",
		Cause:  cause,
	}
}

func malformedJSON(detail string) *Problem {
	return &Problem{
		Status: http.StatusBadRequest,
		Code:   "malformed_json",
		Detail: detail,
		Next:   "Send one JSON value in UTF-8, each name of an object once.",
	}
}

func unknownField(field string) *Problem {
	return &Problem{
		Status: http.StatusBadRequest,
		Code:   "unknown_field",
		Detail: "The body holds a field that this operation does not have.",
		Next:   "Take the field out, or compare its spelling with the OpenAPI document.",
		Fields: []FieldError{{Field: field, Reason: "unknown"}},
	}
}

func wrongType(field, reason string) *Problem {
	return &Problem{
		Status: http.StatusBadRequest,
		Code:   "wrong_type",
		Detail: "The body holds a value of a wrong type.",
		Next:   "Correct the field named here and send the request again.",
		Fields: []FieldError{{Field: field, Reason: reason}},
	}
}
