package huawei

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// The pages of a first login. Their addresses and their order are not documented.
const (
	pathFirstLogin   = "/authui/saml/first-login"
	pathBindExisting = "/authui/saml/first-login/existing"
	pathOpenNew      = "/authui/saml/first-login/new"
)

// maxForm bounds their forms.
const maxForm = 64 << 10

// errWrongPassword does not tell which of the two it is.
var errWrongPassword = errors.New("there is no such account, or the password is another")

// firstLogin is what the page shows.
type firstLogin struct {
	Login     string // handle of the sign-on
	Name      string // under which the sales platform knows the customer
	Suggested string // a name for a new account
	Problem   string
	Password  string // of accounts that were given none
}

func (s *Server) showFirstLogin(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	s.showForms(w, r, r.URL.Query().Get("login"), http.StatusOK, nil)
}

// showForms shows the page again after a problem, or the problem alone where the
// login has ended.
func (s *Server) showForms(w http.ResponseWriter, r *http.Request, handle string, status int, problem error) {
	on, v, err := s.waiting(r, handle)
	if err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	page := firstLogin{Login: handle, Name: v.subject.name, Password: AccountPassword}
	if page.Name == "" {
		page.Name = v.subject.accountID
	}
	if s.checkNewName(v.subject.name) == nil {
		page.Suggested = v.subject.name
	}
	if problem != nil {
		page.Problem = words(problem)
	}
	showPage(w, status, "first-login", page, on.service)
}

// waiting is the login that waits for the customer's choice. The copy is as it
// was a moment ago.
func (s *Server) waiting(r *http.Request, handle string) (signOn, *verified, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	on := s.signOn(handle, cookie(r, browserCookie), s.now())
	if on == nil || on.subject == (subject{}) {
		return signOn{}, nil, errNoSignOn
	}
	return *on, &verified{subject: on.subject, nameID: on.nameID, sessionIndex: on.sessionIndex}, nil
}

// submitExisting binds an account that the customer has.
func (s *Server) submitExisting(w http.ResponseWriter, r *http.Request) {
	s.submitFirstLogin(w, r, func(v *verified, form url.Values) (notification, error) {
		account := s.state.account(form.Get("account"))
		if account == nil || account.password == "" || !equal(account.password, form.Get("password")) {
			return notification{}, errWrongPassword
		}
		return s.bind(Binding{
			AccountName: account.accountName, XAccountID: v.subject.accountID, XUserID: v.subject.userID,
		}, v.subject.reseller(&s.state))
	})
}

// submitNew opens an account and binds it.
func (s *Server) submitNew(w http.ResponseWriter, r *http.Request) {
	s.submitFirstLogin(w, r, func(v *verified, form url.Values) (notification, error) {
		return s.open(v.subject, form.Get("account"), form.Get("password"))
	})
}

// submitFirstLogin does what a form asks for, under the lock, announces it to the
// sales platform, and goes on to the service.
func (s *Server) submitFirstLogin(w http.ResponseWriter, r *http.Request, do func(*verified, url.Values) (notification, error)) {
	s.stamp(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		showMessage(w, http.StatusBadRequest, errors.New("the form cannot be read"))
		return
	}
	handle := r.PostForm.Get("login")
	on, v, err := s.waiting(r, handle)
	if err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	n, err := s.finish(w, handle, v, func() (notification, error) { return do(v, r.PostForm) })
	if err != nil {
		s.showForms(w, r, handle, firstLoginStatus(err), err)
		return
	}
	// What is bound is announced even if the browser has gone.
	if err := s.notify(context.WithoutCancel(r.Context()), n); err != nil {
		showMessage(w, http.StatusInternalServerError, err)
		return
	}
	http.Redirect(w, r, on.service, http.StatusSeeOther)
}

// finish binds, uses the sign-on up and signs the customer in, or does nothing.
func (s *Server) finish(w http.ResponseWriter, handle string, v *verified, do func() (notification, error)) (notification, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.sso.signOns[handle] == nil { // it was used meanwhile
		return notification{}, errNoSignOn
	}
	n, err := do()
	if err != nil {
		return n, err
	}
	delete(s.state.sso.signOns, handle)
	s.signIn(w, s.state.customer(n.DomainID), v, s.now())
	return n, nil
}

func firstLoginStatus(err error) int {
	var refusal *apiError
	switch {
	case errors.Is(err, errWrongPassword):
		return http.StatusForbidden
	case errors.Is(err, ErrBoundElsewhere):
		return http.StatusConflict
	case errors.As(err, &refusal):
		return refusal.status
	}
	return http.StatusBadRequest
}

func (s *Server) checkNewName(name string) error {
	if !registeredName.MatchString(name) || reservedName(name) {
		return refuse(http.StatusBadRequest, "CBC.99000031", "the format of the account name is illegal")
	}
	return nil
}

// open opens an account for who came by an assertion: with the checks of a
// registration, but for the code, since the sales platform vouches for the
// customer. The server's lock must be held.
func (s *Server) open(from subject, name, password string) (notification, error) {
	in := registration{XAccountID: from.accountID, DomainName: name, MobilePhone: from.chineseNumber()}
	if s.abroad() {
		in.MobilePhone, in.Email = "", from.email
	}
	if password == "" {
		password = AccountPassword
	}
	in.Password = &password
	reseller := from.reseller(&s.state)
	if err := s.state.partnerState.refuseRegistration(reseller); err != nil {
		return notification{}, err
	}
	if err := s.checkNewName(name); err != nil {
		return notification{}, err
	}
	if len(password) < 8 || len(password) > 32 || !in.passwordAllowed() {
		return notification{}, refuse(http.StatusBadRequest, "CBC.99000036", "the format of the password is illegal")
	}
	if err := s.checkUnique(in); err != nil {
		return notification{}, err
	}
	now := s.now()
	account := &customer{
		id: s.newCustomerID(), accountName: name, password: password,
		mobile: in.MobilePhone, email: from.email, createdOn: now,
	}
	s.state.customers = append(s.state.customers, account)
	s.record(Effect{Time: now, Operation: "OpenAccount", CustomerID: account.id, Reference: from.accountID})
	return s.bind(Binding{AccountName: name, XAccountID: from.accountID, XUserID: from.userID}, reseller)
}
