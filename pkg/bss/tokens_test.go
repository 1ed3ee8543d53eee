package bss_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const customerBalancesPath = "/v2/accounts/customer-accounts/balances"

// issuedFor counts the tokens that were asked for: by password for the partner, by
// assume_role for customers.
func (w *world) issuedFor(method string) int {
	n := 0
	for _, e := range w.wire.to(tokensPath) {
		if strings.Contains(e.body, `"methods":["`+method+`"]`) {
			n++
		}
	}
	return n
}

// together runs call in n goroutines and returns what it failed with.
func together(n int, call func() error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = call() })
	}
	all.Wait()
	return errs
}

func showBalance(t *testing.T, c *bss.Client) func() error {
	return func() error {
		_, err := c.ShowCustomerAccountBalances(t.Context(), resaleName)
		return err
	}
}

func TestACustomersTokenIsAskedForAsDocumented(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, showBalance(t, w.client(t))())
	asked := w.wire.to(tokensPath)
	require.Len(t, asked, 2)
	assert.JSONEq(t, `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"operator","password":"`+partnerPassword+`",
		"domain":{"name":"partner"}}}},"scope":{"domain":{"name":"partner"}}}}`, asked[0].body)
	assert.JSONEq(t, `{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"domain_name":"resale-customer","agency_name":"TEST_IDP"}},
		"scope":{"project":{"name":"cn-north-1"}}}}`, asked[1].body)
	assert.Equal(t, asked[0].token, asked[1].header.Get("X-Auth-Token"))
	assert.Equal(t, asked[1].token, w.wire.to(customerBalancesPath)[0].header.Get("X-Auth-Token"))
	assert.Equal(t, "true", asked[0].query.Get("nocatalog"))
}

func TestTheProjectOfTokensCanBeChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, showBalance(t, w.client(t, func(cfg *bss.Config) { cfg.TokenProject = "cn-north-4" }))())
	assert.Contains(t, w.wire.to(tokensPath)[1].body, `"project":{"name":"cn-north-4"}`)
}

func TestAHundredCallersShareOneToken(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, huawei.Options{QuotaOff: true})
	for _, err := range together(100, showBalance(t, w.client(t))) {
		require.NoError(t, err)
	}
	assert.Equal(t, 1, w.issuedFor("password"))
	assert.Equal(t, 1, w.issuedFor("assume_role"))
}

func TestEveryCustomerHasATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(t, "other-customer", huawei.AssociationResale)
	c := w.client(t)
	for _, customer := range []bss.Customer{resaleName, "other-customer", resaleName} {
		_, err := c.ShowCustomerAccountBalances(t.Context(), customer)
		require.NoError(t, err)
	}
	assert.Equal(t, 2, w.issuedFor("assume_role"))
	assert.Equal(t, 1, w.issuedFor("password"))
}

func TestATokenIsRenewedTenMinutesBeforeItExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	call := func() { require.NoError(t, showBalance(t, c)()) }
	call()
	w.clock.Set(start.Add(24*time.Hour - 10*time.Minute - time.Second))
	call()
	assert.Equal(t, 1, w.issuedFor("assume_role"))
	w.clock.Set(start.Add(24*time.Hour - 10*time.Minute))
	call()
	assert.Equal(t, 2, w.issuedFor("assume_role"))
	assert.Equal(t, 2, w.issuedFor("password"))
}

func TestARevokedTokenOfACustomerIsReplacedOnce(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, huawei.Options{QuotaOff: true})
	c := w.client(t)
	require.NoError(t, showBalance(t, c)())
	w.RevokeTokens()
	for _, err := range together(100, showBalance(t, c)) {
		require.NoError(t, err)
	}
	assert.Equal(t, 2, w.issuedFor("password"))
	assert.Equal(t, 3, w.issuedFor("assume_role"), "the first, one refused for the partner's old token, and the new one")
	assert.Equal(t, "the token was not accepted", w.logged(t, "bss retry")[0]["reason"])
}

func TestARevokedTokenOfThePartnerIsReplacedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t, byToken)
	list := func() error {
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		return err
	}
	require.NoError(t, list())
	require.NoError(t, list())
	assert.Equal(t, 1, w.issuedFor("password"))
	w.RevokeTokens()
	require.NoError(t, list())
	assert.Equal(t, 2, w.issuedFor("password"))
}

func TestAOnceWriteWithARevokedTokenHappensOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	require.NoError(t, showBalance(t, c)())
	w.RevokeTokens()
	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: w.order(t, huawei.NewOrder{})}))
	assert.Equal(t, 1, w.effects("PayOrders"))
}

// notAccepting issues tokens and accepts none.
func notAccepting(code string) http.HandlerFunc {
	var issued atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokensPath {
			w.Header().Set("X-Subject-Token", fmt.Sprintf("token-%d", issued.Add(1)))
			saying(http.StatusCreated, jsonType, `{"token":{"expires_at":"2026-03-03T00:00:00.000000Z"}}`)(w, r)
			return
		}
		saying(http.StatusUnauthorized, jsonType, fmt.Sprintf(`{"error_code":%q,"error_msg":"decrypt token fail"}`, code))(w, r)
	}
}

func TestATokenThatIsNeverAcceptedIsReplacedOnlyOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"APIG.0301", "APIG.0307", "CBC.0154", "CBC.0105"} {
		c, sent := answering(t, notAccepting(code))
		require.ErrorIs(t, showBalance(t, c)(), bss.ErrCredential, code)
		assert.Len(t, sent.to(customerBalancesPath), 2, code)
		assert.Len(t, sent.to(tokensPath), 3, "%s: the partner's, the customer's, and another one of it", code)
	}
}

