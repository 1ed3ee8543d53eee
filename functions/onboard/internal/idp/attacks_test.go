package idp_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/internal/quick"
)

// attack is a query that must be refused, and as what.
type attack struct {
	name, query, code string
}

// secretState is in every attack that may have a RelayState; nothing repeats it.
const secretState = "state-that-nobody-repeats"

// attacks is the corpus of the request side. Those of XML are signed by the service
// provider's own key, as if it had been talked into it, so that it is not the
// signature alone that keeps them out.
func attacks(t testing.TB) []attack {
	t.Helper()
	all := [][]attack{
		attacksOnTheSignature(), attacksOnTheAlgorithm(), attacksOnTheQuery(), attacksOnTheEncoding(),
		attacksOnTheDocument(), attacksOnTheContent(), wrappings(t),
	}
	var corpus []attack
	for _, some := range all {
		corpus = append(corpus, some...)
	}
	return corpus
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	corpus := attacks(t)
	names := make(map[string]bool)
	for _, a := range corpus {
		require.False(t, names[a.name], "twice: %s", a.name)
		names[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r, err := w.ReadRequest(w.sp, a.query)
			assert.Nil(t, r)
			refused(t, err, a.code)
			for _, secret := range []string{secretState, "state-1", "_request-1", "passwd", "evil", "<", "AQAB"} {
				assert.NotContains(t, err.Error(), secret)
			}
			assert.Less(t, quick.Least(func() { _, _ = w.ReadRequest(w.sp, a.query) }), quick.Limit)
		})
	}
	assert.Greater(t, len(names), 100)
}

// What a bomb would become is never made: all but the beginning is left unread.
func TestABombIsLeftUnread(t *testing.T) {
	t.Parallel()
	bomb := bytes.NewReader(deflated(strings.Repeat(" ", 12<<20)))
	_, err := idp.Inflate(bomb)
	refused(t, err, idp.RequestTooLarge)
	assert.Greater(t, bomb.Len(), int(bomb.Size())*9/10)
}

func BenchmarkAttacks(b *testing.B) {
	w := newWorld(b)
	for _, a := range attacks(b) {
		b.Run(a.name, func(b *testing.B) {
			for b.Loop() {
				_, _ = w.ReadRequest(w.sp, a.query)
			}
		})
	}
}

