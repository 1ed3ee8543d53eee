package sdkinterop_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	intl "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2"
	iam "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3"
	iammodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/model"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// platform is the sales platform's identifier, by which customers have
// authorised the partner.
const platform = "SIM_IDP"

// cloud is one simulated Huawei Cloud, for one test.
type cloud struct {
	*huawei.Server
	t       *testing.T
	site    bss.Site
	clock   *clock.Simulated
	url     string
	answers *lastAnswer
}

// newCloud is the mainland's.
func newCloud(t *testing.T) *cloud {
	t.Helper()
	return newCloudOf(t, bss.SiteCN)
}

// newCloudOf stops the simulated time at the present, because the SDK signs with
// the machine's clock.
func newCloudOf(t *testing.T, site bss.Site) *cloud {
	t.Helper()
	stopped := clock.NewFrozen(clock.System{}.Now())
	server, err := huawei.NewServer(huawei.Options{Clock: stopped, Site: site, Seed: 1})
	require.NoError(t, err)
	answers := &lastAnswer{next: server.API()}
	api := httptest.NewServer(answers)
	t.Cleanup(api.Close)
	return &cloud{Server: server, t: t, site: site, clock: stopped, url: api.URL, answers: answers}
}

func (c *cloud) abroad() bool { return c.site != bss.SiteCN }

// currency is the site's.
func (c *cloud) currency() string {
	if c.abroad() {
		return "USD"
	}
	return "CNY"
}

// sold is the association of the customers whom the partner sells to.
func (c *cloud) sold() string {
	if c.abroad() {
		return huawei.AssociationReseller
	}
	return huawei.AssociationResale
}

// partnerKeys are the simulator's own.
var partnerKeys = sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"}

func partnerCredentials() *global.CredentialsBuilder {
	return global.NewCredentialsBuilder().WithAk(partnerKeys.AccessKey).WithSk(partnerKeys.SecretKey)
}

// partner is the SDK's client with the partner's access key.
func (c *cloud) partner() *client {
	c.t.Helper()
	return c.client(partnerCredentials())
}

// customer is the SDK's client with a temporary access key of that account.
func (c *cloud) customer(account string) *client {
	c.t.Helper()
	k := c.temporaryKeys(account)
	return c.client(global.NewCredentialsBuilder().
		WithAk(k.AccessKey).WithSk(k.SecretKey).WithSecurityToken(k.SecurityToken))
}

// temporaryKeys asks IAM, through the SDK, for a key by which the partner acts
// for a customer: the SDK's own way to act for somebody else.
func (c *cloud) temporaryKeys(account string) sign.Keys {
	c.t.Helper()
	answer, err := c.iam().CreateTemporaryAccessKeyByAgency(temporaryKey(account))
	require.NoError(c.t, err)
	k := answer.Credential
	return sign.Keys{AccessKey: k.Access, SecretKey: k.Secret, SecurityToken: k.Securitytoken}
}

func temporaryKey(account string) *iammodel.CreateTemporaryAccessKeyByAgencyRequest {
	return &iammodel.CreateTemporaryAccessKeyByAgencyRequest{
		Body: &iammodel.CreateTemporaryAccessKeyByAgencyRequestBody{Auth: &iammodel.AgencyAuth{
			Identity: &iammodel.AgencyAuthIdentity{
				Methods:    []iammodel.AgencyAuthIdentityMethods{iammodel.GetAgencyAuthIdentityMethodsEnum().ASSUME_ROLE},
				AssumeRole: &iammodel.IdentityAssumerole{DomainName: &account, AgencyName: platform},
			},
		}},
	}
}

func (c *cloud) client(b *global.CredentialsBuilder) *client {
	c.t.Helper()
	credentials, err := b.SafeBuild()
	require.NoError(c.t, err)
	mainland, err := sdk.BssClientBuilder().WithEndpoints([]string{c.url}).
		WithCredential(credentials).WithHttpConfig(config.DefaultHttpConfig()).SafeBuild()
	require.NoError(c.t, err)
	built := &client{BssClient: sdk.NewBssClient(mainland), cloud: c}
	if c.abroad() {
		abroad, err := intl.BssintlClientBuilder().WithEndpoints([]string{c.url}).
			WithCredential(credentials).WithHttpConfig(config.DefaultHttpConfig()).SafeBuild()
		require.NoError(c.t, err)
		built.abroad = intl.NewBssintlClient(abroad)
	}
	return built
}

