package onboard

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
)

// oidcAttempt is what is needed of a sign-in at an OpenID provider when it comes back.
type oidcAttempt struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
	// Browser is the hash of a cookie. Whoever brings the provider's answer has it:
	// nobody else's sign-in can be put into a customer's browser.
	Browser string `json:"browser"`
}

// toOIDC sends a browser to the OpenID provider, whose state is the handle.
func (s *sso) toOIDC(ctx context.Context, request *idp.Request) (*handler.Response, error) {
	config, err := s.oidc.config(ctx)
	if err != nil {
		return nil, oidcUnavailable(err)
	}
	var chance [4]string
	for i := range chance {
		if chance[i], err = random(s.entropy); err != nil {
			return nil, err
		}
	}
	// A verifier has 43 characters at least.
	nonce, verifier, browser := chance[0], chance[1]+chance[2], chance[3]
	handle, err := s.pending.add(ctx, signOn{Request: *request, OIDC: &oidcAttempt{nonce, verifier, digest(browser)}})
	if err != nil {
		return nil, err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", nonce)}
	if request.ForceAuthn {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	out := redirect(config.AuthCodeURL(handle, options...))
	out.Header.Set("Set-Cookie", s.cookie(handle, browser, int(pendingLifetime.Seconds())))
	return out, nil
}

// takeOIDC takes the answer of the OpenID provider, and answers Huawei Cloud's request
// for whom its id token names.
func (s *sso) takeOIDC(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	if s.oidc == nil {
		return nil, &handler.Problem{Status: http.StatusConflict, Code: "oidc_off",
			Detail: "This deployment has no OpenID provider.",
			Next:   "Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET."}
	}
	back, err := readOIDCAnswer(r.Query)
	if err != nil {
		return nil, err
	}
	doc, err := s.pending.find(ctx, back.state)
	if err != nil {
		return nil, err
	}
	attempt := doc.Value.OIDC
	if attempt == nil || !s.sameBrowser(r.Header, back.state, attempt.Browser) {
		return nil, &handler.Problem{Status: http.StatusUnauthorized, Code: "oidc_other_browser",
			Detail: "This browser did not begin this sign-in, or takes no cookies.",
			Next:   againFromPlatform}
	}
	sp, err := s.metadata.ServiceProvider(ctx, false)
	if err != nil {
		return nil, metadataUnavailable(err)
	}
	if err := s.pending.take(ctx, doc); err != nil {
		return nil, err
	}
	if back.code == "" {
		return nil, oidcRefused("The OpenID provider did not sign the customer in.")
	}
	subject, err := s.oidc.subject(ctx, back.code, *attempt)
	if err != nil {
		return nil, err
	}
	subject = s.complete(subject)
	if err := subject.Check(); err != nil {
		return nil, samlProblem(err)
	}
	out, err := s.answer(ctx, sp, doc.Value.Request, subject)
	if err != nil {
		return nil, err
	}
	out.Header.Set("Set-Cookie", s.cookie(back.state, "", -1))
	return out, nil
}

// oidcAnswer is what an OpenID provider sends a browser back with: a code, or none
// where it has not signed the customer in.
type oidcAnswer struct{ state, code string }

func readOIDCAnswer(query url.Values) (oidcAnswer, error) {
	for _, name := range []string{"state", "code", "error"} {
		if len(query[name]) > 1 {
			return oidcAnswer{}, badOIDCAnswer("It has " + name + " more than once.")
		}
	}
	a := oidcAnswer{state: query.Get("state"), code: query.Get("code")}
	switch failed := query.Get("error") != ""; {
	case a.state == "":
		return oidcAnswer{}, badOIDCAnswer("It has no state.")
	case failed == (a.code != "") || len(a.code) > 4<<10:
		return oidcAnswer{}, badOIDCAnswer("It has neither a code nor an error, or both.")
	}
	return a, nil
}

// cookie binds a sign-in to the browser that began it. Each has a cookie of its own, so
// that two windows do not disturb each other.
func (s *sso) cookie(handle, value string, maxAge int) string {
	c := http.Cookie{ //nolint:gosec // Secure wherever there is TLS; loopback has none
		Name: s.cookieName(handle), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
	}
	return c.String()
}

// cookieName has the prefix with which browsers take a cookie from this very host over
// TLS only; loopback addresses have no TLS.
func (s *sso) cookieName(handle string) string {
	name := "sso-" + digest(handle)[:16]
	if s.https() {
		return "__Host-" + name
	}
	return name
}

func (s *sso) https() bool { return strings.HasPrefix(s.signOnURL, "https://") }

func (s *sso) sameBrowser(header http.Header, handle, want string) bool {
	cookies := (&http.Request{Header: header}).CookiesNamed(s.cookieName(handle))
	return len(cookies) == 1 && subtle.ConstantTimeCompare([]byte(digest(cookies[0].Value)), []byte(want)) == 1
}

func badOIDCAnswer(detail string) error {
	return &handler.Problem{Status: http.StatusBadRequest, Code: "oidc_malformed",
		Detail: "The answer of the OpenID provider cannot be read. " + detail, Next: againFromPlatform}
}

func oidcRefused(detail string) error {
	return &handler.Problem{Status: http.StatusUnauthorized, Code: "oidc_refused", Detail: detail, Next: againFromPlatform}
}

func oidcUnavailable(cause error) error {
	return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "oidc_unavailable", Cause: cause,
		Detail: "The OpenID provider cannot be reached, or does not answer as it should.",
		Next:   "Try again later; see that OIDC_ISSUER can be reached if it lasts."}
}

// withoutSecrets keeps of an error what may be logged: answers of an OpenID provider
// may hold tokens, and their parsers' errors repeat them.
func withoutSecrets(what string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	if address, ok := errors.AsType[*url.Error](err); ok {
		return errors.New(what + ": " + address.Err.Error())
	}
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response != nil {
		return errors.New(what + ": " + answer.Response.Status)
	}
	return errors.New(what)
}
