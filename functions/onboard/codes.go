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
	// Mobile is for the Chinese mainland site, Email for the others.
	Mobile string `json:"mobile"`
	Email  string `json:"email"`
	// Language is zh-cn or en-us.
	Language string `json:"language"`
}

type codeAnswer struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// sendCode makes Huawei Cloud send a registration code to a mobile number, abroad to
// an e-mail address. A person who got none asks again; nothing is repeated for them.
func (f *function) sendCode(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in codeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(f.site); err != nil {
		return nil, err
	}
	receiver := bss.ReceiverMobile
	if f.site != bss.SiteCN {
		receiver = bss.ReceiverEmail
	}
	err := f.cloud.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{
		ReceiverType: receiver,
		MobilePhone:  in.Mobile,
		Email:        in.Email,
		Lang:         in.Language,
	})
	if err != nil {
		return nil, codeNotSent(err)
	}
	return handler.Accepted(codeAnswer{ExpiresAt: f.now().Add(codeMinutes * time.Minute)}), nil
}

func (in codeRequest) validate(site bss.Site) error {
	receiver := contact{in.Mobile, in.Email}
	wrong := receiver.wrong(site)
	if receiver.none() {
		wrong = append(wrong, handler.FieldError{Field: contactField(site), Reason: "is needed: the code goes there"})
	}
	if in.Language != "" && in.Language != "zh-cn" && in.Language != "en-us" {
		wrong = append(wrong, handler.FieldError{Field: "language", Reason: "is zh-cn or en-us"})
	}
	return invalid(wrong)
}

func codeNotSent(err error) error {
	switch {
	case code(err) == "CBC.99004015":
		return &handler.Problem{Status: http.StatusTooManyRequests, Code: "code_limit", RetryAfter: time.Hour, Cause: err,
			Detail: "The most codes allowed have been sent: 15 an hour, 60 a day.",
			Next:   "Ask again in an hour."}
	case code(err) == "CBC.99004003":
		return &handler.Problem{Status: http.StatusBadGateway, Code: "code_not_sent", Cause: err,
			Detail: "Huawei Cloud made a code, but could not send it.",
			Next:   "Check the number or the address, then ask for another code."}
	case errors.Is(err, bss.ErrOutcomeUnknown):
		return &handler.Problem{Status: http.StatusBadGateway, Code: "code_maybe_sent", Cause: err,
			Detail: "Huawei Cloud did not say whether the code was sent.",
			Next:   "Wait for the message for a minute, then ask for another code."}
	}
	return functions.Problem(err)
}
