package huawei

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxIDPMetadata is what the partner centre takes.
const maxIDPMetadata = 2 << 20

// identityProvider is the sales platform's identity provider, as its metadata
// describes it.
type identityProvider struct {
	entityID       string
	certificates   []*x509.Certificate // for signing
	signOn         string              // where requests go, by redirect
	logout         string              // the same for logouts; empty if it has none
	logoutResponse string              // where answers to its own logouts go
}

type idpDocument struct {
	XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	EntityID string   `xml:"entityID,attr"`
	Roles    []struct {
		Protocols string `xml:"protocolSupportEnumeration,attr"`
		Keys      []struct {
			Use          string   `xml:"use,attr"`
			Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:metadata KeyDescriptor"`
		Formats []string      `xml:"urn:oasis:names:tc:SAML:2.0:metadata NameIDFormat"`
		SignOn  []idpEndpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata SingleSignOnService"`
		Logout  []idpEndpoint `xml:"urn:oasis:names:tc:SAML:2.0:metadata SingleLogoutService"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor"`
}

type idpEndpoint struct {
	Binding          string `xml:"Binding,attr"`
	Location         string `xml:"Location,attr"`
	ResponseLocation string `xml:"ResponseLocation,attr"`
}

// parseIDPMetadata reads IDP Metadata.xml, see
// https://support.huaweicloud.com/devg-bpconsole/access_00001.html. Which of its
// elements are mandatory is not listed: asked for is what this server needs.
func parseIDPMetadata(data []byte) (*identityProvider, error) {
	if len(data) > maxIDPMetadata {
		return nil, errors.New("it is larger than 2 MB")
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if _, err := readMetadata(data); err != nil {
		return nil, err
	}
	var document idpDocument
	if err := xml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if document.EntityID == "" || len(document.Roles) != 1 {
		return nil, errors.New("it is not an EntityDescriptor with an entityID and one IDPSSODescriptor")
	}
	role := document.Roles[0]
	p := &identityProvider{entityID: document.EntityID}
	if !slices.Contains(strings.Fields(role.Protocols), protocolNamespace) {
		return nil, errors.New("its protocolSupportEnumeration has not SAML 2.0")
	}
	if len(role.Formats) > 0 && !slices.ContainsFunc(role.Formats, func(f string) bool { return strings.TrimSpace(f) == nameIDTransient }) {
		return nil, errors.New("none of its NameIDFormats is the transient one")
	}
	for _, key := range role.Keys {
		if key.Use != "" && key.Use != "signing" {
			continue
		}
		for _, text := range key.Certificates {
			certificate, err := parseCertificate(text)
			if err != nil {
				return nil, err
			}
			p.certificates = append(p.certificates, certificate)
		}
	}
	if len(p.certificates) == 0 {
		return nil, errors.New("it has no certificate for signing")
	}
	return p, p.setEndpoints(role.SignOn, role.Logout)
}

func (p *identityProvider) setEndpoints(signOn, logout []idpEndpoint) error {
	i := slices.IndexFunc(signOn, func(e idpEndpoint) bool { return e.Binding == bindingRedirect })
	if i < 0 || !browsable(signOn[i].Location) {
		return errors.New("it has no SingleSignOnService for HTTP-Redirect with an https Location, or http on this machine")
	}
	p.signOn = signOn[i].Location
	if i = slices.IndexFunc(logout, func(e idpEndpoint) bool { return e.Binding == bindingRedirect }); i < 0 {
		return nil
	}
	p.logout, p.logoutResponse = logout[i].Location, logout[i].ResponseLocation
	if p.logoutResponse == "" {
		p.logoutResponse = p.logout
	}
	if !browsable(p.logout) || !browsable(p.logoutResponse) {
		return errors.New("its SingleLogoutService has no https Location, or http on this machine")
	}
	return nil
}

// browsable keeps a browser from being sent to what is no page.
func browsable(location string) bool {
	u, err := url.Parse(location)
	return err == nil && u.Host != "" && u.User == nil && u.Fragment == "" &&
		(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Host))
}

func parseCertificate(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("a certificate is not base64: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("a certificate cannot be read: %w", err)
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() < 2048 {
		return nil, errors.New("a certificate has no RSA key of 2048 bits or more")
	}
	return certificate, nil
}

// keys are the public keys of the certificates that are valid now.
func (p *identityProvider) keys(now time.Time) []*rsa.PublicKey {
	var keys []*rsa.PublicKey
	for _, c := range p.certificates {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && !now.Before(c.NotBefore) && !now.After(c.NotAfter) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *identityProvider) equal(other *identityProvider) bool {
	return p.entityID == other.entityID && p.signOn == other.signOn && p.logout == other.logout &&
		p.logoutResponse == other.logoutResponse &&
		slices.EqualFunc(p.certificates, other.certificates, (*x509.Certificate).Equal)
}

// idpSource keeps the identity provider that was read last.
type idpSource struct {
	client *http.Client

	mu     sync.Mutex
	access Access // where it was read from
	read   *identityProvider
}

// get returns the identity provider of the access configuration.
func (i *idpSource) get(ctx context.Context, a Access) (*identityProvider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.read != nil && i.access == a {
		return i.read, nil
	}
	return i.load(ctx, a)
}

// renew reads the metadata again, as its certificates may have changed, and
// reports whether anything has.
func (i *idpSource) renew(ctx context.Context, a Access, old *identityProvider) (*identityProvider, bool, error) {
	if a.IDPMetadataURL == "" {
		return old, false, nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	p, err := i.load(ctx, a)
	if err != nil {
		return nil, false, err
	}
	return p, !p.equal(old), nil
}

func (i *idpSource) load(ctx context.Context, a Access) (*identityProvider, error) {
	data, err := []byte(a.IDPMetadata), error(nil)
	if a.IDPMetadataURL != "" {
		data, err = i.fetch(ctx, a.IDPMetadataURL)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the identity provider's metadata: %w", err)
	}
	p, err := parseIDPMetadata(data)
	if err != nil {
		return nil, fmt.Errorf("the identity provider's metadata: %w", err)
	}
	i.access, i.read = a, p
	return p, nil
}

func (i *idpSource) fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := i.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers HTTP %d", address, response.StatusCode)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxIDPMetadata+1))
}
