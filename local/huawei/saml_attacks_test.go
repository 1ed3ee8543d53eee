package huawei_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/quick"
	"github.com/bssfn/bssfn/local/huawei"
)

// attack is what somebody posts who has a right of their own to an assertion for
// the account "mallory", and wants to be the "victim".
type attack struct {
	name string
	form func(p *provider, in asked) url.Values
}

// said is a response that the identity provider would sign, were it asked to.
func said(name string, s statement) attack {
	return attack{name, func(p *provider, in asked) url.Values { return p.answer(in, s) }}
}

// before is a response that was changed before it was signed.
func before(name string, change func(root *etree.Element)) attack {
	return attack{name, func(p *provider, in asked) url.Values {
		root := p.response(in, customerOf("victim"))
		change(root)
		firstPair().sign(assertionOf(root))
		return answerForm(in, written(root))
	}}
}

// after is a response for mallory that was changed after it was signed.
func after(name string, change func(root *etree.Element)) attack {
	return attack{name, func(p *provider, in asked) url.Values {
		root := p.response(in, customerOf("mallory"))
		firstPair().sign(assertionOf(root))
		change(root)
		return answerForm(in, written(root))
	}}
}

// rewritten is a response for mallory whose text was changed after it was signed.
func rewritten(name string, change func(text string) string) attack {
	return attack{name, func(p *provider, in asked) url.Values {
		root := p.response(in, customerOf("mallory"))
		firstPair().sign(assertionOf(root))
		text := written(root)
		if changed := change(text); changed != text {
			return answerForm(in, changed)
		}
		panic(name + " changes nothing")
	}}
}

func posted(name string, change func(form url.Values, text string)) attack {
	return attack{name, func(p *provider, in asked) url.Values {
		form := p.answer(in, customerOf("mallory"))
		change(form, string(must(base64.StdEncoding.DecodeString(form.Get("SAMLResponse")))))
		return form
	}}
}

func with(change func(*statement)) statement {
	s := customerOf("victim")
	change(&s)
	return s
}

// evil is a copy that says another customer, under another ID and without a
// signature.
func evil(e *etree.Element) *etree.Element {
	out := e.Copy()
	out.CreateAttr("ID", "_evil")
	for _, signature := range out.FindElements(".//Signature") {
		signature.Parent().RemoveChild(signature)
	}
	for _, value := range out.FindElements(".//AttributeValue") {
		value.SetText(strings.ReplaceAll(value.Text(), "mallory", "victim"))
	}
	return out
}

func bare(e *etree.Element) *etree.Element {
	out := e.Copy()
	out.RemoveChild(out.FindElement("./Signature"))
	return out
}

// wrap builds the eight classic wrappings around a response, or the assertion in
// it, that is signed.
func wrap(number int, root *etree.Element) *etree.Element {
	original := assertionOf(root)
	switch number {
	case 1, 2:
		out := evil(root)
		signature := root.FindElement("./Signature").Copy()
		if number == 1 {
			signature.AddChild(bare(root))
		} else {
			out.InsertChildAt(1, bare(root))
		}
		out.InsertChildAt(1, signature)
		return out
	case 3:
		root.InsertChildAt(original.Index(), evil(original))
	case 4:
		root.RemoveChild(original)
		wrapped := evil(original)
		wrapped.AddChild(original)
		root.AddChild(wrapped)
	case 5, 6, 8:
		root.RemoveChild(original)
		forged, signature := evil(original), original.FindElement("./Signature").Copy()
		forged.InsertChildAt(1, signature)
		root.AddChild(forged)
		switch number {
		case 5:
			root.AddChild(bare(original))
		case 6:
			signature.AddChild(bare(original))
		default:
			signature.CreateElement("ds:Object").AddChild(bare(original))
		}
	case 7:
		extensions := etree.NewElement("samlp:Extensions")
		extensions.AddChild(evil(original))
		root.InsertChildAt(original.Index(), extensions)
	}
	return root
}

