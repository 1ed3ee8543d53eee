package payorder

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
)

// The problems of verification codes.

const askForAnother = "Ask for another code and type that one."

func codeRequired() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "code_required",
		Detail: "This payment needs a verification code.", Next: "Have a code sent and pay with it."}
}

func codeNotRequired() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "code_not_required",
		Detail: "This payment needs no verification code.", Next: "Pay with the quote alone."}
}

func codeMissing() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "code_missing",
		Detail: "No code was sent for this order.", Next: "Have a code sent and pay with it."}
}

func codeExpired() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "code_expired",
		Detail: "The code was good for 5 minutes, which are over.", Next: askForAnother}
}

func codeReplaced() error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "code_replaced",
		Detail: "A newer code was sent for this order.", Next: "Type the code of the last message."}
}

func codeUsed() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "code_used",
		Detail: "A payment was begun with the code already.",
		Next:   "Send the same payment again to learn what became of it; where it has failed, have another code sent and pay with that one."}
}

func codeUsedUp() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "code_used_up",
		Detail: "A wrong code was given too often.", Next: askForAnother}
}

func codeWrong(left int) error {
	next := "Type the code of the last message, or ask for another one."
	if left == 0 {
		next = askForAnother
	}
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "code_wrong",
		Detail: fmt.Sprintf("The code is wrong, or was sent for another quote or to another person; %d tries are left.", left), Next: next}
}

func tooManyCodes(code string, most int, span string, wait time.Duration) error {
	return &handler.Problem{Status: http.StatusTooManyRequests, Code: code, RetryAfter: wait,
		Detail: fmt.Sprintf("The person was sent %d codes within the last %s.", most, span),
		Next:   "Wait as long as Retry-After says, or let another person confirm the payment."}
}
