package onboard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/pkg/handler"
)

func TestAMissingMetadataAddressIsThatOfTheSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var asked string
	w.serve(func(cfg *onboard.Config, rt *functions.Runtime) {
		cfg.SPMetadata, cfg.LoginURL = "", ""
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.String()
			return answered(r, http.StatusOK, "no metadata"), nil
		})
	})
	address, _ := w.loginURL("acct-1")
	assert.True(t, strings.HasPrefix(address, "https://auth.huaweicloud.com/authui/saml/login?"), address)
	_, p := w.notify(hangzhou(t).form(bindJSON))
	assert.Equal(t, "keys_unavailable", p.Code)
	assert.Equal(t, "https://auth.huaweicloud.com/authui/saml/metadata.xml", asked)
}

func TestConfigurationThatIsRefused(t *testing.T) {
	t.Parallel()
	good := onboard.Config{Config: functions.Config{
		Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK"),
		CallerSecrets: []handler.Secret{handler.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")},
	}}
	tests := map[string]struct {
		spoil func(*onboard.Config)
		names string
	}{
		"a site that is none":    {func(c *onboard.Config) { c.Site = "moon" }, `"moon"`},
		"metadata over http":     {func(c *onboard.Config) { c.SPMetadata = "http://auth.huaweicloud.com/m.xml" }, "SP_METADATA"},
		"metadata at a bad URL":  {func(c *onboard.Config) { c.SPMetadata = "http://%zz" }, "SP_METADATA"},
		"a caller secret's form": {func(c *onboard.Config) { c.CallerSecrets = []handler.Secret{handler.NewSecret("short")} }, "CALLER_SECRETS"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			tt.spoil(&cfg)
			_, err := onboard.New(cfg, newRuntime())
			assert.ErrorContains(t, err, tt.names)
		})
	}
	_, err := onboard.New(good, newRuntime())
	assert.NoError(t, err)
}

func TestOnlyThePlatformMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const body = `{"mobile":"13800138000"}`
	tests := map[string]struct {
		spoil  func(r *http.Request)
		status int
	}{
		"signature_missing":  {func(r *http.Request) { r.Header.Del("Webhook-Signature") }, 401},
		"signature_stale":    {func(r *http.Request) { r.Header.Set("Webhook-Timestamp", "1") }, 401},
		"signature_invalid":  {func(r *http.Request) { r.Header.Set("Webhook-Id", "another") }, 401},
		"route_not_found":    {func(r *http.Request) { r.URL.Path = "/onboard/secrets" }, 404},
		"method_not_allowed": {func(r *http.Request) { r.Method = http.MethodDelete }, 405},
	}
	for code, tt := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			req := w.request(body)
			tt.spoil(req)
			res, p := w.problemOf(req)
			assert.Equal(t, tt.status, res.StatusCode)
			assert.Equal(t, code, p.Code)
		})
	}
	t.Run("request_replayed", func(t *testing.T) {
		t.Parallel()
		w := w.on(t)
		req := w.request(body)
		res := w.send(req)
		assert.Equal(t, http.StatusAccepted, res.StatusCode)
		again := w.request(body)
		again.Header = req.Header
		res, p := w.problemOf(again)
		assert.Equal(t, http.StatusConflict, res.StatusCode)
		assert.Equal(t, "request_replayed", p.Code)
	})
	t.Run("body_too_large", func(t *testing.T) {
		t.Parallel()
		w := w.on(t)
		res, p := w.problemOf(w.request(`{"mobile":"` + strings.Repeat("1", 1<<20) + `"}`))
		assert.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
		assert.Equal(t, "body_too_large", p.Code)
	})
	t.Cleanup(func() { assert.Len(t, w.Sim.Outbox(), 1, "only the one good request was carried out") })
}
