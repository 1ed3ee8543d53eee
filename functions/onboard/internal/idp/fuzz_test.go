package idp_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

// quickKey is a key that signs fast, which fuzzing is instrumented to do slowly. It is
// smaller than metadata may have.
var quickKey = sync.OnceValue(func() identity {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return identity{key: key}
})

// quickWorld is one whose service provider signs with that key.
func quickWorld(f *testing.F) *world {
	f.Helper()
	w := newWorld(f)
	w.sp.Keys = []*rsa.PublicKey{&quickKey().key.PublicKey}
	return w
}

// plain is what another reader of XML finds in a message.
type plain struct {
	ID, Version, Destination, IssueInstant, InResponseTo string
	ACS                                                  string
	Issuer                                               []string
	NameID                                               []string
}

func readPlain(t *testing.T, document []byte) plain {
	t.Helper()
	var m struct {
		ID           string   `xml:"ID,attr"`
		Version      string   `xml:"Version,attr"`
		Destination  string   `xml:"Destination,attr"`
		IssueInstant string   `xml:"IssueInstant,attr"`
		InResponseTo string   `xml:"InResponseTo,attr"`
		ACS          string   `xml:"AssertionConsumerServiceURL,attr"`
		Issuer       []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
		NameID       []string `xml:"urn:oasis:names:tc:SAML:2.0:assertion NameID"`
	}
	require.NoError(t, xml.Unmarshal(document, &m))
	return plain{m.ID, m.Version, m.Destination, m.IssueInstant, m.InResponseTo, m.ACS, trimmed(m.Issuer), trimmed(m.NameID)}
}

func trimmed(texts []string) []string {
	for i := range texts {
		texts[i] = strings.Trim(texts[i], " \t\r\n")
	}
	return texts
}

// Whatever document the service provider signs: what is accepted is for us, by it,
// of now, and goes to one of its consumers; and it says the same to another reader.
func FuzzReadRequest(f *testing.F) {
	w := quickWorld(f)
	f.Add([]byte(authnRequest()), "state-1")
	f.Add([]byte(authnRequest(acsAttribute, "")), "")
	f.Add([]byte(authnRequest("saml2p:", "p:", ":saml2p", ":p", "saml2:", "", ":saml2", "")), "a=b&c")
	f.Add([]byte(signedXML(f, spIdentity(), authnRequest())), "")
	for _, a := range slices.Concat(attacksOnTheDocument(), attacksOnTheContent()) {
		values, err := url.ParseQuery(a.query)
		require.NoError(f, err)
		f.Add(inflated(f, values.Get("SAMLRequest")), "")
	}
	f.Fuzz(func(t *testing.T, document []byte, state string) {
		r, err := w.ReadRequest(w.sp, signedQuery(quickKey(), "SAMLRequest", string(document), state))
		if err != nil {
			isQuiet(t, err)
			return
		}
		m := readPlain(t, document)
		require.Equal(t, ssoURL, m.Destination)
		require.Equal(t, []string{spEntity}, m.Issuer)
		require.Equal(t, "2.0", m.Version)
		require.Equal(t, m.ID, r.ID)
		require.Equal(t, state, r.RelayState)
		require.Contains(t, []string{spConsumer, spConsumer + "2"}, r.ACS)
		require.True(t, m.ACS == "" || m.ACS == r.ACS)
		require.False(t, start.After(r.Expires) || r.IssuedAt.After(start.Add(60e9)))
	})
}

func inflated(f *testing.F, text string) []byte {
	f.Helper()
	compressed, err := base64.StdEncoding.DecodeString(text)
	require.NoError(f, err)
	document, err := idp.InflateBytes(compressed)
	require.NoError(f, err)
	return document
}

// isQuiet asserts that a refusal says one of its own sentences.
func isQuiet(t *testing.T, err error) {
	t.Helper()
	var refusal *idp.Refusal
	require.ErrorAs(t, err, &refusal)
	require.True(t, utf8.ValidString(refusal.Detail) && len(refusal.Detail) < 200)
	require.Regexp(t, `^[A-Z][A-Za-z0-9 ,.:'_-]+\.$`, refusal.Detail)
}

