package sign

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// appendCanonical appends the form of a request that is hashed and signed: method,
// path, query, headers, their names and the hash of the body, a line each.
func appendCanonical(to []byte, r *http.Request, body []byte, names []string) []byte {
	to = append(to, r.Method...)
	to = append(to, '\n')
	to = appendPath(to, r.URL.Path)
	to = append(to, '\n')
	to = appendQuery(to, r.URL.RawQuery)
	to = append(to, '\n')
	to = appendHeaders(to, r, names)
	to = append(to, '\n')
	to = appendNames(to, names)
	to = append(to, '\n')
	return appendBodyHash(to, r, body)
}

func appendBodyHash(to []byte, r *http.Request, body []byte) []byte {
	if given := r.Header.Get(ContentHeader); given != "" {
		return append(to, given...)
	}
	sum := sha256.Sum256(body)
	return hex.AppendEncode(to, sum[:])
}

func appendNames(to []byte, names []string) []byte {
	for i, name := range names {
		if i > 0 {
			to = append(to, ';')
		}
		to = appendLower(to, name)
	}
	return to
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// The signed path ends with a slash whether or not the sent one does.
func appendPath(to []byte, path string) []byte {
	for i := range len(path) {
		if path[i] == '/' {
			to = append(to, '/')
			continue
		}
		to = appendEscaped(to, path[i])
	}
	if !strings.HasSuffix(path, "/") {
		to = append(to, '/')
	}
	return to
}

func appendQuery(to []byte, raw string) []byte {
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{unescape(name), unescape(value)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	for i, p := range pairs {
		if i > 0 {
			to = append(to, '&')
		}
		to = appendText(to, p.name)
		to = append(to, '=')
		to = appendText(to, p.value)
	}
	return to
}

func appendHeaders(to []byte, r *http.Request, names []string) []byte {
	for _, name := range names {
		values := r.Header.Values(name)
		if strings.EqualFold(name, "Host") {
			values = []string{cmp.Or(r.Host, r.URL.Host)}
		}
		for _, v := range inOrder(values) {
			to = appendLower(to, name)
			to = append(to, ':')
			to = append(to, strings.TrimSpace(v)...)
			to = append(to, '\n')
		}
	}
	return to
}

// inOrder sorts the values of a header that is repeated. They are trimmed before they
// are sorted, because they arrive trimmed.
func inOrder(values []string) []string {
	if len(values) < 2 {
		return values
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	slices.Sort(trimmed)
	return trimmed
}

// Names of headers are compared and written in lower case without making new strings
// of them: every call has some.
func compareLower(a, b string) int {
	for i := range min(len(a), len(b)) {
		if d := cmp.Compare(lower(a[i]), lower(b[i])); d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

func appendLower(to []byte, name string) []byte {
	for i := range len(name) {
		to = append(to, lower(name[i]))
	}
	return to
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// An undecodable escape is kept as it is: the other side reads the same bytes.
func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

func appendText(to []byte, s string) []byte {
	for i := range len(s) {
		to = appendEscaped(to, s[i])
	}
	return to
}

// RFC 3986: everything but the unreserved characters, in upper-case hexadecimal.
func appendEscaped(to []byte, c byte) []byte {
	const hexDigits = "0123456789ABCDEF"
	if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~' {
		return append(to, c)
	}
	return append(to, '%', hexDigits[c>>4], hexDigits[c&15])
}
