package huawei

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// The metadata is written in its canonical form (exclusive XML
// canonicalisation), so that its signature can be computed over these bytes as
// they are. See
// https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
const (
	metadataID = "_simulated-huawei-cloud"

	metadataHead = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="` + metadataID +
		`" entityID="` + entityID + `">`
	metadataBody = `<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"` +
		` protocolSupportEnumeration="` + protocolNamespace + `">%[1]s` +
		`<md:SingleLogoutService Binding="` + bindingRedirect + `" Location="%[2]s` + pathLogoutRequest + `"` +
		` ResponseLocation="%[2]s` + pathLogoutResponse + `"></md:SingleLogoutService>` +
		`<md:NameIDFormat>` + nameIDTransient + `</md:NameIDFormat>` +
		`<md:AssertionConsumerService Binding="` + bindingPost + `"` +
		` Location="%[2]s` + pathConsumer + `" index="0" isDefault="true">` +
		`</md:AssertionConsumerService></md:SPSSODescriptor></md:EntityDescriptor>`
	metadataKey = `<md:KeyDescriptor use="%s">` + keyInfoOpen + keyInfoInner + `</md:KeyDescriptor>`

	keyInfoOpen  = `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`
	keyInfoInner = `<ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`

	// The namespace is declared on the Signature in the document, and on
	// SignedInfo in its canonical form.
	signedInfoOpen      = `<ds:SignedInfo>`
	signedInfoCanonical = `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`
	signedInfoInner     = `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="` + signatureAlgorithm + `"></ds:SignatureMethod>` +
		`<ds:Reference URI="#` + metadataID + `"><ds:Transforms>` +
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>` +
		`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms>` +
		`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>` +
		`<ds:DigestValue>%s</ds:DigestValue></ds:Reference></ds:SignedInfo>`
)

// serveMetadata answers GET /authui/saml/metadata.xml, signed unless
// unsigned=true. Its locations are at the address under which it was asked for.
func (s *Server) serveMetadata(w http.ResponseWriter, r *http.Request) {
	requestID := s.stamp(w)
	body := s.metadataBody(baseAddress(r))
	signature := ""
	if r.URL.Query().Get("unsigned") != "true" {
		var err error
		if signature, err = s.signer().metadataSignature(body); err != nil {
			refusalOf(err, requestID).send(w)
			return
		}
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write([]byte(metadataHead + signature + body))
}

func (s *Server) metadataBody(base string) string {
	var keys strings.Builder
	for _, use := range []string{"signing", "encryption"} {
		for _, i := range s.published() {
			fmt.Fprintf(&keys, metadataKey, use, i.certificate)
		}
	}
	return fmt.Sprintf(metadataBody, keys.String(), base)
}

// metadataSignature signs the document as it is without the signature.
func (i *identity) metadataSignature(body string) (string, error) {
	digest := sha256.Sum256([]byte(metadataHead + body))
	signedInfo := fmt.Sprintf(signedInfoInner, base64.StdEncoding.EncodeToString(digest[:]))
	value, err := i.sign(signedInfoCanonical + signedInfo)
	if err != nil {
		return "", err
	}
	return `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + signedInfoOpen + signedInfo +
		`<ds:SignatureValue>` + value + `</ds:SignatureValue>` +
		`<ds:KeyInfo>` + fmt.Sprintf(keyInfoInner, i.certificate) + `</ds:Signature>`, nil
}
