package onboard

import (
	"context"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type checkRequest struct {
	LoginName string `json:"login_name"`
	Mobile    string `json:"mobile"`
}

type checkAnswer struct {
	LoginName *availability `json:"login_name,omitempty"`
	Mobile    *availability `json:"mobile,omitempty"`
}

type availability struct {
	Available bool `json:"available"`
	// Remaining is how many more accounts a mobile number can have.
	Remaining *int `json:"remaining,omitempty"`
}

// check tells whether a login name and a mobile number can be registered.
func (f *function) check(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in checkRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	var out checkAnswer
	if in.LoginName != "" {
		identity, err := f.cloud.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: in.LoginName})
		if err != nil {
			return nil, functions.Problem(err)
		}
		out.LoginName = &availability{Available: identity.CheckResult == bss.Available}
	}
	if in.Mobile != "" {
		identity, err := f.cloud.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: bss.SearchMobile, SearchValue: "0086-" + in.Mobile})
		if err != nil {
			return nil, functions.Problem(err)
		}
		out.Mobile = &availability{Available: identity.CheckResult == bss.Available, Remaining: &identity.MobileRemainAvailableNum}
	}
	return handler.OK(out), nil
}

func (in checkRequest) validate() error {
	if in.LoginName == "" && in.Mobile == "" {
		return handler.Invalid(handler.FieldError{Field: "login_name", Reason: "is needed where mobile is not given"})
	}
	var wrong []handler.FieldError
	if in.LoginName != "" {
		wrong = append(wrong, wrongLoginName(in.LoginName)...)
	}
	if in.Mobile != "" {
		wrong = append(wrong, wrongMobile(in.Mobile)...)
	}
	return invalid(wrong)
}
