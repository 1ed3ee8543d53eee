package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// bound is a visitor who has just come to the console for the first time.
func bound(t *testing.T, account string) *visitor {
	t.Helper()
	v := newVisitor(t)
	_, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)
	v.goTo(v.PlatformURL)
	v.signsIn(account)
	v.presses("#huawei-cloud")
	v.bindsExisting("fjord-textiles")
	return v
}

func TestWhoIsNotSignedInAtThePlatformSignsInOnTheWay(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	_, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)
	var login struct {
		URL string `json:"url"`
	}
	in := map[string]any{"account_id": "platform-2001", "service": v.SimURL + "/console/iam/"}
	require.NoError(t, v.Platform.Call(t.Context(), http.MethodPost, "/onboard/login-urls", in, &login))

	v.goTo(login.URL)
	v.sees("#sign-in")
	assert.Contains(t, v.location(), v.PlatformURL+"/huawei-cloud/sign-on?request=")
	v.signsIn("platform-2001")
	v.bindsExisting("fjord-textiles")
	assert.Equal(t, "fjord-textiles", v.customer("platform-2001").LoginName)
}

func TestAWrongPasswordAsksAgain(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	_, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)
	v.expect("status of 403")
	v.goTo(v.PlatformURL)
	v.fills("#sign-in", map[string]string{"account": "platform-2001", "password": "guess"})
	v.presses("#sign-in")
	v.sees("#problem")
	v.shot("platform-wrong-password")
	v.signsIn("platform-2001")
	v.presses("#huawei-cloud")
	v.fills("#bind-existing", map[string]string{"account": "fjord-textiles", "password": "guess"})
	v.presses("#bind-existing")
	v.sees("[role=alert]")
	v.shot("huawei-cloud-wrong-password")
	v.bindsExisting("fjord-textiles")
}

func TestANewAccountIsOpenedOnTheWay(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.goTo(v.PlatformURL)
	v.signsIn("platform-2002")
	v.presses("#huawei-cloud")
	v.fills("#open-new", map[string]string{"account": "glacier-lenses", "password": "Quite-Long-1"})
	v.shot("huawei-cloud-first-login")
	v.presses("#open-new")
	v.seesConsole("glacier-lenses")
	got := v.customer("platform-2002")
	assert.Equal(t, "glacier-lenses", got.LoginName)
	assert.Equal(t, "associated", got.Association)
	assert.Len(t, v.Platform.InboxOf("onboard.binding.bound"), 1)
}

func TestGoingBackLeadsToTheAccount(t *testing.T) {
	t.Parallel()
	v := bound(t, "platform-2001")
	v.goTo(v.PlatformURL)
	v.presses("#huawei-cloud")
	v.seesConsole("fjord-textiles")
	v.do("go back", chromedp.NavigateBack())
	v.sees("#account")
	assert.Equal(t, v.PlatformURL+"/", v.location(), "the pages that send forms by themselves are not in the history")
	v.shot("back")
}

func TestThePlatformSignsOutEverywhere(t *testing.T) {
	t.Parallel()
	v := bound(t, "platform-2001")
	v.goTo(v.PlatformURL)
	v.presses("#sign-out-everywhere")
	v.sees("#text")
	assert.Equal(t, v.PlatformURL+"/signed-out", v.location())
	v.shot("platform-signed-out")
	v.expect("status of 400")
	v.goTo(v.SimURL + "/console/iam/")
	v.sees("[role=alert]")
	v.shot("huawei-cloud-signed-out")
	v.goTo(v.PlatformURL)
	v.sees("#sign-in")
}

func TestHuaweiCloudSignsOutEverywhere(t *testing.T) {
	t.Parallel()
	v := bound(t, "platform-2001")
	v.do("log out", chromedp.Click(chromedp.CSS("#logout")))
	v.sees("[role=status]")
	v.shot("huawei-cloud-signed-out")
	require.Len(t, v.Platform.InboxOf("onboard.sso.logged-out"), 1)
	v.goTo(v.PlatformURL)
	v.sees("#sign-in")
	v.shot("platform-signed-out")
}

// What was sent once is refused when it is sent again, on a page that says what to do.
func TestNothingIsTakenTwice(t *testing.T) {
	t.Parallel()
	v := bound(t, "platform-2001")
	signIns := v.signIns()
	v.expect("status of 409")
	v.expect("/favicon.ico") // which no policy forbids any more
	v.expect("status of 403")

	v.goTo(v.to(http.MethodGet, v.PlatformURL+"/huawei-cloud/sign-on")[0].url)
	v.refuses("sign_on_used")
	v.shot("sign-on-page-again")

	ticket := v.to(http.MethodPost, v.FunctionsURL+ssoPath)[0]
	v.sendsAgain(ticket)
	v.refuses("sign_on_used")
	v.shot("ticket-again")

	v.goTo(v.to(http.MethodGet, v.FunctionsURL+ssoPath)[0].url)
	v.refuses("saml_request_replayed")
	v.shot("request-again")

	v.sendsAgain(v.to(http.MethodPost, v.SimURL+consumerPath)[0])
	v.sees("[role=alert]")
	v.shot("assertion-again")
	assert.Equal(t, signIns, v.signIns(), "nobody was signed in by any of that")
}

func (v *visitor) refuses(code string) {
	v.t.Helper()
	v.sees("code")
	assert.Equal(v.t, code, v.reads("code"))
}

func (v *visitor) signIns() int {
	count := 0
	for _, effect := range v.Sim.Journal() {
		if effect.Operation == "SignIn" {
			count++
		}
	}
	return count
}

// sendsAgain sends a captured form from a page of the platform, past its policy, as
// somebody could who holds the browser.
func (v *visitor) sendsAgain(r request) {
	v.t.Helper()
	require.NotEmpty(v.t, r.form)
	form, err := json.Marshal(r.form)
	require.NoError(v.t, err)
	bypass := func(on bool) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: on})
			return err
		})
	}
	v.do("go to a page without its policy", bypass(true), chromedp.Navigate(v.PlatformURL+"/signed-out"))
	ctx, cancel := context.WithTimeout(v.tab, patience)
	defer cancel()
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
		const form = document.createElement("form")
		form.method = "post"
		form.action = %q
		for (const [name, values] of Object.entries(%s)) {
			const input = document.createElement("input")
			input.name = name
			input.value = values[0]
			form.append(input)
		}
		document.body.append(form)
		form.submit()
		return true
	})()`, r.url, form)))
	require.NoError(v.t, err)
	v.do("heed policies again", bypass(false))
}
