package idp

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"unicode"
)

// rsaSHA256 is the only algorithm that is accepted and used. Huawei Cloud's
// documentation prints it in upper case.
const rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

const (
	encodingDeflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
	maxQuery        = 32 << 10
	maxRelayState   = 2 << 10
)

// The parameters of the HTTP-Redirect binding.
const (
	samlRequest  = "SAMLRequest"
	samlResponse = "SAMLResponse"
	samlEncoding = "SAMLEncoding"
	relayState   = "RelayState"
	sigAlg       = "SigAlg"
	signature    = "Signature"
)

var bindingParameters = []string{samlRequest, samlResponse, samlEncoding, relayState, sigAlg, signature}

// query is the raw query of a request: its parameters as they stand there, still
// escaped.
type query map[string]string

// splitQuery finds the binding's parameters, each at most once. Others are
// ignored, so that Huawei Cloud may add some; they are not signed and nothing is
// read from them. What reads as one of the binding's once its escapes or its case
// are undone is refused, for nobody has to write it so but to be read differently
// by two readers.
func splitQuery(raw string) (query, error) {
	if len(raw) > maxQuery {
		return nil, refuse(RequestTooLarge, "The query has more than %d bytes.", maxQuery)
	}
	q := make(query)
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		known, err := parameterName(name)
		if err != nil {
			return nil, err
		}
		if known == "" {
			continue
		}
		if _, twice := q[known]; twice {
			return nil, refuse(RequestMalformed, "The query has %s twice.", known)
		}
		q[known] = value
	}
	return q, nil
}

// parameterName returns the binding's parameter of that name, or nothing.
func parameterName(raw string) (string, error) {
	name, err := url.QueryUnescape(raw)
	if err != nil {
		return "", refuse(RequestMalformed, "The query has an escape that cannot be read.")
	}
	name = strings.TrimSpace(name)
	for _, known := range bindingParameters {
		switch {
		case raw == known:
			return known, nil
		case strings.EqualFold(name, known):
			return "", refuse(RequestMalformed, "The query has %s in an unusual spelling.", known)
		}
	}
	return "", nil
}

// value undoes the escapes of a parameter.
func (q query) value(name string) (string, error) {
	value, err := url.QueryUnescape(q[name])
	if err != nil {
		return "", refuse(RequestMalformed, "The escapes of %s cannot be read.", name)
	}
	return value, nil
}

// signed are the octets that the signature is over: the parameters as received,
// in the order of the standard whatever order they came in (SAML 2.0 Bindings,
// 3.4.4.1). Huawei Cloud's own sentence about this could be read in part only.
func (q query) signed(message string) string {
	octets := message + "=" + q[message]
	if state, there := q[relayState]; there {
		octets += "&" + relayState + "=" + state
	}
	return octets + "&" + sigAlg + "=" + q[sigAlg]
}

// verify accepts a query that one of the keys signed. Nothing of the message has
// been decoded before that.
func (q query) verify(message string, keys []*rsa.PublicKey) error {
	algorithm, err := q.value(sigAlg)
	if err != nil {
		return err
	}
	if !isASCII(algorithm) || !strings.EqualFold(algorithm, rsaSHA256) {
		return refuse(AlgorithmRefused, "The request is not signed with RSA and SHA-256.")
	}
	text, err := q.value(signature)
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return refuse(SignatureWrong, "The signature is not Base64.")
	}
	digest := sha256.Sum256([]byte(q.signed(message)))
	for _, key := range keys {
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], sig) == nil {
			return nil
		}
	}
	return refuse(SignatureWrong, "The signature is of none of the service provider's keys, or of another request.")
}

// isASCII keeps letters out that fold to those of ASCII, as the long s does.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