func wrappings() []attack {
	var all []attack
	for _, signed := range []string{"response", "assertion", "both"} {
		for number := 1; number <= 8; number++ {
			if signed == "response" && number > 2 || signed == "assertion" && number < 3 {
				continue // nothing is signed there that could be wrapped
			}
			all = append(all, attack{fmt.Sprintf("signature wrapping %d, %s signed", number, signed), func(p *provider, in asked) url.Values {
				root := p.response(in, customerOf("mallory"))
				if signed != "response" {
					firstPair().sign(assertionOf(root))
				}
				if signed != "assertion" {
					firstPair().sign(root)
				}
				return answerForm(in, written(wrap(number, root)))
			}})
		}
	}
	return all
}

// resigned is an assertion whose SignedInfo was changed and signed again by the
// identity provider's own key: what is refused then is the form.
func resigned(name string, change func(assertion, signature *etree.Element), sign func(text []byte) []byte) attack {
	return attack{name, func(p *provider, in asked) url.Values {
		root := p.response(in, customerOf("victim"))
		assertion := assertionOf(root)
		bareAssertion := assertion.Copy()
		firstPair().sign(assertion)
		signature := assertion.FindElement("./Signature")
		change(bareAssertion, signature)
		info := signature.FindElement("./SignedInfo").Copy()
		info.CreateAttr("xmlns:ds", dsig.Namespace)
		signature.FindElement("./SignatureValue").SetText(base64.StdEncoding.EncodeToString(sign(canonical(info))))
		return answerForm(in, written(root))
	}}
}

func canonical(e *etree.Element) []byte {
	return must(dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(e))
}

func byKey(text []byte) []byte {
	sum := sha256.Sum256(text)
	return must(rsa.SignPKCS1v15(nil, firstPair().key, crypto.SHA256, sum[:]))
}

// byCertificate takes the public certificate for a shared secret.
func byCertificate(text []byte) []byte {
	mac := hmac.New(sha256.New, firstPair().certificate.Raw)
	mac.Write(text)
	return mac.Sum(nil)
}

func nothing(_, _ *etree.Element) {}

