package huawei

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// maxMessage bounds a message of the HTTP-Redirect binding once it is inflated.
const maxMessage = 64 << 10

// redirectURL is where a browser takes a message by the HTTP-Redirect binding:
// deflated, and signed over the octets of the query.
func (s *Server) redirectURL(location, parameter string, message any, relayState string) (string, error) {
	text, err := xml.Marshal(message)
	if err != nil {
		return "", err
	}
	octets := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated(text)))
	if relayState != "" {
		octets += "&RelayState=" + url.QueryEscape(relayState)
	}
	octets += "&SigAlg=" + url.QueryEscape(s.sigAlg())
	signature, err := s.signer().sign(octets)
	if err != nil {
		return "", err
	}
	separator := "?"
	if strings.Contains(location, "?") {
		separator = "&"
	}
	return location + separator + octets + "&Signature=" + url.QueryEscape(signature), nil
}

// sigAlg is the algorithm's name in capital letters, as the documentation prints
// it, or as the standard writes it.
func (s *Server) sigAlg() string {
	if s.options.PlainSigAlg {
		return signatureAlgorithm
	}
	return strings.ToUpper(signatureAlgorithm)
}

func deflated(text []byte) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.DefaultCompression) // the level is valid
	_, _ = w.Write(text)                                    // memory takes everything
	_ = w.Close()
	return out.Bytes()
}

// redirected is a message that came by the HTTP-Redirect binding.
type redirected struct {
	parameter  string // SAMLRequest or SAMLResponse
	message    []byte
	relayState string
	octets     string // that are signed
	signature  []byte
}

// readRedirect reads the query as it was written. Each parameter may be there
// once, and only under its plain name.
func readRedirect(rawQuery, parameter string) (*redirected, error) {
	raw := map[string]string{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if _, twice := raw[name]; twice || !slices.Contains([]string{parameter, "RelayState", "SigAlg", "Signature"}, name) {
			return nil, fmt.Errorf("the query is not %s, RelayState, SigAlg and Signature, each once", parameter)
		}
		raw[name] = value
	}
	out := &redirected{parameter: parameter, octets: parameter + "=" + raw[parameter]}
	if relayState, ok := raw["RelayState"]; ok {
		out.octets += "&RelayState=" + relayState
	}
	out.octets += "&SigAlg=" + raw["SigAlg"]
	values, err := unescaped(raw)
	if err != nil {
		return nil, err
	}
	out.relayState = values["RelayState"]
	if !strings.EqualFold(values["SigAlg"], signatureAlgorithm) {
		return nil, errors.New("the message is not signed with RSA-SHA256")
	}
	if out.signature, err = base64.StdEncoding.DecodeString(values["Signature"]); err != nil {
		return nil, errors.New("the signature is not base64")
	}
	out.message, err = inflated(values[parameter])
	return out, err
}

func unescaped(raw map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for name, value := range raw {
		plain, err := url.QueryUnescape(value)
		if err != nil {
			return nil, fmt.Errorf("%s is not percent-encoded", name)
		}
		values[name] = plain
	}
	return values, nil
}

func inflated(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the message is not base64")
	}
	rest := bytes.NewReader(data)
	message, err := io.ReadAll(io.LimitReader(flate.NewReader(rest), maxMessage+1))
	switch {
	case len(message) > maxMessage:
		return nil, errors.New("the message is larger than 64 KB")
	case err != nil || rest.Len() > 0:
		return nil, errors.New("the message is not deflated")
	}
	return message, nil
}

func (m *redirected) signedBy(keys []*rsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(m.octets))
	return slices.ContainsFunc(keys, func(key *rsa.PublicKey) bool {
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], m.signature) == nil
	})
}
