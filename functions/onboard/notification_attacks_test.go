package onboard_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/internal/quick"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

const (
	formType = "application/x-www-form-urlencoded"
	// secretName is in every content; nothing repeats it.
	secretName = "name-that-nobody-repeats"
	attacked   = `{"domainName":"` + secretName + `","domainId":"d1","xUserId":"user-1","xAccountId":"acct-1","bindAction":0}`
)

// attack is a body for the address of notifications that must be refused.
type attack struct{ name, contentType, body string }

// attacks is the corpus: what somebody can make of notifications that he has captured,
// and what the key's owner might be talked into signing.
func attacks(t *testing.T) []attack {
	t.Helper()
	all := append(attacksOnTheText(t), attacksOnTheSignature(t)...)
	return append(append(all, attacksOnTheForm(t)...), attacksOnTheContent()...)
}

// altered is a notification with other values in some of its fields.
func altered(form url.Values, values ...string) string {
	for i := 0; i < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	return form.Encode()
}

func attacksOnTheText(t *testing.T) []attack {
	t.Helper()
	s := hangzhou(t)
	text := s.form(attacked).Get("bindRequest")
	other := s.form(strings.Replace(attacked, "acct-1", "acct-2", 1)).Get("bindRequest")
	unpadded := base64.RawStdEncoding.EncodeToString([]byte(attacked + " "))
	texts := map[string]string{
		"one character": "f" + text[1:], "one bit": string(text[0]^1) + text[1:], "cut off": text[:len(text)-4], "twice": text + text,
		"padding added": text + "=", "a group of padding added": text + "====", "a line feed": text + "\n", "lines": text[:76] + "\r\n" + text[76:],
		"a space": text + " ", "a tab before": "\t" + text, "a NUL": text + "\x00", "another content": other, "the other's end": text[:60] + other[60:],
		"the content itself": attacked, "an encoding of the text": base64.StdEncoding.EncodeToString([]byte(text)), "in upper case": strings.ToUpper(text),
		"escaped twice": url.QueryEscape(text), "wide letters": strings.ReplaceAll(text, "e", "ｅ"), "Cyrillic letters": strings.ReplaceAll(text, "a", "а"),
		"URL alphabet": strings.NewReplacer("+", "-", "/", "_").Replace(base64.StdEncoding.EncodeToString([]byte(attacked + "?>?>?>"))),
		"no padding":   unpadded, "nothing": "",
	}
	var all []attack
	for name, changed := range texts {
		all = append(all, attack{"text: " + name, formType, altered(s.form(attacked), "bindRequest", changed)})
	}
	return all
}

func attacksOnTheSignature(t *testing.T) []attack {
	t.Helper()
	s := hangzhou(t)
	good, other := s.form(attacked), s.form(strings.Replace(attacked, "acct-1", "acct-2", 1))
	signature := good.Get("Signature")
	raw, err := base64.StdEncoding.DecodeString(signature)
	require.NoError(t, err)
	encoded := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	signatures := map[string]string{
		"none": "", "another's": other.Get("Signature"), "no Base64": "###", "another key": guiyang(t).form(attacked).Get("Signature"),
		"a byte less": encoded(raw[1:]), "a byte more": encoded(append([]byte{0}, raw...)), "a byte after": encoded(append(bytes.Clone(raw), 0)),
		"half": encoded(raw[:128]), "twice": encoded(append(bytes.Clone(raw), raw...)), "zeros": encoded(make([]byte, 256)), "ones": encoded(bytes.Repeat([]byte{255}, 256)),
		"the number 1": encoded(append(make([]byte, 255), 1)), "trailing bits": signature[:len(signature)-3] + "B==", "no padding": strings.TrimRight(signature, "="),
		"URL alphabet": strings.NewReplacer("+", "-", "/", "_", "=", "-").Replace(signature), "hexadecimal": strings.Repeat("ab", 256),
		"of the algorithm": s.sign(t, rsaSHA256), "of nothing": s.sign(t, ""), "of a sign-on": s.sign(t, "SAMLRequest=a&RelayState=b&SigAlg=c"),
		"huge": strings.Repeat("A", 40<<10),
	}
	var all []attack
	for name, changed := range signatures {
		all = append(all, attack{"signature: " + name, formType, altered(s.form(attacked), "Signature", changed)})
	}
	for name, algorithm := range map[string]string{
		"none": "none", "empty": "", "SHA-1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "SHA-512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
		"MD5": "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "HMAC": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
		"a long s": strings.Replace(rsaSHA256, "#rsa", "#rſa", 1), "https": strings.Replace(rsaSHA256, "http:", "https:", 1),
		"a space": rsaSHA256 + " ", "a NUL": rsaSHA256 + "\x00", "escaped twice": url.QueryEscape(rsaSHA256), "the short name": "RS256", "a list": rsaSHA256 + "," + rsaSHA256,
	} {
		all = append(all, attack{"algorithm: " + name, formType, altered(s.form(attacked), "SigAlg", algorithm)})
	}
	return all
}