func attacks() []attack {
	comment := func(path string) func(*etree.Element) {
		return func(root *etree.Element) {
			e := root.FindElement(path)
			e.SetText("victim")
			e.AddChild(etree.NewComment("x"))
			e.AddChild(etree.NewText(".attacker"))
		}
	}
	bomb := func() string {
		var out bytes.Buffer
		w := must(flate.NewWriter(&out, flate.BestCompression))
		for range 64 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
		_ = w.Close()
		return out.String()
	}
	all := []attack{
		said("other audience", with(func(s *statement) { s.audience = "https://sp.example/" })),
		said("other recipient", with(func(s *statement) { s.recipient = "https://sp.example/acs" })),
		said("other destination", with(func(s *statement) { s.destination = "https://sp.example/acs" })),
		said("answer to another request", with(func(s *statement) { s.inResponseTo = "_another" })),
		said("other issuer", with(func(s *statement) { s.issuer = "https://idp.example/" })),
		said("persistent name", with(func(s *statement) { s.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" })),
		said("of the future", with(func(s *statement) { s.notBefore = start.Add(time.Second) })),
		said("of the past", with(func(s *statement) { s.notBefore = start.Add(-time.Hour) })),
		said("at the end of its time", with(func(s *statement) { s.notBefore, s.notOnOrAfter = start.Add(-time.Minute), start })),
		said("attribute twice", with(func(s *statement) { s.attributes = append(s.attributes, [2]string{"xAccountId", "mallory"}) })),
		said("no xUserId", with(func(s *statement) { s.attributes = s.attributes[1:] })),
		said("no xAccountId", with(func(s *statement) { s.attributes = s.attributes[:1] })),
		said("empty xAccountId", with(func(s *statement) { s.attributes[1][1] = "" })),
		said("long xAccountId", with(func(s *statement) { s.attributes[1][1] = strings.Repeat("a", 129) })),
		said("partner unknown", with(func(s *statement) { s.attributes = append(s.attributes, [2]string{"bpId", "nobody"}) })),
		said("no e-mail address", with(func(s *statement) { s.attributes = append(s.attributes, [2]string{"email", "someone"}) })),
		said("long e-mail address", with(func(s *statement) {
			s.attributes = append(s.attributes, [2]string{"email", strings.Repeat("a", 64) + "@example.com"})
		})),
		said("no mobile number", with(func(s *statement) { s.attributes = append(s.attributes, [2]string{"mobile", "13800000001"}) })),
		said("long name", with(func(s *statement) { s.attributes = append(s.attributes, [2]string{"name", strings.Repeat("永", 65)}) })),

		before("comment in the name", comment(".//NameID")),
		before("comment in an attribute", comment(".//Attribute[@Name='xAccountId']/AttributeValue")),
		before("processing instruction in an attribute", func(root *etree.Element) {
			root.FindElement(".//AttributeValue").AddChild(etree.NewProcInst("x", "y"))
		}),
		before("element in an attribute", func(root *etree.Element) {
			root.FindElement(".//AttributeValue").CreateElement("saml:NameID").SetText("victim")
		}),
		before("no audience", func(root *etree.Element) {
			e := root.FindElement(".//AudienceRestriction")
			e.Parent().RemoveChild(e)
		}),
		before("no statement of authentication", func(root *etree.Element) {
			e := root.FindElement(".//AuthnStatement")
			e.Parent().RemoveChild(e)
		}),
		before("holder of a key", func(root *etree.Element) {
			root.FindElement(".//SubjectConfirmation").CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")
		}),
		before("no destination", func(root *etree.Element) { root.RemoveAttr("Destination") }),
		before("without success", func(root *etree.Element) {
			root.FindElement(".//StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
		}),
		before("another kind of message", func(root *etree.Element) { root.Tag = "LogoutResponse" }),

		after("another account", func(root *etree.Element) {
			root.FindElement(".//Attribute[@Name='xAccountId']/AttributeValue").SetText("victim")
		}),
		after("two assertions", func(root *etree.Element) {
			second := bare(assertionOf(root))
			second.CreateAttr("ID", "_assertion-2")
			firstPair().sign(second)
			root.AddChild(second)
		}),
		after("one ID twice", func(root *etree.Element) { root.CreateAttr("ID", "_assertion-1") }),
		after("encrypted junk", func(root *etree.Element) {
			e := root.CreateElement("saml:EncryptedAssertion").CreateElement("xenc:EncryptedData")
			e.CreateAttr("xmlns:xenc", "http://www.w3.org/2001/04/xmlenc#")
			e.SetText("AAAA")
		}),
		after("only encrypted junk", func(root *etree.Element) {
			root.RemoveChild(assertionOf(root))
			root.CreateElement("saml:EncryptedAssertion").SetText("AAAA")
		}),
		after("unsigned", func(root *etree.Element) {
			assertionOf(root).RemoveChild(assertionOf(root).FindElement("./Signature"))
		}),
		after("empty signature", func(root *etree.Element) { root.FindElement(".//SignatureValue").SetText("") }),
		after("no assertion", func(root *etree.Element) { root.RemoveChild(assertionOf(root)) }),

		rewritten("document type", func(text string) string { return `<!DOCTYPE x>` + text }),
		rewritten("external entity", func(text string) string {
			return `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.Replace(text, "mallory", "&e;", 1)
		}),
		rewritten("entity expansion", func(text string) string {
			return `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>` +
				strings.Replace(text, "mallory", strings.Repeat("&b;", 1000), 1)
		}),
		rewritten("entity of nobody", func(text string) string { return strings.Replace(text, "mallory", "&e;", 1) }),
		rewritten("not UTF-8", func(text string) string { return strings.Replace(text, "mallory", "\xff", 1) }),
		rewritten("another encoding", func(text string) string { return `<?xml version="1.0" encoding="UTF-16"?>` + text }),
		rewritten("something behind", func(text string) string { return text + "<x/>" }),
		rewritten("something in front", func(text string) string { return "x" + text }),
		rewritten("cut off", func(text string) string { return text[:len(text)-20] }),
		rewritten("attribute of an element twice", func(text string) string {
			return strings.Replace(text, `ID="_assertion-1"`, `ID="_assertion-1" ID="_assertion-1"`, 1)
		}),
		rewritten("deep", func(text string) string {
			return strings.Replace(text, "</saml:NameID>", strings.Repeat("<saml:a>", 5000)+strings.Repeat("</saml:a>", 5000)+"</saml:NameID>", 1)
		}),
		rewritten("many elements", func(text string) string {
			return strings.Replace(text, "</saml:NameID>", strings.Repeat("<saml:a/>", 20000)+"</saml:NameID>", 1)
		}),
		rewritten("many attributes", func(text string) string {
			var attributes strings.Builder
			for i := range 10000 {
				fmt.Fprintf(&attributes, " a%d=''", i)
			}
			return strings.Replace(text, "<saml:NameID", "<saml:NameID"+attributes.String(), 1)
		}),
		rewritten("large", func(text string) string {
			return strings.Replace(text, "mallory", strings.Repeat("a", 256<<10), 1)
		}),

		posted("too large a form", func(form url.Values, _ string) { form.Set("x", strings.Repeat("a", 1<<20)) }),
		posted("deflated", func(form url.Values, text string) {
			var out bytes.Buffer
			w := must(flate.NewWriter(&out, flate.BestCompression))
			_, _ = w.Write([]byte(text))
			_ = w.Close()
			form.Set("SAMLResponse", base64.StdEncoding.EncodeToString(out.Bytes()))
		}),
		posted("deflate bomb", func(form url.Values, _ string) {
			form.Set("SAMLResponse", base64.StdEncoding.EncodeToString([]byte(bomb())))
		}),
		posted("not base64", func(form url.Values, text string) { form.Set("SAMLResponse", text) }),
		posted("no response", func(form url.Values, _ string) { form.Del("SAMLResponse") }),
		posted("two responses", func(form url.Values, _ string) { form.Add("SAMLResponse", form.Get("SAMLResponse")) }),
		posted("no RelayState", func(form url.Values, _ string) { form.Del("RelayState") }),
		posted("two RelayStates", func(form url.Values, _ string) { form.Add("RelayState", form.Get("RelayState")) }),
		posted("altered RelayState", func(form url.Values, _ string) { form.Set("RelayState", strings.Repeat("0", 32)) }),

		{"other key, which it brings along", func(p *provider, in asked) url.Values {
			root := p.response(in, customerOf("victim"))
			secondPair().sign(assertionOf(root))
			return answerForm(in, written(root))
		}},
		{"other key under the right certificate", func(p *provider, in asked) url.Values {
			root := p.response(in, customerOf("victim"))
			pair{secondPair().key, firstPair().certificate}.sign(assertionOf(root))
			return answerForm(in, written(root))
		}},
		{"response signed, assertion not", func(p *provider, in asked) url.Values {
			root := p.response(in, customerOf("victim"))
			firstPair().sign(root)
			return answerForm(in, written(root))
		}},
		{"SHA-1", func(p *provider, in asked) url.Values {
			root := p.response(in, customerOf("victim"))
			firstPair().signBy(assertionOf(root), dsig.RSASHA1SignatureMethod)
			return answerForm(in, written(root))
		}},
		{"SHA-512", func(p *provider, in asked) url.Values {
			root := p.response(in, customerOf("victim"))
			firstPair().signBy(assertionOf(root), dsig.RSASHA512SignatureMethod)
			return answerForm(in, written(root))
		}},
		resigned("SHA-1 digest", func(assertion, signature *etree.Element) {
			sum := sha1.Sum(canonical(assertion))
			signature.FindElement(".//DigestMethod").CreateAttr("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")
			signature.FindElement(".//DigestValue").SetText(base64.StdEncoding.EncodeToString(sum[:]))
		}, byKey),
		resigned("the certificate as a secret", func(_, signature *etree.Element) {
			signature.FindElement(".//SignatureMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
		}, byCertificate),
		resigned("the certificate as a secret, under the right name", nothing, byCertificate),
		resigned("no reference", func(_, signature *etree.Element) {
			signature.FindElement("./SignedInfo").RemoveChild(signature.FindElement(".//Reference"))
		}, byKey),
		resigned("reference to everything", func(_, signature *etree.Element) {
			signature.FindElement(".//Reference").CreateAttr("URI", "")
		}, byKey),
		resigned("two references", func(_, signature *etree.Element) {
			signature.FindElement("./SignedInfo").AddChild(signature.FindElement(".//Reference").Copy())
		}, byKey),
		resigned("one transform more", func(_, signature *etree.Element) {
			signature.FindElement(".//Transforms").CreateElement("ds:Transform").CreateAttr("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
		}, byKey),
		resigned("canonicalised with comments", func(_, signature *etree.Element) {
			signature.FindElement(".//CanonicalizationMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments")
		}, byKey),
	}
	return append(all, wrappings()...)
}

func TestAttacksOnAssertionsAreRefused(t *testing.T) {
	t.Parallel()
	told, log := newPlatform(t), &bytes.Buffer{}
	s, p := federation(t, huawei.Options{NotificationURL: told.URL, Logger: newTextLogger(log)})
	for _, id := range []string{"mallory", "victim"} {
		_, err := s.server.AddAccount(huawei.Account{Name: id + "-account"})
		require.NoError(t, err)
		require.NoError(t, s.server.Bind(t.Context(), huawei.Binding{AccountName: id + "-account", XAccountID: id, XUserID: id}))
	}
	b := s.browser()
	in := b.begin("", s.inside())
	journal, announced := s.server.Journal(), len(told.received())
	for _, a := range attacks() {
		form := a.form(p, in)
		took := quick.Least(func() {
			got := b.post(pathConsumer, form)
			require.GreaterOrEqual(t, got.status, 400, a.name)
			require.Less(t, got.status, 500, a.name)
			require.Contains(t, got.body, `role="alert"`, a.name)
			require.Empty(t, got.header.Get("Set-Cookie"), a.name)
		})
		assert.Less(t, took, quick.Limit, a.name)
	}
	assert.Equal(t, journal, s.server.Journal())
	assert.Len(t, told.received(), announced)
	assert.Equal(t, http.StatusSeeOther, b.get(pathConsole).status, "nobody is signed in")
	for _, secret := range []string{in.relayState, "victim", "mallory", "<"} {
		assert.NotContains(t, log.String(), secret)
	}

	right := p.answer(in, customerOf("mallory"))
	assert.Equal(t, http.StatusForbidden, s.browser().post(pathConsumer, right).status, "another browser")
	got := b.post(pathConsumer, right)
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	assert.Contains(t, b.get(pathConsole).body, "mallory-account")
	assert.Equal(t, http.StatusForbidden, b.post(pathConsumer, right).status, "a replay")
}

// Both forms that an identity provider may choose are taken.
func TestAResponseMayBeSignedToo(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	require.Equal(t, http.StatusOK, s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`).status)
	b := s.browser()
	in := b.begin("", s.inside())
	root := p.response(in, customerOf("u1"))
	firstPair().sign(assertionOf(root))
	firstPair().sign(root)
	assert.Equal(t, http.StatusSeeOther, b.post(pathConsumer, answerForm(in, written(root))).status)
}

func TestALoginEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	s, p := federation(t, huawei.Options{})
	require.Equal(t, http.StatusOK, s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`).status)
	b := s.browser()
	in := b.begin("", s.inside())
	s.clock.Advance(10 * time.Minute)
	got := b.post(pathConsumer, p.answer(in, with(func(s *statement) { s.attributes, s.notBefore = customerOf("u1").attributes, start.Add(9*time.Minute) })))
	assert.Equal(t, http.StatusForbidden, got.status)
}
