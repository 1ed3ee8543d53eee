package idp

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	// A message is accepted for five minutes, and from clocks a minute ahead.
	maxAge  = 5 * time.Minute
	maxSkew = time.Minute
)

// idPattern is the part of NCName, XML's kind of an id, that software makes.
var idPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,255}$`)

// message is one that the service provider signed, with what all kinds of them
// share checked: version, issuer, destination, age.
type message struct {
	parameter  string // SAMLRequest or SAMLResponse
	root       *element
	id         string
	issuedAt   time.Time
	relayState string
}

// receive reads the one message of a query that is in one of these parameters.
func (p *Provider) receive(sp *ServiceProvider, rawQuery, destination string, parameters ...string) (*message, error) {
	q, err := splitQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	m := &message{}
	if m.parameter, err = q.message(parameters); err != nil {
		return nil, err
	}
	if err := q.verify(m.parameter, sp.Keys); err != nil {
		return nil, err
	}
	if m.relayState, err = q.value(relayState); err != nil {
		return nil, err
	}
	if len(m.relayState) > maxRelayState {
		return nil, refuse(RequestTooLarge, "Its RelayState has more than %d bytes.", maxRelayState)
	}
	if m.root, err = q.document(m.parameter); err != nil {
		return nil, err
	}
	return m, p.check(m, sp, destination)
}

// message tells which parameter holds the message. There is exactly one, and what
// else the binding needs is there.
func (q query) message(allowed []string) (string, error) {
	found := ""
	for _, parameter := range []string{samlRequest, samlResponse} {
		if _, there := q[parameter]; !there {
			continue
		}
		if found != "" || !slices.Contains(allowed, parameter) {
			return "", refuse(RequestMalformed, "The query has a message that is not expected here.")
		}
		found = parameter
	}
	if found == "" {
		return "", refuse(RequestMalformed, "The query has no %s.", allowed[0])
	}
	for _, parameter := range []string{sigAlg, signature} {
		if q[parameter] == "" {
			return "", refuse(SignatureWrong, "The request is not signed: it has no %s.", parameter)
		}
	}
	encoding, err := q.value(samlEncoding)
	if err != nil || encoding != "" && encoding != encodingDeflate {
		return "", refuse(RequestMalformed, "The message is in another encoding than DEFLATE.")
	}
	return found, nil
}

// document undoes escapes, Base64 and DEFLATE and reads the XML. Huawei Cloud's
// documentation says "compress" only: this takes raw DEFLATE, as the binding says,
// and neither zlib's nor gzip's wrapping.
func (q query) document(parameter string) (*element, error) {
	text, err := q.value(parameter)
	if err != nil {
		return nil, err
	}
	compressed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, refuse(RequestMalformed, "The message is not Base64.")
	}
	data, err := inflate(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	root, err := readDocument(data, messageLimits)
	if err != nil {
		return nil, refuse(RequestMalformed, "The message cannot be read: %s.", err)
	}
	return root, nil
}

// inflate stops one byte after the most that a message may have, whatever the rest
// would become.
func inflate(source *bytes.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(source), int64(messageLimits.bytes)+1))
	switch {
	case len(data) > messageLimits.bytes:
		return nil, refuse(RequestTooLarge, "The message has more than %d bytes.", messageLimits.bytes)
	case err != nil:
		return nil, refuse(RequestMalformed, "The message is not compressed with DEFLATE.")
	case source.Len() > 0:
		return nil, refuse(RequestMalformed, "Something follows the compressed message.")
	}
	return data, nil
}

func (p *Provider) check(m *message, sp *ServiceProvider, destination string) error {
	if m.root.name.Space != nsProtocol || m.root.attributes["Version"] != "2.0" {
		return refuse(RequestMalformed, "The message is not one of SAML 2.0.")
	}
	if err := checkStructure(m.root); err != nil {
		return refuse(RequestMalformed, "The message cannot be read: %s.", err)
	}
	if m.id = m.root.attributes["ID"]; !idPattern.MatchString(m.id) {
		return refuse(RequestMalformed, "The message has no id of 1 to 256 letters, digits, -, _ and dots.")
	}
	if issuer, err := m.root.value(nsAssertion, "Issuer"); err != nil || issuer != sp.EntityID {
		return refuse(WrongIssuer, "The message is not from the service provider whose metadata is known.")
	}
	if m.root.attributes["Destination"] != destination {
		return refuse(WrongDestination, "The message is not for this address.")
	}
	return p.checkAge(m)
}

func (p *Provider) checkAge(m *message) error {
	issuedAt, err := time.Parse(time.RFC3339, m.root.attributes["IssueInstant"])
	if err != nil {
		return refuse(RequestMalformed, "The message does not say when it was issued.")
	}
	m.issuedAt = issuedAt.UTC()
	now := p.now()
	if now.After(m.expires()) {
		return refuse(RequestExpired, "The message was issued more than %s ago.", maxAge)
	}
	if m.issuedAt.After(now.Add(maxSkew)) {
		return refuse(RequestFromFuture, "The message was issued at a time that is still to come.")
	}
	return nil
}

func (m *message) expires() time.Time { return m.issuedAt.Add(maxAge) }

// messageParts are the children that messages have, all at most once but
// SessionIndex. What is in them is read by name; the rest of a message is not.
var messageParts = map[string]string{
	"Issuer": nsAssertion, "Signature": nsSignature, "Extensions": nsProtocol,
	"Subject": nsAssertion, "NameIDPolicy": nsProtocol, "Conditions": nsAssertion,
	"RequestedAuthnContext": nsProtocol, "Scoping": nsProtocol,
	"NameID": nsAssertion, "BaseID": nsAssertion, "EncryptedID": nsAssertion,
	"SessionIndex": nsProtocol, "Status": nsProtocol,
}

// checkStructure refuses what no honest message has: unknown or repeated parts, and
// messages and assertions within it. An XML signature is none of these. The
// binding says to take it off, the signature of the query covers it, so it is
// ignored, whatever it says and whether it holds.
func checkStructure(root *element) error {
	seen := make(map[string]bool)
	for _, part := range root.children {
		if space, known := messageParts[part.name.Local]; !known || space != part.name.Space {
			return errors.New("it has a part that is not known")
		}
		if seen[part.name.Local] && part.name.Local != "SessionIndex" {
			return errors.New("it has a part twice")
		}
		seen[part.name.Local] = true
		if holdsMessage(part) {
			return errors.New("it holds another message")
		}
	}
	if strings.Trim(root.text.String(), space) != "" {
		return errors.New("it has text between its parts")
	}
	return nil
}

// holdsMessage looks for what has an id or is named like a message, at any depth.
func holdsMessage(e *element) bool {
	for _, child := range e.children {
		saml := child.name.Space == nsProtocol || child.name.Space == nsAssertion
		kind := strings.HasSuffix(child.name.Local, "Request") || strings.HasSuffix(child.name.Local, "Response") ||
			strings.HasSuffix(child.name.Local, "Assertion")
		if saml && (kind || child.attributes["ID"] != "") || holdsMessage(child) {
			return true
		}
	}
	return false
}

const space = " \t\r\n"

// value is the text of the only child of that name, which has no children itself.
func (e *element) value(namespace, local string) (string, error) {
	found := e.all(namespace, local)
	if len(found) != 1 || len(found[0].children) > 0 {
		return "", errors.New("there is not one " + local)
	}
	return strings.Trim(found[0].text.String(), space), nil
}
