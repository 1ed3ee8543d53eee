package idp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

func TestServiceProviderOfMetadata(t *testing.T) {
	t.Parallel()
	one := []*rsa.PublicKey{&spIdentity().key.PublicKey}
	want := idp.ServiceProvider{
		EntityID: spEntity, Keys: one, LogoutURL: spLogout, LogoutResponseURL: spLogoutResponse,
		Consumers: []idp.Consumer{{Location: spConsumer, Default: true}, {Index: 7, Location: spConsumer + "2"}},
	}
	document := spMetadata(spIdentity())
	noResponseLocation := want
	noResponseLocation.LogoutResponseURL = spLogout
	noLogout := want
	noLogout.LogoutURL, noLogout.LogoutResponseURL = "", ""
	rotation := want
	rotation.Keys = []*rsa.PublicKey{&nextIdentity().key.PublicKey, &spIdentity().key.PublicKey}
	onThisMachine := want
	onThisMachine.Consumers = []idp.Consumer{want.Consumers[0], {Index: 7, Location: "http://127.0.0.1:9/acs"}}
	for name, tt := range map[string]struct {
		document string
		want     idp.ServiceProvider
	}{
		"as published":             {document, want},
		"two keys in a rotation":   {spMetadata(nextIdentity(), spIdentity()), rotation},
		"signed":                   {signedMetadata(t, document), want},
		"with a byte order mark":   {"\uFEFF" + document, want},
		"with comments":            {strings.ReplaceAll(document, "<md:NameIDFormat>", "<!-- names --><md:NameIDFormat>"), want},
		"without ResponseLocation": {edited(document, []string{` ResponseLocation="` + spLogoutResponse + `"`, ""}), noResponseLocation},
		"logout by post only":      {edited(document, []string{`bindings:HTTP-Redirect"`, `bindings:HTTP-POST"`}), noLogout},
		"a consumer on loopback":   {edited(document, []string{spConsumer + "2", "http://127.0.0.1:9/acs"}), onThisMachine},
		"an expired certificate":   {spMetadata(identity{nil, certify(t, spIdentity().key)}), want},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sp, err := idp.ParseServiceProvider([]byte(tt.document))
			require.NoError(t, err)
			assert.Equal(t, tt.want, *sp)
		})
	}
}

// signedMetadata is what the address without unsigned=true answers.
func signedMetadata(t *testing.T, document string) string {
	t.Helper()
	return signedXML(t, spIdentity(), document)
}

// signedXML puts an enveloped signature into a document, as another implementation
// makes it.
func signedXML(t testing.TB, by identity, document string) string {
	t.Helper()
	d := etree.NewDocument()
	require.NoError(t, d.ReadFromString(document))
	context, err := dsig.NewSigningContext(by.key, [][]byte{by.certificate.Raw})
	require.NoError(t, err)
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signed, err := context.SignEnveloped(d.Root())
	require.NoError(t, err)
	d.SetRoot(signed)
	text, err := d.WriteToString()
	require.NoError(t, err)
	return text
}

func TestServiceProvidersThatAreRefused(t *testing.T) {
	t.Parallel()
	document := spMetadata(spIdentity())
	const declaration = `<?xml version="1.0" encoding="UTF-8"?>`
	edit := func(pairs ...string) string { return edited(document, pairs) }
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tests := map[string]struct{ document, says string }{
		"nothing":                      {"", "it has no element"},
		"a page":                       {"<html><body>Bad Gateway</body></html>", "no description"},
		"half of it":                   {document[:len(document)/2], "not well-formed"},
		"twice":                        {document + document, "cannot be read"},
		"two roots":                    {document + "<a/>", "more than one root"},
		"text behind it":               {document + "x", "text beside its root"},
		"another namespace":            {edit("SAML:2.0:metadata", "SAML:1.0:metadata"), "no description"},
		"a list of entities":           {`<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>`, "no description"},
		"no entity id":                 {edit(`entityID="`+spEntity+`"`, ""), "no entity id"},
		"of an identity provider":      {edit("SPSSODescriptor", "IDPSSODescriptor"), "no certificate for signing"},
		"of SAML 1.1":                  {edit(`protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"`, `protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"`), "no certificate for signing"},
		"keys for encryption only":     {edit(`use="signing"`, `use="encryption"`), "no certificate for signing"},
		"an unknown use":               {edit(`use="signing"`, `use="other"`), "no certificate for signing"},
		"an empty certificate":         {edit("<ds:X509Certificate>M", "<ds:X509Certificate/><ds:X509Certificate>M"), "certificate cannot be read"},
		"no Base64":                    {edit("<ds:X509Certificate>M", "<ds:X509Certificate>!"), "not Base64"},
		"a small key":                  {spMetadata(identity{nil, certify(t, small)}, spIdentity()), "no RSA key of at least 2048 bits"},
		"an elliptic curve":            {spMetadata(identity{nil, certify(t, curve)}), "no RSA key of at least 2048 bits"},
		"a consumer in clear":          {edit(spConsumer+"2", "http://auth.huaweicloud.com/acs"), "AssertionConsumerService"},
		"a consumer that is a script":  {edit(spConsumer+"2", "javascript:alert(1)"), "AssertionConsumerService"},
		"a consumer without index":     {edit(`index="7"`, ""), "no index"},
		"two consumers with one index": {edit(`index="7"`, `index="0"`), "one index"},
		"logout in clear":              {edit(spLogoutResponse, "http://auth.huaweicloud.com/slo"), "SingleLogoutService"},
		"a document type":              {edit(declaration, declaration+`<!DOCTYPE md:EntityDescriptor>`), "document type"},
		"an entity of a file":          {edit(declaration, declaration+`<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>`), "document type"},
		"an entity without a type":     {edit("<ds:X509Certificate>M", "<ds:X509Certificate>&f;M"), "not well-formed"},
		"a processing instruction":     {edit(declaration, declaration+`<?xml-stylesheet href="x"?>`), "processing instruction"},
		"an attribute twice":           {edit(`ID="_m1"`, `ID="_m1" ID="_m2"`), "attribute twice"},
		"another encoding":             {edit("UTF-8", "UTF-16"), "not well-formed"},
		"not in UTF-8":                 {edit(`ID="_m1"`, "ID=\"\xff\""), "not UTF-8"},
		"very deep":                    {edit("</md:SPSSODescriptor>", strings.Repeat("<a>", 40)+strings.Repeat("</a>", 40)+"</md:SPSSODescriptor>"), "deep"},
		"very many elements":           {edit("</md:SPSSODescriptor>", strings.Repeat("<a/>", 5000)+"</md:SPSSODescriptor>"), "more than 4096 elements"},
		"very large":                   {edit("</md:SPSSODescriptor>", strings.Repeat(" ", 2<<20)+"</md:SPSSODescriptor>"), "larger than 2097152 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sp, err := idp.ParseServiceProvider([]byte(tt.document))
			assert.ErrorContains(t, err, tt.says)
			assert.Nil(t, sp)
		})
	}
}
