package idp_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"math/big"
	"strings"
	"testing"

	"github.com/russellhaering/gosaml2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	golden(t, "metadata.xml", w.Metadata())

	var e types.EntityDescriptor
	require.NoError(t, xml.Unmarshal(w.Metadata(), &e))
	assert.Equal(t, entityID, e.EntityID)
	role := e.IDPSSODescriptor
	require.NotNil(t, role)
	assert.True(t, role.WantAuthnRequestsSigned)
	require.Len(t, role.SingleSignOnServices, 1)
	assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", role.SingleSignOnServices[0].Binding)
	assert.Equal(t, ssoURL, role.SingleSignOnServices[0].Location)
	require.Len(t, role.SingleLogoutServices, 1)
	assert.Equal(t, logoutURL, role.SingleLogoutServices[0].Location)
	require.Len(t, role.KeyDescriptors, 1)
	assert.Equal(t, "signing", role.KeyDescriptors[0].Use)
}

func TestMetadataDuringARotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.options()
	o.LogoutURL = ""
	o.Certificates = append(o.Certificates, nextIdentity().certificate)
	p, err := idp.New(o)
	require.NoError(t, err)
	golden(t, "metadata-rotation.xml", p.Metadata())

	var e types.EntityDescriptor
	require.NoError(t, xml.Unmarshal(p.Metadata(), &e))
	assert.Empty(t, e.IDPSSODescriptor.SingleLogoutServices)
	require.Len(t, e.IDPSSODescriptor.KeyDescriptors, 2)
	for i, want := range []identity{providerIdentity(), nextIdentity()} {
		got := e.IDPSSODescriptor.KeyDescriptors[i].KeyInfo.X509Data.X509Certificates[0].Data
		assert.Equal(t, base64.StdEncoding.EncodeToString(want.certificate.Raw), got)
	}
	assert.Less(t, len(p.Metadata()), 8<<10, "2 MB are allowed")
}

// What a caller does with the document is not published.
func TestMetadataIsACopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clear(w.Metadata())
	assert.Contains(t, string(w.Metadata()), "EntityDescriptor")
}

func TestOptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tests := map[string]struct {
		change func(*idp.Options)
		says   string
	}{
		"no entity id":         {func(o *idp.Options) { o.EntityID = "" }, "its entity id"},
		"a long entity id":     {func(o *idp.Options) { o.EntityID = "https://" + strings.Repeat("a", 1024) }, "its entity id"},
		"sign-on in clear":     {func(o *idp.Options) { o.SSOURL = "http://sales.example.com/sso" }, "its sign-on address"},
		"sign-on nowhere":      {func(o *idp.Options) { o.SSOURL = "/sso" }, "its sign-on address"},
		"sign-on by a script":  {func(o *idp.Options) { o.SSOURL = "javascript:alert(1)" }, "its sign-on address"},
		"logout in clear":      {func(o *idp.Options) { o.LogoutURL = "http://sales.example.com/slo" }, "its logout address"},
		"no clock":             {func(o *idp.Options) { o.Now = nil }, "needs a clock"},
		"no randomness":        {func(o *idp.Options) { o.Entropy = nil }, "needs a clock"},
		"no key":               {func(o *idp.Options) { o.Key = nil }, "needs a key"},
		"no certificate":       {func(o *idp.Options) { o.Certificates = nil }, "needs a key"},
		"another's key":        {func(o *idp.Options) { o.Key = stranger().key }, "does not belong to the key"},
		"a small key":          {withKey(t, small), "certificate 1: a certificate has no RSA key of at least 2048 bits"},
		"an elliptic curve":    {withKey(t, curve), "certificate 1: a certificate has no RSA key"},
		"a small key for next": {func(o *idp.Options) { o.Certificates = append(o.Certificates, certify(t, small)) }, "certificate 2:"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newWorld(t).options()
			tt.change(&o)
			_, err := idp.New(o)
			assert.ErrorContains(t, err, tt.says)
		})
	}
}

func TestSignOnOnThisMachineMayBeInClear(t *testing.T) {
	t.Parallel()
	o := newWorld(t).options()
	o.SSOURL, o.LogoutURL = "http://127.0.0.1:8080/sso", "http://[::1]:8080/slo"
	_, err := idp.New(o)
	assert.NoError(t, err)
}

func withKey(t *testing.T, key crypto.Signer) func(*idp.Options) {
	return func(o *idp.Options) { o.Key, o.Certificates = key, []*x509.Certificate{certify(t, key)} }
}

func certify(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: start.AddDate(-1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate
}