// Whatever query comes: what is accepted was signed by the service provider, as
// another reader of the query finds.
func FuzzReadRequestQuery(f *testing.F) {
	w := newWorld(f)
	parts := strings.Split(query(), "&")
	f.Add(query())
	f.Add(strings.Join([]string{parts[3], "x=1", parts[2], parts[1], parts[0]}, "&"))
	f.Add(signedQuery(stranger(), "SAMLRequest", authnRequest(), "state-1"))
	for _, a := range slices.Concat(attacksOnTheSignature(), attacksOnTheAlgorithm(), attacksOnTheQuery(), attacksOnTheEncoding()) {
		if len(a.query) < 8<<10 {
			f.Add(a.query)
		}
	}
	f.Fuzz(func(t *testing.T, rawQuery string) {
		r, err := w.ReadRequest(w.sp, rawQuery)
		if err != nil {
			isQuiet(t, err)
			return
		}
		require.NoError(t, verifiedAgain(rawQuery, "SAMLRequest"))
		require.Equal(t, "_request-1", r.ID, "the service provider signed no other")
	})
}

// verifiedAgain verifies a query in its own way.
func verifiedAgain(rawQuery, parameter string) error {
	raw := make(map[string][]string)
	for _, pair := range strings.Split(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		raw[name] = append(raw[name], value)
	}
	var signed []string
	for _, name := range []string{parameter, "RelayState", "SigAlg"} {
		switch len(raw[name]) {
		case 0:
		case 1:
			signed = append(signed, name+"="+raw[name][0])
		default:
			return errors.New("twice: " + name)
		}
	}
	if len(raw["Signature"]) != 1 {
		return errors.New("not one signature")
	}
	text, err := url.QueryUnescape(raw["Signature"][0])
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(strings.Join(signed, "&")))
	return rsa.VerifyPKCS1v15(&spIdentity().key.PublicKey, crypto.SHA256, digest[:], sig)
}

// Whatever document the service provider signs to end a session.
func FuzzReadLogout(f *testing.F) {
	w := quickWorld(f)
	f.Add([]byte(logoutRequest()), "state-1", false)
	f.Add([]byte(logoutResponse()), "", true)
	f.Add([]byte(logoutRequest(aName, aName+"<!-- -->x")), "", false)
	f.Add([]byte(logoutResponse("status:Success", "status:Responder")), "", true)
	f.Fuzz(func(t *testing.T, document []byte, state string, answer bool) {
		parameter := "SAMLRequest"
		if answer {
			parameter = "SAMLResponse"
		}
		l, err := w.ReadLogout(w.sp, signedQuery(quickKey(), parameter, string(document), state))
		if err != nil {
			isQuiet(t, err)
			return
		}
		m := readPlain(t, document)
		require.Equal(t, logoutURL, m.Destination)
		require.Equal(t, []string{spEntity}, m.Issuer)
		require.Equal(t, m.ID, l.ID)
		require.Equal(t, state, l.RelayState)
		require.Equal(t, answer, l.Answer)
		if answer {
			require.Equal(t, m.InResponseTo, l.InResponseTo)
			return
		}
		require.Equal(t, []string{l.NameID}, m.NameID)
	})
}

// Whatever metadata is published: what is accepted has keys that are good enough
// and leads over TLS or to this machine.
func FuzzParseServiceProvider(f *testing.F) {
	f.Add([]byte(spMetadata(spIdentity())))
	f.Add([]byte(spMetadata(nextIdentity(), spIdentity())))
	f.Add([]byte(signedXML(f, spIdentity(), spMetadata(spIdentity()))))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>` + strings.TrimPrefix(spMetadata(spIdentity()), declaration)))
	f.Fuzz(func(t *testing.T, document []byte) {
		sp, err := idp.ParseServiceProvider(document)
		if err != nil {
			return
		}
		require.NotEmpty(t, sp.EntityID)
		require.NotEmpty(t, sp.Keys)
		for _, key := range sp.Keys {
			require.GreaterOrEqual(t, key.N.BitLen(), 2048)
		}
		addresses := []string{sp.LogoutURL, sp.LogoutResponseURL}
		for _, c := range sp.Consumers {
			addresses = append(addresses, c.Location)
		}
		for _, address := range addresses {
			u, err := url.Parse(address)
			require.NoError(t, err)
			require.True(t, address == "" || u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && onLoopback(u.Hostname()), address)
		}
	})
}

func onLoopback(host string) bool {
	return strings.HasPrefix(host, "127.") || strings.Contains(host, ":")
}
