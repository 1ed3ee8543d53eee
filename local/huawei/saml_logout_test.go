package huawei_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// leaving is a LogoutRequest as the identity provider reads it.
type leaving struct {
	XMLName     xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol LogoutRequest"`
	ID          string   `xml:"ID,attr"`
	Destination string   `xml:"Destination,attr"`
	Issuer      string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	NameID      string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
	Session     string   `xml:"urn:oasis:names:tc:SAML:2.0:protocol SessionIndex"`
}

// left is a LogoutResponse as the identity provider reads it.
type left struct {
	XMLName      xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol LogoutResponse"`
	Destination  string   `xml:"Destination,attr"`
	InResponseTo string   `xml:"InResponseTo,attr"`
	Status       struct {
		Code struct {
			Value string `xml:"Value,attr"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:protocol StatusCode"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:protocol Status"`
}

const success = "urn:oasis:names:tc:SAML:2.0:status:Success"

// goodbye is a message about a logout; the zero value of a field stands for the
// right one.
type goodbye struct {
	kind, id, issuer, destination, nameID, inResponseTo, status string
	instant, until                                              time.Time
	sessions                                                    []string
}

func (p *provider) goodbye(at time.Time, g goodbye) string {
	if g.issuer == "" {
		g.issuer = p.URL + "/metadata"
	}
	if g.instant.IsZero() {
		g.instant = at
	}
	attributes := ` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
		` ID="` + g.id + `" Version="2.0" IssueInstant="` + g.instant.Format(time.RFC3339) + `" Destination="` + g.destination + `"`
	if !g.until.IsZero() {
		attributes += ` NotOnOrAfter="` + g.until.Format(time.RFC3339) + `"`
	}
	inner := `<saml:Issuer>` + g.issuer + `</saml:Issuer>`
	if g.kind == "LogoutRequest" {
		inner += `<saml:NameID>` + g.nameID + `</saml:NameID>`
		for _, session := range g.sessions {
			inner += `<samlp:SessionIndex>` + session + `</samlp:SessionIndex>`
		}
	} else {
		attributes += ` InResponseTo="` + g.inResponseTo + `"`
		inner += `<samlp:Status><samlp:StatusCode Value="` + g.status + `"/></samlp:Status>`
	}
	return "<samlp:" + g.kind + attributes + ">" + inner + "</samlp:" + g.kind + ">"
}

// query carries a message by the HTTP-Redirect binding.
func (p pair) query(parameter, text, relayState string) string {
	var out bytes.Buffer
	w := must(flate.NewWriter(&out, flate.BestCompression))
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	octets := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(out.Bytes())) +
		"&RelayState=" + url.QueryEscape(relayState) + "&SigAlg=" + url.QueryEscape(rsaSHA256)
	sum := sha256.Sum256([]byte(octets))
	signature := must(rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, sum[:]))
	return octets + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
}

// insider is a customer that is signed in.
func insider(t *testing.T) (*browser, *provider) {
	t.Helper()
	s, p := federation(t, huawei.Options{})
	require.Equal(t, http.StatusOK, s.asPartner(http.MethodPost, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`).status)
	b := s.browser()
	require.Equal(t, http.StatusSeeOther, b.post(pathConsumer, p.answer(b.begin("", s.inside()), customerOf("u1"))).status)
	require.Equal(t, http.StatusOK, b.get(pathConsole).status)
	return b, p
}

func TestALogoutAsksTheIdentityProvider(t *testing.T) {
	t.Parallel()
	b, p := insider(t)
	got := b.get(pathLogout)
	require.Equal(t, http.StatusFound, got.status)
	assert.Equal(t, http.StatusSeeOther, b.get(pathConsole).status, "it has ended here already")
	u := must(url.Parse(got.header.Get("Location")))
	var in leaving
	relayState := b.opened(u.RawQuery, "SAMLRequest", &in)
	assert.Equal(t, p.URL+"/slo", in.Destination)
	assert.Equal(t, spEntity, in.Issuer)
	assert.Equal(t, "_transient-1", in.NameID)
	assert.Equal(t, "_session-1", in.Session)

	answer := goodbye{kind: "LogoutResponse", id: "_answer", destination: b.api + pathLogoutResponse, inResponseTo: in.ID, status: success}
	query := firstPair().query("SAMLResponse", p.goodbye(b.clock.Now(), answer), relayState)
	for name, wrong := range map[string]string{
		"another RelayState": firstPair().query("SAMLResponse", p.goodbye(b.clock.Now(), answer), "x"),
		"another request": firstPair().query("SAMLResponse", p.goodbye(b.clock.Now(), goodbye{
			kind: "LogoutResponse", id: "_answer", destination: b.api + pathLogoutResponse, inResponseTo: "_other", status: success}), relayState),
		"another key": secondPair().query("SAMLResponse", p.goodbye(b.clock.Now(), answer), relayState),
	} {
		assert.Equal(t, http.StatusForbidden, b.get(pathLogoutResponse+"?"+wrong).status, name)
	}
	done := b.get(pathLogoutResponse + "?" + query)
	assert.Equal(t, http.StatusOK, done.status)
	assert.Contains(t, done.body, "You are signed out.")
	assert.Equal(t, http.StatusForbidden, b.get(pathLogoutResponse+"?"+query).status, "an answer counts once")
	assert.Contains(t, b.get(pathLogout).body, "You are signed out.", "nobody is there to ask about")
}

func TestTheIdentityProviderLogsOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sessions []string
		left     bool
	}{
		"all sessions":    {nil, true},
		"this session":    {[]string{"_other", "_session-1"}, true},
		"another session": {[]string{"_other"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p := insider(t)
			request := goodbye{kind: "LogoutRequest", id: "_leave", destination: b.api + pathLogoutRequest, nameID: "_transient-1", sessions: c.sessions}
			query := firstPair().query("SAMLRequest", p.goodbye(b.clock.Now(), request), "state&=")
			got := b.get(pathLogoutRequest + "?" + query)
			require.Equal(t, http.StatusFound, got.status, got.body)
			u := must(url.Parse(got.header.Get("Location")))
			var out left
			assert.Equal(t, "state&=", b.opened(u.RawQuery, "SAMLResponse", &out))
			assert.Equal(t, left{out.XMLName, p.URL + "/slo", "_leave", out.Status}, out)
			assert.Equal(t, success, out.Status.Code.Value)
			assert.Equal(t, c.left, b.get(pathConsole).status == http.StatusSeeOther)
			assert.Equal(t, http.StatusForbidden, b.get(pathLogoutRequest+"?"+query).status, "a request counts once")
		})
	}
}

func TestAttacksOnLogoutsAreRefused(t *testing.T) {
	t.Parallel()
	b, p := insider(t)
	now := b.clock.Now()
	right := goodbye{kind: "LogoutRequest", id: "_leave", destination: b.api + pathLogoutRequest, nameID: "_transient-1"}
	text := p.goodbye(now, right)
	but := func(change func(*goodbye)) string {
		g := right
		change(&g)
		return firstPair().query("SAMLRequest", p.goodbye(now, g), "x")
	}
	good := firstPair().query("SAMLRequest", text, "x")
	journal := b.server.Journal()
	for name, query := range map[string]string{
		"nothing":               "",
		"other key":             secondPair().query("SAMLRequest", text, "x"),
		"altered RelayState":    strings.Replace(good, "RelayState=x", "RelayState=y", 1),
		"dropped RelayState":    strings.Replace(good, "RelayState=x&", "", 1),
		"RelayState twice":      strings.Replace(good, "RelayState=x", "RelayState=x&RelayState=y", 1),
		"request twice":         good + "&" + strings.SplitN(good, "&", 2)[0],
		"request by other name": good + "&" + strings.Replace(strings.SplitN(good, "&", 2)[0], "SAMLRequest", "SAMLReques%74", 1),
		"something more":        good + "&x=y",
		"no signature":          good[:strings.Index(good, "&Signature=")],
		"SHA-1":                 strings.Replace(good, url.QueryEscape(rsaSHA256), url.QueryEscape("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), 1),
		"HMAC":                  strings.Replace(good, "rsa-sha256", "hmac-sha256", 1),
		"encoded otherwise":     strings.Replace(good, "SigAlg=http%3A", "SigAlg=http%3a", 1),
		"document type":         firstPair().query("SAMLRequest", "<!DOCTYPE x>"+text, "x"),
		"comment":               firstPair().query("SAMLRequest", strings.Replace(text, "_transient-1", "_transient-1<!---->", 1), "x"),
		"deflate bomb":          firstPair().query("SAMLRequest", strings.Repeat("a", 16<<20), "x"),
		"other destination":     but(func(g *goodbye) { g.destination = "https://sp.example/" }),
		"other issuer":          but(func(g *goodbye) { g.issuer = "https://idp.example/" }),
		"old":                   but(func(g *goodbye) { g.instant = now.Add(-5 * time.Minute) }),
		"of the future":         but(func(g *goodbye) { g.instant = now.Add(5 * time.Minute) }),
		"expired":               but(func(g *goodbye) { g.until = now }),
		"nobody":                but(func(g *goodbye) { g.nameID = "" }),
		"no ID":                 but(func(g *goodbye) { g.id = "" }),
		"another message":       but(func(g *goodbye) { g.kind = "LogoutResponse" }),
	} {
		got := b.get(pathLogoutRequest + "?" + query)
		assert.Equal(t, http.StatusForbidden, got.status, name)
		assert.Contains(t, got.body, `role="alert"`, name)
	}
	assert.Equal(t, journal, b.server.Journal())
	assert.Equal(t, http.StatusOK, b.get(pathConsole).status, "still signed in")
	assert.Equal(t, http.StatusFound, b.get(pathLogoutRequest+"?"+good).status)
}
