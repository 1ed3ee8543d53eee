package harness_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/webhook"
)

const handle = "abcdefghijklmnopqrstuv"

// visitor is a browser that follows nothing by itself.
type visitor struct {
	*harness.Harness
	t      *testing.T
	client *http.Client
}

type answer struct {
	status int
	header http.Header
	body   string
}

func visit(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return visitor{start(t, options(t)), t, &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (v visitor) do(method, path string, form url.Values, arrange ...func(*http.Request)) answer {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.PlatformURL+path, strings.NewReader(form.Encode()))
	require.NoError(v.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.PlatformURL)
	}
	for _, f := range arrange {
		f(req)
	}
	res, err := v.client.Do(req)
	require.NoError(v.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(v.t, err)
	return answer{res.StatusCode, res.Header, string(body)}
}

func (v visitor) get(path string) answer { v.t.Helper(); return v.do(http.MethodGet, path, nil) }

func (v visitor) signIn(account, request string) answer {
	v.t.Helper()
	return v.do(http.MethodPost, "/sign-in", url.Values{"account": {account}, "password": {harness.CustomerPassword}, "request": {request}})
}

// event tells the platform something as a function does.
func (v visitor) event(id, body string) {
	v.t.Helper()
	secret, err := webhook.ParseSecret("whsec_aGFybmVzcy1ldmVudHMtc2VjcmV0LW5vdC1zZWNyZXQ=")
	require.NoError(v.t, err)
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.PlatformURL+"/events", strings.NewReader(body))
	require.NoError(v.t, err)
	webhook.SetHeaders(req.Header, secret, id, v.Platform.Now(), []byte(body))
	res, err := v.client.Do(req)
	require.NoError(v.t, err)
	require.NoError(v.t, res.Body.Close())
	require.Equal(v.t, http.StatusNoContent, res.StatusCode)
}

func TestACustomerSignsInAndOut(t *testing.T) {
	t.Parallel()
	v := visit(t)
	assert.Contains(t, v.get("/").body, `id="sign-in"`)
	in := v.signIn("platform-2001", "")
	assert.Equal(t, http.StatusSeeOther, in.status)
	assert.Equal(t, "/", in.header.Get("Location"))
	assert.Regexp(t, `^bssfn_harness_platform=\w+; Path=/; HttpOnly; SameSite=Lax$`, in.header.Get("Set-Cookie"))
	home := v.get("/").body
	assert.Contains(t, home, `<strong id="account">platform-2001</strong>, fjord-textiles`)
	assert.Contains(t, home, `id="unbound"`)

	stolen := strings.Split(in.header.Get("Set-Cookie"), ";")[0]
	out := v.do(http.MethodPost, "/sign-out", url.Values{})
	assert.Equal(t, "/signed-out", out.header.Get("Location"))
	assert.Contains(t, v.get("/").body, `id="sign-in"`)
	again := v.do(http.MethodGet, "/", nil, func(r *http.Request) { r.Header.Set("Cookie", stolen) })
	assert.Contains(t, again.body, `id="sign-in"`, "the session has ended on the server too")
}

func TestAWrongPasswordOrAccountDoesNotSignIn(t *testing.T) {
	t.Parallel()
	v := visit(t)
	for name, form := range map[string]url.Values{
		"no password":    {"account": {"platform-2001"}},
		"wrong password": {"account": {"platform-2001"}, "password": {"guess"}},
		"no account":     {"password": {harness.CustomerPassword}},
		"odd account":    {"account": {"../onboard"}, "password": {harness.CustomerPassword}},
		"long account":   {"account": {strings.Repeat("a", 65)}, "password": {harness.CustomerPassword}},
	} {
		got := v.do(http.MethodPost, "/sign-in", form)
		assert.Equal(t, http.StatusForbidden, got.status, name)
		assert.Empty(t, got.header.Get("Set-Cookie"), name)
	}
}

func TestTheAccountPageShowsWhoIsBound(t *testing.T) {
	t.Parallel()
	v := visit(t)
	id, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)
	require.NoError(t, v.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "platform-2001", XUserID: "user-of-platform-2001"}))
	v.signIn("platform-2001", "")
	home := v.get("/").body
	assert.Contains(t, home, `<dd>`+id+`</dd>`)
	assert.Contains(t, home, `<dd>associated</dd>`)
}

