package huawei_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// platform is the sales platform's end of the notifications.
type platform struct {
	*httptest.Server

	mu     sync.Mutex
	status int
	bodies []string
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{status: http.StatusOK}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.bodies = append(p.bodies, string(body))
		w.WriteHeader(p.status)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *platform) answer(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

func (p *platform) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.bodies...)
}

// certificate reads the certificate from the metadata, as a platform does.
func (s *site) certificate() *x509.Certificate {
	s.t.Helper()
	got := s.send(s.request(http.MethodGet, "/authui/saml/metadata.xml?unsigned=true", ""))
	require.Equal(s.t, http.StatusOK, got.status)
	var metadata struct {
		Keys []struct {
			Use         string `xml:"use,attr"`
			Certificate string `xml:"KeyInfo>X509Data>X509Certificate"`
		} `xml:"SPSSODescriptor>KeyDescriptor"`
	}
	require.NoError(s.t, xml.Unmarshal([]byte(got.body), &metadata))
	require.GreaterOrEqual(s.t, len(metadata.Keys), 2)
	require.Equal(s.t, "signing", metadata.Keys[0].Use)
	der, err := base64.StdEncoding.DecodeString(metadata.Keys[0].Certificate)
	require.NoError(s.t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(s.t, err)
	return certificate
}

func verifyRSA(t *testing.T, certificate *x509.Certificate, data, signature string) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(signature)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(data))
	require.NoError(t, rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], raw))
}

// opened verifies a notification and returns its content.
func (s *site) opened(body string) map[string]any {
	s.t.Helper()
	form, err := url.ParseQuery(body)
	require.NoError(s.t, err)
	require.Equal(s.t, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", form.Get("SigAlg"))
	verifyRSA(s.t, s.certificate(), form.Get("bindRequest"), form.Get("Signature"))
	content, err := base64.StdEncoding.DecodeString(form.Get("bindRequest"))
	require.NoError(s.t, err)
	var fields map[string]any
	require.NoError(s.t, json.Unmarshal(content, &fields))
	return fields
}

var yongzhi = huawei.Binding{AccountName: "yongzhi", XAccountID: "u1", XUserID: "p1"}

func TestBindingAssociatesAndAnnounces(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: p.URL + "/bind"})
	id, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))

	rows := s.call(http.StatusOK, pathQuery, `{}`)["customer_infos"].([]any)
	require.Len(t, rows, 1)
	assert.Equal(t, "u1", rows[0].(map[string]any)["xaccount_id"])
	assert.Equal(t, huawei.AssociationResale, rows[0].(map[string]any)["association_type"])
	require.Len(t, p.received(), 1)
	assert.Equal(t, map[string]any{
		"domainName": "yongzhi", "domainId": id, "xUserId": "p1", "xAccountId": "u1", "bindAction": 0.0,
	}, s.opened(p.received()[0]))
	sent := s.server.Outbox()[0]
	assert.Equal(t, huawei.MessageBinding, sent.Kind)
	assert.Equal(t, p.URL+"/bind", sent.Receiver)
	assert.Equal(t, http.StatusOK, sent.Status)
	assert.Equal(t, "Bind", s.server.Journal()[1].Operation)
}

func TestBindingKeepsAnAssociation(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationReferral})
	require.NoError(t, err)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	require.NoError(t, s.server.Bind(t.Context(), yongzhi), "binding the same again")
	assert.EqualValues(t, 1, s.call(http.StatusOK, pathQuery, `{"association_type":"1"}`)["count"])
	assert.Empty(t, s.server.Outbox(), "no address, no announcement")
}

func TestBindingIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for _, name := range []string{"yongzhi", "other"} {
		_, err := s.server.AddAccount(huawei.Account{Name: name})
		require.NoError(t, err)
	}
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	effects := len(s.server.Journal())
	for name, c := range map[string]struct {
		binding huawei.Binding
		is      error
	}{
		"unknown account": {huawei.Binding{AccountName: "nobody", XAccountID: "u2", XUserID: "p2"}, huawei.ErrUnknownAccount},
		"account taken":   {huawei.Binding{AccountName: "yongzhi", XAccountID: "u2", XUserID: "p2"}, huawei.ErrBoundElsewhere},
		"user taken":      {huawei.Binding{AccountName: "other", XAccountID: "u1", XUserID: "p1"}, huawei.ErrBoundElsewhere},
	} {
		require.ErrorIs(t, s.server.Bind(t.Context(), c.binding), c.is, name)
	}
	require.Error(t, s.server.Bind(t.Context(), huawei.Binding{AccountName: "other", XUserID: "p1"}))
	require.Error(t, s.server.Bind(t.Context(), huawei.Binding{AccountName: "other", XAccountID: "u2"}))
	assert.Len(t, s.server.Journal(), effects)
}

func TestUnbindingAnnouncesToo(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	require.ErrorIs(t, s.server.Unbind(t.Context(), "yongzhi"), huawei.ErrUnknownAccount)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	require.NoError(t, s.server.Unbind(t.Context(), "yongzhi"))
	content := s.opened(p.received()[1])
	assert.EqualValues(t, 1, content["bindAction"])
	assert.Equal(t, "u1", content["xAccountId"])
	require.NoError(t, s.server.Bind(t.Context(), huawei.Binding{AccountName: "yongzhi", XAccountID: "u2", XUserID: "p2"}))
}

func TestAReplayIsByteForByte(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	s.sendCode(mobile)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	require.NoError(t, s.server.Replay(t.Context(), 2))
	require.Len(t, p.received(), 2)
	assert.Equal(t, p.received()[0], p.received()[1])
	for _, number := range []int{-1, 0, 1, 4} { // 1 is a code
		require.Error(t, s.server.Replay(t.Context(), number))
	}
}

func TestAnAnnouncementThatFailsIsRecorded(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer(http.StatusInternalServerError)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	assert.Equal(t, http.StatusInternalServerError, s.server.Outbox()[0].Status)
	p.Close()
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	assert.Zero(t, s.server.Outbox()[1].Status)
	assert.NotEmpty(t, s.server.Outbox()[1].Error)
}

func TestAnAnnouncementFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := newPlatform(t)
	p := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(p.Close)
	s := newSite(t, huawei.Options{NotificationURL: p.URL})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi"})
	require.NoError(t, err)
	require.NoError(t, s.server.Bind(t.Context(), yongzhi))
	assert.Equal(t, http.StatusTemporaryRedirect, s.server.Outbox()[0].Status)
	assert.Empty(t, elsewhere.received())
}
