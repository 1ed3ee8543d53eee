// Package idp is the protocol of our SAML 2.0 identity provider, as far as Huawei
// Cloud uses it: it reads signed requests of the HTTP-Redirect binding and answers
// them with a signed assertion by HTTP-POST. It knows no HTTP server, no store and
// no configuration: whoever calls it serves the pages, keeps what is pending and
// refuses what comes twice.
//
// No XML signature is ever verified here. Requests are signed in the query, over
// octets, so that nothing of a message is decoded before its signature holds;
// there is no reference to resolve and nothing to wrap.
//
// See https://support.huaweicloud.com/api-bpconsole/bpconsole_apifaq_00003.html
// and the standard, SAML 2.0 Bindings, 3.4 and 3.5.
package idp

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"
)

const (
	minKeyBits = 2048
	maxURI     = 1024 // characters of an entity's id, as the standard says
)

// Options are what a Provider is made of. All but LogoutURL are needed.
type Options struct {
	// EntityID is the name of this identity provider, a URI of at most 1,024 bytes.
	EntityID string
	// SSOURL and LogoutURL are where browsers bring requests: https, or http on
	// the loopback interface. Without a LogoutURL there is no single logout.
	SSOURL    string
	LogoutURL string
	// Key signs, with RSA of at least 2,048 bits.
	Key crypto.Signer
	// Certificates hold the public keys that Huawei Cloud is to know. The first is
	// that of Key; the others are published for a rotation. Their dates do not
	// matter: they carry a key, and the metadata that names them vouches for it.
	Certificates []*x509.Certificate
	Now          func() time.Time
	Entropy      io.Reader // of ids and of names of a session
}

// Provider speaks for one identity provider. It is safe for concurrent use.
type Provider struct {
	entityID     string
	ssoURL       string
	logoutURL    string
	key          crypto.Signer
	certificates []*x509.Certificate
	now          func() time.Time
	entropy      io.Reader
	metadata     []byte
}

// New checks the options and makes a Provider of them.
func New(o Options) (*Provider, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	p := &Provider{
		entityID:     o.EntityID,
		ssoURL:       o.SSOURL,
		logoutURL:    o.LogoutURL,
		key:          o.Key,
		certificates: o.Certificates,
		now:          o.Now,
		entropy:      o.Entropy,
	}
	metadata, err := p.buildMetadata()
	if err != nil {
		return nil, fmt.Errorf("identity provider: its metadata: %w", err)
	}
	p.metadata = metadata
	return p, nil
}

func (o Options) validate() error {
	if o.EntityID == "" || len(o.EntityID) > maxURI || !isText(o.EntityID) {
		return fmt.Errorf("its entity id has to have 1 to %d printable bytes", maxURI)
	}
	if !isEndpoint(o.SSOURL) {
		return fmt.Errorf("its sign-on address %q is neither https nor http on a loopback address", o.SSOURL)
	}
	if o.LogoutURL != "" && !isEndpoint(o.LogoutURL) {
		return fmt.Errorf("its logout address %q is neither https nor http on a loopback address", o.LogoutURL)
	}
	if o.Now == nil || o.Entropy == nil {
		return errors.New("it needs a clock and a source of randomness")
	}
	if o.Key == nil || len(o.Certificates) == 0 {
		return errors.New("it needs a key and the certificate of it")
	}
	for i, certificate := range o.Certificates {
		if _, err := signingKey(certificate); err != nil {
			return fmt.Errorf("certificate %d: %w", i+1, err)
		}
	}
	first, _ := signingKey(o.Certificates[0])
	if !first.Equal(o.Key.Public()) {
		return errors.New("the first certificate does not belong to the key")
	}
	return nil
}

// signingKey returns the public key of a certificate if it is good enough.
func signingKey(certificate *x509.Certificate) (*rsa.PublicKey, error) {
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < minKeyBits {
		return nil, fmt.Errorf("a certificate has no RSA key of at least %d bits", minKeyBits)
	}
	return key, nil
}

// isEndpoint tells whether a browser may be sent somewhere: over TLS, or on this
// machine.
func isEndpoint(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(address) > 2*maxURI || !isText(address) {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback()
}
