package onboard_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
)

const (
	rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

	bindJSON   = `{"domainName":"fjord-textiles","domainId":"d1","xUserId":"user-1","xAccountId":"acct-1","bindAction":0}`
	unbindJSON = `{"domainName":"fjord-textiles","domainId":"d1","xUserId":"user-1","xAccountId":"acct-1","bindAction":1}`
)

// signer is a key that may be Huawei Cloud's.
type signer struct {
	key         *rsa.PrivateKey
	certificate string // Base64 of the DER form
}

// Keys take long to make: two are shared by all tests, which do not change them.
var (
	makeHangzhou = sync.OnceValues(newSigner)
	makeGuiyang  = sync.OnceValues(newSigner)
)

// hangzhou is the signer whose certificate is in the metadata.
func hangzhou(t *testing.T) signer { return must(t, makeHangzhou) }

// guiyang is another one.
func guiyang(t *testing.T) signer { return must(t, makeGuiyang) }

func must(t *testing.T, made func() (signer, error)) signer {
	t.Helper()
	s, err := made()
	require.NoError(t, err)
	return s
}

func newSigner() (signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signer{}, err
	}
	certificate, err := selfSigned(key)
	return signer{key, certificate}, err
}

func selfSigned(key crypto.Signer) (string, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return base64.StdEncoding.EncodeToString(der), err
}

func ellipticCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	certificate, err := selfSigned(key)
	require.NoError(t, err)
	return certificate
}

// sign returns the Base64 of a signature over a text.
func (s signer) sign(t *testing.T, text string) string {
	t.Helper()
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(signature)
}

// form is a notification with that content.
func (s signer) form(content string) url.Values {
	bindRequest := base64.StdEncoding.EncodeToString([]byte(content))
	digest := sha256.Sum256([]byte(bindRequest))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	if err != nil {
		panic(err) // the key is large enough
	}
	return url.Values{
		"bindRequest": {bindRequest},
		"SigAlg":      {rsaSHA256},
		"Signature":   {base64.StdEncoding.EncodeToString(signature)},
	}
}

// wrapped breaks a text into lines, as certificates are printed.
func wrapped(text string) string {
	var b bytes.Buffer
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n\t ")
		text = text[64:]
	}
	return b.String() + text
}

// metadataOf is service provider metadata with these certificates for signing.
func metadataOf(certificates ...string) string {
	var b strings.Builder
	for _, c := range certificates {
		b.WriteString(descriptor(`use="signing"`, c))
	}
	return entity(b.String())
}

func descriptor(use, certificate string) string {
	return fmt.Sprintf(`<md:KeyDescriptor %s><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>`+
		`<ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`, use, wrapped(certificate))
}

func entity(descriptors string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` +
		`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://auth.huaweicloud.com/">` +
		`<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + descriptors +
		`</md:SPSSODescriptor></md:EntityDescriptor>`
}

// publisher serves metadata as Huawei Cloud's login site does.
type publisher struct {
	URL string

	mu       sync.Mutex
	document string
	status   int
	reads    int
}

func newPublisher(t *testing.T, document string) *publisher {
	t.Helper()
	p := &publisher{document: document, status: http.StatusOK}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.URL = server.URL + "/metadata.xml"
	return p
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	w.WriteHeader(p.status)
	_, _ = w.Write([]byte(p.document))
}

func (p *publisher) publish(status int, document string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.document = status, document
}

func (p *publisher) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads
}

// newSignedWorld is a world in which hangzhou is Huawei Cloud's key.
func newSignedWorld(t *testing.T) (*world, *publisher) {
	t.Helper()
	p := newPublisher(t, metadataOf(hangzhou(t).certificate))
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SPMetadata = p.URL })
	return w, p
}
