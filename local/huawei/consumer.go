package huawei

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// maxConsumerForm bounds the form that brings a response: base64, percent-encoded.
const maxConsumerForm = 2 * maxResponse

// Why a verified response leads nowhere.
var (
	errNoSignOn = errors.New("nobody began this login in this browser, or it has ended, or it took longer than ten minutes")
	errNotBound = errors.New("no Huawei Cloud account is bound to you: sign in at your sales platform for the first time again, where the address says isFirstLogin=true")
)

// consumeAssertion is the AssertionConsumerService. Whatever is refused changes
// nothing, so that the right response still counts.
func (s *Server) consumeAssertion(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxConsumerForm)
	if err := r.ParseForm(); err != nil {
		showMessage(w, http.StatusBadRequest, errors.New("the form cannot be read, or is too large"))
		return
	}
	relayState, encoded, err := consumerFields(r.PostForm)
	if err != nil {
		showMessage(w, http.StatusBadRequest, err)
		return
	}
	browser := cookie(r, browserCookie)
	on, err := s.requested(relayState, browser)
	if err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	v, err := s.verify(r.Context(), encoded, on)
	if err != nil {
		s.options.Logger.InfoContext(r.Context(), "a SAML response was refused", "reason", err.Error())
		showMessage(w, http.StatusForbidden, err)
		return
	}
	s.accept(w, r, relayState, browser, v)
}

// requested is a login that waits for its response, as it was begun.
func (s *Server) requested(relayState, browser string) (*signOn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	on := s.signOn(relayState, browser, s.now())
	if on == nil || on.subject != (subject{}) {
		return nil, errNoSignOn
	}
	begun := *on
	return &begun, nil
}

// consumerFields are the two fields of the form, each of which is there once.
func consumerFields(form url.Values) (relayState, encoded string, err error) {
	if len(form["RelayState"]) != 1 || len(form["SAMLResponse"]) != 1 {
		return "", "", errors.New("the form has not SAMLResponse and RelayState, each once")
	}
	return form.Get("RelayState"), form.Get("SAMLResponse"), nil
}

// verify checks a response, and once more with the identity provider's metadata
// of this moment where it has changed since.
func (s *Server) verify(ctx context.Context, encoded string, on *signOn) (*verified, error) {
	access := s.access()
	idp, err := s.idp.get(ctx, access)
	if err != nil {
		return nil, err
	}
	v, err := verifyResponse(encoded, idp, on, s.now())
	if !errors.Is(err, errNotVerified) {
		return v, err
	}
	renewed, changed, renewal := s.idp.renew(ctx, access, idp)
	if renewal != nil || !changed {
		return nil, err
	}
	return verifyResponse(encoded, renewed, on, s.now())
}

// accept uses the sign-on up and leads the browser on. What becomes of a login
// that says isFirstLogin and a binding that says otherwise is documented nowhere.
// Chosen is here: who is bound is signed in, whatever the address said, since a
// lost notification must not lock a customer out; who is not bound and comes
// without isFirstLogin=true, which is mandatory then, is refused.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, relayState, browser string, v *verified) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	on := s.signOn(relayState, browser, now)
	if on == nil || on.subject != (subject{}) { // it was used meanwhile
		showMessage(w, http.StatusForbidden, errNoSignOn)
		return
	}
	if err := v.subject.check(&s.state); err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	delete(s.state.sso.signOns, relayState)
	switch account := s.state.bound(v.subject.accountID); {
	case account != nil:
		s.signIn(w, account, v, now)
		http.Redirect(w, r, on.service, http.StatusSeeOther)
	case on.first:
		handle := s.newHandle()
		on.subject, on.nameID, on.sessionIndex = v.subject, v.nameID, v.sessionIndex
		s.state.sso.signOns[handle] = on
		http.Redirect(w, r, pathFirstLogin+"?login="+handle, http.StatusSeeOther)
	default:
		showMessage(w, http.StatusForbidden, errNotBound)
	}
}

// session is a customer that is signed in.
type session struct {
	customerID   string
	nameID       string // under which the identity provider knows it
	sessionIndex string
	expiresOn    time.Time
}

// signIn gives the browser a new session. The server's lock must be held.
func (s *Server) signIn(w http.ResponseWriter, account *customer, v *verified, now time.Time) {
	handle := s.newHandle()
	s.state.sso.sessions[handle] = &session{
		customerID: account.id, nameID: v.nameID, sessionIndex: v.sessionIndex, expiresOn: now.Add(sessionLifetime),
	}
	s.record(Effect{Time: now, Operation: "SignIn", CustomerID: account.id, Reference: account.xAccountID})
	setCookie(w, sessionCookie, handle)
}
