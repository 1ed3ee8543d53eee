package idp_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const acsAttribute = `AssertionConsumerServiceURL="` + spConsumer + `" `

func TestRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	assert.Equal(t, &idp.Request{
		ID: "_request-1", Issuer: spEntity, ACS: spConsumer, RelayState: "state-1",
		IssuedAt: time.Date(2026, 3, 10, 1, 2, 0, 0, time.UTC), Expires: time.Date(2026, 3, 10, 1, 7, 0, 0, time.UTC),
	}, r)

	kept, err := json.Marshal(r)
	require.NoError(t, err)
	var again idp.Request
	require.NoError(t, json.Unmarshal(kept, &again))
	assert.Equal(t, *r, again)
}

func TestRequestsThatAreAccepted(t *testing.T) {
	t.Parallel()
	message := octets("SAMLRequest", deflated(authnRequest()), "state-1")
	parts := strings.Split(signedOctets(spIdentity(), message), "&")
	upper := "SAMLRequest=" + strings.TrimPrefix(parts[0], "SAMLRequest=") + "&SigAlg=" + url.QueryEscape(strings.ToUpper(rsaSHA256))
	lower := strings.ReplaceAll(strings.ReplaceAll(message, "%3A", "%3a"), "%2F", "%2f")
	for name, tt := range map[string]struct {
		query string
		holds func(*idp.Request) bool
	}{
		"parameters in another order": {parts[3] + "&" + parts[2] + "&" + parts[1] + "&" + parts[0], nil},
		"further parameters":          {"x=1&" + strings.Join(parts, "&") + "&utm=a&utm=b&", nil},
		"the algorithm in upper case": {signedOctets(spIdentity(), upper), func(r *idp.Request) bool { return r.RelayState == "" }},
		"escapes in lower case":       {signedOctets(spIdentity(), lower), nil},
		"named encoding":              {strings.Join(parts, "&") + "&SAMLEncoding=" + url.QueryEscape("urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"), nil},
		"an empty RelayState":         {signedOctets(spIdentity(), strings.Replace(message, "state-1", "", 1)), func(r *idp.Request) bool { return r.RelayState == "" }},
		"a RelayState with everything": {signedQuery(spIdentity(), "SAMLRequest", authnRequest(), "https://console.huaweicloud.com/?a=b&c=d#é \"<>+%00"), func(r *idp.Request) bool {
			return r.RelayState == "https://console.huaweicloud.com/?a=b&c=d#é \"<>+%00"
		}},
		"no consumer":                     {query(acsAttribute, ""), func(r *idp.Request) bool { return r.ACS == spConsumer }},
		"a consumer by index":             {query(acsAttribute, `AssertionConsumerServiceIndex="7" `), func(r *idp.Request) bool { return r.ACS == spConsumer+"2" }},
		"another consumer of theirs":      {query(acsAttribute, `AssertionConsumerServiceURL="`+spConsumer+`2" `), func(r *idp.Request) bool { return r.ACS == spConsumer+"2" }},
		"no binding":                      {query(` ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`, ""), nil},
		"an unspecified name":             {query("SAML:2.0:nameid-format:transient", "SAML:1.1:nameid-format:unspecified"), nil},
		"no wish for a name":              {query(`<saml2p:NameIDPolicy AllowCreate="true" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>`, ""), nil},
		"sign in anew":                    {query(`ForceAuthn="false"`, `ForceAuthn="true"`), func(r *idp.Request) bool { return r.ForceAuthn && !r.IsPassive }},
		"without a page":                  {query(`IsPassive="false"`, `IsPassive="1"`), func(r *idp.Request) bool { return r.IsPassive && !r.ForceAuthn }},
		"a minute ahead":                  {query("01:02:00.000Z", "01:03:03Z"), nil},
		"five minutes old":                {query("2026-03-10T01:02:00.000Z", "2026-03-10T00:57:03Z"), nil},
		"a time of another zone":          {query("01:02:00.000Z", "09:02:00+08:00"), func(r *idp.Request) bool { return r.IssuedAt.Equal(time.Date(2026, 3, 10, 1, 2, 0, 0, time.UTC)) }},
		"white space and a CDATA section": {query(">"+spEntity+"<", ">\n <![CDATA["+spEntity+"]]>\n<"), nil},
		"ways of signing in":              {query("</saml2p:AuthnRequest>", `<saml2p:RequestedAuthnContext Comparison="exact"/></saml2p:AuthnRequest>`), nil},
		"no XML declaration":              {query(`<?xml version="1.0" encoding="UTF-8"?>`, ""), nil},
		"other prefixes":                  {query("saml2p:", "p:", ":saml2p", ":p", "saml2:", "", ":saml2", ""), nil},
		// The binding says to take an XML signature off. One that was left on is
		// covered by the query's and nobody looks at it.
		"with an XML signature of its own": {signedQuery(spIdentity(), "SAMLRequest", signedXML(t, spIdentity(), authnRequest()), ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r, err := w.ReadRequest(w.sp, tt.query)
			require.NoError(t, err)
			assert.Equal(t, "_request-1", r.ID)
			if tt.holds != nil {
				assert.True(t, tt.holds(r), "%+v", r)
			}
		})
	}
}

func TestARequestOfEitherKeyDuringARotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sp, err := idp.ParseServiceProvider([]byte(spMetadata(nextIdentity(), spIdentity())))
	require.NoError(t, err)
	for _, by := range []identity{spIdentity(), nextIdentity()} {
		_, err := w.ReadRequest(sp, signedQuery(by, "SAMLRequest", authnRequest(), ""))
		assert.NoError(t, err)
	}
	_, err = w.ReadRequest(sp, signedQuery(stranger(), "SAMLRequest", authnRequest(), ""))
	refused(t, err, idp.SignatureWrong)
}

// Where a request may come a second time, its id has to be known; where it may
// not, it is refused without.
func TestARequestIsRefusedOnceItsIDIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	w.now = r.Expires
	_, err = w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	w.now = r.Expires.Add(time.Nanosecond)
	_, err = w.ReadRequest(w.sp, query())
	refused(t, err, idp.RequestExpired)
}

func TestRequestsToAServiceProviderWithoutConsumer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sp.Consumers = nil
	_, err := w.ReadRequest(w.sp, query(acsAttribute, ""))
	refused(t, err, idp.WrongConsumer)
}
