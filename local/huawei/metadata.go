package huawei

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
)

// The metadata is written in its canonical form (exclusive XML
// canonicalisation), so that its signature can be computed over these bytes as
// they are. See
// https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
const (
	metadataID = "_simulated-huawei-cloud"

	metadataHead = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="` + metadataID +
		`" entityID="https://auth.huaweicloud.com/">`
	metadataBody = `<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"` +
		` protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
		`<md:KeyDescriptor use="signing">%[1]s</md:KeyDescriptor>` +
		`<md:KeyDescriptor use="encryption">%[1]s</md:KeyDescriptor>` +
		`<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"` +
		` Location="https://auth.huaweicloud.com/authui/saml/SAMLAssertionConsumer" index="0" isDefault="true">` +
		`</md:AssertionConsumerService></md:SPSSODescriptor></md:EntityDescriptor>`

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
// unsigned=true.
func (s *Server) serveMetadata(w http.ResponseWriter, r *http.Request) {
	requestID := s.stamp(w)
	signature := ""
	if r.URL.Query().Get("unsigned") != "true" {
		var err error
		if signature, err = s.identity.metadataSignature(); err != nil {
			refusalOf(err, requestID).send(w)
			return
		}
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write([]byte(metadataHead + signature + s.identity.metadataBody()))
}

func (i *identity) metadataBody() string {
	return fmt.Sprintf(metadataBody, keyInfoOpen+fmt.Sprintf(keyInfoInner, i.certificate))
}

// metadataSignature signs the document as it is without the signature.
func (i *identity) metadataSignature() (string, error) {
	digest := sha256.Sum256([]byte(metadataHead + i.metadataBody()))
	signedInfo := fmt.Sprintf(signedInfoInner, base64.StdEncoding.EncodeToString(digest[:]))
	value, err := i.sign(signedInfoCanonical + signedInfo)
	if err != nil {
		return "", err
	}
	return `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + signedInfoOpen + signedInfo +
		`<ds:SignatureValue>` + value + `</ds:SignatureValue>` +
		`<ds:KeyInfo>` + fmt.Sprintf(keyInfoInner, i.certificate) + `</ds:Signature>`, nil
}
