package bss

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Conditions that callers act upon. Match them with errors.Is.
var (
	// ErrNotOnSite: the site of the client does not have the operation.
	ErrNotOnSite = errors.New("the site does not have the operation")
	// ErrInvalid: the API refused a parameter.
	ErrInvalid = errors.New("invalid parameter")
	// ErrAccessDenied: the credential may not call the operation.
	ErrAccessDenied = errors.New("access denied")
	// ErrNotFound: the order, customer, quota, resource or product does not exist
	// for the caller.
	ErrNotFound = errors.New("not found")
	// ErrThrottled: the quota is used up, also after waiting.
	ErrThrottled = errors.New("throttled")
	// ErrCredential: the gateway did not accept the signature or the token.
	ErrCredential = errors.New("credential not accepted")
	// ErrUnavailable: the API or the way to it failed.
	ErrUnavailable = errors.New("unavailable")
	// ErrOutcomeUnknown: a write may or may not have happened. Ask before acting.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrDuplicate: the login name or the platform's account id is taken.
	ErrDuplicate = errors.New("exists already")
	// ErrAssociationPending: the customer exists, its association is under way.
	ErrAssociationPending = errors.New("association pending")
	// ErrVerificationCode: the code is wrong, expired or used up.
	ErrVerificationCode = errors.New("verification code not accepted")
	// ErrInsufficientBalance: the account that pays has too little.
	ErrInsufficientBalance = errors.New("insufficient balance")
	// ErrOrderChanged: the order is no longer payable, or not in this way.
	ErrOrderChanged = errors.New("order changed")
	// ErrOrderExpired: the deadline or the effective time of the order has passed.
	ErrOrderExpired = errors.New("order expired")
	// ErrPaymentInProgress: the order is being paid already.
	ErrPaymentInProgress = errors.New("payment in progress")
	// ErrCoupon: the coupon or discount cannot be used for the order.
	ErrCoupon = errors.New("coupon or discount not usable")
	// ErrQuota: the coupon quota is missing, expired or too small.
	ErrQuota = errors.New("coupon quota not usable")
	// ErrCapacity: resources for the order are short.
	ErrCapacity = errors.New("cloud capacity or quota short")
	// ErrResourceBusy: an order about the resource waits for its payment, or is
	// being processed.
	ErrResourceBusy = errors.New("resource has an order that is not finished")
	// ErrOrderUnpaid: the order was placed, but could not pay itself: it waits for
	// its payment.
	ErrOrderUnpaid = errors.New("order placed but not paid")
)