func (c *cloud) iam() *iam.IamClient {
	c.t.Helper()
	credentials, err := partnerCredentials().SafeBuild()
	require.NoError(c.t, err)
	client, err := iam.IamClientBuilder().WithEndpoints([]string{c.url}).
		WithCredential(credentials).WithHttpConfig(config.DefaultHttpConfig()).SafeBuild()
	require.NoError(c.t, err)
	return iam.NewIamClient(client)
}

// The methods below put things into the world.

// account adds a customer of the partner.
func (c *cloud) account(name, association string) string {
	c.t.Helper()
	return c.seeded(c.AddAccount(huawei.Account{Name: name, Association: association}))
}

// richAccount adds a customer who has 1,000 in cash: one for resale, or abroad,
// where those whom the partner sells to have none, a referral customer.
func (c *cloud) richAccount(name string) string {
	c.t.Helper()
	association := huawei.AssociationResale
	if c.abroad() {
		association = huawei.AssociationReferral
	}
	return c.seeded(c.AddAccount(huawei.Account{Name: name, Association: association, Cash: decimal.NewFromInt(1000)}))
}

func (c *cloud) order(o huawei.NewOrder) string {
	c.t.Helper()
	return c.seeded(c.PlaceOrder(o))
}

func (c *cloud) quota(q huawei.NewQuota) string {
	c.t.Helper()
	return c.seeded(c.AddQuota(q))
}

func (c *cloud) coupon(n huawei.NewCoupon) string {
	c.t.Helper()
	return c.seeded(c.GrantCoupon(n))
}

func (c *cloud) seeded(id string, err error) string {
	c.t.Helper()
	require.NoError(c.t, err)
	return id
}

// now is the simulated instant as the API writes it.
func (c *cloud) now() string { return c.clock.Now().Format("2006-01-02T15:04:05Z") }

// lastEffect is what the world's journal says happened last.
func (c *cloud) lastEffect() huawei.Effect {
	c.t.Helper()
	all := c.Journal()
	require.NotEmpty(c.t, all)
	return all[len(all)-1]
}

// assertConsistent checks that no money was made or lost.
func (c *cloud) assertConsistent() {
	c.t.Helper()
	assert.Empty(c.t, c.Check())
}

// fields are what an answer has to hold, by the names of the API. The SDK's
// decimals are texts.
type fields map[string]any

// assertFields compares what the SDK decoded, and says so by its own JSON tags.
func assertFields(t *testing.T, want fields, decoded any) {
	t.Helper()
	got := map[string]json.RawMessage{}
	data, err := json.Marshal(decoded)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &got))
	for name, value := range want {
		expected, err := json.Marshal(value)
		require.NoError(t, err)
		if assert.Contains(t, got, name) {
			assert.JSONEq(t, string(expected), string(got[name]), name)
		}
	}
}

// assertRefused checks that the SDK shows a refusal for what it is.
func assertRefused(t *testing.T, err error, status int, code, says string) {
	t.Helper()
	var refusal *sdkerr.ServiceResponseError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, status, refusal.StatusCode)
	assert.Equal(t, code, refusal.ErrorCode)
	assert.Contains(t, refusal.ErrorMessage, says)
	assert.NotEmpty(t, refusal.RequestId)
}

// only returns the one row of a list.
func only[T any](t *testing.T, rows *[]T) T {
	t.Helper()
	require.NotNil(t, rows)
	require.Len(t, *rows, 1)
	return (*rows)[0]
}

// yuan is an amount in CNY.
func yuan(amount string) decimal.Decimal { return decimal.RequireFromString(amount) }

// cycle is the billing month that is so many months ago.
func (c *cloud) cycle(ago int) string {
	at := c.clock.Now().In(time.FixedZone("GMT+8", 8*60*60))
	return time.Date(at.Year(), at.Month()-time.Month(ago), 1, 0, 0, 0, 0, at.Location()).Format("2006-01")
}
