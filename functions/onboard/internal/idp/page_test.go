package idp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

var cloudHosts = []string{"https://*.huaweicloud.com", "http://127.0.0.1:9000"}

func TestPage(t *testing.T) {
	t.Parallel()
	form := idp.Form{Action: spConsumer, SAMLResponse: "PHNhbWwycDpSZXNwb25zZS8+", RelayState: "state-1"}
	page, policy := form.Page(cloudHosts)
	golden(t, "page.html", page)
	script := regexp.MustCompile(`<script>(.*)</script>`).FindSubmatch(page)
	require.NotNil(t, script)
	hash := sha256.Sum256(script[1])
	assert.Equal(t, "default-src 'none'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'; "+
		"form-action https://auth.huaweicloud.com https://*.huaweicloud.com http://127.0.0.1:9000; "+
		"base-uri 'none'; frame-ancestors 'none'", policy)
	assert.NotRegexp(t, `\son[a-z]+=`, string(page), "no events within the page: the policy forbids them")
	assert.Equal(t, map[string]string{"SAMLResponse": form.SAMLResponse, "RelayState": form.RelayState}, fields(page))
}

// fields are the form's, as a browser reads them.
func fields(page []byte) map[string]string {
	found := make(map[string]string)
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllSubmatch(page, -1) {
		found[string(m[1])] = html.UnescapeString(string(m[2]))
	}
	return found
}

func TestAPageWithoutRelayState(t *testing.T) {
	t.Parallel()
	page, _ := (&idp.Form{Action: spConsumer, SAMLResponse: "QQ=="}).Page(nil)
	assert.Equal(t, map[string]string{"SAMLResponse": "QQ=="}, fields(page))
}

// The service provider chooses the RelayState; it stays a text.
func TestTheRelayStateNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	for _, state := range []string{
		`"><script>alert(1)</script>`, `' onfocus='alert(1)`, `</form><form action="https://evil.example.com">`,
		"javascript:alert(1)", "\x00\"\n>", "&quot;><b>", "{{.Action}}", "`${1}`", "中文",
	} {
		page, _ := (&idp.Form{Action: spConsumer, SAMLResponse: "QQ==", RelayState: state}).Page(nil)
		assert.Equal(t, 1, strings.Count(string(page), "<script"), state)
		assert.Equal(t, 1, strings.Count(string(page), "<form"), state)
		assert.Equal(t, strings.ReplaceAll(state, "\x00", "\uFFFD"), fields(page)["RelayState"])
	}
}

func TestAPolicyTakesNothingButSources(t *testing.T) {
	t.Parallel()
	_, want := (&idp.Form{Action: spConsumer}).Page(nil)
	for _, source := range []string{
		"https://a.example.com; script-src *", "*", "'unsafe-inline'", "https://a b", "data:", "javascript:alert(1)", "", "https://a,b",
		"https://auth.huaweicloud.com", "https://a/b",
	} {
		_, policy := (&idp.Form{Action: spConsumer}).Page([]string{source})
		assert.Equal(t, want, policy, source)
	}
}