// conditions maps the API's codes to what callers do about them. The codes are
// listed at https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0081766005.html.
var conditions = map[string]error{
	"CBC.0100": ErrInvalid, "CBC.0101": ErrInvalid,
	"CBC.0150": ErrAccessDenied, "CBC.0151": ErrAccessDenied, "CBC.0155": ErrAccessDenied, "CBC.0156": ErrAccessDenied,
	"CBC.99000000": ErrAccessDenied, "CBC.99000037": ErrAccessDenied, "CBC.99005035": ErrAccessDenied,
	"CBC.0154": ErrCredential, "CBC.0105": ErrCredential,
	"APIG.0301": ErrCredential, "APIG.0303": ErrCredential, "APIG.0305": ErrCredential, "APIG.0307": ErrCredential,
	"CBC.0250": ErrThrottled, "APIGW.0308": ErrThrottled, "APIG.0308": ErrThrottled,
	"CBC.99000035": ErrNotFound, "CBC.30000010": ErrNotFound, "CBC.5002": ErrNotFound,
	"CBC.99000038": ErrDuplicate, "CBC.99000039": ErrDuplicate,
	"CBC.99000050": ErrAssociationPending,
	"CBC.99004008": ErrVerificationCode, "CBC.99004009": ErrVerificationCode, "CBC.99004010": ErrVerificationCode,
	"CBC.99005003": ErrInsufficientBalance, "CBC.99003155": ErrInsufficientBalance, "CBC.99003198": ErrInsufficientBalance,
	"CBC.99003106": ErrOrderChanged, "CBC.99000089": ErrOrderChanged, "CBC.99005010": ErrOrderChanged,
	"CBC.99003110": ErrOrderExpired, "CBC.99003162": ErrOrderExpired,
	"CBC.99000088": ErrPaymentInProgress,
	"CBC.99003108": ErrCoupon, "CBC.99003112": ErrCoupon, "CBC.99003116": ErrCoupon,
	"CBC.99003117": ErrCoupon, "CBC.99003147": ErrCoupon, "CBC.99003156": ErrCoupon, "CBC.99000048": ErrCoupon,
	"CBC.99000012": ErrQuota, "CBC.99000013": ErrQuota, "CBC.99000017": ErrQuota,
	"CBC.99003141": ErrCapacity,

	// Resources and prices.
	"CBC.30010036": ErrInvalid, "CBC.30010069": ErrInvalid, "CBC.99003609": ErrInvalid, "CBC.99005026": ErrInvalid,
	"CBC.30050007": ErrInvalid, "CBC.30050008": ErrInvalid, "CBC.30050012": ErrInvalid,
	"CBC.99006050": ErrInvalid, "CBC.99006074": ErrInvalid,
	"CBC.99003012": ErrNotFound, "CBC.99003016": ErrNotFound, "CBC.30000067": ErrNotFound, "CBC.30050009": ErrNotFound,
	"CBC.99006006": ErrNotFound, "CBC.99006073": ErrNotFound,
	"CBC.99003100": ErrResourceBusy, "CBC.99003144": ErrResourceBusy, "CBC.99003623": ErrResourceBusy,
	"CBC.99003651": ErrResourceBusy, "CBC.30050010": ErrResourceBusy, "CBC.30050011": ErrResourceBusy,
	"CBC.30050006": ErrOrderUnpaid,
}

// Error is a call that failed: refused by the API, or not answered as it should
// be. It holds no secret.
type Error struct {
	Operation Operation
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Code and Message are the API's own; empty where the answer had none.
	Code    string
	Message string
	// RequestID names the call to Huawei Cloud's support.
	RequestID string
	// RetryAfter is what the API asked to wait, 0 if it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was sent.
	Attempts int
	// Unknown is set where a write may have happened: the error then matches
	// ErrOutcomeUnknown.
	Unknown bool
	// Body is the refusal as it came, for details that some operations add. It is
	// cut off at 64 KiB.
	Body []byte

	unsent    bool // the request did not reach anybody
	transient bool // another try may fare better
	cause     error
}

// Error names what was tried, what happened and, where it is unknown, what to do.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bss: %s (%s %s)", e.Operation.Name, e.Operation.Method, e.Operation.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	if e.Unknown {
		b.WriteString("; it may have happened: ask the API before repeating it")
	}
	return b.String()
}

// Unwrap gives the cause inside the program, such as a time-out.
func (e *Error) Unwrap() error { return e.cause }

// Is matches the conditions of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrOutcomeUnknown:
		return e.Unknown
	case ErrThrottled:
		return e.Status == http.StatusTooManyRequests || conditions[e.Code] == ErrThrottled
	case ErrCredential:
		return e.Status == http.StatusUnauthorized || conditions[e.Code] == ErrCredential
	case ErrUnavailable:
		return e.transient || e.Status >= http.StatusInternalServerError && conditions[e.Code] == nil
	}
	return conditions[e.Code] != nil && conditions[e.Code] == target
}

// LogValue groups the fields for slog.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("operation", e.Operation.Name),
		slog.Int("status", e.Status),
		slog.String("code", e.Code),
		slog.String("message", e.Message),
		slog.String("request_id", e.RequestID),
		slog.Int("attempts", e.Attempts),
		slog.Bool("outcome_unknown", e.Unknown),
	}
	if e.cause != nil {
		attrs = append(attrs, slog.String("cause", e.cause.Error()))
	}
	return slog.GroupValue(attrs...)
}
