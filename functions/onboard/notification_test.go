package onboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestANotificationBindsUntilAnotherUnbinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.account(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}))
	assert.Equal(t, id, w.show("acct-1").CustomerID)

	require.NoError(t, w.Sim.Replay(t.Context(), 1))
	assert.Equal(t, id, w.show("acct-1").CustomerID, "the same again changes nothing")

	require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
	for _, m := range w.Sim.Outbox() {
		assert.Equal(t, http.StatusOK, m.Status)
	}
	_, first := w.loginURL("acct-1")
	assert.True(t, first)
}

func TestBothFormsOfBindActionAreRead(t *testing.T) {
	t.Parallel()
	for bind, unbind := range map[string]string{`0`: `1`, `"0"`: `"1"`} {
		t.Run(bind, func(t *testing.T) {
			t.Parallel()
			w, _ := newSignedWorld(t)
			id := w.bound("fjord-textiles")
			notify := func(action string) {
				status, _ := w.notify(hangzhou(t).form(`{"domainId":"` + id + `","domainName":"n","xAccountId":"acct-1","bindAction":` + action + `}`))
				require.Equal(t, http.StatusOK, status)
			}
			notify(bind)
			_, first := w.loginURL("acct-1")
			assert.False(t, first)
			require.NoError(t, w.Sim.Unbind(t.Context(), "fjord-textiles"))
			notify(unbind)
			_, first = w.loginURL("acct-1")
			assert.True(t, first)
		})
	}
}

func TestTheUserIDStandsInForAMissingAccountID(t *testing.T) {
	t.Parallel()
	w, _ := newSignedWorld(t)
	id := w.bound("fjord-textiles")
	status, _ := w.notify(hangzhou(t).form(`{"domainName":"fjord-textiles","domainId":"` + id + `","xUserId":"acct-1","bindAction":0}`))
	require.Equal(t, http.StatusOK, status)
	assert.Equal(t, id, w.show("acct-1").CustomerID)
}

func TestOnlyRSAWithSHA256IsAccepted(t *testing.T) {
	t.Parallel()
	w, _ := newSignedWorld(t)
	for algorithm, accepted := range map[string]bool{
		rsaSHA256:                  true,
		strings.ToUpper(rsaSHA256): true, // as the documentation prints it
		"http://www.w3.org/2000/09/xmldsig#rsa-sha1":         false,
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":  false,
		"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": false,
		"none":           false,
		"":               false,
		rsaSHA256 + " ":  false,
		rsaSHA256 + "\n": false,
	} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			form := hangzhou(t).form(bindJSON)
			form.Set("SigAlg", algorithm)
			status, p := w.notify(form)
			if accepted {
				assert.Equal(t, http.StatusOK, status)
				return
			}
			assert.Equal(t, http.StatusUnauthorized, status)
			assert.Equal(t, "notification_not_signed", p.Code)
		})
	}
}

func TestForgedNotifications(t *testing.T) {
	t.Parallel()
	w, _ := newSignedWorld(t)
	good := hangzhou(t).form(bindJSON)
	other := hangzhou(t).form(strings.Replace(bindJSON, "acct-1", "acct-2", 1))
	bindRequest := good.Get("bindRequest")
	tests := map[string]url.Values{
		"another key":                                guiyang(t).form(bindJSON),
		"another content":                            {"bindRequest": other["bindRequest"], "SigAlg": {rsaSHA256}, "Signature": good["Signature"]},
		"one character":                              {"bindRequest": {"f" + bindRequest[1:]}, "SigAlg": {rsaSHA256}, "Signature": good["Signature"]},
		"the JSON instead of its Base64":             {"bindRequest": {bindJSON}, "SigAlg": {rsaSHA256}, "Signature": good["Signature"]},
		"a line break":                               {"bindRequest": {bindRequest + "\n"}, "SigAlg": {rsaSHA256}, "Signature": good["Signature"]},
		"no signature":                               {"bindRequest": good["bindRequest"], "SigAlg": {rsaSHA256}, "Signature": {""}},
		"a signature that is no Base64":              {"bindRequest": good["bindRequest"], "SigAlg": {rsaSHA256}, "Signature": {"###"}},
		"a signature cut off":                        {"bindRequest": good["bindRequest"], "SigAlg": {rsaSHA256}, "Signature": {good.Get("Signature")[:172]}},
		"a signature of the escaped text of another": {"bindRequest": good["bindRequest"], "SigAlg": {rsaSHA256}, "Signature": {hangzhou(t).sign(t, url.QueryEscape(bindRequest+"="))}},
	}
	for name, form := range tests {
		status, p := w.notify(form)
		assert.Equal(t, http.StatusUnauthorized, status, name)
		assert.Equal(t, "notification_not_signed", p.Code, name)
	}
	for _, accountID := range []string{"acct-1", "acct-2"} {
		_, first := w.loginURL(accountID)
		assert.True(t, first, "nothing was recorded")
	}
}