func attacksOnTheSignature() []attack {
	good := octets("SAMLRequest", deflated(authnRequest()), secretState)
	valid := signedOctets(spIdentity(), good)
	unsigned := strings.Split(valid, "&Signature=")[0]
	forged := octets("SAMLRequest", deflated(authnRequest("_request-1", "_evil")), secretState)
	theirs := spIdentity().sign(good)
	return []attack{
		{"unsigned", unsigned, idp.SignatureWrong},
		{"unsigned, without algorithm", strings.Split(unsigned, "&SigAlg")[0], idp.SignatureWrong},
		{"an empty signature", unsigned + "&Signature=", idp.SignatureWrong},
		{"an empty algorithm", strings.Replace(valid, "SigAlg="+url.QueryEscape(rsaSHA256), "SigAlg=", 1), idp.SignatureWrong},
		{"a signature of another key", signedOctets(stranger(), good), idp.SignatureWrong},
		{"a signature of our own key", signedOctets(providerIdentity(), good), idp.SignatureWrong},
		{"a signature by the key for encryption", signedOctets(stranger(), good), idp.SignatureWrong},
		{"the signature of another request", forged + "&Signature=" + url.QueryEscape(theirs), idp.SignatureWrong},
		{"the signature cut short", valid[:len(valid)-8], idp.SignatureWrong},
		{"the signature with a bit more", unsigned + "&Signature=" + url.QueryEscape(theirs) + "AQAB", idp.SignatureWrong},
		{"a signature of nothing but zeros", unsigned + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(make([]byte, 256))), idp.SignatureWrong},
		{"a signature of one", unsigned + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(append(make([]byte, 255), 1))), idp.SignatureWrong},
		{"a signature in hexadecimal", unsigned + "&Signature=" + strings.Repeat("ab", 256), idp.SignatureWrong},
		{"a signature for URLs", unsigned + "&Signature=" + strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(theirs), idp.SignatureWrong},
		{"a signature over the decoded values", unsigned + "&Signature=" + url.QueryEscape(spIdentity().sign(unescaped(good))), idp.SignatureWrong},
		{"a signature over the request alone", unsigned + "&Signature=" + url.QueryEscape(spIdentity().sign(strings.Split(good, "&")[0])), idp.SignatureWrong},
		{"a signature that leaves the algorithm out", unsigned + "&Signature=" + url.QueryEscape(spIdentity().sign(strings.Split(good, "&SigAlg")[0])), idp.SignatureWrong},
		{"another RelayState", strings.Replace(valid, secretState, "evil", 1), idp.SignatureWrong},
		{"an emptied RelayState", strings.Replace(valid, secretState, "", 1), idp.SignatureWrong},
		{"without the RelayState that was signed", strings.Replace(valid, "&RelayState="+secretState, "", 1), idp.SignatureWrong},
		{"with a RelayState that was not signed", signedOctets(spIdentity(), octets("SAMLRequest", deflated(authnRequest()), "")) + "&RelayState=" + secretState, idp.SignatureWrong},
		{"the query escaped in lower case", strings.ReplaceAll(strings.ReplaceAll(valid, "%3D", "%3d"), "%2F", "%2f"), idp.SignatureWrong},
		{"the query escaped where it need not be", strings.Replace(valid, "SAMLRequest=", "SAMLRequest=%"+fmt.Sprintf("%X", strings.TrimPrefix(valid, "SAMLRequest=")[0]), 1), idp.SignatureWrong},
		{"line breaks in the request", strings.Replace(valid, "SAMLRequest=", "SAMLRequest=%0A", 1), idp.SignatureWrong},
		{"a logout's signature", signedQuery(spIdentity(), "SAMLResponse", authnRequest(), secretState), idp.RequestMalformed},
		{"a notification's signature", unsigned + "&Signature=" + url.QueryEscape(spIdentity().sign("eyJ4VXNlcklkIjoidSJ9")), idp.SignatureWrong},
	}
}

func unescaped(q string) string {
	s, err := url.QueryUnescape(q)
	if err != nil {
		panic(err)
	}
	return s
}

