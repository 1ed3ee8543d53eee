package bss_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func TestAConfigurationThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*bss.Config)
		want   string
	}{
		"no site":            {func(c *bss.Config) { c.Site = "" }, `site "" is unknown`},
		"unknown site":       {func(c *bss.Config) { c.Site = "mars" }, `site "mars" is unknown: use cn, intl or eu`},
		"plain http":         {func(c *bss.Config) { c.Endpoint = "http://bss.example.com" }, "is not https"},
		"http by address":    {func(c *bss.Config) { c.Endpoint = "http://10.0.0.1" }, "is not https"},
		"IAM by plain http":  {func(c *bss.Config) { c.IAMEndpoint = "http://iam.example.com" }, "IAM endpoint"},
		"another scheme":     {func(c *bss.Config) { c.Endpoint = "ftp://localhost" }, "is not https"},
		"no scheme":          {func(c *bss.Config) { c.Endpoint = "bss.example.com" }, "is not of the form https://host"},
		"path":               {func(c *bss.Config) { c.Endpoint = "https://bss.example.com/v2" }, "is not of the form https://host"},
		"query":              {func(c *bss.Config) { c.Endpoint = "https://bss.example.com?a=b" }, "is not of the form https://host"},
		"empty query":        {func(c *bss.Config) { c.Endpoint = "https://bss.example.com?" }, "is not of the form https://host"},
		"fragment":           {func(c *bss.Config) { c.Endpoint = "https://bss.example.com#a" }, "is not of the form https://host"},
		"user in endpoint":   {func(c *bss.Config) { c.Endpoint = "https://u:" + partnerSecret + "@bss.example.com" }, "is not of the form https://host"},
		"unreadable":         {func(c *bss.Config) { c.Endpoint = "https://u:" + partnerSecret + "@bss.example.com:x" }, "is not of the form https://host"},
		"nothing":            {func(c *bss.Config) { c.Keys, c.User = sign.Keys{}, bss.User{} }, "neither an access key nor an IAM user"},
		"no access key":      {func(c *bss.Config) { c.Keys.AccessKey = "" }, "access key and secret key go together"},
		"no secret key":      {func(c *bss.Config) { c.Keys.SecretKey = "" }, "access key and secret key go together"},
		"security token":     {func(c *bss.Config) { c.Keys = sign.Keys{SecurityToken: partnerSecret} }, "access key and secret key go together"},
		"padded access key":  {func(c *bss.Config) { c.Keys.AccessKey += " " }, "the access key begins or ends with white space"},
		"padded secret key":  {func(c *bss.Config) { c.Keys.SecretKey += "\n" }, "the secret key begins or ends with white space"},
		"padded token":       {func(c *bss.Config) { c.Keys.SecurityToken = " " + partnerSecret }, "the security token begins or ends with white space"},
		"language":           {func(c *bss.Config) { c.Language = "zh-cn" }, `does not speak "zh-cn": use zh_CN or en_US`},
		"language and more":  {func(c *bss.Config) { c.Language = "en_US\r\nX-Auth-Token: t" }, "does not speak"},
		"header in a key":    {func(c *bss.Config) { c.Keys.AccessKey = "a\r\nX-Auth-Token: t" }, "the access key has a control character"},
		"header in a token":  {func(c *bss.Config) { c.Keys.SecurityToken = "a\nb" }, "the security token has a control character"},
		"zero in a secret":   {func(c *bss.Config) { c.Keys.SecretKey = "a\x00b" }, "the secret key has a control character"},
		"user without name":  {func(c *bss.Config) { c.User.Name = "" }, "an IAM user needs domain, name and password"},
		"user w/o password":  {func(c *bss.Config) { c.User.Password = "" }, "an IAM user needs domain, name and password"},
		"user of no account": {func(c *bss.Config) { c.User.Domain = "" }, "an IAM user needs domain, name and password"},
	} {
		cfg := bss.Config{Site: bss.SiteCN, Keys: partnerKeys, User: partnerUser}
		test.change(&cfg)
		_, err := bss.New(cfg)
		require.ErrorContains(t, err, test.want, name)
		assert.NotContains(t, err.Error(), partnerSecret, name)
		assert.NotContains(t, err.Error(), partnerPassword, name)
	}
}

func TestEverythingThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := bss.New(bss.Config{Site: bss.SiteCN, Endpoint: "http://a", Keys: sign.Keys{AccessKey: " a"}, User: bss.User{Name: "n"}})
	for _, part := range []string{"is not https", "go together", "white space", "an IAM user needs"} {
		assert.ErrorContains(t, err, part)
	}
}