func TestOfManyCallersNoneGoesRoundWithTokensThatAreNotAccepted(t *testing.T) {
	t.Parallel()
	const callers = 100
	c, sent := answering(t, notAccepting("CBC.0154"))
	for _, err := range together(callers, showBalance(t, c)) {
		require.ErrorIs(t, err, bss.ErrCredential)
	}
	assert.LessOrEqual(t, len(sent.to(customerBalancesPath)), 2*callers)
	tokens := map[string]int{}
	for _, e := range sent.to(customerBalancesPath) {
		tokens[e.header.Get("X-Auth-Token")]++
	}
	assert.LessOrEqual(t, len(sent.to(tokensPath)), 2+callers, "no caller replaces a token twice")
	assert.Equal(t, len(sent.to(tokensPath))-1, len(tokens), "each token of the customer was used")
}

func TestARefusedTokenIsReplacedAndTheCallSucceeds(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"APIG.0301", "CBC.0154"} {
		refuse := notAccepting(code)
		var calls atomic.Int32
		c, sent := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != tokensPath && calls.Add(1) > 1 {
				saying(http.StatusOK, jsonType, `{"account_balances":[]}`)(w, r)
				return
			}
			refuse(w, r)
		})
		require.NoError(t, showBalance(t, c)(), code)
		require.NoError(t, showBalance(t, c)(), code)
		assert.Len(t, sent.to(tokensPath), 3, code)
		tries := sent.to(customerBalancesPath)
		require.Len(t, tries, 3, code)
		assert.NotEqual(t, tries[0].header.Get("X-Auth-Token"), tries[1].header.Get("X-Auth-Token"), code)
		assert.Equal(t, tries[1].header.Get("X-Auth-Token"), tries[2].header.Get("X-Auth-Token"), code)
	}
}

func TestAnExpiredTokenIsReplacedOnceForAHundredCallers(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, huawei.Options{QuotaOff: true})
	c := w.client(t)
	require.NoError(t, showBalance(t, c)())
	w.clock.Set(start.Add(25 * time.Hour))
	for _, err := range together(100, showBalance(t, c)) {
		require.NoError(t, err)
	}
	assert.Equal(t, 2, w.issuedFor("password"))
	assert.Equal(t, 2, w.issuedFor("assume_role"))
	assert.Empty(t, w.logged(t, "bss retry"), "nobody went out with the old one")
}

func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t, func(cfg *bss.Config) { cfg.User.Password = "wrong-password" })
	err := showBalance(t, c)()
	require.ErrorIs(t, err, bss.ErrCredential)
	require.ErrorContains(t, err, "ShowCustomerAccountBalances")
	require.ErrorContains(t, err, "The username or password is wrong.")
	assert.NotContains(t, err.Error(), "wrong-password")
	assert.Len(t, w.wire.all(), 1, "more tries would lock the user")
}

func TestAWrongKeyIsTriedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client(t, func(cfg *bss.Config) { cfg.Keys.SecretKey = "wrong-secret" }).ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, bss.ErrCredential)
	assert.Len(t, w.wire.all(), 1, "more tries would lock the access key")
}

func TestIAMOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"throttled":   {saying(http.StatusTooManyRequests, jsonType, `{}`), bss.ErrThrottled},
		"unavailable": {saying(http.StatusServiceUnavailable, jsonType, ``), bss.ErrUnavailable},
		"a page":      {saying(http.StatusOK, "text/html", `<html>`), bss.ErrUnavailable},
	} {
		c, sent := answering(t, test.answer)
		err := c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: "CS1"})
		require.ErrorIs(t, err, test.want, name)
		assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown, name)
		assert.Len(t, sent.all(), 5, name)
	}
}

func TestAnAnswerOfIAMWithoutATokenIsAnError(t *testing.T) {
	t.Parallel()
	c, _ := answering(t, saying(http.StatusCreated, jsonType, `{"token":{"expires_at":"2026-03-03T00:00:00Z"}}`))
	assert.ErrorContains(t, showBalance(t, c)(), "the answer has no token or no expiry")
}

func TestACustomerWhoHasNotAuthorisedThePlatform(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(t, "a-stranger", "")
	_, err := w.client(t).ShowCustomerAccountBalances(t.Context(), "a-stranger")
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	require.ErrorAs(t, failure.Unwrap(), &failure)
	assert.Equal(t, "IssueToken", failure.Operation.Name)
	assert.Equal(t, http.StatusForbidden, failure.Status)
}

func TestWhatIsMissingForACustomersCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for text, test := range map[string]struct {
		change   func(*bss.Config)
		customer bss.Customer
	}{
		"none is configured": {func(cfg *bss.Config) { cfg.User = bss.User{} }, resaleName},
		"xAccountType":       {func(cfg *bss.Config) { cfg.Agency = "" }, resaleName},
		"name its account":   {func(*bss.Config) {}, ""},
	} {
		_, err := w.client(t, test.change).ShowCustomerAccountBalances(t.Context(), test.customer)
		require.ErrorContains(t, err, text)
		assert.ErrorContains(t, err, "ShowCustomerAccountBalances")
	}
	assert.Empty(t, w.wire.all())
}

func TestACallerCanGiveUpWhileAnotherFetchesTheToken(t *testing.T) {
	t.Parallel()
	asked, proceed := make(chan struct{}), make(chan struct{})
	c, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokensPath {
			close(asked)
			<-proceed
		}
		saying(http.StatusForbidden, jsonType, `{}`)(w, r)
	})
	first := make(chan error, 1)
	go func() { first <- showBalance(t, c)() }()
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.ShowCustomerAccountBalances(ctx, resaleName)
	require.ErrorIs(t, err, context.Canceled)
	close(proceed)
	require.ErrorContains(t, <-first, "HTTP 403")
}
