package onboard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// codeMinutes is how long a verification code is good, in Huawei Cloud's default.
const codeMinutes = 10

type codeRequest struct {
	Mobile string `json:"mobile"`
	// Language is zh-cn or en-us.
	Language string `json:"language"`
}

type codeAnswer struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// sendCode makes Huawei Cloud send a registration code to a mobile number. A
// person who got none asks again; nothing is repeated for them.
func (f *function) sendCode(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in codeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := wrongMobile(in.Mobile)
	if in.Language != "" && in.Language != "zh-cn" && in.Language != "en-us" {
		wrong = append(wrong, handler.FieldError{Field: "language", Reason: "is zh-cn or en-us"})
	}
	if err := invalid(wrong); err != nil {
		return nil, err
	}
	err := f.cloud.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{
		ReceiverType: bss.ReceiverMobile,
		MobilePhone:  in.Mobile,
		Lang:         in.Language,
	})
	if err != nil {
		return nil, codeNotSent(err)
	}
	return handler.Accepted(codeAnswer{ExpiresAt: f.now().Add(codeMinutes * time.Minute)}), nil
}

func codeNotSent(err error) error {
	if errors.Is(err, bss.ErrOutcomeUnknown) {
		return &handler.Problem{Status: http.StatusBadGateway, Code: "code_maybe_sent", Cause: err,
			Detail: "Huawei Cloud did not say whether the code was sent.",
			Next:   "Wait for the message for a minute, then ask for another code."}
	}
	if code(err) == "CBC.99004015" {
		return &handler.Problem{Status: http.StatusTooManyRequests, Code: "code_limit", RetryAfter: time.Hour, Cause: err,
			Detail: "This number has received the most codes allowed: 15 an hour, 60 a day.",
			Next:   "Ask again in an hour."}
	}
	return functions.Problem(err)
}