func TestAConfigurationThatIsRight(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bss.Config){
		"defaults":           func(*bss.Config) {},
		"international":      func(c *bss.Config) { c.Site = bss.SiteIntl },
		"European":           func(c *bss.Config) { c.Site = bss.SiteEU },
		"own endpoint":       func(c *bss.Config) { c.Endpoint = "https://bss.example.com:8443/" },
		"loopback name":      func(c *bss.Config) { c.Endpoint = "http://localhost:8181" },
		"loopback address":   func(c *bss.Config) { c.Endpoint = "http://127.0.0.1:8181" },
		"loopback, version6": func(c *bss.Config) { c.IAMEndpoint = "http://[::1]:8181" },
		"user only":          func(c *bss.Config) { c.Keys = sign.Keys{} },
		"keys only":          func(c *bss.Config) { c.User = bss.User{} },
		"temporary keys":     func(c *bss.Config) { c.Keys.SecurityToken = "token" },
	} {
		cfg := bss.Config{Site: bss.SiteCN, Keys: partnerKeys, User: partnerUser}
		change(&cfg)
		_, err := bss.New(cfg)
		assert.NoError(t, err, name)
	}
}

func TestEveryCallSaysItsLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[bss.Language][]string{"": nil, bss.Chinese: {"zh_CN"}, bss.English: {"en_US"}} {
		w := newWorld(t)
		c := w.client(t, func(cfg *bss.Config) { cfg.Language = language })
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.NoError(t, err)
		_, err = c.ShowCustomerAccountBalances(t.Context(), resaleName)
		require.NoError(t, err)
		for _, e := range w.wire.all() {
			if e.path == tokensPath {
				assert.Empty(t, e.header.Values("X-Language"), "IAM is not asked in it")
				continue
			}
			assert.Equal(t, want, e.header.Values("X-Language"), language)
		}
		units, err := c.As("").In(bss.English).As(resaleName).ListMeasureUnits(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, units)
		last := w.wire.all()
		assert.Equal(t, []string{"en_US"}, last[len(last)-1].header.Values("X-Language"), "in another than %q", language)
		if signed := w.wire.to(balancesPath)[0].header.Get("Authorization"); language != "" {
			assert.Contains(t, signed, "x-language")
		}
	}
}

func TestAddressesOfTheSites(t *testing.T) {
	t.Parallel()
	for site, host := range map[bss.Site]string{
		bss.SiteCN: "https://auth.huaweicloud.com", bss.SiteIntl: "https://auth-intl.huaweicloud.com", bss.SiteEU: "https://auth.eu.huaweicloud.com",
	} {
		login, err := site.LoginURL()
		require.NoError(t, err)
		assert.Equal(t, host+"/authui/saml/login", login)
		metadata, err := site.SPMetadataURL()
		require.NoError(t, err)
		assert.Equal(t, host+"/authui/saml/metadata.xml", metadata)
	}
	_, err := bss.Site("mars").LoginURL()
	require.ErrorContains(t, err, "unknown")
	_, err = bss.Site("mars").SPMetadataURL()
	assert.ErrorContains(t, err, "unknown")
}

func TestPrintingHidesSecrets(t *testing.T) {
	t.Parallel()
	cfg := bss.Config{Site: bss.SiteCN, Keys: partnerKeys, User: partnerUser}
	cfg.Keys.SecurityToken = "seeded-security-token"
	client, err := bss.New(cfg)
	require.NoError(t, err)
	var printed strings.Builder
	for _, v := range []any{cfg, &cfg, cfg.User, &cfg.User, cfg.Keys, &cfg.Keys, client} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&printed, verb+"\n", v)
		}
	}
	printed.WriteString(logOf(t, "config", cfg, "user", cfg.User, "keys", cfg.Keys, "client", client,
		"nested", struct{ U, K any }{cfg.User, cfg.Keys}))
	assertNothingSecret(t, printed.String(), "seeded-security-token")
	assert.Contains(t, printed.String(), "AKTEST")
	assert.Contains(t, printed.String(), "partner/operator")
}

func TestTheDefaultsReachAServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Set(clock.System{}.Now()) // the client's own clock is the machine's
	c, err := bss.New(bss.Config{Site: bss.SiteCN, Endpoint: w.url, Keys: partnerKeys})
	require.NoError(t, err)
	rows, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	assert.Len(t, rows, 2)
}
