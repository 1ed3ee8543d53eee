package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxForm bounds the login form.
const maxForm = 64 << 10

// login is what the address of the login page asks for, see
// https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
type login struct {
	XAccountType string
	FirstLogin   bool
	Service      string // where to go afterwards
	Problem      string // why the form was not accepted, or why there is no form
	Usable       bool   // the address is right, the form can be shown
}

// Service is mandatory on the newer of the two pages that describe the address.
func (s *Server) readLogin(values url.Values) (login, error) {
	l := login{
		XAccountType: values.Get("xAccountType"),
		FirstLogin:   values.Get("isFirstLogin") == "true",
		Service:      values.Get("service"),
	}
	switch values.Get("isFirstLogin") {
	case "", "true", "false":
	default:
		return l, errors.New("isFirstLogin is neither true nor false")
	}
	if l.XAccountType != s.options.XAccountType {
		return l, errors.New("xAccountType is not known: ask for the platform's identifier")
	}
	if !serviceAllowed(l.Service) {
		return l, errors.New("service is not an https address of huaweicloud.com, nor one of this machine")
	}
	l.Usable = true
	return l, nil
}

func serviceAllowed(service string) bool {
	u, err := url.Parse(service)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	host := u.Hostname()
	if loopback(host) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	return u.Scheme == "https" && plainHost(host) &&
		(host == "huaweicloud.com" || strings.HasSuffix(host, ".huaweicloud.com"))
}

// plainHost keeps out what could end a directive of the security policy.
func plainHost(host string) bool {
	return strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	if r.URL.RawQuery == "" {
		showMessage(w, http.StatusBadRequest, errors.New("nobody is signed in here, and this page alone signs nobody in"))
		return
	}
	l, err := s.readLogin(r.URL.Query())
	if err != nil {
		l.render(w, http.StatusBadRequest, err)
		return
	}
	if s.access().federated() {
		s.beginSignOn(w, r, l)
		return
	}
	l.render(w, http.StatusOK, nil)
}

// submitLogin takes the form. A first login binds; any other goes on if the
// account is bound already.
func (s *Server) submitLogin(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		login{}.render(w, http.StatusBadRequest, errors.New("the form cannot be read"))
		return
	}
	if s.access().federated() {
		login{}.render(w, http.StatusBadRequest, errors.New("your sales platform says who you are: this form does not"))
		return
	}
	l, err := s.readLogin(r.PostForm)
	if err != nil {
		l.render(w, http.StatusBadRequest, err)
		return
	}
	if l.FirstLogin {
		// What is bound is announced even if the browser has gone.
		err = s.Bind(context.WithoutCancel(r.Context()), Binding{
			AccountName: r.PostForm.Get("account"),
			XAccountID:  r.PostForm.Get("xAccountId"),
			XUserID:     r.PostForm.Get("xUserId"),
		})
	} else {
		err = s.checkBound(r.PostForm.Get("account"))
	}
	if err != nil {
		l.render(w, loginStatus(err), err)
		return
	}
	http.Redirect(w, r, l.Service, http.StatusFound)
}

func (s *Server) checkBound(accountName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if account := s.state.account(accountName); account == nil || account.xAccountID == "" {
		return fmt.Errorf("%w, or it is not bound: %q", ErrUnknownAccount, accountName)
	}
	return nil
}

func loginStatus(err error) int {
	switch {
	case errors.Is(err, ErrUnknownAccount):
		return http.StatusNotFound
	case errors.Is(err, ErrBoundElsewhere):
		return http.StatusConflict
	}
	return http.StatusBadRequest
}

func (l login) render(w http.ResponseWriter, status int, problem error) {
	if problem != nil {
		l.Problem = words(problem)
	}
	service := ""
	if l.Usable {
		service = l.Service
	}
	showPage(w, status, "login.html", l, service)
}
