package huawei

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// logout is one that began here and waits for the identity provider's answer.
type logout struct {
	relayState string
	expiresOn  time.Time
}

type logoutRequest struct {
	XMLName      xml.Name  `xml:"samlp:LogoutRequest"`
	Protocol     string    `xml:"xmlns:samlp,attr"`
	Assertion    string    `xml:"xmlns:saml,attr"`
	ID           string    `xml:"ID,attr"`
	Version      string    `xml:"Version,attr"`
	IssueInstant string    `xml:"IssueInstant,attr"`
	Destination  string    `xml:"Destination,attr"`
	NotOnOrAfter string    `xml:"NotOnOrAfter,attr"`
	Issuer       string    `xml:"saml:Issuer"`
	NameID       outNameID `xml:"saml:NameID"`
	SessionIndex string    `xml:"samlp:SessionIndex,omitempty"`
}

type outNameID struct {
	Format string `xml:"Format,attr"`
	Value  string `xml:",chardata"`
}

type logoutAnswer struct {
	XMLName      xml.Name `xml:"samlp:LogoutResponse"`
	Protocol     string   `xml:"xmlns:samlp,attr"`
	Assertion    string   `xml:"xmlns:saml,attr"`
	ID           string   `xml:"ID,attr"`
	Version      string   `xml:"Version,attr"`
	IssueInstant string   `xml:"IssueInstant,attr"`
	Destination  string   `xml:"Destination,attr"`
	InResponseTo string   `xml:"InResponseTo,attr"`
	Issuer       string   `xml:"saml:Issuer"`
	Status       struct {
		Code struct {
			Value string `xml:"Value,attr"`
		} `xml:"samlp:StatusCode"`
	} `xml:"samlp:Status"`
}

// beginLogout ends the browser's session here, and asks the identity provider to
// end its own if it has an address for that.
func (s *Server) beginLogout(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	session := s.endSession(r)
	dropCookie(w, sessionCookie)
	access := s.access()
	if session == nil || !access.federated() {
		showSignedOut(w)
		return
	}
	idp, err := s.idp.get(r.Context(), access)
	if err != nil {
		showMessage(w, http.StatusBadGateway, err)
		return
	}
	if idp.logout == "" {
		showSignedOut(w)
		return
	}
	now := s.now()
	id, relayState := s.keepLogout(now)
	location, err := s.redirectURL(idp.logout, "SAMLRequest", logoutRequest{
		Protocol: protocolNamespace, Assertion: assertionNamespace, ID: id, Version: "2.0",
		IssueInstant: now.Format(time.RFC3339), NotOnOrAfter: now.Add(logoutLifetime).Format(time.RFC3339),
		Destination: idp.logout, Issuer: entityID,
		NameID: outNameID{Format: nameIDTransient, Value: session.nameID}, SessionIndex: session.sessionIndex,
	}, relayState)
	if err != nil {
		showMessage(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, location, http.StatusFound)
}

// endSession ends the session of the browser and returns it; nil if there is none.
func (s *Server) endSession(r *http.Request) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle := cookie(r, sessionCookie)
	ended := s.state.sso.sessions[handle]
	if ended != nil {
		delete(s.state.sso.sessions, handle)
		s.record(Effect{Time: s.now(), Operation: "SignOut", CustomerID: ended.customerID})
	}
	return ended
}

func (s *Server) keepLogout(now time.Time) (id, relayState string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.sso.forget(now)
	id, relayState = "_"+s.newHandle(), s.newHandle()
	s.state.sso.logouts[id] = &logout{relayState: relayState, expiresOn: now.Add(logoutLifetime)}
	return id, relayState
}

func showSignedOut(w http.ResponseWriter) {
	showPage(w, http.StatusOK, "message", struct{ Problem, Message string }{Message: "You are signed out."}, "")
}

