package onboard

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/bssfn/bssfn/functions"
)

const (
	maxMetadata = 2 << 20
	// Keys are kept a day, and read anew at most once a minute, however many
	// notifications fail and whether the reading does.
	keepKeys    = 24 * time.Hour
	refreshKeys = time.Minute
)

// metadata reads Huawei Cloud's keys from its SAML service provider metadata.
//
// See https://support.huaweicloud.com/devg-bpconsole/zh-cn_topic_0078452994.html.
type metadata struct {
	source string // an address or a file
	http   *http.Client
	now    func() time.Time

	mu      sync.Mutex
	keys    []*rsa.PublicKey
	readAt  time.Time
	triedAt time.Time
	failure error // of the last reading
}

// newMetadata accepts a file, an https address, and an http one on the loopback
// interface.
func newMetadata(source string, rt functions.Runtime) (*metadata, error) {
	u, err := url.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("SP_METADATA: %w", err)
	}
	if u.Scheme == "http" {
		if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("SP_METADATA %q is not https: whoever answers there decides who may bind customers", source)
		}
	}
	return &metadata{source: source, now: rt.Clock.Now, http: &http.Client{
		Transport: rt.Transport,
		Timeout:   10 * time.Second,
		// A redirect could lead to another host, or away from https.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Keys returns the public keys of the metadata's signing certificates.
func (m *metadata) Keys(ctx context.Context, fresh bool) ([]*rsa.PublicKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if m.keys != nil && !fresh && now.Sub(m.readAt) < keepKeys {
		return m.keys, nil
	}
	// As long as there are no keys at all, each notification is worth a try.
	if m.keys != nil && now.Sub(m.triedAt) < refreshKeys {
		return m.keys, m.failure
	}
	// The keys are for everybody: a caller that goes does not end the reading.
	keys, err := m.load(context.WithoutCancel(ctx))
	m.triedAt, m.failure = now, err
	if err != nil {
		return nil, err
	}
	m.keys, m.readAt = keys, now
	return keys, nil
}

func (m *metadata) load(ctx context.Context) ([]*rsa.PublicKey, error) {
	data, err := m.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the service provider metadata from %s: %w", m.source, err)
	}
	keys, err := parseMetadata(data)
	if err != nil {
		return nil, fmt.Errorf("the service provider metadata from %s: %w", m.source, err)
	}
	return keys, nil
}

func (m *metadata) read(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(m.source, "https://") && !strings.HasPrefix(m.source, "http://") {
		return os.ReadFile(m.source)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.source, nil)
	if err != nil {
		return nil, err
	}
	res, err := m.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata+1))
	if len(data) > maxMetadata {
		return nil, errors.New("it is larger than 2 MiB")
	}
	return data, err
}

type entityDescriptor struct {
	XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	Keys    []struct {
		Use          string   `xml:"use,attr"`
		Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata SPSSODescriptor>KeyDescriptor"`
}

// parseMetadata returns the RSA keys for signing. A descriptor without a use is
// for every use.
func parseMetadata(data []byte) ([]*rsa.PublicKey, error) {
	var e entityDescriptor
	if err := xml.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	var keys []*rsa.PublicKey
	for _, descriptor := range e.Keys {
		if descriptor.Use != "" && descriptor.Use != "signing" {
			continue
		}
		for _, text := range descriptor.Certificates {
			key, err := certificateKey(text)
			if err != nil {
				return nil, err
			}
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("it has no certificate for signing")
	}
	return keys, nil
}

func certificateKey(text string) (*rsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("a certificate is not Base64: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("a certificate cannot be read: %w", err)
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		return nil, errors.New("a certificate has no RSA key of at least 2048 bits")
	}
	return key, nil
}
