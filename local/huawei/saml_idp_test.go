package huawei_test

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/xml"
	"io"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathConsumer       = "/authui/saml/SAMLAssertionConsumer"
	pathConsole        = "/console/iam/"
	pathLogout         = "/authui/saml/logout"
	pathLogoutRequest  = "/authui/saml/LogoutServiceHTTPRedirect"
	pathLogoutResponse = "/authui/saml/LogoutServiceHTTPRedirectResponse"
	spEntity           = "https://auth.huaweicloud.com/"
	rsaSHA256          = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
)

// pair is a key and its certificate.
type pair struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

func newPair(serial int64) pair {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "identity provider of a test"},
		NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(1, 0, 0),
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return pair{key, must(x509.ParseCertificate(der))}
}

// Keys take long to make: the tests share them.
var (
	firstPair  = sync.OnceValue(func() pair { return newPair(1) })
	secondPair = sync.OnceValue(func() pair { return newPair(2) })
)

func (p pair) text() string { return base64.StdEncoding.EncodeToString(p.certificate.Raw) }

// provider is the sales platform's identity provider, as far as a browser and
// Huawei Cloud meet it.
type provider struct {
	*httptest.Server

	mu    sync.Mutex
	pairs []pair // the first signs
	reads int
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{pairs: []pair{firstPair()}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.reads++
		_, _ = io.WriteString(w, p.metadata())
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) use(pairs ...pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pairs = pairs
}

func (p *provider) metadata() string {
	var keys strings.Builder
	for _, pair := range p.pairs {
		keys.WriteString(`<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
			`<ds:X509Data><ds:X509Certificate>` + pair.text() + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`)
	}
	return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` +
		p.URL + `/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + keys.String() +
		`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + p.URL + `/slo"/>` +
		`<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>` +
		`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + p.URL + `/sso"/>` +
		`</md:IDPSSODescriptor></md:EntityDescriptor>`
}

// browser is a customer's browser, which follows no redirect by itself.
type browser struct {
	*site
	jar http.CookieJar
}

func (s *site) browser() *browser {
	return &browser{s, must(cookiejar.New(nil))}
}

func (b *browser) do(method, address string, form url.Values) result {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.api + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{Transport: wire, Jar: b.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(b.t, err)
	defer func() { assert.NoError(b.t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	return result{status: response.StatusCode, header: response.Header, body: string(body), method: method, path: r.URL.Path}
}

func (b *browser) get(address string) result { return b.do(http.MethodGet, address, nil) }

func (b *browser) post(address string, form url.Values) result {
	return b.do(http.MethodPost, address, form)
}

// asked is an AuthnRequest as the identity provider reads it.
type asked struct {
	XMLName     xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol AuthnRequest"`
	ID          string   `xml:"ID,attr"`
	Destination string   `xml:"Destination,attr"`
	Consumer    string   `xml:"AssertionConsumerServiceURL,attr"`
	Instant     string   `xml:"IssueInstant,attr"`
	Issuer      string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	Policy      struct {
		Format string `xml:"Format,attr"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:protocol NameIDPolicy"`

	relayState string
}

// begin opens the login page and returns what the identity provider is asked.
func (b *browser) begin(first, service string) asked {
	b.t.Helper()
	got := b.get(pathLogin + "?" + loginQuery("SIM_IDP", first, service).Encode())
	require.Equal(b.t, http.StatusFound, got.status, got.body)
	u, err := url.Parse(got.header.Get("Location"))
	require.NoError(b.t, err)
	var in asked
	in.relayState = b.opened(u.RawQuery, "SAMLRequest", &in)
	return in
}

// opened verifies a message of Huawei Cloud in a query and reads it.
func (b *browser) opened(rawQuery, parameter string, message any) (relayState string) {
	b.t.Helper()
	octets, signature, found := strings.Cut(rawQuery, "&Signature=")
	require.True(b.t, found)
	values, err := url.ParseQuery(rawQuery)
	require.NoError(b.t, err)
	require.True(b.t, strings.EqualFold(rsaSHA256, values.Get("SigAlg")))
	signature, err = url.QueryUnescape(signature)
	require.NoError(b.t, err)
	verifyRSA(b.t, b.certificate(), octets, signature)
	data, err := base64.StdEncoding.DecodeString(values.Get(parameter))
	require.NoError(b.t, err)
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(data)))
	require.NoError(b.t, err)
	require.NoError(b.t, xml.Unmarshal(text, message))
	return values.Get("RelayState")
}

// statement is what the identity provider says; the zero value of a field stands
// for the right one.
type statement struct {
	issuer, audience, recipient, destination, inResponseTo string
	nameID, format                                         string
	notBefore, notOnOrAfter                                time.Time
	attributes                                             [][2]string
}

func customerOf(accountID string) statement {
	return statement{attributes: [][2]string{{"xUserId", "user-" + accountID}, {"xAccountId", accountID}}}
}

func (p *provider) completed(in asked, s statement) statement {
	for field, standard := range map[*string]string{
		&s.issuer: p.URL + "/metadata", &s.audience: spEntity, &s.recipient: in.Consumer, &s.destination: in.Consumer,
		&s.inResponseTo: in.ID, &s.nameID: "_transient-1", &s.format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
	} {
		if *field == "" {
			*field = standard
		}
	}
	if s.notBefore.IsZero() {
		s.notBefore = must(time.Parse(time.RFC3339, in.Instant))
	}
	if s.notOnOrAfter.IsZero() {
		s.notOnOrAfter = s.notBefore.Add(5 * time.Minute)
	}
	return s
}

// response writes a response without signatures.
func (p *provider) response(in asked, s statement) *etree.Element {
	s = p.completed(in, s)
	instant := s.notBefore.Format(time.RFC3339)
	root := etree.NewElement("samlp:Response")
	root.CreateAttr("xmlns:samlp", "urn:oasis:names:tc:SAML:2.0:protocol")
	root.CreateAttr("xmlns:saml", "urn:oasis:names:tc:SAML:2.0:assertion")
	for _, a := range [][2]string{{"ID", "_response-1"}, {"Version", "2.0"}, {"IssueInstant", instant}, {"Destination", s.destination}, {"InResponseTo", s.inResponseTo}} {
		root.CreateAttr(a[0], a[1])
	}
	root.CreateElement("saml:Issuer").SetText(s.issuer)
	root.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	root.AddChild(p.assertion(s, instant))
	return root
}

func (p *provider) assertion(s statement, instant string) *etree.Element {
	a := etree.NewElement("saml:Assertion")
	a.CreateAttr("xmlns:saml", "urn:oasis:names:tc:SAML:2.0:assertion")
	for _, v := range [][2]string{{"ID", "_assertion-1"}, {"Version", "2.0"}, {"IssueInstant", instant}} {
		a.CreateAttr(v[0], v[1])
	}
	a.CreateElement("saml:Issuer").SetText(s.issuer)
	subject := a.CreateElement("saml:Subject")
	nameID := subject.CreateElement("saml:NameID")
	nameID.CreateAttr("Format", s.format)
	nameID.SetText(s.nameID)
	confirmation := subject.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	data := confirmation.CreateElement("saml:SubjectConfirmationData")
	end := s.notOnOrAfter.Format(time.RFC3339)
	for _, v := range [][2]string{{"InResponseTo", s.inResponseTo}, {"NotOnOrAfter", end}, {"Recipient", s.recipient}} {
		data.CreateAttr(v[0], v[1])
	}
	conditions := a.CreateElement("saml:Conditions")
	conditions.CreateAttr("NotBefore", instant)
	conditions.CreateAttr("NotOnOrAfter", end)
	conditions.CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText(s.audience)
	attributes := a.CreateElement("saml:AttributeStatement")
	for _, v := range s.attributes {
		attribute := attributes.CreateElement("saml:Attribute")
		attribute.CreateAttr("Name", v[0])
		attribute.CreateElement("saml:AttributeValue").SetText(v[1])
	}
	authn := a.CreateElement("saml:AuthnStatement")
	authn.CreateAttr("AuthnInstant", instant)
	authn.CreateAttr("SessionIndex", "_session-1")
	authn.CreateElement("saml:AuthnContext").CreateElement("saml:AuthnContextClassRef").
		SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
	return a
}

// sign puts a signature of an element into it, after its issuer.
func (p pair) sign(e *etree.Element) {
	p.signBy(e, rsaSHA256)
}

func (p pair) signBy(e *etree.Element, method string) {
	context := must(dsig.NewSigningContext(p.key, [][]byte{p.certificate.Raw}))
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := context.SetSignatureMethod(method); err != nil {
		panic(err)
	}
	// The copy loses what canonicalisation leaves out, such as comments.
	e.InsertChildAt(1, must(context.ConstructSignature(e.Copy(), true)))
}

func assertionOf(root *etree.Element) *etree.Element { return root.FindElement("./Assertion") }

func written(root *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(root)
	return must(doc.WriteToString())
}

// answer is the form of a response whose assertion is signed.
func (p *provider) answer(in asked, s statement) url.Values {
	root := p.response(in, s)
	p.pairs[0].sign(assertionOf(root))
	return answerForm(in, written(root))
}

func answerForm(in asked, text string) url.Values {
	return url.Values{"RelayState": {in.relayState}, "SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(text))}}
}

// federation is a site whose customers sign in at an identity provider.
func federation(t *testing.T, o huawei.Options) (*site, *provider) {
	t.Helper()
	p := newProvider(t)
	o.IDPMetadataURL = p.URL
	return newSite(t, o), p
}
