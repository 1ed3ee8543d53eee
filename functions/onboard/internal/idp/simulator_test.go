package idp_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

// visitor is a customer's browser at the simulated Huawei Cloud, which follows no
// redirect by itself.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

// cloud is the simulated Huawei Cloud with our metadata, as its customer sees it, and
// us with its own.
func cloud(t *testing.T) (*world, *visitor) {
	t.Helper()
	w := newWorld(t)
	server, err := huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(start), IDPMetadata: w.Metadata()})
	require.NoError(t, err)
	_, err = server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	api := httptest.NewServer(server.API())
	t.Cleanup(api.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &visitor{t, &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, api.URL}
	_, metadata := v.get(api.URL + "/authui/saml/metadata.xml")
	w.sp, err = idp.ParseServiceProvider([]byte(metadata))
	require.NoError(t, err)
	return w, v
}

func (v *visitor) get(address string) (location, body string) {
	v.t.Helper()
	return v.read(v.client.Get(v.at(address)))
}

func (v *visitor) post(address string, form url.Values) (location, body string) {
	v.t.Helper()
	return v.read(v.client.PostForm(v.at(address), form))
}

func (v *visitor) at(address string) string {
	if strings.HasPrefix(address, "/") {
		return v.base + address
	}
	return address
}

func (v *visitor) read(res *http.Response, err error) (location, body string) {
	v.t.Helper()
	require.NoError(v.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(v.t, err)
	require.Less(v.t, res.StatusCode, 400, string(data))
	return res.Header.Get("Location"), string(data)
}

// query is what stands behind an address of ours that a browser is sent to.
func (v *visitor) query(location, address string) string {
	v.t.Helper()
	rawQuery, found := strings.CutPrefix(location, address+"?")
	require.True(v.t, found, location)
	return rawQuery
}

// signOn goes to the console by way of us.
func (v *visitor) signOn(w *world, first string) (location string, form *idp.Form) {
	v.t.Helper()
	console := v.base + "/console/iam/"
	location, _ = v.get("/authui/saml/login?" + url.Values{"xAccountType": {"SIM_IDP"}, "isFirstLogin": {first}, "service": {console}}.Encode())
	r, err := w.ReadRequest(w.sp, v.query(location, ssoURL))
	require.NoError(v.t, err)
	customer := subject
	customer.PartnerID = "" // the simulator knows its partners
	form, err = w.Respond(w.sp, r, customer)
	require.NoError(v.t, err)
	location, _ = v.post(form.Action, url.Values{"SAMLResponse": {form.SAMLResponse}, "RelayState": {form.RelayState}})
	return location, form
}

// bind binds the account that is there.
func (v *visitor) bind(location string) {
	v.t.Helper()
	_, page := v.get(location)
	login := regexp.MustCompile(`name="login" value="(\w+)"`).FindStringSubmatch(page)
	require.NotNil(v.t, login)
	location, _ = v.post("/authui/saml/first-login/existing", url.Values{"login": {login[1]}, "account": {"yongzhi"}, "password": {huawei.AccountPassword}})
	require.Equal(v.t, v.base+"/console/iam/", location)
}

func TestTheSimulatedHuaweiCloudTakesTheAssertion(t *testing.T) {
	t.Parallel()
	w, v := cloud(t)
	location, _ := v.signOn(w, "true")
	v.bind(location)
	location, _ = v.signOn(w, "false")
	assert.Equal(t, v.base+"/console/iam/", location, "the second time nobody asks")
	_, page := v.get(location)
	assert.Contains(t, page, "yongzhi")
}

func TestTheSimulatedHuaweiCloudEndsASession(t *testing.T) {
	t.Parallel()
	w, v := cloud(t)
	location, _ := v.signOn(w, "true")
	v.bind(location)
	_, form := v.signOn(w, "false")

	location, _ = v.get("/authui/saml/logout")
	l, err := w.ReadLogout(w.sp, v.query(location, logoutURL))
	require.NoError(t, err)
	assert.False(t, l.Answer)
	assert.Equal(t, form.NameID, l.NameID)
	assert.Equal(t, []string{form.SessionIndex}, l.SessionIndexes)
	address, err := w.AnswerLogout(w.sp, l, true)
	require.NoError(t, err)
	v.get(address)
	location, _ = v.get("/console/iam/")
	assert.Contains(t, location, "/authui/saml/login")
}

func TestWeEndASessionAtTheSimulatedHuaweiCloud(t *testing.T) {
	t.Parallel()
	w, v := cloud(t)
	location, _ := v.signOn(w, "true")
	v.bind(location)
	_, form := v.signOn(w, "false")

	address, id, err := w.StartLogout(w.sp, form.NameID, form.SessionIndex, "state-1")
	require.NoError(t, err)
	location, _ = v.get(address)
	l, err := w.ReadLogout(w.sp, v.query(location, logoutURL))
	require.NoError(t, err)
	assert.True(t, l.Answer)
	assert.True(t, l.Success)
	assert.Equal(t, id, l.InResponseTo)
	assert.Equal(t, "state-1", l.RelayState)
	location, _ = v.get("/console/iam/")
	assert.Contains(t, location, "/authui/saml/login")
}