func TestTheButtonLeadsToTheLogin(t *testing.T) {
	t.Parallel()
	v := visit(t)
	refused := v.do(http.MethodPost, "/huawei-cloud", url.Values{})
	assert.Equal(t, http.StatusForbidden, refused.status, "nobody is signed in")
	v.signIn("platform-2001", "")
	got := v.do(http.MethodPost, "/huawei-cloud", url.Values{})
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	to, err := url.Parse(got.header.Get("Location"))
	require.NoError(t, err)
	assert.Equal(t, v.SimURL+"/authui/saml/login", to.Scheme+"://"+to.Host+to.Path)
	assert.Equal(t, "true", to.Query().Get("isFirstLogin"))
	assert.Equal(t, harness.XAccountType, to.Query().Get("xAccountType"))
}

func TestTheButtonSaysWhatTheFunctionRefuses(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.signIn("platform-2001", "")
	v.Platform.BaseURL = "http://127.0.0.1:1"
	got := v.do(http.MethodPost, "/huawei-cloud", url.Values{})
	assert.Equal(t, http.StatusBadGateway, got.status)
	assert.Contains(t, got.body, "The functions do not answer")
}

var ticketField = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// claims are what the ticket of a page says.
func claims(t *testing.T, page string) map[string]any {
	t.Helper()
	match := ticketField.FindStringSubmatch(page)
	require.Len(t, match, 2)
	parts := strings.Split(match[1], ".")
	require.Len(t, parts, 3)
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var said map[string]any
	require.NoError(t, json.Unmarshal(data, &said))
	return said
}

func TestTheSignOnPageCarriesATicketToTheFunction(t *testing.T) {
	t.Parallel()
	v := visit(t)
	path := "/huawei-cloud/sign-on?request=" + handle
	first := v.get(path)
	assert.Contains(t, first.body, `id="sign-in"`, "nobody is signed in")
	assert.Contains(t, first.body, `name="request" value="`+handle+`"`)
	assert.Equal(t, path, v.signIn("platform-2001", handle).header.Get("Location"))

	got := v.get(path)
	assert.Contains(t, got.body, `action="`+v.FunctionsURL+`/onboard/saml/sso"`)
	assert.Contains(t, got.body, `name="request" value="`+handle+`"`)
	assert.Contains(t, got.header.Get("Content-Security-Policy"), "form-action 'self' "+v.FunctionsURL+" "+v.SimURL+";")
	said := claims(t, got.body)
	assert.NotEmpty(t, said["jti"])
	delete(said, "jti")
	assert.Equal(t, map[string]any{
		"iss": "harness-sales-platform", "aud": v.FunctionsURL + "/onboard/saml/sso", "sub": "platform-2001", "request": handle,
		"user_id": "user-of-platform-2001", "name": "fjord-textiles", "email": "it@fjord-textiles.example", "mobile": "0086-13800138001",
		"iat": float64(1773104400), "exp": float64(1773104520),
	}, said)
}

// A sign-in leads to the sign-on page or to the account, and nowhere else.
func TestTheSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	v := visit(t)
	for _, request := range []string{"https://evil.example/", "//evil.example", "short", handle + "&x=y", handle + "\r\nX: y", strings.Repeat("a", 129)} {
		got := v.signIn("platform-2001", request)
		assert.Equal(t, http.StatusBadRequest, got.status, request)
		assert.Empty(t, got.header.Get("Location"), request)
		assert.Equal(t, http.StatusBadRequest, v.get("/huawei-cloud/sign-on?request="+url.QueryEscape(request)).status, request)
	}
}

