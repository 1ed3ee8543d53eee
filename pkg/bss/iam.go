package bss

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// issueToken is an operation of IAM, not of the partner API. Repeating it only
// makes another token.
//
// See https://support.huaweicloud.com/api-iam/iam_30_0001.html (by password) and
// https://support.huaweicloud.com/api-iam/iam_30_0003.html (by agency).
var issueToken = Operation{
	Name:   "IssueToken",
	Method: http.MethodPost,
	Path:   "/v3/auth/tokens",
	Safety: Read,
	Doc:    "https://support.huaweicloud.com/api-iam/iam_30_0001.html",
}

type named struct {
	Name string `json:"name"`
}

type tokenRequest struct {
	Auth struct {
		Identity tokenIdentity `json:"identity"`
		Scope    tokenScope    `json:"scope"`
	} `json:"auth"`
}

type tokenIdentity struct {
	Methods    []string      `json:"methods"`
	Password   *passwordAuth `json:"password,omitempty"`
	AssumeRole *assumeRole   `json:"assume_role,omitempty"`
}

type passwordAuth struct {
	User struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Domain   named  `json:"domain"`
	} `json:"user"`
}

// assumeRole asks for a token of the account that delegated to the agency.
type assumeRole struct {
	DomainName Customer `json:"domain_name"`
	AgencyName string   `json:"agency_name"`
}

type tokenScope struct {
	Domain  *named `json:"domain,omitempty"`
	Project *named `json:"project,omitempty"`
}

// fetchToken asks IAM for a token of the customer, or of the partner for "".
func (c *Client) fetchToken(ctx context.Context, name Customer) (string, time.Time, error) {
	if c.user == (User{}) {
		return "", time.Time{}, errors.New("tokens are issued to an IAM user of the partner, and none is configured")
	}
	if name == "" {
		return c.requestToken(ctx, c.byPassword(), "")
	}
	body, err := c.byAgency(name)
	if err != nil {
		return "", time.Time{}, err
	}
	partner, err := c.token(ctx, "")
	if err != nil {
		return "", time.Time{}, err
	}
	token, expires, err := c.requestToken(ctx, body, partner)
	if !errors.Is(err, ErrCredential) || !c.tokens.drop(ctx, "", partner) {
		return token, expires, err
	}
	// The partner's own token was revoked before its time.
	if partner, err = c.token(ctx, ""); err != nil {
		return "", time.Time{}, err
	}
	return c.requestToken(ctx, body, partner)
}

func (c *Client) byPassword() tokenRequest {
	var r tokenRequest
	p := &passwordAuth{}
	p.User.Name, p.User.Password, p.User.Domain = c.user.Name, c.user.Password, named{c.user.Domain}
	r.Auth.Identity = tokenIdentity{Methods: []string{"password"}, Password: p}
	r.Auth.Scope.Domain = &named{c.user.Domain}
	return r
}

// The scope of a customer's token is documented as a project, the rest of that
// passage is not public: the project of the site's region is the safest reading.
func (c *Client) byAgency(name Customer) (tokenRequest, error) {
	var r tokenRequest
	if c.agency == "" {
		return r, errors.New("a customer's token is issued through the agency named after the sales platform (xAccountType), and none is configured")
	}
	r.Auth.Identity = tokenIdentity{
		Methods:    []string{"assume_role"},
		AssumeRole: &assumeRole{DomainName: name, AgencyName: c.agency},
	}
	r.Auth.Scope.Project = &named{c.tokenProject}
	return r, nil
}

func (c *Client) requestToken(ctx context.Context, body tokenRequest, partnerToken string) (token string, expires time.Time, err error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return "", time.Time{}, err
	}
	noToken := func() bool { return false }
	err = c.retry(ctx, noToken, func() error {
		token, expires, err = c.exchangeToken(ctx, payload, partnerToken)
		return err
	})
	return token, expires, err
}

func (c *Client) exchangeToken(ctx context.Context, payload []byte, partnerToken string) (string, time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, issueToken.Method, c.iamEndpoint+issueToken.Path+"?nocatalog=true", bytes.NewReader(payload))
	if err != nil {
		return "", time.Time{}, err
	}
	req.Header.Set("Content-Type", "application/json;charset=utf8")
	if partnerToken != "" {
		req.Header.Set(tokenHeader, partnerToken)
	}
	a, err := c.send(ctx, req, issueToken, nil)
	if err != nil {
		return "", time.Time{}, err
	}
	var out struct {
		Token struct {
			ExpiresAt time.Time `json:"expires_at"`
		} `json:"token"`
	}
	if err := a.decode(&c.types, issueToken, &out); err != nil {
		return "", time.Time{}, err
	}
	token := a.header.Get("X-Subject-Token")
	if token == "" || out.Token.ExpiresAt.IsZero() {
		return "", time.Time{}, &Error{Operation: issueToken, Status: a.status, cause: errors.New("the answer has no token or no expiry")}
	}
	return token, out.Token.ExpiresAt, nil
}
