package idp

import (
	"encoding/base64"

	"github.com/beevik/etree"
)

const nameIDTransient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"

// Metadata returns the document that is uploaded to Huawei Cloud's access
// configuration, IDP Metadata.xml: UTF-8 and a few KB of the 2 MB allowed. It holds
// nothing secret. The documented example has the certificate a second time, for
// encryption; here it is for signing alone, because nothing encrypted is read.
//
// See https://support.huaweicloud.com/devg-bpconsole/access_00001.html.
func (p *Provider) Metadata() []byte { return append([]byte(nil), p.metadata...) }

func (p *Provider) buildMetadata() ([]byte, error) {
	document := etree.NewDocument()
	document.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	root := document.CreateElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("xmlns:ds", nsSignature)
	root.CreateAttr("entityID", p.entityID)
	role := root.CreateElement("md:IDPSSODescriptor")
	role.CreateAttr("WantAuthnRequestsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", nsProtocol)
	for _, certificate := range p.certificates {
		descriptor := role.CreateElement("md:KeyDescriptor")
		descriptor.CreateAttr("use", "signing")
		data := descriptor.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data")
		data.CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(certificate.Raw))
	}
	if p.logoutURL != "" {
		addEndpoint(role, "md:SingleLogoutService", p.logoutURL)
	}
	role.CreateElement("md:NameIDFormat").SetText(nameIDTransient)
	addEndpoint(role, "md:SingleSignOnService", p.ssoURL)
	document.Indent(2)
	return document.WriteToBytes()
}

func addEndpoint(role *etree.Element, tag, location string) {
	service := role.CreateElement(tag)
	service.CreateAttr("Binding", bindingRedirect)
	service.CreateAttr("Location", location)
}
