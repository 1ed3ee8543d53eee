package onboard

import (
	"context"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type checkRequest struct {
	LoginName string `json:"login_name"`
	// Mobile is for the Chinese mainland site, Email for the others.
	Mobile string `json:"mobile"`
	Email  string `json:"email"`
}

type checkAnswer struct {
	LoginName *availability `json:"login_name,omitempty"`
	Mobile    *availability `json:"mobile,omitempty"`
	Email     *availability `json:"email,omitempty"`
}

type availability struct {
	Available bool `json:"available"`
	// Remaining is how many more accounts a mobile number can have.
	Remaining *int `json:"remaining,omitempty"`
}

// check tells whether a login name and a mobile number or an e-mail address can be
// registered.
func (f *function) check(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in checkRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(f.site); err != nil {
		return nil, err
	}
	var out checkAnswer
	var err error
	if out.LoginName, err = f.available(ctx, bss.SearchName, in.LoginName); err != nil {
		return nil, err
	}
	if out.Mobile, err = f.available(ctx, bss.SearchMobile, in.Mobile); err != nil {
		return nil, err
	}
	if out.Email, err = f.available(ctx, bss.SearchEmail, in.Email); err != nil {
		return nil, err
	}
	return handler.OK(out), nil
}

// available is nil for what was not asked for.
func (f *function) available(ctx context.Context, kind bss.SearchType, value string) (*availability, error) {
	if value == "" {
		return nil, nil
	}
	if kind == bss.SearchMobile {
		value = "0086-" + value
	}
	identity, err := f.cloud.CheckUserIdentity(ctx, bss.CheckUserIdentityRequest{SearchType: kind, SearchValue: value})
	if err != nil {
		return nil, functions.Problem(err)
	}
	verdict := &availability{Available: identity.CheckResult == bss.Available}
	if kind == bss.SearchMobile {
		verdict.Remaining = &identity.MobileRemainAvailableNum
	}
	return verdict, nil
}

func (in checkRequest) validate(site bss.Site) error {
	reached := contact{in.Mobile, in.Email}
	if in.LoginName == "" && reached.none() {
		return handler.Invalid(handler.FieldError{Field: "login_name", Reason: "is needed where " + contactField(site) + " is not given"})
	}
	wrong := reached.wrong(site)
	if in.LoginName != "" {
		wrong = append(wrongLoginName(in.LoginName), wrong...)
	}
	return invalid(wrong)
}