func attacksOnTheForm(t *testing.T) []attack {
	t.Helper()
	s := hangzhou(t)
	good := s.form(attacked).Encode()
	other := url.QueryEscape(s.form(strings.Replace(attacked, "acct-1", "acct-2", 1)).Get("bindRequest"))
	parts := "--x\r\nContent-Disposition: form-data; name=\"bindRequest\"\r\n\r\n" + s.form(attacked).Get("bindRequest") + "\r\n--x--\r\n"
	return []attack{
		{"form: nothing", formType, ""},
		{"form: a second text", formType, good + "&bindRequest=" + other},
		{"form: a second text first", formType, "bindRequest=" + other + "&" + good},
		{"form: the same text twice", formType, good + "&bindRequest=" + url.QueryEscape(s.form(attacked).Get("bindRequest"))},
		{"form: a second text of an escaped name", formType, good + "&bind%52equest=" + other},
		{"form: a second signature", formType, good + "&Signature="},
		{"form: a second algorithm", formType, "SigAlg=none&" + good},
		{"form: a name in lower case", formType, strings.Replace(good, "bindRequest", "bindrequest", 1)},
		{"form: an array", formType, strings.Replace(good, "bindRequest", "bindRequest[]", 1)},
		{"form: a name with a space", formType, strings.Replace(good, "bindRequest", "+bindRequest", 1)},
		{"form: semicolons", formType, strings.ReplaceAll(good, "&", ";")},
		{"form: a broken escape", formType, good + "&x=%zz"},
		{"form: half an escape", formType, good + "&x=%4"},
		{"form: parts", "multipart/form-data; boundary=x", parts},
		{"form: called parts", "multipart/form-data; boundary=x", good},
		{"form: JSON", "application/json", `{"bindRequest":"x","SigAlg":"y","Signature":"z"}`},
		{"form: called JSON", "application/json", good},
		{"form: plain text", "text/plain", good},
		{"form: no type", "", good},
		{"form: two types", formType + ", application/json", good},
		{"form: too large", formType, good + "&x=" + strings.Repeat("y", 64<<10)},
		{"form: many fields", formType, strings.Repeat("a&", 30<<10) + "bindRequest=x"},
		{"form: many escapes", formType, "bindRequest=" + strings.Repeat("%41", 20<<10) + "&SigAlg=" + url.QueryEscape(rsaSHA256) + "&Signature=AAAA"},
	}
}

