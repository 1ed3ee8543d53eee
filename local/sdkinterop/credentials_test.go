package sdkinterop_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	iammodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

func balances(client *sdk.BssClient) error {
	_, err := client.ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	return err
}

// Built for a region and without a domain id, the SDK asks IAM whose key it has.
func TestTheSDKAsksWhoItIs(t *testing.T) {
	t.Parallel()
	// The SDK remembers domain ids by access key for the whole process.
	own := sign.Keys{AccessKey: "ASKSWHOITIS", SecretKey: "SIMPARTNERSK"}
	server, err := huawei.NewServer(huawei.Options{Keys: own})
	require.NoError(t, err)
	api := httptest.NewServer(server.API())
	t.Cleanup(api.Close)

	credentials, err := global.NewCredentialsBuilder().WithAk(own.AccessKey).WithSk(own.SecretKey).
		WithIamEndpointOverride(api.URL).SafeBuild()
	require.NoError(t, err)
	client, err := sdk.BssClientBuilder().WithRegion(region.NewRegion("cn-north-1", api.URL)).
		WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	assert.Regexp(t, `^[0-9a-f]{32}$`, credentials.DomainId)
	require.NoError(t, balances(sdk.NewBssClient(client)))
}

// Told the domain id, the SDK sends it, signed, in a header.
func TestTheSDKSendsItsDomainID(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, balances(c.client(partnerCredentials().WithDomainId("0b6fd46a6dcf4d1cbbcf4ffa0b6b4b5d")).BssClient))
}

// The SDK has no credentials for tokens, but sends any header: the tokens are
// those that its IAM client is given, first the partner's and with it the
// customer's.
func TestTheSDKCallsWithTokens(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.SetCash(c.richAccount("yongzhi"), yuan("77.07")))
	call := c.partner().ShowCustomerAccountBalancesInvoker(&model.ShowCustomerAccountBalancesRequest{})
	call.AddHeaders(map[string]string{"X-Auth-Token": c.customerToken("yongzhi")})
	answer, err := call.Invoke()
	require.NoError(t, err)
	assertFields(t, fields{"amount": "77.07"}, only(t, answer.AccountBalances))
}

func (c *cloud) customerToken(account string) string {
	c.t.Helper()
	issue := c.iam().KeystoneCreateAgencyTokenInvoker(&iammodel.KeystoneCreateAgencyTokenRequest{
		Body: &iammodel.KeystoneCreateAgencyTokenRequestBody{Auth: &iammodel.AgencyTokenAuth{
			Identity: &iammodel.AgencyTokenIdentity{
				Methods:    []iammodel.AgencyTokenIdentityMethods{iammodel.GetAgencyTokenIdentityMethodsEnum().ASSUME_ROLE},
				AssumeRole: &iammodel.AgencyTokenAssumerole{DomainName: &account, AgencyName: platform},
			},
			Scope: &iammodel.AgencyTokenScope{Project: &iammodel.AgencyTokenScopeProject{Name: new("cn-north-1")}},
		}},
	})
	issue.AddHeaders(map[string]string{"X-Auth-Token": c.partnerToken()})
	answer, err := issue.Invoke()
	require.NoError(c.t, err)
	return *answer.XSubjectToken
}

func (c *cloud) partnerToken() string {
	c.t.Helper()
	answer, err := c.iam().KeystoneCreateUserTokenByPassword(&iammodel.KeystoneCreateUserTokenByPasswordRequest{
		Nocatalog: new("true"),
		Body: &iammodel.KeystoneCreateUserTokenByPasswordRequestBody{Auth: &iammodel.PwdAuth{
			Identity: &iammodel.PwdIdentity{
				Methods: []iammodel.PwdIdentityMethods{iammodel.GetPwdIdentityMethodsEnum().PASSWORD},
				Password: &iammodel.PwdPassword{User: &iammodel.PwdPasswordUser{
					Domain: &iammodel.PwdPasswordUserDomain{Name: "sim-partner"}, Name: "sim-operator", Password: "Sim-Operator-1",
				}},
			},
			Scope: &iammodel.AuthScope{Domain: &iammodel.AuthScopeDomain{Name: new("sim-partner")}},
		}},
	})
	require.NoError(c.t, err)
	return *answer.XSubjectToken
}

func TestTheSDKShowsTheGatewaysRefusals(t *testing.T) {
	t.Parallel()
	t.Run("wrong secret key", func(t *testing.T) {
		t.Parallel()
		err := balances(newCloud(t).client(partnerCredentials().WithSk("another")).BssClient)
		assertRefused(t, err, http.StatusUnauthorized, "APIG.0301", "verify aksk signature fail")
	})
	t.Run("revoked temporary key", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.richAccount("yongzhi")
		client := c.customer("yongzhi")
		c.RevokeTokens()
		_, err := client.ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
		assertRefused(t, err, http.StatusUnauthorized, "APIG.0301", "verify aksk signature fail")
	})
	t.Run("account of somebody else", func(t *testing.T) {
		t.Parallel()
		_, err := newCloud(t).iam().CreateTemporaryAccessKeyByAgency(temporaryKey("stranger"))
		var refusal *sdkerr.ServiceResponseError
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, http.StatusNotFound, refusal.StatusCode)
	})
	// The gateway's throttling answer names its message otherwise than all other
	// answers do. The SDK then gives no code, and the whole body as the message.
	t.Run("too many calls", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		_, err := c.AddFault(huawei.Fault{Kind: huawei.FaultThrottled, Point: huawei.BeforeValidation, Next: 1})
		require.NoError(t, err)
		assertRefused(t, balances(c.partner().BssClient), http.StatusTooManyRequests, "", "APIGW.0308")
		require.NoError(t, balances(c.partner().BssClient))
	})
}