func attacksOnTheAlgorithm() []attack {
	message := octets("SAMLRequest", deflated(authnRequest()), secretState)
	message = strings.Split(message, "&SigAlg=")[0] + "&SigAlg="
	with := func(name, algorithm string) attack {
		return attack{name, signedOctets(spIdentity(), message+url.QueryEscape(algorithm)), idp.AlgorithmRefused}
	}
	const more = "http://www.w3.org/2001/04/xmldsig-more#"
	sha1Octets := message + url.QueryEscape("http://www.w3.org/2000/09/xmldsig#rsa-sha1")
	sum := sha1.Sum([]byte(sha1Octets))
	bySHA1, err := rsa.SignPKCS1v15(nil, spIdentity().key, crypto.SHA1, sum[:])
	if err != nil {
		panic(err)
	}
	claimed := message + url.QueryEscape(rsaSHA256)
	sum = sha1.Sum([]byte(claimed))
	claimedSHA256, err := rsa.SignPKCS1v15(nil, spIdentity().key, crypto.SHA1, sum[:])
	if err != nil {
		panic(err)
	}
	macOctets := message + url.QueryEscape(more+"hmac-sha256")
	mac := hmac.New(sha256.New, spIdentity().certificate.Raw)
	mac.Write([]byte(macOctets))
	sig := func(b []byte) string { return "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(b)) }
	return []attack{
		{"SHA-1", sha1Octets + sig(bySHA1), idp.AlgorithmRefused},
		{"SHA-1 that calls itself SHA-256", claimed + sig(claimedSHA256), idp.SignatureWrong},
		{"HMAC with the public certificate", macOctets + sig(mac.Sum(nil)), idp.AlgorithmRefused},
		with("DSA", "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
		with("an elliptic curve", more+"ecdsa-sha256"),
		with("RSA with SHA-512", more+"rsa-sha512"),
		with("RSA with MD5", more+"rsa-md5"),
		with("RSA-PSS", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
		with("none", "none"),
		with("None in the standard's namespace", more+"none"),
		with("the algorithm without namespace", "rsa-sha256"),
		with("RS256", "RS256"),
		with("a second fragment", rsaSHA256+"#rsa-sha1"),
		with("a fragment before", "http://www.w3.org/2000/09/xmldsig#rsa-sha1#rsa-sha256"),
		with("a query in the namespace", "http://www.w3.org/2001/04/xmldsig-more?x=1#rsa-sha256"),
		with("the namespace over TLS", strings.Replace(rsaSHA256, "http:", "https:", 1)),
		with("a space behind the algorithm", rsaSHA256+" "),
		with("a zero byte behind the algorithm", rsaSHA256+"\x00"),
		with("two algorithms", rsaSHA256+","+more+"hmac-sha256"),
		with("letters that fold to the algorithm's", strings.Replace(rsaSHA256, "rsa-sha", "rsa-\u017Fha", 1)),
		{"the algorithm escaped twice", signedOctets(spIdentity(), message+url.QueryEscape(url.QueryEscape(rsaSHA256))), idp.AlgorithmRefused},
	}
}

func attacksOnTheQuery() []attack {
	valid := signedQuery(spIdentity(), "SAMLRequest", authnRequest(), secretState)
	evil := octets("SAMLRequest", deflated(authnRequest("_request-1", "_evil")), "evil")
	evilRequest := strings.Split(evil, "&")[0]
	encoded := strings.TrimPrefix(evilRequest, "SAMLRequest")
	without := strings.SplitN(valid, "&", 2)[1]
	return []attack{
		{"nothing", "", idp.RequestMalformed},
		{"no request", without, idp.RequestMalformed},
		{"an empty request", signedOctets(spIdentity(), "SAMLRequest=&SigAlg="+url.QueryEscape(rsaSHA256)), idp.RequestMalformed},
		{"a second request behind", valid + "&" + evilRequest, idp.RequestMalformed},
		{"a second request before", evilRequest + "&" + valid, idp.RequestMalformed},
		{"the same request twice", strings.Split(valid, "&")[0] + "&" + valid, idp.RequestMalformed},
		{"a second request with an escaped name", valid + "&%53AMLRequest" + encoded, idp.RequestMalformed},
		{"a second request in lower case", valid + "&samlrequest" + encoded, idp.RequestMalformed},
		{"a second request with a space before", valid + "&+SAMLRequest" + encoded, idp.RequestMalformed},
		{"a second request without value", valid + "&SAMLRequest", idp.RequestMalformed},
		{"an escaped name alone", "%53AMLRequest" + encoded + "&" + without, idp.RequestMalformed},
		{"letters that fold to a name", valid + "&\u017FAMLRequest" + encoded, idp.RequestMalformed},
		{"a response beside the request", valid + "&SAMLResponse" + encoded, idp.RequestMalformed},
		{"a second RelayState", valid + "&RelayState=evil", idp.RequestMalformed},
		{"a second RelayState in another case", valid + "&relaystate=evil", idp.RequestMalformed},
		{"a second algorithm", valid + "&SigAlg=none", idp.RequestMalformed},
		{"a second signature", valid + "&Signature=AAAA", idp.RequestMalformed},
		{"another encoding", valid + "&SAMLEncoding=identity", idp.RequestMalformed},
		{"a name that cannot be read", valid + "&%zz=1", idp.RequestMalformed},
		{"a value that cannot be read", signedOctets(spIdentity(), "SAMLRequest=%zz&SigAlg="+url.QueryEscape(rsaSHA256)), idp.RequestMalformed},
		{"parameters with semicolons between", strings.ReplaceAll(valid, "&", ";"), idp.SignatureWrong},
		{"a very long query", valid + "&x=" + strings.Repeat("x", 64<<10), idp.RequestTooLarge},
		{"very many parameters", valid + strings.Repeat("&x", 16<<10), idp.RequestTooLarge},
		{"a very long RelayState", signedQuery(spIdentity(), "SAMLRequest", authnRequest(), strings.Repeat("s", 2<<10+1)), idp.RequestTooLarge},
	}
}

func attacksOnTheEncoding() []attack {
	sent := func(name string, compressed []byte, code string) attack {
		return attack{name, signedOctets(spIdentity(), octets("SAMLRequest", compressed, secretState)), code}
	}
	var zipped, wrapped bytes.Buffer
	g := gzip.NewWriter(&zipped)
	_, _ = g.Write([]byte(authnRequest()))
	_ = g.Close()
	z := zlib.NewWriter(&wrapped)
	_, _ = z.Write([]byte(authnRequest()))
	_ = z.Close()
	whole := deflated(authnRequest())
	bomb := authnRequest(`<saml2p:NameIDPolicy`, strings.Repeat(" ", 4<<20)+`<saml2p:NameIDPolicy`)
	return []attack{
		sent("not compressed", []byte(authnRequest()), idp.RequestMalformed),
		sent("compressed by gzip", zipped.Bytes(), idp.RequestMalformed),
		sent("wrapped by zlib", wrapped.Bytes(), idp.RequestMalformed),
		sent("compressed twice", deflated(string(whole)), idp.RequestMalformed),
		sent("compressed cut short", whole[:len(whole)-4], idp.RequestMalformed),
		sent("garbage behind the compressed", append(bytes.Clone(whole), "garbage"...), idp.RequestMalformed),
		sent("a second stream behind the compressed", append(bytes.Clone(whole), whole...), idp.RequestMalformed),
		sent("a bomb of spaces", deflated(bomb), idp.RequestTooLarge),
		sent("a bomb of zeros", deflated(strings.Repeat("\x00", 4<<20)), idp.RequestTooLarge),
		sent("a bomb in a bomb", deflated(string(deflated(strings.Repeat(" ", 8<<20)))), idp.RequestMalformed),
		sent("a byte too many", deflated(authnRequest("</saml2p:AuthnRequest>", strings.Repeat(" ", 64<<10)+"</saml2p:AuthnRequest>")), idp.RequestTooLarge),
		{"no Base64", signedOctets(spIdentity(), "SAMLRequest=!!!!&SigAlg="+url.QueryEscape(rsaSHA256)), idp.RequestMalformed},
		{"Base64 twice", signedOctets(spIdentity(), octets("SAMLRequest", []byte(base64.StdEncoding.EncodeToString(whole)), "")), idp.RequestMalformed},
		sent("UTF-16", deflated(inUTF16(authnRequest("UTF-8", "UTF-16"))), idp.RequestMalformed),
		sent("UTF-16 that calls itself UTF-8", deflated(inUTF16(authnRequest())), idp.RequestMalformed),
		sent("UTF-8 that calls itself UTF-16", deflated(authnRequest("UTF-8", "UTF-16")), idp.RequestMalformed),
		sent("UTF-7", deflated(authnRequest("UTF-8", "UTF-7")), idp.RequestMalformed),
		sent("a byte order mark", deflated("\uFEFF"+authnRequest()), idp.RequestMalformed),
		sent("overlong UTF-8", deflated(authnRequest("_request-1", "_\xc0\xaf")), idp.RequestMalformed),
		sent("a zero byte", deflated(authnRequest("_request-1", "_\x00")), idp.RequestMalformed),
	}
}

func inUTF16(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}