// What is signed and says something else than it seems to.
func attacksOnTheContent() []attack {
	with := func(old, text string) string { return strings.Replace(attacked, old, text, 1) }
	contents := map[string]string{
		"nothing": "", "null": "null", "an array": "[" + attacked + "]", "a text": `"` + "x" + `"`, "two values": attacked + attacked, "a rest": attacked + "x", "cut off": attacked[:40],
		"the action twice": with(`"bindAction":0`, `"bindAction":1,"bindAction":0`), "the action in two cases": with(`"bindAction":0`, `"bindAction":1,"BINDACTION":0`),
		"the action escaped and plain": with(`"bindAction":0`, `"bindAction":1,"bind\u0041ction":0`), "the account twice": with(`"xAccountId"`, `"xAccountId":"acct-2","xAccountId"`),
		"the domain twice": with(`"domainId"`, `"domainId":"d2","domainid"`), "only in another case": with(`bindAction`, `BindAction`),
		"a fraction": with(`:0}`, `:0.0}`), "an exponent": with(`:0}`, `:1e0}`), "minus nothing": with(`:0}`, `:-0}`), "two digits": with(`:0}`, `:"01"}`), "a leading zero": with(`:0}`, `:01}`),
		"a space in the action": with(`:0}`, `:" 1"}`), "a number of another script": with(`:0}`, `:"１"}`), "a big number": with(`:0}`, `:18446744073709551616}`), "two": with(`:0}`, `:2}`),
		"minus one": with(`:0}`, `:-1}`), "true": with(`:0}`, `:true}`), "false": with(`:0}`, `:false}`), "null for an action": with(`:0}`, `:null}`), "an empty action": with(`:0}`, `:""}`),
		"an array for an action": with(`:0}`, `:[0]}`), "an object for an action": with(`:0}`, `:{"bindAction":0}}`), "a word for an action": with(`:0}`, `:"bind"}`), "no action": with(`,"bindAction":0`, ``),
		"a number for an id": with(`"d1"`, `1`), "an array for an id": with(`"d1"`, `["d1"]`), "null for an id": with(`"d1"`, `null`), "no domain": with(`"domainId":"d1",`, ``), "an empty domain": with(`"d1"`, `""`),
		"no account": with(`"xUserId":"user-1","xAccountId":"acct-1",`, ``), "empty accounts": `{"domainId":"d1","xUserId":"","xAccountId":"","bindAction":0}`,
		"a NUL in the account": with(`acct-1`, `acct-1\u0000`), "a line break in the account": with(`acct-1`, `acct-1\nlevel=ERROR`), "half a surrogate": with(`acct-1`, `acct-\ud800`), "a raw NUL": with(`acct-1`, "acct-1\x00"),
		"no UTF-8": with(`acct-1`, "acct-\xff"), "overlong UTF-8": with(`acct-1`, "acct-\xc0\xae"), "a C1 control": with(`acct-1`, "acct-\u0085"),
		"a long account": with(`acct-1`, strings.Repeat("a", 129)), "a long domain": with(`"d1"`, `"`+strings.Repeat("d", 65)+`"`), "a long name": with(secretName, strings.Repeat(secretName, 6)),
		"a long user": with(`user-1`, strings.Repeat("u", 129)), "huge": with(`user-1`, strings.Repeat("u", 40<<10)), "deep": with(`{`, `{"x":`+strings.Repeat("[", 10<<10)+strings.Repeat("]", 10<<10)+`,`),
		"deep and open": strings.Repeat(`{"x":`, 5<<10), "a comment": with(`{`, `{/* */`), "single quotes": strings.ReplaceAll(attacked, `"`, `'`), "a byte order mark": "\ufeff" + attacked, "UTF-16": "\xff\xfe{\x00}\x00",
		"XML": "<bindAction>0</bindAction>",
	}
	s, err := makeHangzhou()
	if err != nil {
		panic(err) // attacks has made it before
	}
	var all []attack
	for name, content := range contents {
		all = append(all, attack{"content: " + name, formType, s.form(content).Encode()})
	}
	return all
}

// watched is a function whose log and whose writes are seen.
type watched struct {
	edge   *handler.Edge
	writes atomic.Int64
	logs   logged
}

type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// countingStore counts what is written.
type countingStore struct {
	ledger.Store
	writes *atomic.Int64
}

func (s countingStore) Insert(ctx context.Context, row ledger.Row) error {
	s.writes.Add(1)
	return s.Store.Insert(ctx, row)
}

func (s countingStore) Update(ctx context.Context, row ledger.Row) error {
	s.writes.Add(1)
	return s.Store.Update(ctx, row)
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	p, w := newPublisher(t, metadataOf(hangzhou(t).certificate)), &watched{}
	w.edge = newWorld(t).serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.SPMetadata = p.URL
		rt.Store = countingStore{memory.New(), &w.writes}
		rt.Logger = slog.New(slog.NewJSONHandler(&w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	return w
}

func (w *watched) post(ctx context.Context, contentType, body string) int {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/onboard/bind", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, r)
	return answer.Code
}

func TestAttacksOnNotifications(t *testing.T) {
	t.Parallel()
	w, names := newWatched(t), map[string]bool{}
	require.Equal(t, http.StatusOK, w.post(t.Context(), formType, hangzhou(t).form(unbindJSON).Encode()))
	before := w.writes.Load()
	for _, a := range attacks(t) {
		require.False(t, names[a.name], a.name)
		names[a.name] = true
		var status int
		took := quick.Least(func() { status = w.post(t.Context(), a.contentType, a.body) })
		assert.True(t, status >= 400 && status < 500, "%s: HTTP %d", a.name, status)
		assert.Less(t, took, quick.Limit, a.name)
	}
	assert.GreaterOrEqual(t, len(names), 120)
	assert.Equal(t, before, w.writes.Load(), "nothing is recorded")
	good := hangzhou(t).form(attacked)
	for _, secret := range []string{secretName, good.Get("Signature")[:40], good.Get("bindRequest")[:40], url.QueryEscape(good.Get("Signature"))[:40]} {
		assert.NotContains(t, w.logs.String(), secret)
	}
	assert.Contains(t, w.logs.String(), "notification_not_signed")
	assert.Equal(t, http.StatusOK, w.post(t.Context(), formType, good.Encode()), "nothing is broken either")
}

func TestOtherSpellingsOfANotificationAreRead(t *testing.T) {
	t.Parallel()
	s := hangzhou(t)
	good := s.form(attacked)
	escaped := func(format string) string {
		return "bindRequest=" + strings.NewReplacer("=", format, "e", "%65").Replace(good.Get("bindRequest"))
	}
	rest := "&SigAlg=" + url.QueryEscape(rsaSHA256) + "&Signature=" + url.QueryEscape(good.Get("Signature"))
	for name, body := range map[string]string{
		"as it comes": good.Encode(), "another order": rest[1:] + "&bindRequest=" + url.QueryEscape(good.Get("bindRequest")), "further fields": good.Encode() + "&more=&=&more",
		"escapes in lower case": escaped("%3d") + rest, "escapes in upper case": escaped("%3D") + rest, "an escaped name": strings.Replace(good.Encode(), "Sig", "%53ig", 1),
		"the algorithm in upper case": altered(s.form(attacked), "SigAlg", strings.ToUpper(rsaSHA256)), "further content": s.form(strings.Replace(attacked, `{`, `{"userName":"x","more":{"a":[]},`, 1)).Encode(),
		"content in another order": s.form(`{ "bindAction" : 1 , "xAccountId" : "acct-1" , "domainId" : "d1" }`).Encode(), "escapes in the content": s.form(strings.Replace(attacked, "acct-1", `\u0061cct-1`, 1)).Encode(),
		"a name in Chinese": s.form(strings.Replace(attacked, secretName, "云杉纺织", 1)).Encode(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t)
			assert.Equal(t, http.StatusOK, w.post(t.Context(), formType, body))
			assert.Positive(t, w.writes.Load())
			assert.Contains(t, w.logs.String(), `"signed":"base64"`)
		})
	}
}