// logoutMessage is what the identity provider sends.
type logoutMessage struct {
	XMLName      xml.Name
	ID           string   `xml:"ID,attr"`
	Version      string   `xml:"Version,attr"`
	IssueInstant string   `xml:"IssueInstant,attr"`
	NotOnOrAfter string   `xml:"NotOnOrAfter,attr"`
	Destination  string   `xml:"Destination,attr"`
	InResponseTo string   `xml:"InResponseTo,attr"`
	Issuer       string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	NameID       string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
	Sessions     []string `xml:"urn:oasis:names:tc:SAML:2.0:protocol SessionIndex"` // none: all of that name
	Status       struct {
		Code struct {
			Value string `xml:"Value,attr"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:protocol StatusCode"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:protocol Status"`
}

// readLogout reads and verifies a message of the identity provider. Its times may
// be wrong by as much as a message may be old.
func (s *Server) readLogout(r *http.Request, parameter, name, path string) (*logoutMessage, *redirected, *identityProvider, error) {
	m, err := readRedirect(r.URL.RawQuery, parameter)
	if err != nil {
		return nil, nil, nil, err
	}
	idp, err := s.signedBy(r.Context(), m)
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := readMessage(m.message); err != nil {
		return nil, nil, nil, fmt.Errorf("the message is refused as it is written: %w", err)
	}
	var in logoutMessage
	if err := xml.Unmarshal(m.message, &in); err != nil {
		return nil, nil, nil, fmt.Errorf("the message cannot be read: %w", err)
	}
	issued, err := time.Parse(time.RFC3339, in.IssueInstant)
	age := s.now().Sub(issued)
	switch {
	case in.XMLName != xml.Name{Space: protocolNamespace, Local: name} || in.ID == "" || in.Version != "2.0":
		err = fmt.Errorf("the message is no %s of SAML 2.0", name)
	case in.Issuer != idp.entityID:
		err = errors.New("the message is of another identity provider")
	case in.Destination != baseAddress(r)+path:
		err = errors.New("the message is for another address")
	case err != nil || age >= logoutLifetime || age <= -logoutLifetime:
		err = errors.New("the message is older than five minutes, or of the future")
	case in.NotOnOrAfter != "" && ended(in.NotOnOrAfter, s.now()):
		err = errors.New("the message has expired")
	}
	return &in, m, idp, err
}

// signedBy verifies the signature, and once more with the certificates of this
// moment where they have changed since.
func (s *Server) signedBy(ctx context.Context, m *redirected) (*identityProvider, error) {
	access := s.access()
	idp, err := s.idp.get(ctx, access)
	if err != nil {
		return nil, err
	}
	if m.signedBy(idp.keys(s.now())) {
		return idp, nil
	}
	idp, changed, err := s.idp.renew(ctx, access, idp)
	if err != nil {
		return nil, err
	}
	if !changed || !m.signedBy(idp.keys(s.now())) {
		return nil, errors.New("the message is not signed by the identity provider")
	}
	return idp, nil
}

// takeLogoutRequest ends the sessions of who has left at the identity provider. It
// answers success where there is none: nobody is signed in, as was asked.
func (s *Server) takeLogoutRequest(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	in, m, idp, err := s.readLogout(r, "SAMLRequest", "LogoutRequest", pathLogoutRequest)
	if err == nil {
		err = s.endSessions(in)
	}
	if err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	if idp.logoutResponse == "" {
		showSignedOut(w)
		return
	}
	s.mu.Lock()
	answer := logoutAnswer{
		Protocol: protocolNamespace, Assertion: assertionNamespace, ID: "_" + s.newHandle(), Version: "2.0",
		IssueInstant: s.now().Format(time.RFC3339), Destination: idp.logoutResponse, InResponseTo: in.ID, Issuer: entityID,
	}
	s.mu.Unlock()
	answer.Status.Code.Value = statusSuccess
	location, err := s.redirectURL(idp.logoutResponse, "SAMLResponse", answer, m.relayState)
	if err != nil {
		showMessage(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, location, http.StatusFound)
}

// endSessions obeys a request once.
func (s *Server) endSessions(in *logoutMessage) error {
	if in.NameID == "" {
		return errors.New("the request names nobody")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.state.sso.forget(now)
	if _, again := s.state.sso.ended[in.ID]; again {
		return errors.New("the request was obeyed already")
	}
	s.state.sso.ended[in.ID] = now.Add(2 * logoutLifetime)
	for handle, session := range s.state.sso.sessions {
		if session.nameID == in.NameID && (len(in.Sessions) == 0 || slices.Contains(in.Sessions, session.sessionIndex)) {
			delete(s.state.sso.sessions, handle)
			s.record(Effect{Time: now, Operation: "SignOut", CustomerID: session.customerID})
		}
	}
	return nil
}

// takeLogoutResponse ends a logout that began here.
func (s *Server) takeLogoutResponse(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	in, m, _, err := s.readLogout(r, "SAMLResponse", "LogoutResponse", pathLogoutResponse)
	if err == nil {
		err = s.endLogout(in, m.relayState)
	}
	if err != nil {
		showMessage(w, http.StatusForbidden, err)
		return
	}
	if in.Status.Code.Value != statusSuccess {
		showMessage(w, http.StatusOK, errors.New("you are signed out here, but your sales platform did not sign you out"))
		return
	}
	showSignedOut(w)
}

func (s *Server) endLogout(in *logoutMessage, relayState string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	began := s.state.sso.logouts[in.InResponseTo]
	if began == nil || !equal(began.relayState, relayState) || !s.now().Before(began.expiresOn) {
		return errors.New("the answer is to no logout that began here")
	}
	delete(s.state.sso.logouts, in.InResponseTo)
	return nil
}
