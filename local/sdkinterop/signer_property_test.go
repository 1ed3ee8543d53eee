package sdkinterop_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSignatureEqualsTheSDKsOnAnyRequest stays where both sides define the same
// thing: path segments without a slash, header names without an underscore that
// do not begin with content-type, at most one value a header.
func TestSignatureEqualsTheSDKsOnAnyRequest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.SliceOfN(segment, 1, 5).Draw(t, "segments")
		query := rapid.MapOfN(name, rapid.SliceOfN(text, 1, 3), 0, 4).Draw(t, "query")
		assertSameSignature(t, message{
			method:  rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE"}).Draw(t, "method"),
			path:    "/" + strings.Join(segments, "/"),
			query:   lists(query),
			url:     "/" + strings.Join(escaped(segments), "/") + "?" + url.Values(query).Encode(),
			headers: rapid.MapOfN(headerName, headerValue, 0, 4).Draw(t, "headers"),
			body:    text.Draw(t, "body"),
			token:   rapid.StringMatching(`[A-Za-z0-9+/=]{0,40}`).Draw(t, "token"),
		})
	})
}

// Every text mixes what needs escaping in one place or another.
var (
	text = rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom([]rune(" +~*%/=&?#;:'\"<>[]|\\azAZ09-_.云é"))),
	)
	name        = text.Filter(func(s string) bool { return s != "" })
	segment     = rapid.Map(text, func(s string) string { return strings.ReplaceAll(s, "/", "") })
	headerName  = rapid.StringMatching(`X-[A-Z][a-z]{1,3}(-[A-Z][a-z0-9]{0,3})?`)
	headerValue = rapid.StringMatching(`[ -~云é\t]{0,12}`)
)

func lists(query map[string][]string) map[string]any {
	out := map[string]any{}
	for name, values := range query {
		out[name] = values
	}
	return out
}

func escaped(segments []string) []string {
	out := make([]string, len(segments))
	for i, s := range segments {
		out[i] = url.PathEscape(s)
	}
	return out
}