// signedAs is a notification of which something else is signed than its Base64 text.
func (s signer) signedAs(t *testing.T, kind, content string) string {
	t.Helper()
	form := s.form(content)
	switch kind {
	case "encoded":
		form.Set("Signature", s.sign(t, url.QueryEscape(form.Get("bindRequest"))))
	case "json":
		form.Set("Signature", s.sign(t, content))
	}
	return form.Encode()
}

func TestWhatWasSignedIsLogged(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"base64", "encoded", "json"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t)
			require.Equal(t, http.StatusOK, w.post(t.Context(), formType, hangzhou(t).signedAs(t, kind, attacked+"  ")))
			assert.Contains(t, w.logs.String(), `"signed":"`+kind+`"`)
			assert.NotContains(t, w.logs.String(), secretName)
			assert.Equal(t, http.StatusUnauthorized, w.post(t.Context(), formType, guiyang(t).signedAs(t, kind, attacked+"  ")))
		})
	}
}

// What was signed in one form does not pass for another content in another form.
func TestNoFormOfSignatureStandsInForAnother(t *testing.T) {
	t.Parallel()
	w, s := newWatched(t), hangzhou(t)
	content := attacked + "  " // its Base64 text has padding
	text := base64.StdEncoding.EncodeToString([]byte(content))
	for name, body := range map[string]string{
		"the JSON as the text":             altered(s.form(attacked), "bindRequest", content, "Signature", s.sign(t, content)),
		"the text as the JSON":             altered(s.form(text), "Signature", s.sign(t, text)),
		"the encoded text as the text":     altered(s.form(attacked), "bindRequest", url.QueryEscape(text), "Signature", s.sign(t, url.QueryEscape(text))),
		"the text of a + as it stands":     "bindRequest=" + base64.StdEncoding.EncodeToString([]byte(`{"x":"~~~>>>"}`)) + "&SigAlg=" + url.QueryEscape(rsaSHA256) + "&Signature=" + url.QueryEscape(s.sign(t, base64.StdEncoding.EncodeToString([]byte(`{"x":"~~~>>>"}`)))),
		"a sign-on as the text":            altered(s.form(attacked), "bindRequest", "SAMLRequest=a&RelayState=b&SigAlg=c", "Signature", s.sign(t, "SAMLRequest=a&RelayState=b&SigAlg=c")),
		"a sign-on as the JSON":            altered(s.form("SAMLRequest=a&RelayState=b&SigAlg=c"), "Signature", s.sign(t, "SAMLRequest=a&RelayState=b&SigAlg=c")),
		"a logout without state, unescape": "bindRequest=SAMLRequest%3Da&SigAlg=" + url.QueryEscape(rsaSHA256) + "&Signature=" + url.QueryEscape(s.sign(t, "SAMLRequest=a")),
	} {
		status := w.post(t.Context(), formType, body)
		assert.True(t, status == http.StatusUnauthorized || status == http.StatusUnprocessableEntity, "%s: HTTP %d", name, status)
	}
	assert.Zero(t, w.writes.Load())
}
