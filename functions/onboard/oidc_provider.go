package onboard

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const (
	maxOIDCAnswer = 1 << 20
	// A provider's endpoints change as seldom as Huawei Cloud's metadata; a failure
	// is not asked about more often than this.
	keepDiscovery  = 24 * time.Hour
	retryDiscovery = time.Second
)

// oidcSignIn signs customers in at an OpenID provider, by the authorization code flow
// with PKCE.
type oidcSignIn struct {
	issuer       string
	accountClaim string
	client       *http.Client
	oauth        oauth2.Config // but for its endpoint
	now          func() time.Time

	mu       sync.Mutex
	provider *oidc.Provider
	readAt   time.Time
	triedAt  time.Time
	failure  error
}

func (c SSOConfig) openOIDC(rt functions.Runtime) (*oidcSignIn, error) {
	if err := browserAddress("OIDC_ISSUER", c.OIDCIssuer); err != nil {
		return nil, err
	}
	if c.OIDCClientID == "" {
		return nil, errors.New("OIDC_ISSUER is set and OIDC_CLIENT_ID is not")
	}
	transport := rt.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &oidcSignIn{
		issuer:       c.OIDCIssuer,
		accountClaim: c.accountClaim(),
		now:          rt.Clock.Now,
		client: &http.Client{
			Transport: bounded{transport},
			Timeout:   10 * time.Second,
			// A redirect could lead to another host, or away from https.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		oauth: oauth2.Config{
			ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret.Reveal(),
			RedirectURL: c.PublicURL + oidcPath, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
		},
	}, nil
}

// bounded is a transport whose answers end after maxOIDCAnswer.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxOIDCAnswer), res.Body}
	}
	return res, err
}

// discovered is the provider, asked about itself when it is needed first and after a
// day.
func (o *oidcSignIn) discovered(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if o.provider != nil && now.Sub(o.readAt) < keepDiscovery {
		return o.provider, nil
	}
	if o.failure != nil && now.Sub(o.triedAt) < retryDiscovery {
		return nil, o.failure
	}
	o.triedAt = now
	// It is for everybody: a caller that goes does not end it.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.client), o.issuer)
	if err != nil {
		o.failure = withoutSecrets("discover the OpenID provider "+o.issuer, err)
		return nil, o.failure
	}
	if o.failure = checkEndpoints(provider); o.failure != nil {
		return nil, o.failure
	}
	o.provider, o.readAt = provider, now
	return provider, nil
}

// checkEndpoints keeps codes, secrets and browsers from addresses without TLS.
func checkEndpoints(provider *oidc.Provider) error {
	var more struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&more); err != nil {
		return errors.New("the OpenID provider's description cannot be read")
	}
	for name, address := range map[string]string{
		"authorization_endpoint": provider.Endpoint().AuthURL, "token_endpoint": provider.Endpoint().TokenURL, "jwks_uri": more.Keys,
	} {
		if err := browserAddress("its "+name, address); err != nil {
			return fmt.Errorf("the OpenID provider's description: %w", err)
		}
	}
	return nil
}

func (o *oidcSignIn) config(ctx context.Context) (oauth2.Config, error) {
	provider, err := o.discovered(ctx)
	if err != nil {
		return oauth2.Config{}, err
	}
	config := o.oauth
	config.Endpoint = provider.Endpoint()
	return config, nil
}

// idClaims are those of an id token that are used, beside the account's.
type idClaims struct {
	Authorized    string `json:"azp"`
	Name          string `json:"name"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
}

// subject exchanges a code for an id token and returns whom it names.
func (o *oidcSignIn) subject(ctx context.Context, code string, attempt oidcAttempt) (idp.Subject, error) {
	token, err := o.exchange(ctx, code, attempt.Verifier)
	if err != nil {
		return idp.Subject{}, err
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(attempt.Nonce)) != 1 {
		return idp.Subject{}, oidcRefused("The id token belongs to another sign-in.")
	}
	var claims idClaims
	var all map[string]any
	if token.Claims(&claims) != nil || token.Claims(&all) != nil {
		return idp.Subject{}, oidcRefused("The id token's claims cannot be read.")
	}
	if len(token.Audience) > 1 && claims.Authorized != o.oauth.ClientID {
		return idp.Subject{}, oidcRefused("The id token was issued to another client.")
	}
	account, _ := all[o.accountClaim].(string)
	s := idp.Subject{UserID: account, AccountID: account}
	if s.Check() != nil {
		return idp.Subject{}, oidcRefused("The id token's claim " + o.accountClaim + " is no account id: set OIDC_ACCOUNT_CLAIM.")
	}
	return claims.addTo(s), nil
}

// addTo adds what Huawei Cloud would take of the rest, which is optional: an address
// only where the provider has made sure that it is the customer's.
func (c idClaims) addTo(s idp.Subject) idp.Subject {
	named := s
	named.Name = c.Name
	if named.Check() == nil {
		s = named
	}
	mailed := s
	mailed.Email = c.Email
	if c.EmailVerified && mailed.Check() == nil {
		s = mailed
	}
	return s
}

func (o *oidcSignIn) exchange(ctx context.Context, code, verifier string) (*oidc.IDToken, error) {
	provider, err := o.discovered(ctx)
	if err != nil {
		return nil, oidcUnavailable(err)
	}
	config, err := o.config(ctx)
	if err != nil {
		return nil, oidcUnavailable(err)
	}
	ctx = oidc.ClientContext(ctx, o.client)
	answer, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response != nil && refusal.Response.StatusCode < http.StatusInternalServerError {
		return nil, oidcRefused("The OpenID provider did not accept the code, or not this client.")
	}
	if err != nil {
		return nil, oidcUnavailable(withoutSecrets("exchange a code", err))
	}
	raw, _ := answer.Extra("id_token").(string)
	if !compact.MatchString(raw) {
		return nil, oidcRefused("The OpenID provider gave no id token.")
	}
	token, err := provider.Verifier(&oidc.Config{
		ClientID: o.oauth.ClientID, Now: o.now, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.EdDSA},
	}).Verify(ctx, raw)
	if err != nil {
		return nil, oidcRefused("The id token is not of the OpenID provider, not for this client, or has expired.")
	}
	return token, nil
}
