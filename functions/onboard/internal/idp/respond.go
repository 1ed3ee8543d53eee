package idp

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

const (
	statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"
	bearer        = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	// What the platform asks of its customers is not known here; this is the class
	// that the one public implementation for Huawei Cloud sends.
	passwordOverTLS = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

	// An assertion holds for five minutes, and from a minute before it is made, for
	// Huawei Cloud's clock may be behind.
	validity = 5 * time.Minute
	leeway   = time.Minute
)

// Respond answers a request with a signed assertion about the customer, for that
// service provider and that request only, for five minutes. The error is a
// *Refusal with SubjectRefused where an attribute cannot be told, and with
// WrongConsumer or WrongIssuer where the service provider's metadata has changed
// since the request. It does not look at the age of the request: how long it may
// be pending is the caller's.
func (p *Provider) Respond(sp *ServiceProvider, r *Request, s Subject) (*Form, error) {
	if r.Issuer != sp.EntityID {
		return nil, refuse(WrongIssuer, "The request is of another service provider.")
	}
	if !slices.ContainsFunc(sp.Consumers, func(c Consumer) bool { return c.Location == r.ACS }) {
		return nil, refuse(WrongConsumer, "The service provider's metadata does not name the request's consumer any more.")
	}
	attributes, err := s.attributes()
	if err != nil {
		return nil, err
	}
	ids, err := p.newIDs(4)
	if err != nil {
		return nil, err
	}
	a := answer{provider: p, request: r, now: p.now().UTC(), attributes: attributes,
		responseID: ids[0], assertionID: ids[1], nameID: ids[2], session: ids[3]}
	document, err := a.document()
	if err != nil {
		return nil, err
	}
	return &Form{
		Action:       r.ACS,
		SAMLResponse: base64.StdEncoding.EncodeToString(document),
		RelayState:   r.RelayState,
		NameID:       a.nameID,
		SessionIndex: a.session,
	}, nil
}

// newIDs makes ids of 160 random bits, which begin as XML wants it.
func (p *Provider) newIDs(n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		random := make([]byte, 20)
		if _, err := io.ReadFull(p.entropy, random); err != nil {
			return nil, fmt.Errorf("identity provider: make an id: %w", err)
		}
		ids[i] = "_" + hex.EncodeToString(random)
	}
	return ids, nil
}

// answer is what a Response is made of.
type answer struct {
	provider    *Provider
	request     *Request
	now         time.Time
	attributes  []attribute
	responseID  string
	assertionID string
	nameID      string
	session     string
}

func (a answer) document() ([]byte, error) {
	assertion, err := a.provider.sign(a.assertion())
	if err != nil {
		return nil, fmt.Errorf("identity provider: sign the assertion: %w", err)
	}
	response := etree.NewElement("saml2p:Response")
	response.CreateAttr("xmlns:saml2p", nsProtocol)
	response.CreateAttr("ID", a.responseID)
	response.CreateAttr("InResponseTo", a.request.ID)
	response.CreateAttr("Version", "2.0")
	response.CreateAttr("IssueInstant", instant(a.now))
	response.CreateAttr("Destination", a.request.ACS)
	a.provider.addIssuer(response)
	addStatus(response, statusSuccess)
	response.AddChild(assertion)
	return etree.NewDocumentWithRoot(response).WriteToBytes()
}

// assertion is built with the parts in the order of the schema. AuthnStatement comes
// last, as in the documented sample; the schema leaves the order of statements free.
func (a answer) assertion() *etree.Element {
	assertion := etree.NewElement("saml2:Assertion")
	assertion.CreateAttr("xmlns:saml2", nsAssertion)
	assertion.CreateAttr("ID", a.assertionID)
	assertion.CreateAttr("IssueInstant", instant(a.now))
	assertion.CreateAttr("Version", "2.0")
	a.provider.addIssuer(assertion)
	a.addSubject(assertion)
	conditions := assertion.CreateElement("saml2:Conditions")
	conditions.CreateAttr("NotBefore", instant(a.now.Add(-leeway)))
	conditions.CreateAttr("NotOnOrAfter", instant(a.now.Add(validity)))
	conditions.CreateElement("saml2:AudienceRestriction").CreateElement("saml2:Audience").SetText(a.request.Issuer)
	statement := assertion.CreateElement("saml2:AttributeStatement")
	for _, attribute := range a.attributes {
		attribute.addTo(statement)
	}
	authn := assertion.CreateElement("saml2:AuthnStatement")
	authn.CreateAttr("AuthnInstant", instant(a.now))
	authn.CreateAttr("SessionIndex", a.session)
	authn.CreateElement("saml2:AuthnContext").CreateElement("saml2:AuthnContextClassRef").SetText(passwordOverTLS)
	return assertion
}

func (a answer) addSubject(assertion *etree.Element) {
	subject := assertion.CreateElement("saml2:Subject")
	name := subject.CreateElement("saml2:NameID")
	name.CreateAttr("Format", nameIDTransient)
	name.SetText(a.nameID)
	confirmation := subject.CreateElement("saml2:SubjectConfirmation")
	confirmation.CreateAttr("Method", bearer)
	data := confirmation.CreateElement("saml2:SubjectConfirmationData")
	data.CreateAttr("InResponseTo", a.request.ID)
	data.CreateAttr("NotOnOrAfter", instant(a.now.Add(validity)))
	data.CreateAttr("Recipient", a.request.ACS)
}

func (p *Provider) addIssuer(parent *etree.Element) {
	issuer := parent.CreateElement("saml2:Issuer")
	if parent.Space != "saml2" {
		issuer.CreateAttr("xmlns:saml2", nsAssertion)
	}
	issuer.SetText(p.entityID)
}

func addStatus(response *etree.Element, code string) {
	response.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode").CreateAttr("Value", code)
}

// sign puts an enveloped signature behind the issuer, where the schema wants it:
// exclusive canonical XML, RSA with SHA-256, digest by SHA-256, the certificate.
// The reference's URI is the assertion's id, as the documented sample demands.
// Nothing of it takes the time or randomness; goxmldsig hands crypto/rand to the
// signer, which does not use it for this kind of signature.
func (p *Provider) sign(assertion *etree.Element) (*etree.Element, error) {
	context, err := dsig.NewSigningContext(p.key, [][]byte{p.certificates[0].Raw})
	if err != nil {
		return nil, err
	}
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := context.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, err
	}
	// The canonical form is made in place and loses the declaration of xs, which only
	// a value of xsi:type names: it is made of a copy.
	signature, err := context.ConstructSignature(assertion.Copy(), true)
	if err != nil {
		return nil, err
	}
	issuer := assertion.SelectElement("Issuer")
	assertion.InsertChildAt(issuer.Index()+1, signature)
	return assertion, nil
}

// instant writes a time as SAML does, in UTC and by the millisecond.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