func TestOtherOriginsAndNamesAreRefused(t *testing.T) {
	t.Parallel()
	v := visit(t)
	form := url.Values{"account": {"platform-2001"}, "password": {harness.CustomerPassword}}
	for name, test := range map[string]struct {
		arrange func(*http.Request)
		status  int
	}{
		"form of another site":       {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"form of another port":       {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		"another origin, no Sec-":    {func(r *http.Request) { r.Header.Set("Origin", v.SimURL) }, http.StatusForbidden},
		"origin null":                {func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"a name that was rebound":    {func(r *http.Request) { r.Host = "evil.example" }, http.StatusMisdirectedRequest},
		"the platform's own sign-in": {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }, http.StatusSeeOther},
	} {
		assert.Equal(t, test.status, v.do(http.MethodPost, "/sign-in", form, test.arrange).status, name)
	}
}

func TestPagesAreStrict(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.signIn("platform-2001", "")
	for _, path := range []string{"/", "/events", "/signed-out", "/huawei-cloud/sign-on?request=" + handle, "/huawei-cloud/sign-on"} {
		got := v.get(path)
		policy := got.header.Get("Content-Security-Policy")
		assert.True(t, strings.HasPrefix(policy, "default-src 'none'; "), path)
		assert.Contains(t, policy, "frame-ancestors 'none'", path)
		assert.NotContains(t, policy, "unsafe", path)
		assert.Equal(t, strings.Contains(got.body, "<script>"), strings.Contains(policy, "script-src 'sha256-"), path)
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"), path)
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"), path)
	}
	assert.Contains(t, v.get("/").header.Get("Content-Security-Policy"),
		"form-action 'self' "+v.SimURL+" "+v.FunctionsURL, "the redirects of the button go there")
}

func TestTheLandingPageShowsWhatIsConfirmedAlone(t *testing.T) {
	t.Parallel()
	v := visit(t)
	assert.Contains(t, v.get("/orders/paid").body, `id="sign-in"`)
	v.signIn("platform-2001", "")
	assert.Contains(t, v.get("/orders/paid").body, "customer_unknown", "nobody is bound")

	id, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)
	require.NoError(t, v.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "platform-2001", XUserID: "user-of-platform-2001"}))
	order, err := v.Sim.PlaceOrder(huawei.NewOrder{CustomerID: id, OfficialAmount: decimal.NewFromInt(1000)})
	require.NoError(t, err)
	shown := v.get("/orders/paid?status=completed&paid=true&amount=0.01&order_id=" + order + "&order_id=CS0000000000NONE").body
	assert.Contains(t, shown, order+": pending_payment, 1000.00 CNY</p>")
	assert.Contains(t, shown, "confirms no order of yours with the number CS0000000000NONE")
	assert.NotContains(t, shown, "0.01")
	assert.Contains(t, v.get("/orders/paid").body, `id="text"`)
}

func TestSigningOutEverywhereCarriesATicketToo(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.signIn("platform-2001", "")
	got := v.do(http.MethodPost, "/sign-out", url.Values{"where": {"everywhere"}})
	assert.Contains(t, got.body, `action="`+v.FunctionsURL+`/onboard/saml/slo"`)
	said := claims(t, got.body)
	assert.Equal(t, v.FunctionsURL+"/onboard/saml/slo", said["aud"])
	assert.NotContains(t, said, "request", "a ticket for a logout is for no sign-on")
	assert.Contains(t, v.get("/").body, `id="sign-in"`)
}

func TestALogoutAtHuaweiCloudEndsTheSession(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.signIn("platform-2001", "")
	v.event("event-1", `{"type":"onboard.sso.logged-out","data":{"account_id":"platform-2002","user_id":"x"}}`)
	assert.Contains(t, v.get("/").body, `id="sign-out"`, "that was another customer's")
	v.event("event-2", `{"type":"onboard.sso.logged-out","data":{"account_id":"platform-2001","user_id":"x"}}`)
	assert.Contains(t, v.get("/").body, `id="sign-in"`)
}

func TestEventsReceivedAreShown(t *testing.T) {
	t.Parallel()
	v := visit(t)
	assert.Contains(t, v.get("/events").body, "None yet.")
	v.event("event-1", `{"type":"test.<b>bold</b>","timestamp":"2026-03-10T01:00:00Z","data":{"text":"<script>"}}`)
	shown := v.get("/events").body
	assert.Contains(t, shown, "test.&lt;b&gt;bold&lt;/b&gt;")
	assert.NotContains(t, shown, "<script>")
}
