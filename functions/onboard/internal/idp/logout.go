package idp

import (
	"time"

	"github.com/beevik/etree"
)

const maxSessions = 64

// ReadLogout verifies a LogoutRequest or a LogoutResponse of a raw query, as
// ReadRequest does with an AuthnRequest. Whether there is a session of that name,
// and whether a message or an answer comes a second time, is the caller's to know.
func (p *Provider) ReadLogout(sp *ServiceProvider, rawQuery string) (*Logout, error) {
	if p.logoutURL == "" {
		return nil, refuse(RequestRefused, "There is no single logout here.")
	}
	m, err := p.receive(sp, rawQuery, p.logoutURL, samlRequest, samlResponse)
	if err != nil {
		return nil, err
	}
	l := &Logout{Answer: m.parameter == samlResponse, ID: m.id, Expires: m.expires(), IssuedAt: m.issuedAt, RelayState: m.relayState}
	read := l.readRequest
	if l.Answer {
		read = l.readResponse
	} else if err := p.checkNotOnOrAfter(m.root); err != nil {
		return nil, err
	}
	if err := read(m.root); err != nil {
		return nil, err
	}
	return l, nil
}

// checkNotOnOrAfter keeps to the time after which a LogoutRequest is not to be
// followed, if it names one.
func (p *Provider) checkNotOnOrAfter(root *element) error {
	text, there := root.attributes["NotOnOrAfter"]
	if !there {
		return nil
	}
	end, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return refuse(RequestMalformed, "The message does not say until when it holds.")
	}
	if !p.now().Before(end.Add(maxSkew)) {
		return refuse(RequestExpired, "The message does not hold any more.")
	}
	return nil
}

func (l *Logout) readRequest(root *element) error {
	if root.name.Local != "LogoutRequest" {
		return refuse(RequestMalformed, "The message is no LogoutRequest.")
	}
	name, err := root.value(nsAssertion, "NameID")
	if err != nil || name == "" || len(name) > maxID {
		return refuse(RequestMalformed, "The message does not name in clear whose session ends.")
	}
	l.NameID = name
	for _, session := range root.all(nsProtocol, "SessionIndex") {
		if len(l.SessionIndexes) == maxSessions || session.text.Len() > maxID {
			return refuse(RequestTooLarge, "The message names more than %d sessions, or long ones.", maxSessions)
		}
		l.SessionIndexes = append(l.SessionIndexes, session.text.String())
	}
	return nil
}

func (l *Logout) readResponse(root *element) error {
	if root.name.Local != "LogoutResponse" {
		return refuse(RequestMalformed, "The message is no LogoutResponse.")
	}
	if l.InResponseTo = root.attributes["InResponseTo"]; !idPattern.MatchString(l.InResponseTo) {
		return refuse(RequestMalformed, "The message does not say what it answers.")
	}
	for _, status := range root.all(nsProtocol, "Status") {
		for _, code := range status.all(nsProtocol, "StatusCode") {
			// A second code, within the first, qualifies success: not all have ended.
			l.Success = code.attributes["Value"] == statusSuccess && len(code.children) == 0
			return nil
		}
	}
	return refuse(RequestMalformed, "The message does not say what came of it.")
}

// AnswerLogout returns the address of the service provider that the browser is sent
// to, with our signed LogoutResponse to its LogoutRequest. With ended false it says
// that this side could not end the session.
func (p *Provider) AnswerLogout(sp *ServiceProvider, l *Logout, ended bool) (string, error) {
	if l.Answer || sp.LogoutResponseURL == "" {
		return "", refuse(RequestRefused, "There is nothing to be answered, or nowhere.")
	}
	response, _, err := p.newMessage("LogoutResponse", sp.LogoutResponseURL)
	if err != nil {
		return "", err
	}
	response.CreateAttr("InResponseTo", l.ID)
	status := statusSuccess
	if !ended {
		status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	}
	addStatus(response, status)
	return p.redirect(sp.LogoutResponseURL, samlResponse, response, l.RelayState)
}

// StartLogout returns the address of the service provider that the browser is sent
// to, with our signed LogoutRequest for a session that a Form began, and the id
// that its answer will name. Without a sessionIndex all sessions of that name end.
func (p *Provider) StartLogout(sp *ServiceProvider, nameID, sessionIndex, relayState string) (address, id string, err error) {
	if sp.LogoutURL == "" {
		return "", "", refuse(RequestRefused, "The service provider's metadata names no logout by HTTP-Redirect.")
	}
	request, id, err := p.newMessage("LogoutRequest", sp.LogoutURL)
	if err != nil {
		return "", "", err
	}
	request.CreateAttr("NotOnOrAfter", instant(p.now().Add(validity)))
	name := request.CreateElement("saml2:NameID")
	name.CreateAttr("xmlns:saml2", nsAssertion)
	name.CreateAttr("Format", nameIDTransient)
	name.SetText(nameID)
	if sessionIndex != "" {
		request.CreateElement("saml2p:SessionIndex").SetText(sessionIndex)
	}
	address, err = p.redirect(sp.LogoutURL, samlRequest, request, relayState)
	return address, id, err
}

// newMessage begins a message of ours with what all of them have.
func (p *Provider) newMessage(kind, destination string) (*etree.Element, string, error) {
	ids, err := p.newIDs(1)
	if err != nil {
		return nil, "", err
	}
	m := etree.NewElement("saml2p:" + kind)
	m.CreateAttr("xmlns:saml2p", nsProtocol)
	m.CreateAttr("ID", ids[0])
	m.CreateAttr("Version", "2.0")
	m.CreateAttr("IssueInstant", instant(p.now()))
	m.CreateAttr("Destination", destination)
	p.addIssuer(m)
	return m, ids[0], nil
}
