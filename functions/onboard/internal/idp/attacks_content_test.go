package idp_test

import (
	"strings"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const (
	declaration = `<?xml version="1.0" encoding="UTF-8"?>`
	endOfIssuer = `</saml2:Issuer>`
	endOfAll    = `</saml2p:AuthnRequest>`
	policy      = `<saml2p:NameIDPolicy AllowCreate="true" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>`
)

func altered(name, code string, edits ...string) attack {
	return attack{name, signedQuery(spIdentity(), "SAMLRequest", authnRequest(edits...), secretState), code}
}

func attacksOnTheDocument() []attack {
	doctype := func(internal string) string { return declaration + `<!DOCTYPE a [` + internal + `]>` }
	laughs := `<!ENTITY l0 "lol">`
	for i := range 9 {
		n := string(rune('0' + i))
		laughs += `<!ENTITY l` + string(rune('1'+i)) + ` "` + strings.Repeat("&l"+n+";", 10) + `">`
	}
	issuer := ">" + spEntity + "<"
	malformed := func(name string, edits ...string) attack { return altered(name, idp.RequestMalformed, edits...) }
	return []attack{
		malformed("a document type", declaration, declaration+`<!DOCTYPE saml2p:AuthnRequest>`),
		malformed("an entity of a file", declaration, doctype(`<!ENTITY f SYSTEM "file:///etc/passwd">`), issuer, ">&f;<"),
		malformed("an entity of an address", declaration, doctype(`<!ENTITY f SYSTEM "http://127.0.0.1:9/evil">`), issuer, ">&f;<"),
		malformed("a parameter entity of an address", declaration, doctype(`<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil"> %p;`)),
		malformed("a document type of an address", declaration, declaration+`<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">`),
		malformed("a billion laughs", declaration, doctype(laughs), issuer, ">&l9;<"),
		malformed("quadratic expansion", declaration, doctype(`<!ENTITY a "`+strings.Repeat("a", 20<<10)+`">`), issuer, ">"+strings.Repeat("&a;", 4<<10)+"<"),
		malformed("an entity that expands to the issuer", declaration, doctype(`<!ENTITY i "`+spEntity+`">`), issuer, ">&i;<"),
		malformed("an entity nobody declared", issuer, ">&evil;<"),
		malformed("an entity of HTML", issuer, ">"+spEntity+"&nbsp;<"),
		malformed("an inclusion", endOfAll, `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>`+endOfAll),
		malformed("a processing instruction", declaration, declaration+`<?xml-stylesheet href="http://127.0.0.1:9/evil"?>`),
		malformed("a second declaration", endOfAll, declaration+endOfAll),
		malformed("a comment in the issuer", issuer, ">"+spEntity+"<!-- -->evil<"),
		malformed("a comment before the rest of an evil issuer", issuer, ">https://auth.huaweicloud.com/<!---->.evil.example.com/<"),
		malformed("a comment anywhere", endOfAll, "<!-- -->"+endOfAll),
		malformed("text between the parts", endOfIssuer, endOfIssuer+"evil"),
		malformed("garbage behind the document", endOfAll, endOfAll+"garbage"),
		malformed("a second document behind", endOfAll, endOfAll+authnRequest(declaration, "")),
		malformed("an empty element behind", endOfAll, endOfAll+"<evil/>"),
		malformed("an attribute twice", `ID="_request-1"`, `ID="_request-1" ID="_evil"`),
		malformed("not closed", endOfAll, ""),
		malformed("closed crosswise", endOfIssuer, "</saml2:NameID>"),
		malformed("prefixes nobody declared", ` xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"`, ""),
		malformed("a namespace like the protocol's", "SAML:2.0:protocol", "SAML:2.0:protocol/"),
		malformed("very deep", endOfAll, "<saml2p:Extensions>"+strings.Repeat("<a>", 5000)+strings.Repeat("</a>", 5000)+"</saml2p:Extensions>"+endOfAll),
		malformed("very many elements", endOfAll, "<saml2p:Extensions>"+strings.Repeat("<a/>", 5000)+"</saml2p:Extensions>"+endOfAll),
		malformed("very many attributes", "<saml2p:NameIDPolicy", `<saml2p:NameIDPolicy`+strings.Repeat(` a=""`, 5000)),
		malformed("very many namespaces, each twice", "<saml2p:NameIDPolicy", `<saml2p:NameIDPolicy`+strings.Repeat(` xmlns:a="b"`, 4000)),
		malformed("very many CDATA sections", issuer, ">"+strings.Repeat("<![CDATA[]]>", 4000)+"<!-- --><"),
	}
}

func attacksOnTheContent() []attack {
	const stranger = "https://other.example.com/"
	const post = "bindings:HTTP-POST"
	return []attack{
		altered("another version", idp.RequestMalformed, `Version="2.0"`, `Version="1.1"`),
		altered("no version", idp.RequestMalformed, ` Version="2.0"`, ``),
		altered("another message", idp.RequestMalformed, "AuthnRequest", "LogoutRequest"),
		altered("a response", idp.RequestMalformed, "AuthnRequest", "Response"),
		altered("no id", idp.RequestMalformed, `ID="_request-1" `, ``),
		altered("an empty id", idp.RequestMalformed, `_request-1`, ``),
		altered("an id that is markup", idp.RequestMalformed, `_request-1`, `_&lt;evil&gt;`),
		altered("an id with a line break", idp.RequestMalformed, `_request-1`, `_evil&#10;`),
		altered("a very long id", idp.RequestMalformed, `_request-1`, "_"+strings.Repeat("a", 256)),
		altered("an id for another namespace", idp.RequestMalformed, ` ID="`, ` xmlns:x="urn:x" x:ID="`),
		altered("another service provider", idp.WrongIssuer, spEntity+"<", stranger+"<"),
		altered("our own name for an issuer", idp.WrongIssuer, spEntity+"<", entityID+"<"),
		altered("a longer issuer", idp.WrongIssuer, spEntity+"<", spEntity+"evil<"),
		altered("an issuer in another case", idp.WrongIssuer, spEntity+"<", strings.ToUpper(spEntity)+"<"),
		altered("an issuer with an element in it", idp.WrongIssuer, spEntity+"<", spEntity+"<b xmlns=''/><"),
		altered("two issuers", idp.RequestMalformed, endOfIssuer, endOfIssuer+`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`+stranger+endOfIssuer),
		altered("no issuer", idp.WrongIssuer, `<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`+spEntity+endOfIssuer, ``),
		altered("an issuer of another namespace", idp.RequestMalformed, "SAML:2.0:assertion", "SAML:1.0:assertion"),
		altered("no destination", idp.WrongDestination, ` Destination="`+ssoURL+`"`, ``),
		altered("another destination", idp.WrongDestination, ssoURL, "https://evil.example.com/sso"),
		altered("the logout for a destination", idp.WrongDestination, ssoURL, logoutURL),
		altered("a longer destination", idp.WrongDestination, ssoURL, ssoURL+"?evil=1"),
		altered("a destination in another case", idp.WrongDestination, ssoURL, strings.ToUpper(ssoURL)),
		altered("six minutes old", idp.RequestExpired, "2026-03-10T01:02:00.000Z", "2026-03-10T00:56:00Z"),
		altered("of the year one", idp.RequestExpired, "2026-03-10T01:02:00.000Z", "0001-01-01T00:00:00Z"),
		altered("two minutes ahead", idp.RequestFromFuture, "01:02:00.000Z", "01:04:04Z"),
		altered("of the year 9999", idp.RequestFromFuture, "2026-03-10", "9999-12-31"),
		altered("no time", idp.RequestMalformed, ` IssueInstant="2026-03-10T01:02:00.000Z"`, ``),
		altered("a time without zone", idp.RequestMalformed, "00.000Z", "00.000"),
		altered("no time at all", idp.RequestMalformed, "2026-03-10T01:02:00.000Z", "now"),
		altered("a consumer elsewhere", idp.WrongConsumer, spConsumer, "https://evil.example.com/acs"),
		altered("a consumer that begins like theirs", idp.WrongConsumer, spConsumer, spConsumer+".evil.example.com/"),
		altered("a consumer by another way", idp.WrongConsumer, spConsumer, strings.Replace(spConsumer, "/authui", "/x/../authui", 1)),
		altered("an empty consumer", idp.WrongConsumer, spConsumer, ""),
		altered("a consumer that is a script", idp.WrongConsumer, spConsumer, "javascript:alert(1)"),
		altered("a consumer by an unknown index", idp.WrongConsumer, acsAttribute, `AssertionConsumerServiceIndex="3" `),
		altered("a consumer by the index of another binding", idp.WrongConsumer, acsAttribute, `AssertionConsumerServiceIndex="1" `),
		altered("a consumer by a negative index", idp.WrongConsumer, acsAttribute, `AssertionConsumerServiceIndex="-7" `),
		altered("a consumer by address and index", idp.WrongConsumer, acsAttribute, acsAttribute+`AssertionConsumerServiceIndex="7" `),
		altered("an answer by redirect", idp.RequestRefused, post, "bindings:HTTP-Redirect"),
		altered("an answer by artifact", idp.RequestRefused, post, "bindings:HTTP-Artifact"),
		altered("a name that lasts", idp.RequestRefused, "nameid-format:transient", "nameid-format:persistent"),
		altered("a name that is an address", idp.RequestRefused, "SAML:2.0:nameid-format:transient", "SAML:1.1:nameid-format:emailAddress"),
		altered("two wishes for a name", idp.RequestMalformed, policy, policy+policy),
		altered("a certain customer", idp.RequestRefused, policy, `<saml2:Subject xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:NameID>evil</saml2:NameID></saml2:Subject>`+policy),
		altered("an assertion among the extensions", idp.RequestMalformed, policy, `<saml2p:Extensions><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_evil"/></saml2p:Extensions>`+policy),
		altered("a part nobody knows", idp.RequestMalformed, policy, policy+`<saml2p:Evil/>`),
	}
}
