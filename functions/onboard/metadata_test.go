package onboard_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
)

func TestParseMetadata(t *testing.T) {
	t.Parallel()
	h, g := hangzhou(t), guiyang(t)
	one := []*rsa.PublicKey{&h.key.PublicKey}
	for name, document := range map[string]string{
		"for signing":        metadataOf(h.certificate),
		"for every use":      entity(descriptor("", h.certificate)),
		"not for encryption": entity(descriptor(`use="encryption"`, g.certificate) + descriptor(`use="signing"`, h.certificate)),
		"on several lines":   metadataOf(wrapped(h.certificate)),
		"with a comment":     strings.Replace(metadataOf(h.certificate), "<md:SPSSO", "<!-- x --><md:SPSSO", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := onboard.ParseMetadata([]byte(document))
			require.NoError(t, err)
			assert.Equal(t, one, keys)
		})
	}
	keys, err := onboard.ParseMetadata([]byte(metadataOf(g.certificate, h.certificate)))
	require.NoError(t, err)
	assert.Equal(t, []*rsa.PublicKey{&g.key.PublicKey, &h.key.PublicKey}, keys)
}

func TestMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	good := hangzhou(t).certificate
	document := metadataOf(good)
	const doctype = `<!DOCTYPE md:EntityDescriptor [<!ENTITY c "x"><!ENTITY f SYSTEM "file:///etc/passwd">]>`
	withEntity := func(name string) string {
		text := metadataOf("&" + name + ";")
		return strings.Replace(text, "?>", "?>"+doctype, 1)
	}
	tests := map[string]struct{ document, says string }{
		"nothing":                   {"", "cannot be read"},
		"a page":                    {"<html><body>Bad Gateway</body></html>", "cannot be read"},
		"half of it":                {document[:len(document)/2], "cannot be read"},
		"another namespace":         {strings.ReplaceAll(document, "SAML:2.0:metadata", "SAML:1.0:metadata"), "cannot be read"},
		"no certificate":            {entity(""), "no certificate for signing"},
		"for encryption only":       {entity(descriptor(`use="encryption"`, good)), "no certificate for signing"},
		"of an identity provider":   {strings.ReplaceAll(document, "SPSSODescriptor", "IDPSSODescriptor"), "no certificate for signing"},
		"an unknown use":            {entity(descriptor(`use="other"`, good)), "no certificate for signing"},
		"an empty certificate":      {metadataOf(""), "cannot be read"},
		"no Base64":                 {metadataOf("!!!"), "not Base64"},
		"no certificate in Base64":  {metadataOf("bm8gY2VydGlmaWNhdGU="), "cannot be read"},
		"an elliptic curve":         {metadataOf(ellipticCertificate(t)), "no RSA key of at least 2048 bits"},
		"a small key":               {metadataOf(smallCertificate(t)), "no RSA key of at least 2048 bits"},
		"a small key beside a good": {metadataOf(good, smallCertificate(t)), "no RSA key of at least 2048 bits"},
		"an entity":                 {withEntity("c"), "cannot be read"},
		"an entity of a file":       {withEntity("f"), "cannot be read"},
		"an encoding":               {strings.Replace(document, "UTF-8", "UTF-16", 1), "cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := onboard.ParseMetadata([]byte(tt.document))
			assert.ErrorContains(t, err, tt.says)
			assert.Empty(t, keys)
		})
	}
}

func smallCertificate(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	certificate, err := selfSigned(key)
	require.NoError(t, err)
	return certificate
}

func TestMetadataFromAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "metadata.xml")
	require.NoError(t, os.WriteFile(file, []byte(metadataOf(hangzhou(t).certificate)), 0o600))
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SPMetadata = file })
	status, _ := w.notify(hangzhou(t).form(bindJSON))
	assert.Equal(t, http.StatusOK, status)
}

// Who could send the function elsewhere would decide whose keys it trusts.
func TestMetadataIsNotFollowedElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := newPublisher(t, metadataOf(guiyang(t).certificate))
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	t.Cleanup(server.Close)
	w := newWorld(t)
	w.serve(func(cfg *onboard.Config, _ *functions.Runtime) { cfg.SPMetadata = server.URL })
	status, p := w.notify(guiyang(t).form(bindJSON))
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Equal(t, "keys_unavailable", p.Code)
	assert.Zero(t, elsewhere.count())
}
