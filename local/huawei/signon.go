package huawei

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"
)

// signOn is a login that was sent to the sales platform's identity provider. Once
// its assertion has come, it waits for the customer to choose an account.
type signOn struct {
	requestID string // of the AuthnRequest
	browser   string // the cookie of the browser that began it
	base      string // the address under which that browser knows this server
	service   string // where to go afterwards
	first     bool   // the login page was told that no account is bound
	expiresOn time.Time
	subject   subject // of the assertion; empty until it comes, as the next

	nameID, sessionIndex string
}

// Cookies are named after the simulator: all servers of a machine share them.
const (
	browserCookie = "simulated_huawei_cloud_login"
	sessionCookie = "simulated_huawei_cloud_session"
)

type authnRequest struct {
	XMLName      xml.Name     `xml:"samlp:AuthnRequest"`
	Protocol     string       `xml:"xmlns:samlp,attr"`
	Assertion    string       `xml:"xmlns:saml,attr"`
	ID           string       `xml:"ID,attr"`
	Version      string       `xml:"Version,attr"`
	IssueInstant string       `xml:"IssueInstant,attr"`
	Destination  string       `xml:"Destination,attr"`
	Consumer     string       `xml:"AssertionConsumerServiceURL,attr"`
	Binding      string       `xml:"ProtocolBinding,attr"`
	Issuer       string       `xml:"saml:Issuer"`
	NameIDPolicy nameIDPolicy `xml:"samlp:NameIDPolicy"`
}

type nameIDPolicy struct {
	Format      string `xml:"Format,attr"`
	AllowCreate bool   `xml:"AllowCreate,attr"`
}

// beginSignOn sends the browser to the identity provider with a request, and
// keeps what the login page was asked for under the RelayState.
func (s *Server) beginSignOn(w http.ResponseWriter, r *http.Request, l login) {
	idp, err := s.idp.get(r.Context(), s.access())
	if err != nil {
		showMessage(w, http.StatusBadGateway, err)
		return
	}
	now := s.now()
	on := &signOn{base: baseAddress(r), service: l.service, first: l.firstLogin, expiresOn: now.Add(signOnLifetime)}
	relayState := s.keepSignOn(on, cookie(r, browserCookie), now)
	location, err := s.redirectURL(idp.signOn, "SAMLRequest", authnRequest{
		Protocol: protocolNamespace, Assertion: assertionNamespace,
		ID: on.requestID, Version: "2.0", IssueInstant: now.Format(time.RFC3339), Destination: idp.signOn,
		Consumer: on.base + pathConsumer, Binding: bindingPost, Issuer: entityID,
		NameIDPolicy: nameIDPolicy{Format: nameIDTransient, AllowCreate: true},
	}, relayState)
	if err != nil {
		showMessage(w, http.StatusInternalServerError, fmt.Errorf("signing the request: %w", err))
		return
	}
	setCookie(w, browserCookie, on.browser)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, location, http.StatusFound)
}

// keepSignOn returns the RelayState. A browser that has begun another login keeps
// its cookie, so that both can end.
func (s *Server) keepSignOn(on *signOn, browser string, now time.Time) (relayState string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.sso.forget(now)
	relayState, on.requestID, on.browser = s.newHandle(), "_"+s.newHandle(), s.newHandle()
	for _, other := range s.state.sso.signOns {
		if equal(other.browser, browser) {
			on.browser = browser
		}
	}
	s.state.sso.signOns[relayState] = on
	return relayState
}

// signOn finds the login of that handle, which has not expired and is this
// browser's; nil if there is none. The server's lock must be held.
func (s *Server) signOn(handle, browser string, now time.Time) *signOn {
	on := s.state.sso.signOns[handle]
	if on == nil || !now.Before(on.expiresOn) || !equal(on.browser, browser) {
		return nil
	}
	return on
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie keeps a handle in the browser until it is closed. The assertion comes
// by a form of another server of this machine, which is the same site to a
// browser; at a real service provider the cookie would be SameSite=None, Secure.
func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