func TestNotificationsThatAreNoForm(t *testing.T) {
	t.Parallel()
	w, p := newSignedWorld(t)
	good := hangzhou(t).form(bindJSON).Encode()
	without := func(name string) string {
		form := hangzhou(t).form(bindJSON)
		form.Del(name)
		return form.Encode()
	}
	const form = "application/x-www-form-urlencoded"
	tests := map[string]struct {
		contentType, body string
		status            int
		code              string
	}{
		"no bindRequest":     {form, without("bindRequest"), 400, "malformed_form"},
		"no SigAlg":          {form, without("SigAlg"), 400, "malformed_form"},
		"no Signature":       {form, without("Signature"), 400, "malformed_form"},
		"two bindRequests":   {form, good + "&bindRequest=x", 400, "malformed_form"},
		"two SigAlgs":        {form, "SigAlg=none&" + good, 400, "malformed_form"},
		"two Signatures":     {form, good + "&Signature=", 400, "malformed_form"},
		"names in lowercase": {form, strings.ToLower(good), 400, "malformed_form"},
		"a broken escape":    {form, good + "&x=%zz", 400, "malformed_form"},
		"a semicolon":        {form, good + ";x=y", 400, "malformed_form"},
		"nothing":            {form, "", 400, "malformed_form"},
		"JSON":               {"application/json", `{"bindRequest":"x"}`, 415, "unsupported_media_type"},
		"parts":              {"multipart/form-data; boundary=x", good, 415, "unsupported_media_type"},
		"no content type":    {"", good, 415, "unsupported_media_type"},
		"a bad content type": {"application/x-www-form-urlencoded; =", good, 415, "unsupported_media_type"},
		"64 KiB and more":    {form, good + "&x=" + strings.Repeat("y", 64<<10), 413, "body_too_large"},
		"1 MiB and more":     {form, good + "&x=" + strings.Repeat("y", 1<<20), 413, "body_too_large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			status, p := w.notifyRaw(tt.contentType, tt.body)
			assert.Equal(t, tt.status, status)
			assert.Equal(t, tt.code, p.Code)
		})
	}
	t.Run("a character set", func(t *testing.T) {
		t.Parallel()
		w := w.on(t)
		status, _ := w.notifyRaw("Application/X-WWW-Form-Urlencoded; charset=UTF-8", good+"&more=fields")
		assert.Equal(t, http.StatusOK, status)
	})
	t.Cleanup(func() { assert.Equal(t, 1, p.count(), "nobody asks for keys for what is no form") })
}

func TestSignedNotificationsThatSayNothing(t *testing.T) {
	t.Parallel()
	w, _ := newSignedWorld(t)
	tests := map[string]string{
		"no JSON":              `domainId=d1`,
		"nothing":              ``,
		"an array":             `[]`,
		"no domainId":          `{"xAccountId":"acct-1","bindAction":0}`,
		"no account":           `{"domainId":"d1","bindAction":0}`,
		"a long account":       `{"domainId":"d1","bindAction":0,"xAccountId":"` + strings.Repeat("x", 129) + `"}`,
		"no bindAction":        `{"domainId":"d1","xAccountId":"acct-1"}`,
		"null for bindAction":  `{"domainId":"d1","xAccountId":"acct-1","bindAction":null}`,
		"an unknown action":    `{"domainId":"d1","xAccountId":"acct-1","bindAction":2}`,
		"a word for an action": `{"domainId":"d1","xAccountId":"acct-1","bindAction":"bind"}`,
		"a fraction":           `{"domainId":"d1","xAccountId":"acct-1","bindAction":0.0}`,
		"a truth":              `{"domainId":"d1","xAccountId":"acct-1","bindAction":false}`,
		"a number for an id":   `{"domainId":1,"xAccountId":"acct-1","bindAction":0}`,
	}
	forms := map[string]url.Values{
		"no Base64": {"bindRequest": {"{}"}, "SigAlg": {rsaSHA256}, "Signature": {hangzhou(t).sign(t, "{}")}},
	}
	for name, content := range tests {
		forms[name] = hangzhou(t).form(content)
	}
	for name, form := range forms {
		status, p := w.notify(form)
		assert.Equal(t, http.StatusUnprocessableEntity, status, name)
		assert.Equal(t, "notification_unreadable", p.Code, name)
	}
	_, first := w.loginURL("acct-1")
	assert.True(t, first, "nothing was recorded")
}

func TestASignatureOnSeveralLinesIsRead(t *testing.T) {
	t.Parallel()
	w, _ := newSignedWorld(t)
	form := hangzhou(t).form(bindJSON)
	signature := form.Get("Signature")
	form.Set("Signature", signature[:76]+"\r\n"+signature[76:])
	status, _ := w.notify(form)
	assert.Equal(t, http.StatusOK, status)
}

