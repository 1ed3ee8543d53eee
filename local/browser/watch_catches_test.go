package browser_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The other tests stand on what is heard here.
func TestWhatNoPageMayDoIsHeard(t *testing.T) {
	t.Parallel()
	const strict = "default-src 'none'"
	for name, test := range map[string]struct{ policy, page, want string }{
		"a script that the policy forbids":  {strict, `<script>document.title = "x"</script>`, "Content Security Policy"},
		"a style that the policy forbids":   {strict, `<p style="color: red">x</p>`, "Content Security Policy"},
		"a form that the policy forbids":    {"form-action 'none'", `<form method="post" action="/"></form><script>document.forms[0].submit()</script>`, "form-action"},
		"a picture of another host":         {"", `<img src="http://example.com/x.png" alt="">`, "a request to another host"},
		"a script that writes to a console": {"", `<script>console.log("x")</script>`, "writes to the console"},
		"a script that fails":               {"", `<script>null.x</script>`, "a script failed"},
		"a page that is not there":          {"", `<img src="/missing.png" alt="">`, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/" {
					http.NotFound(w, r)
					return
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", test.policy)
				_, _ = w.Write([]byte(`<!DOCTYPE html><link rel="icon" href="data:,"><title>page</title>` + test.page))
			}))
			t.Cleanup(server.Close)
			w := &watch{}
			tab, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.hear))
			t.Cleanup(cancel)
			require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL)))
			assert.Eventually(t, func() bool { return contains(w.found(), test.want) }, patience, patience/1000, "heard: %v", w.found())
		})
	}
}

func contains(texts []string, part string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, part) })
}
