package idp_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

// The signature is proven by hand, without any implementation of XML signatures:
// the canonical forms of the assertion and of what is signed are written down, and
// digest and signature computed of them.
func TestTheSignatureByHand(t *testing.T) {
	t.Parallel()
	data, err := base64.StdEncoding.DecodeString(newWorld(t).respond(t, subject).SAMLResponse)
	require.NoError(t, err)
	response := string(data)
	assertion := regexp.MustCompile(`(?s)<saml2:Assertion.*</saml2:Assertion>`).FindString(response)
	signature := regexp.MustCompile(`(?s)<ds:Signature .*</ds:Signature>`).FindString(assertion)
	signedInfo := regexp.MustCompile(`(?s)<ds:SignedInfo>.*</ds:SignedInfo>`).FindString(signature)
	require.NotEmpty(t, signedInfo)

	digest := sha256.Sum256([]byte(canonical(strings.Replace(assertion, signature, "", 1))))
	assert.Equal(t, base64.StdEncoding.EncodeToString(digest[:]), textOf(t, signedInfo, "ds:DigestValue"))

	info := strings.Replace(signedInfo, "<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`, 1)
	digest = sha256.Sum256([]byte(canonical(info)))
	sig, err := base64.StdEncoding.DecodeString(textOf(t, signature, "ds:SignatureValue"))
	require.NoError(t, err)
	require.NoError(t, rsa.VerifyPKCS1v15(&providerIdentity().key.PublicKey, crypto.SHA256, digest[:], sig))

	reference := regexp.MustCompile(`URI="#([^"]+)"`).FindStringSubmatch(signedInfo)
	assert.Contains(t, assertion, `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="`+reference[1]+`"`)
	for _, algorithm := range []string{
		`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`,
		`<ds:SignatureMethod Algorithm="` + rsaSHA256 + `"/>`,
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`,
		`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>`,
	} {
		assert.Contains(t, signedInfo, algorithm)
	}
	assert.Regexp(t, `</saml2:AuthnStatement></saml2:Assertion>$`, assertion, "last, as in the documented sample")
	assert.Regexp(t, `^<saml2:Assertion [^>]*><saml2:Issuer>[^<]*</saml2:Issuer><ds:Signature `, assertion, "where the schema wants it")
}

// canonical is the exclusive canonical form of what this package writes: its
// attributes are in order already, so that elements are closed by a tag of their
// own and a declaration that only a value names is gone.
func canonical(xml string) string {
	closed := regexp.MustCompile(`<([\w:]+)([^<>]*)/>`).ReplaceAllString(xml, "<$1$2></$1>")
	return strings.ReplaceAll(closed, ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`, "")
}

func textOf(t *testing.T, xml, tag string) string {
	t.Helper()
	_, rest, found := strings.Cut(xml, "<"+tag+">")
	require.True(t, found, tag)
	text, _, found := strings.Cut(rest, "</"+tag+">")
	require.True(t, found, tag)
	return text
}

// What another session would be called cannot be foreseen, and no two are called
// the same.
func TestNamesAreRandom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := make(map[string]bool)
	for range 20 {
		form := w.respond(t, subject)
		for _, id := range []string{form.NameID, form.SessionIndex} {
			assert.Regexp(t, `^_[0-9a-f]{40}$`, id)
			assert.False(t, seen[id])
			seen[id] = true
		}
	}
}

func TestNothingIsSignedWithoutRandomness(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	o := w.options()
	o.Entropy = strings.NewReader("too little")
	p, err := idp.New(o)
	require.NoError(t, err)
	_, err = p.Respond(w.sp, r, subject)
	assert.ErrorContains(t, err, "make an id")
	_, _, err = p.StartLogout(w.sp, aName, aSession, "")
	assert.ErrorContains(t, err, "make an id")
}
