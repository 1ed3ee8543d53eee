package bssfn_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ssoDocument = "docs/sso.md"

// The conformance page names files and tests: each of them exists.
func TestWhatTheSignOnPageNamesExists(t *testing.T) {
	t.Parallel()
	text := readDocument(t, ssoDocument)
	_, conformance, found := strings.Cut(text, "## Conformance")
	require.True(t, found)

	files := regexp.MustCompile("`((?:[\\w.-]+/)*[\\w.-]+\\.(?:go|html))`").FindAllStringSubmatch(conformance, -1)
	assert.Greater(t, len(files), 20)
	for _, file := range files {
		assert.True(t, isFileOfSignOn(file[1]), "%s names %s, which is not there", ssoDocument, file[1])
	}
	tests := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+)`").FindAllStringSubmatch(conformance, -1)
	assert.Greater(t, len(tests), 20)
	known := testNames(t)
	for _, test := range tests {
		assert.True(t, known[test[1]], "%s names %s, which is not there", ssoDocument, test[1])
	}
}

func readDocument(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

// isFileOfSignOn looks where the page says that its files are.
func isFileOfSignOn(file string) bool {
	onboard := filepath.Join("functions", "onboard")
	places := []string{file, filepath.Join(onboard, file), filepath.Join(onboard, "internal", file), filepath.Join(onboard, "internal", "idp", file)}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return true
		}
	}
	return false
}

// testNames are the tests, fuzz targets and benchmarks of the whole repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, name := range declared.FindAllStringSubmatch(string(data), -1) {
			names[name[1]] = true
		}
		return err
	})
	require.NoError(t, err)
	return names
}

// ticket signs what the platform knows of a customer.
func ticket(key ed25519.PrivateKey, claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"EdDSA","typ":"JWT"}`)) + "." + encode(payload)
	return signed + "." + encode(ed25519.Sign(key, []byte(signed))), nil
}

// The page shows the code that this test runs.
func TestTheTicketOfTheSignOnPage(t *testing.T) {
	t.Parallel()
	_, rest, found := strings.Cut(readDocument(t, ssoDocument), "<!-- ticket.go -->\n```go\n")
	require.True(t, found)
	shown, _, found := strings.Cut(rest, "```\n<!-- /ticket.go -->")
	require.True(t, found)
	assert.Contains(t, readDocument(t, "sso_doc_test.go"), shown)

	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signed, err := ticket(private, map[string]any{"sub": "acct-1"})
	require.NoError(t, err)
	parts := strings.Split(signed, ".")
	require.Len(t, parts, 3)
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	require.NoError(t, err)
	assert.True(t, ed25519.Verify(public, []byte(parts[0]+"."+parts[1]), signature))
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	assert.JSONEq(t, `{"sub":"acct-1"}`, string(payload))
}
