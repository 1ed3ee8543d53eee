package idp_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	entityID  = "https://sales.example.com/onboard/saml/metadata"
	ssoURL    = "https://sales.example.com/onboard/saml/sso"
	logoutURL = "https://sales.example.com/onboard/saml/slo"

	spEntity         = "https://auth.huaweicloud.com/"
	spConsumer       = "https://auth.huaweicloud.com/authui/saml/SAMLAssertionConsumer"
	spLogout         = "https://auth.huaweicloud.com/authui/saml/LogoutServiceHTTPRedirect"
	spLogoutResponse = "https://auth.huaweicloud.com/authui/saml/LogoutServiceHTTPRedirectResponse"

	rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
)

var start = time.Date(2026, 3, 10, 1, 2, 3, 0, time.UTC)

// identity is a key with its certificate.
type identity struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

// The keys are those of testdata/keys; nobody changes them.
var (
	providerIdentity = sync.OnceValue(func() identity { return readIdentity("provider") })
	nextIdentity     = sync.OnceValue(func() identity { return readIdentity("next") })
	spIdentity       = sync.OnceValue(func() identity { return readIdentity("service-provider") })
	stranger         = sync.OnceValue(func() identity { return readIdentity("stranger") })
)

func readIdentity(name string) identity {
	data, err := os.ReadFile(filepath.Join("testdata", "keys", name+".pem"))
	if err != nil {
		panic(err)
	}
	certificate, rest := pem.Decode(data)
	private, _ := pem.Decode(rest)
	c, err := x509.ParseCertificate(certificate.Bytes)
	if err != nil {
		panic(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(private.Bytes)
	if err != nil {
		panic(err)
	}
	return identity{key.(*rsa.PrivateKey), c}
}

// world is our provider and the service provider as it knows it.
type world struct {
	*idp.Provider
	sp  *idp.ServiceProvider
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{now: start}
	provider, err := idp.New(w.options())
	require.NoError(t, err)
	w.Provider = provider
	w.sp, err = idp.ParseServiceProvider([]byte(spMetadata(spIdentity())))
	require.NoError(t, err)
	return w
}

func (w *world) options() idp.Options {
	return idp.Options{
		EntityID: entityID, SSOURL: ssoURL, LogoutURL: logoutURL,
		Key:          providerIdentity().key,
		Certificates: []*x509.Certificate{providerIdentity().certificate},
		Now:          func() time.Time { return w.now },
		Entropy:      rand.NewChaCha8([32]byte{1}),
	}
}

// spMetadata is what Huawei Cloud publishes, as far as it matters.
func spMetadata(signers ...identity) string {
	var keys strings.Builder
	for _, s := range signers {
		keys.WriteString(keyDescriptor("signing", s))
	}
	keys.WriteString(keyDescriptor("encryption", stranger()))
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_m1" entityID="` + spEntity + `">` +
		`<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
		keys.String() +
		`<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://auth.huaweicloud.com/soap" index="0"/>` +
		`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://auth.huaweicloud.com/authui/saml/LogoutServiceHTTPPost"/>` +
		`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + spLogout + `" ResponseLocation="` + spLogoutResponse + `"/>` +
		`<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="` + spConsumer + `" index="1"/>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + spConsumer + `" index="0" isDefault="true"/>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + spConsumer + `2" index="7"/>` +
		`</md:SPSSODescriptor></md:EntityDescriptor>`
}

func keyDescriptor(use string, i identity) string {
	return `<md:KeyDescriptor use="` + use + `"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
		base64.StdEncoding.EncodeToString(i.certificate.Raw) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

// authnRequest is the one that Huawei Cloud sends, with these edits: pairs of what
// is replaced and by what.
func authnRequest(edits ...string) string {
	return edited(`<?xml version="1.0" encoding="UTF-8"?>`+
		`<saml2p:AuthnRequest xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"`+
		` AssertionConsumerServiceURL="`+spConsumer+`" Destination="`+ssoURL+`" ForceAuthn="false" ID="_request-1"`+
		` IsPassive="false" IssueInstant="2026-03-10T01:02:00.000Z" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0">`+
		`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`+spEntity+`</saml2:Issuer>`+
		`<saml2p:NameIDPolicy AllowCreate="true" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>`+
		`</saml2p:AuthnRequest>`, edits)
}

func edited(document string, edits []string) string {
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(document, edits[i]) {
			panic("nothing to be replaced: " + edits[i])
		}
		document = strings.ReplaceAll(document, edits[i], edits[i+1])
	}
	return document
}

func deflated(data string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level is one of flate's
	_, _ = w.Write([]byte(data))                       // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}

// signedQuery is what the service provider sends, as the binding says.
func signedQuery(by identity, parameter, message, relayState string) string {
	return signedOctets(by, octets(parameter, deflated(message), relayState))
}

func octets(parameter string, compressed []byte, relayState string) string {
	q := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(compressed))
	if relayState != "" {
		q += "&RelayState=" + url.QueryEscape(relayState)
	}
	return q + "&SigAlg=" + url.QueryEscape(rsaSHA256)
}

func signedOctets(by identity, q string) string {
	return q + "&Signature=" + url.QueryEscape(by.sign(q))
}

func (i identity) sign(text string) string {
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, i.key, crypto.SHA256, digest[:])
	if err != nil {
		panic(fmt.Errorf("the key is too small: %w", err))
	}
	return base64.StdEncoding.EncodeToString(signature)
}

// query is an AuthnRequest as Huawei Cloud sends it.
func query(edits ...string) string {
	return signedQuery(spIdentity(), "SAMLRequest", authnRequest(edits...), "state-1")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

// refused asserts that an error is a refusal with that code.
func refused(t *testing.T, err error, code string) {
	t.Helper()
	var refusal *idp.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, code, refusal.Code, refusal.Detail)
}
