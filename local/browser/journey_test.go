package browser_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	firstLoginPath = "/authui/saml/first-login"
	consumerPath   = "/authui/saml/SAMLAssertionConsumer"
	ssoPath        = "/onboard/saml/sso"
)

// customerAnswer is what the function says of a customer.
type customerAnswer struct {
	CustomerID  string `json:"customer_id"`
	LoginName   string `json:"login_name"`
	Association string `json:"association"`
}

func (v *visitor) customer(account string) customerAnswer {
	v.t.Helper()
	var out customerAnswer
	require.NoError(v.t, v.Platform.Call(v.t.Context(), http.MethodGet, "/onboard/customers/"+account, nil, &out))
	return out
}

// bindsExisting chooses an account that the customer has, at the first login.
func (v *visitor) bindsExisting(name string) {
	v.t.Helper()
	v.fills("#bind-existing", map[string]string{"account": name, "password": huawei.AccountPassword})
	v.shot("huawei-cloud-first-login")
	v.presses("#bind-existing")
	v.seesConsole(name)
}

func (v *visitor) seesConsole(name string) {
	v.t.Helper()
	v.sees("#console")
	assert.Equal(v.t, name, v.reads("#account"))
	assert.Equal(v.t, v.SimURL+"/console/iam/", v.location())
	v.shot("huawei-cloud-console")
}

// The whole way of a customer who has a Huawei Cloud account already, twice.
func TestJourney(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	id, err := v.Sim.AddAccount(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, err)

	v.goTo(v.PlatformURL)
	v.signsIn("platform-2001")
	v.sees("#unbound")
	v.shot("platform-account")
	v.presses("#huawei-cloud")
	v.bindsExisting("fjord-textiles")

	got := v.customer("platform-2001")
	assert.Equal(t, customerAnswer{CustomerID: id, LoginName: "fjord-textiles", Association: "associated"}, got)
	require.Len(t, v.Platform.InboxOf("onboard.binding.bound"), 1)
	assert.Contains(t, string(v.Platform.InboxOf("onboard.binding.bound")[0].Data), id)
	v.goTo(v.PlatformURL + "/events")
	v.sees("#events")
	v.shot("platform-events")
	v.goTo(v.PlatformURL)
	v.sees("#customer")
	v.shot("platform-account-bound")

	forms := len(v.to(http.MethodPost, v.SimURL+firstLoginPath+"/existing"))
	v.presses("#huawei-cloud")
	v.seesConsole("fjord-textiles")
	assert.Len(t, v.to(http.MethodPost, v.SimURL+firstLoginPath+"/existing"), forms, "the second visit goes straight in")
	assert.Len(t, v.to(http.MethodGet, v.SimURL+firstLoginPath), 1, "its page is shown once")
	logins := v.to(http.MethodGet, v.SimURL+"/authui/saml/login")
	require.Len(t, logins, 2)
	for i, first := range []string{"true", "false"} {
		u, err := url.Parse(logins[i].url)
		require.NoError(t, err)
		assert.Equal(t, first, u.Query().Get("isFirstLogin"))
	}
}
