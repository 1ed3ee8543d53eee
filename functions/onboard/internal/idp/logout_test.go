package idp_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	saml2 "github.com/russellhaering/gosaml2"
	"github.com/russellhaering/gosaml2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const (
	aSession = "_5e55"
	aName    = "_4a4e"
)

func logoutRequest(edits ...string) string {
	return edited(`<saml2p:LogoutRequest xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" Destination="`+logoutURL+`" ID="_logout-1"`+
		` IssueInstant="2026-03-10T01:02:00.000Z" NotOnOrAfter="2026-03-10T01:07:00.000Z" Version="2.0">`+
		`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`+spEntity+`</saml2:Issuer>`+
		`<saml2:NameID xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">`+aName+`</saml2:NameID>`+
		`<saml2p:SessionIndex>`+aSession+`</saml2p:SessionIndex></saml2p:LogoutRequest>`, edits)
}

func logoutResponse(edits ...string) string {
	return edited(`<saml2p:LogoutResponse xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" Destination="`+logoutURL+`" ID="_logout-2"`+
		` InResponseTo="_ours-1" IssueInstant="2026-03-10T01:02:00.000Z" Version="2.0">`+
		`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`+spEntity+`</saml2:Issuer>`+
		`<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status></saml2p:LogoutResponse>`, edits)
}

func TestLogoutMessages(t *testing.T) {
	t.Parallel()
	issued := time.Date(2026, 3, 10, 1, 2, 0, 0, time.UTC)
	request := idp.Logout{ID: "_logout-1", IssuedAt: issued, Expires: issued.Add(5 * time.Minute), RelayState: "state-1",
		NameID: aName, SessionIndexes: []string{aSession}}
	all := request
	all.SessionIndexes = nil
	response := idp.Logout{Answer: true, ID: "_logout-2", IssuedAt: issued, Expires: issued.Add(5 * time.Minute), RelayState: "state-1",
		InResponseTo: "_ours-1", Success: true}
	failed := response
	failed.Success = false
	const success = "status:Success\"/>"
	for name, tt := range map[string]struct {
		parameter, document string
		want                idp.Logout
	}{
		"a request":                  {"SAMLRequest", logoutRequest(), request},
		"a request for all sessions": {"SAMLRequest", logoutRequest("<saml2p:SessionIndex>"+aSession+"</saml2p:SessionIndex>", ""), all},
		"a request without an end":   {"SAMLRequest", logoutRequest(` NotOnOrAfter="2026-03-10T01:07:00.000Z"`, ""), request},
		"an answer":                  {"SAMLResponse", logoutResponse(), response},
		"an answer of failure":       {"SAMLResponse", logoutResponse("status:Success", "status:Responder"), failed},
		"an answer of half success":  {"SAMLResponse", logoutResponse(success, `status:Success"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></saml2p:StatusCode>`), failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			l, err := w.ReadLogout(w.sp, signedQuery(spIdentity(), tt.parameter, tt.document, "state-1"))
			require.NoError(t, err)
			assert.Equal(t, tt.want, *l)
		})
	}
}

func TestLogoutMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	name := `<saml2:NameID xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">` + aName + `</saml2:NameID>`
	session := "<saml2p:SessionIndex>" + aSession + "</saml2p:SessionIndex>"
	request := func(edits ...string) string {
		return signedQuery(spIdentity(), "SAMLRequest", logoutRequest(edits...), secretState)
	}
	response := func(edits ...string) string {
		return signedQuery(spIdentity(), "SAMLResponse", logoutResponse(edits...), secretState)
	}
	tests := map[string]struct{ query, code string }{
		"unsigned":                           {octets("SAMLRequest", deflated(logoutRequest()), secretState), idp.SignatureWrong},
		"by a stranger":                      {signedQuery(stranger(), "SAMLRequest", logoutRequest(), secretState), idp.SignatureWrong},
		"an answer by a stranger":            {signedQuery(stranger(), "SAMLResponse", logoutResponse(), secretState), idp.SignatureWrong},
		"an altered RelayState":              {strings.Replace(request(), secretState, "evil", 1), idp.SignatureWrong},
		"both":                               {request() + "&" + response(), idp.RequestMalformed},
		"neither":                            {"RelayState=x", idp.RequestMalformed},
		"a request as an answer":             {signedQuery(spIdentity(), "SAMLResponse", logoutRequest(), ""), idp.RequestMalformed},
		"an answer as a request":             {signedQuery(spIdentity(), "SAMLRequest", logoutResponse(), ""), idp.RequestMalformed},
		"a request to sign on":               {signedQuery(spIdentity(), "SAMLRequest", authnRequest(ssoURL, logoutURL), ""), idp.RequestMalformed},
		"for the sign-on":                    {request(logoutURL, ssoURL), idp.WrongDestination},
		"an answer for the sign-on":          {response(logoutURL, ssoURL), idp.WrongDestination},
		"of another service provider":        {request(spEntity, "https://evil.example.com/"), idp.WrongIssuer},
		"an answer of another":               {response(spEntity, "https://evil.example.com/"), idp.WrongIssuer},
		"old":                                {request("01:02:00.000Z", "00:50:00Z"), idp.RequestExpired},
		"an old answer":                      {response("01:02:00.000Z", "00:50:00Z"), idp.RequestExpired},
		"ahead":                              {request("01:02:00.000Z", "01:30:00Z"), idp.RequestFromFuture},
		"ended":                              {request("01:07:00.000Z", "01:01:03Z"), idp.RequestExpired},
		"an end that is no time":             {request("2026-03-10T01:07:00.000Z", "soon"), idp.RequestMalformed},
		"no name":                            {request(name, ""), idp.RequestMalformed},
		"an empty name":                      {request(">"+aName+"<", "><"), idp.RequestMalformed},
		"a long name":                        {request(aName, strings.Repeat("n", 129)), idp.RequestMalformed},
		"two names":                          {request(name, name+name), idp.RequestMalformed},
		"a comment in the name":              {request(aName, aName+"<!-- -->x"), idp.RequestMalformed},
		"an encrypted name":                  {request("saml2:NameID", "saml2:EncryptedID"), idp.RequestMalformed},
		"very many sessions":                 {request(session, strings.Repeat(session, 65)), idp.RequestTooLarge},
		"a long session":                     {request(aSession, strings.Repeat("s", 129)), idp.RequestTooLarge},
		"an answer to nothing":               {response(` InResponseTo="_ours-1"`, ""), idp.RequestMalformed},
		"an answer without status":           {response(`<saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>`, ""), idp.RequestMalformed},
		"an assertion in the answer":         {response("</saml2p:Status>", `</saml2p:Status><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>`), idp.RequestMalformed},
		"a document type":                    {request("<saml2p:LogoutRequest", "<!DOCTYPE x><saml2p:LogoutRequest"), idp.RequestMalformed},
		"a bomb":                             {request("</saml2p:LogoutRequest>", strings.Repeat(" ", 4<<20)+"</saml2p:LogoutRequest>"), idp.RequestTooLarge},
		"an answer that is a response":       {signedQuery(spIdentity(), "SAMLResponse", edited(logoutResponse(), []string{"LogoutResponse", "Response"}), ""), idp.RequestMalformed},
		"a signature over the other message": {strings.Replace(request(), "SAMLRequest=", "SAMLResponse=", 1), idp.SignatureWrong},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			l, err := w.ReadLogout(w.sp, tt.query)
			assert.Nil(t, l)
			refused(t, err, tt.code)
			for _, secret := range []string{secretState, aName, aSession, "evil", "<"} {
				assert.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestWithoutALogoutAddressThereIsNoLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.options()
	o.LogoutURL = ""
	p, err := idp.New(o)
	require.NoError(t, err)
	_, err = p.ReadLogout(w.sp, signedQuery(spIdentity(), "SAMLRequest", logoutRequest(logoutURL, ""), ""))
	refused(t, err, idp.RequestRefused)
}

// opened verifies an address of ours with the certificate of the metadata, as a
// service provider does, and returns its document and RelayState.
func opened(t *testing.T, address, location, parameter string) ([]byte, string) {
	t.Helper()
	rest, found := strings.CutPrefix(address, location)
	require.True(t, found, address)
	signed, signature, found := strings.Cut(rest[1:], "&Signature=")
	require.True(t, found, address)
	signature, err := url.QueryUnescape(signature)
	require.NoError(t, err)
	sig, err := base64.StdEncoding.DecodeString(signature)
	require.NoError(t, err)
	digest := sha256.Sum256([]byte(signed))
	key, ok := providerIdentity().certificate.PublicKey.(*rsa.PublicKey)
	require.True(t, ok)
	require.NoError(t, rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], sig))
	values, err := url.ParseQuery(signed)
	require.NoError(t, err)
	assert.Equal(t, rsaSHA256, values.Get("SigAlg"))
	compressed, err := base64.StdEncoding.DecodeString(values.Get(parameter))
	require.NoError(t, err)
	document, err := io.ReadAll(flate.NewReader(bytes.NewReader(compressed)))
	require.NoError(t, err)
	return document, values.Get("RelayState")
}

func TestAnswerLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, err := w.ReadLogout(w.sp, signedQuery(spIdentity(), "SAMLRequest", logoutRequest(), "a state & more"))
	require.NoError(t, err)
	other := w.another()
	other.ServiceProviderSLOURL = spLogoutResponse
	for _, ended := range []bool{true, false} {
		address, err := w.AnswerLogout(w.sp, l, ended)
		require.NoError(t, err)
		document, state := opened(t, address, spLogoutResponse, "SAMLResponse")
		assert.Equal(t, "a state & more", state)
		var response types.LogoutResponse
		require.NoError(t, xml.Unmarshal(document, &response))
		assert.Equal(t, "_logout-1", response.InResponseTo)
		assert.Equal(t, start, response.IssueInstant)
		assert.Equal(t, ended, other.ValidateDecodedLogoutResponse(&response) == nil)
	}
}

func TestStartLogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sp.LogoutURL += "?site=cn"
	address, id, err := w.StartLogout(w.sp, aName, aSession, "")
	require.NoError(t, err)
	assert.Contains(t, address, "?site=cn&SAMLRequest=")
	document, state := opened(t, address, w.sp.LogoutURL, "SAMLRequest")
	assert.Empty(t, state)
	other := w.another()
	other.ServiceProviderSLOURL = w.sp.LogoutURL
	var request saml2.LogoutRequest
	require.NoError(t, xml.Unmarshal(document, &request))
	require.NoError(t, other.ValidateDecodedLogoutRequest(&request))
	assert.Equal(t, id, request.ID)
	assert.Equal(t, aName, request.NameID.Value)
	assert.Contains(t, string(document), "<saml2p:SessionIndex>"+aSession+"</saml2p:SessionIndex>")
}

// What one side of this package writes, the other one reads.
func TestALogoutFromUsToUs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address, id, err := w.StartLogout(w.sp, aName, "", "state-1")
	require.NoError(t, err)
	o := w.options()
	o.EntityID, o.LogoutURL = spEntity, spLogout
	o.Key, o.Certificates = spIdentity().key, nil
	o.Certificates = append(o.Certificates, spIdentity().certificate)
	theirs, err := idp.New(o)
	require.NoError(t, err)
	us := &idp.ServiceProvider{EntityID: entityID, Keys: []*rsa.PublicKey{&providerIdentity().key.PublicKey},
		LogoutURL: logoutURL, LogoutResponseURL: logoutURL}
	_, rawQuery, _ := strings.Cut(address, "?")
	request, err := theirs.ReadLogout(us, rawQuery)
	require.NoError(t, err)
	assert.Equal(t, id, request.ID)
	assert.Empty(t, request.SessionIndexes)

	answer, err := theirs.AnswerLogout(us, request, true)
	require.NoError(t, err)
	_, rawQuery, _ = strings.Cut(answer, "?")
	response, err := w.ReadLogout(w.sp, rawQuery)
	require.NoError(t, err)
	assert.True(t, response.Answer)
	assert.True(t, response.Success)
	assert.Equal(t, id, response.InResponseTo)
	assert.Equal(t, "state-1", response.RelayState)

	_, err = w.AnswerLogout(w.sp, response, true)
	refused(t, err, idp.RequestRefused)
}

func TestNoLogoutWhereTheServiceProviderHasNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sp.LogoutURL, w.sp.LogoutResponseURL = "", ""
	_, _, err := w.StartLogout(w.sp, aName, aSession, "")
	refused(t, err, idp.RequestRefused)
	_, err = w.AnswerLogout(w.sp, &idp.Logout{ID: "_logout-1"}, true)
	refused(t, err, idp.RequestRefused)
}
