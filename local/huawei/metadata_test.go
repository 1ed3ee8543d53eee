package huawei_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const pathMetadata = "/authui/saml/metadata.xml"

func TestMetadataIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	one, other := newSite(t, huawei.Options{Seed: 1}), newSite(t, huawei.Options{Seed: 2})
	first := one.send(one.request(http.MethodGet, pathMetadata, ""))
	at := func(s *site) string { return s.send(s.request(http.MethodGet, pathMetadata+"?unsigned=true", "")).body }
	assert.Equal(t, at(one), strings.ReplaceAll(at(other), other.api, one.api), "but for the addresses")
	assert.Equal(t, "application/samlmetadata+xml", first.header.Get("Content-Type"))
	assert.Contains(t, first.body, `entityID="https://auth.huaweicloud.com/"`)
	assert.Contains(t, first.body, `AuthnRequestsSigned="true" WantAssertionsSigned="true"`)
	assert.Contains(t, first.body, `Location="`+one.api+`/authui/saml/SAMLAssertionConsumer" index="0"`)
	assert.Contains(t, first.body, `HTTP-Redirect" Location="`+one.api+`/authui/saml/LogoutServiceHTTPRedirect"`+
		` ResponseLocation="`+one.api+`/authui/saml/LogoutServiceHTTPRedirectResponse"`)
}

func TestTheCertificateIsSelfSigned(t *testing.T) {
	t.Parallel()
	certificate := newSite(t, huawei.Options{}).certificate()
	require.NoError(t, certificate.CheckSignature(certificate.SignatureAlgorithm,
		certificate.RawTBSCertificate, certificate.Signature))
	assert.Equal(t, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), certificate.NotBefore)
	assert.Contains(t, certificate.Subject.CommonName, "not secret")
}

// The signature is checked as an XML signature is: the digest of the document
// without it, then the signature of SignedInfo with its namespace.
func TestTheMetadataIsSigned(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	signed := s.send(s.request(http.MethodGet, pathMetadata, "")).body
	unsigned := s.send(s.request(http.MethodGet, pathMetadata+"?unsigned=true", "")).body
	signature := regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).FindString(signed)
	require.NotEmpty(t, signature)
	assert.Equal(t, unsigned, strings.Replace(signed, signature, "", 1))

	digest := sha256.Sum256([]byte(unsigned))
	assert.Equal(t, base64.StdEncoding.EncodeToString(digest[:]), between(t, signature, "<ds:DigestValue>", "</ds:DigestValue>"))
	signedInfo := `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
		between(t, signature, "<ds:SignedInfo>", "</ds:SignedInfo>") + "</ds:SignedInfo>"
	verifyRSA(t, s.certificate(), signedInfo, between(t, signature, "<ds:SignatureValue>", "</ds:SignatureValue>"))
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	require.True(t, ok)
	inner, _, ok := strings.Cut(rest, to)
	require.True(t, ok)
	return inner
}