// A platform may tell the same registration again at any time. It says where the
// customer came from, not where it stands.
func TestARepeatedRegistrationDoesNotBindAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
	created := w.register(in)
	w.clock.Advance(time.Hour)
	require.NoError(t, w.Sim.Unbind(t.Context(), "ember-robotics"))

	assert.Equal(t, created, w.register(in))
	_, first := w.loginURL("acct-1")
	assert.True(t, first, "the account is unbound")

	w.account(huawei.Account{Name: "fjord-textiles"})
	w.clock.Advance(time.Hour)
	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}))
	assert.Equal(t, created, w.register(in))
	assert.Equal(t, "fjord-textiles", w.show("acct-1").LoginName)
}

func TestKeysAreReadAnewWhenTheyAreRotated(t *testing.T) {
	t.Parallel()
	w, p := newSignedWorld(t)
	accepted := func(s signer, content string) bool {
		status, problem := w.notify(s.form(content))
		if status != http.StatusOK {
			assert.Equal(t, "notification_not_signed", problem.Code)
		}
		return status == http.StatusOK
	}
	require.True(t, accepted(hangzhou(t), bindJSON))
	require.Equal(t, 1, p.count())

	p.publish(http.StatusOK, metadataOf(guiyang(t).certificate))
	for range 5 {
		assert.False(t, accepted(guiyang(t), unbindJSON), "the keys were read a moment ago")
	}
	assert.Equal(t, 1, p.count())

	w.clock.Advance(time.Minute)
	assert.True(t, accepted(guiyang(t), unbindJSON))
	assert.Equal(t, 2, p.count())
	assert.False(t, accepted(hangzhou(t), bindJSON), "the old key is gone")
	assert.Equal(t, 2, p.count())

	w.clock.Advance(24 * time.Hour)
	assert.True(t, accepted(guiyang(t), unbindJSON))
	assert.Equal(t, 3, p.count(), "keys are kept for a day")
}

func TestBothKeysAreAcceptedWhileTheyAreRotated(t *testing.T) {
	t.Parallel()
	w, p := newSignedWorld(t)
	p.publish(http.StatusOK, metadataOf(guiyang(t).certificate, hangzhou(t).certificate))
	for _, s := range []signer{hangzhou(t), guiyang(t)} {
		status, _ := w.notify(s.form(bindJSON))
		assert.Equal(t, http.StatusOK, status)
	}
}

func TestWithoutKeysNothingIsAccepted(t *testing.T) {
	t.Parallel()
	w, p := newSignedWorld(t)
	for _, broken := range []struct {
		status   int
		document string
	}{
		{http.StatusInternalServerError, metadataOf(hangzhou(t).certificate)},
		{http.StatusNotFound, metadataOf(hangzhou(t).certificate)},
		{http.StatusOK, "<html>"},
		{http.StatusOK, metadataOf(hangzhou(t).certificate) + strings.Repeat(" ", 2<<20)},
	} {
		p.publish(broken.status, broken.document)
		status, problem := w.notify(hangzhou(t).form(bindJSON))
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.Equal(t, "keys_unavailable", problem.Code)
	}
	p.publish(http.StatusOK, metadataOf(hangzhou(t).certificate))
	status, _ := w.notify(hangzhou(t).form(bindJSON))
	assert.Equal(t, http.StatusOK, status, "it is read as soon as it is there")
}

// Forged notifications must not make the function hammer Huawei Cloud, least of all
// while that is down.
func TestMetadataThatIsDownIsAskedOnceAMinute(t *testing.T) {
	t.Parallel()
	w, p := newSignedWorld(t)
	status, _ := w.notify(hangzhou(t).form(bindJSON))
	require.Equal(t, http.StatusOK, status)
	p.publish(http.StatusServiceUnavailable, "")
	w.clock.Advance(time.Hour)

	for range 5 {
		status, problem := w.notify(guiyang(t).form(unbindJSON))
		assert.Equal(t, http.StatusServiceUnavailable, status, "it may be signed by a key that cannot be read yet")
		assert.Equal(t, "keys_unavailable", problem.Code)
	}
	assert.Equal(t, 2, p.count())
	status, _ = w.notify(hangzhou(t).form(unbindJSON))
	assert.Equal(t, http.StatusOK, status, "a known key needs no metadata")

	p.publish(http.StatusOK, metadataOf(guiyang(t).certificate))
	w.clock.Advance(time.Minute)
	status, _ = w.notify(guiyang(t).form(bindJSON))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, 3, p.count())
}

// Read by the table, the sample unbinds; it may mean the opposite, and the customer list
// decides.
func TestBase64OfTheDocumentedSampleIsRead(t *testing.T) {
	t.Parallel()
	const sample = "eyJkb21haW5OYW1lIjoieW9uZ3poaSIsImRvbWFpbklkIjoieW9uZ3poaWlkIiwieFVzZXJJZCI6Inlvbmd6aGl4IiwiYmluZEFjdGlvbiI6MX0="
	accountID, customerID, unbind, err := onboard.DecodeNotification(sample)
	require.NoError(t, err)
	assert.Equal(t, "yongzhix", accountID)
	assert.Equal(t, "yongzhiid", customerID)
	assert.True(t, unbind)
}
