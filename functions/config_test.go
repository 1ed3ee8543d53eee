package functions_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func config() functions.Config {
	return functions.Config{
		Site: "cn", AccessKey: "AK", SecretKey: handler.NewSecret("SK"), XAccountType: "IDP",
		IAMDomain: "partner", IAMUser: "operator", IAMPassword: handler.NewSecret("password-of-iam"),
		CallerSecrets: []handler.Secret{handler.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")},
	}
}

func runtime() functions.Runtime {
	return functions.Runtime{Transport: wire, Clock: clock.System{}, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)}
}

// header answers everything with an empty list, and keeps a header of the request.
type header struct {
	name, value string
}

func (h *header) RoundTrip(r *http.Request) (*http.Response, error) {
	h.value = r.Header.Get(h.name)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
}

func TestTheLanguageIsThatOfEveryCall(t *testing.T) {
	t.Parallel()
	cfg, rt, sent := config(), runtime(), &header{name: "X-Language"}
	cfg.Language, rt.Transport = "en_US", sent
	client, err := cfg.Client(rt)
	require.NoError(t, err)
	_, err = client.ListMeasureUnits(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "en_US", sent.value)
}

func TestWrongValuesAreNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*functions.Config)
		names string
	}{
		"a site":              {func(c *functions.Config) { c.Site = "moon" }, `"moon"`},
		"an address":          {func(c *functions.Config) { c.Endpoint = "bss.example.com" }, "bss.example.com"},
		"plain http":          {func(c *functions.Config) { c.Endpoint = "http://bss.example.com" }, "not https"},
		"an IAM address":      {func(c *functions.Config) { c.IAMEndpoint = "http://iam.example.com" }, "IAM"},
		"a language":          {func(c *functions.Config) { c.Language = "de_DE" }, "de_DE"},
		"half a key":          {func(c *functions.Config) { c.SecretKey = handler.Secret{} }, "secret key"},
		"a key with a space":  {func(c *functions.Config) { c.AccessKey = "AK " }, "access key"},
		"no credential":       {func(c *functions.Config) { *c = functions.Config{Site: "cn"} }, "neither an access key nor an IAM user"},
		"a user without name": {func(c *functions.Config) { c.IAMDomain = "" }, "domain, name and password"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			tt.spoil(&cfg)
			_, err := cfg.Client(runtime())
			require.ErrorContains(t, err, tt.names)
			assert.NotContains(t, err.Error(), "password-of-iam")
		})
	}
	_, err := config().Client(runtime())
	assert.NoError(t, err)
}

func TestWrongCallerSecretsAreNumbered(t *testing.T) {
	t.Parallel()
	good := config().CallerSecrets[0]
	f := handler.Function{Name: "test", Routes: []handler.Route{{
		Method: http.MethodGet, Pattern: "/test/x",
		Handle: func(context.Context, *handler.Request) (*handler.Response, error) { return handler.NoContent(), nil },
	}}}
	tests := map[string]struct {
		secrets []handler.Secret
		names   string
	}{
		"none":       {nil, "0 webhook secrets"},
		"three":      {[]handler.Secret{good, good, good}, "3 webhook secrets"},
		"a bad one":  {[]handler.Secret{good, handler.NewSecret("whsec_short-secret")}, "CALLER_SECRETS, number 2"},
		"two bad":    {[]handler.Secret{handler.NewSecret("x"), handler.NewSecret("whsec_eA==")}, "number 1"},
		"also the 2": {[]handler.Secret{handler.NewSecret("x"), handler.NewSecret("whsec_eA==")}, "number 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.CallerSecrets = tt.secrets
			_, err := cfg.Edge(f, runtime())
			require.ErrorContains(t, err, tt.names)
			assert.NotContains(t, err.Error(), "short-secret")
		})
	}
	_, err := config().Edge(f, runtime())
	assert.NoError(t, err)
}

//nolint:paralleltest // it sets environment variables
func TestTheConfigurationOfAProcess(t *testing.T) {
	for name, value := range map[string]string{
		"BSS_ACCESS_KEY": "AK", "BSS_SECRET_KEY": "SK", "BSS_XACCOUNT_TYPE": "IDP", "LEDGER_URL": "sqlite:x",
		"CALLER_SECRETS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,whsec_aGFybmVzcy1zYWxlcy1wbGF0Zm9ybS1zZWNyZXQtMDE=",
		"LOG_LEVEL":      "DEBUG",
	} {
		t.Setenv(name, value)
	}
	var cfg functions.Config
	require.NoError(t, handler.LoadConfig(&cfg))
	assert.Equal(t, "cn", cfg.Site)
	assert.Equal(t, slog.LevelDebug, cfg.LogLevel)
	assert.Len(t, cfg.CallerSecrets, 2)
	assert.NotContains(t, fmt.Sprintf("%+v", cfg), "SK")

	var lines strings.Builder
	rt := functions.NewRuntime(cfg, memory.New(), io.Writer(&lines))
	rt.Logger.DebugContext(t.Context(), "hello")
	assert.Contains(t, lines.String(), `"msg":"hello"`)
	_, err := cfg.Client(rt)
	assert.NoError(t, err)
}
