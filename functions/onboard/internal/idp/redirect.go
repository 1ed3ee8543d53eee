package idp

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/beevik/etree"
)

// redirect is the address with a message of ours in its query, signed as that of
// the service provider is verified.
func (p *Provider) redirect(location, parameter string, message *etree.Element, state string) (string, error) {
	text, err := deflated(message)
	if err != nil {
		return "", err
	}
	q := query{parameter: url.QueryEscape(text), sigAlg: url.QueryEscape(rsaSHA256)}
	if state != "" {
		q[relayState] = url.QueryEscape(state)
	}
	octets := q.signed(parameter)
	digest := sha256.Sum256([]byte(octets))
	sig, err := p.key.Sign(p.entropy, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("identity provider: sign a message: %w", err)
	}
	separator := "?"
	if strings.Contains(location, "?") {
		separator = "&"
	}
	return location + separator + octets + "&" + signature + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig)), nil
}

// deflated is a message as it stands in a query, before its escapes.
func deflated(message *etree.Element) (string, error) {
	data, err := etree.NewDocumentWithRoot(message).WriteToBytes()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
