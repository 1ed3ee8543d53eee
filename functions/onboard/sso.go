package onboard

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	metadataPath = "/onboard/saml/metadata"
	signOnPath   = "/onboard/saml/sso"
	logoutPath   = "/onboard/saml/slo"
	oidcPath     = "/onboard/saml/oidc"
)

// sso is single sign-on: it lets customers whom the sales platform knows into Huawei
// Cloud. Package idp speaks the protocol; here is who the customer is, what waits and
// what happens once. There is no session and, but for the way to an OpenID provider,
// no cookie: each sign-on is a ticket of its own.
type sso struct {
	provider *idp.Provider // nil where single sign-on is off
	metadata *metadata
	tickets  *tickets    // nil where there are no keys for them
	oidc     *oidcSignIn // nil where there is no OpenID provider
	pending  *pending
	sessions *ledger.Documents[session]
	used     *ledger.Once
	events   *functions.Events
	tells    bool // events have an address
	log      *slog.Logger
	now      func() time.Time
	entropy  io.Reader

	// signOnURL and logoutURL are the routes as browsers see them, and so the
	// audiences of tickets.
	signOnURL, logoutURL string
	// loginPage and logoutPage are the sales platform's, empty where it has none.
	loginPage, logoutPage string
	partnerID             string
	// follows are the origins that a browser may go on to from Huawei Cloud.
	follows []string
}

func (f *function) ssoRoutes() []handler.Route {
	route := func(method, path string, handle func(context.Context, *handler.Request) (*handler.Response, error)) handler.Route {
		return handler.Route{Method: method, Pattern: path, Access: handler.Open, Explain: explainToBrowser, Handle: f.sso.ifOn(handle)}
	}
	return []handler.Route{
		route(http.MethodGet, metadataPath, f.sso.showMetadata),
		route(http.MethodGet, signOnPath, f.sso.takeRequest),
		route(http.MethodPost, signOnPath, f.sso.takeTicket),
		route(http.MethodGet, logoutPath, f.sso.takeLogout),
		route(http.MethodPost, logoutPath, f.sso.startLogout),
		route(http.MethodGet, oidcPath, f.sso.takeOIDC),
	}
}

func (s *sso) ifOn(handle func(context.Context, *handler.Request) (*handler.Response, error)) func(context.Context, *handler.Request) (*handler.Response, error) {
	return func(ctx context.Context, r *handler.Request) (*handler.Response, error) {
		if s.provider == nil {
			return nil, &handler.Problem{Status: http.StatusConflict, Code: "sso_off",
				Detail: "This deployment has no single sign-on.",
				Next:   "Set SAML_KEY, SAML_CERTIFICATES, PUBLIC_URL, and SSO_LOGIN_PAGE with TICKET_KEYS or OIDC_ISSUER."}
		}
		return handle(ctx, r)
	}
}

// showMetadata answers with the IDP Metadata.xml that is uploaded to the partner
// centre.
//
// See https://support.huaweicloud.com/devg-bpconsole/access_00001.html.
func (s *sso) showMetadata(context.Context, *handler.Request) (*handler.Response, error) {
	return &handler.Response{
		Header: http.Header{"Content-Type": {"application/samlmetadata+xml"}, "Cache-Control": {"public, max-age=3600"}},
		Body:   s.provider.Metadata(),
	}, nil
}

// takeRequest takes Huawei Cloud's request to sign a customer on, and sends the browser
// to where the customer signs in.
//
// The request's id is not used up here but when it is answered: whoever loads the page
// again, or comes back to it, gets a handle of its own and may go on, while an
// assertion is made for one of them only.
func (s *sso) takeRequest(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var request *idp.Request
	err := s.withServiceProvider(ctx, func(sp *idp.ServiceProvider) (err error) {
		request, err = s.provider.ReadRequest(sp, r.RawQuery)
		return err
	})
	if err != nil {
		return nil, err
	}
	switch {
	case request.IsPassive:
		return nil, samlProblem(&idp.Refusal{Code: idp.RequestRefused, Detail: "It asks for a sign-on without a page, which is not offered."})
	case s.oidc != nil:
		return s.toOIDC(ctx, request)
	case s.loginPage == "":
		return signInHint(r.Header), nil
	}
	handle, err := s.pending.add(ctx, signOn{Request: *request})
	if err != nil {
		return nil, err
	}
	return redirect(withQuery(s.loginPage, url.Values{"request": {handle}})), nil
}

// withServiceProvider does something with Huawei Cloud's metadata, and once more with
// metadata that was read anew where no key fits: they may just have been rotated.
func (s *sso) withServiceProvider(ctx context.Context, do func(sp *idp.ServiceProvider) error) error {
	for _, fresh := range []bool{false, true} {
		sp, err := s.metadata.ServiceProvider(ctx, fresh)
		if err != nil {
			return metadataUnavailable(err)
		}
		err = do(sp)
		refusal, refused := errors.AsType[*idp.Refusal](err)
		if fresh || !refused || refusal.Code != idp.SignatureWrong {
			return samlProblem(err)
		}
	}
	return nil // not reached: the second time returns
}

// takeTicket takes the form of the platform's sign-on page and answers with the
// assertion for whom its ticket names.
func (s *sso) takeTicket(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	form, err := readSSOForm(r, "ticket", "request")
	if err != nil {
		return nil, err
	}
	if s.tickets == nil {
		return nil, ticketsOff()
	}
	t, err := s.tickets.read(form["ticket"], s.signOnURL, form["request"])
	if err != nil {
		return nil, err
	}
	subject := s.complete(t.subject())
	if err := subject.Check(); err != nil {
		return nil, samlProblem(err)
	}
	doc, err := s.pending.find(ctx, form["request"])
	if err != nil {
		return nil, err
	}
	// What can fail for a moment comes before anything is used up.
	sp, err := s.metadata.ServiceProvider(ctx, false)
	if err != nil {
		return nil, metadataUnavailable(err)
	}
	if err := s.tickets.use(ctx, t); err != nil {
		return nil, err
	}
	if err := s.pending.take(ctx, doc); err != nil {
		return nil, err
	}
	return s.answer(ctx, sp, doc.Value.Request, subject)
}

// answer makes the assertion for a customer. Its request is used up first, for all
// processes, and for as long as a handle of it may wait.
func (s *sso) answer(ctx context.Context, sp *idp.ServiceProvider, request idp.Request, subject idp.Subject) (*handler.Response, error) {
	first, err := s.used.FirstUse(ctx, "saml/"+digest(request.Issuer, request.ID), s.lastUse(request))
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, &handler.Problem{Status: http.StatusConflict, Code: "saml_request_replayed",
			Detail: "This request of Huawei Cloud was answered before.",
			Next:   "Open Huawei Cloud from the sales platform again."}
	}
	form, err := s.provider.Respond(sp, &request, subject)
	if err != nil {
		return nil, samlProblem(err)
	}
	if err := s.remember(ctx, subject, form); err != nil {
		return nil, err
	}
	s.log.InfoContext(ctx, "customer signed on", slog.String("account_id", subject.AccountID))
	html, policy := form.Page(s.follows)
	return ssoHTML(html, policy), nil
}

// complete adds what is configured for all customers: a ticket that names a partner is
// of a reseller's customer.
func (s *sso) complete(subject idp.Subject) idp.Subject {
	subject.PartnerID = cmp.Or(subject.PartnerID, s.partnerID)
	return subject
}

// lastUse is until when a request's id is remembered: no new handle of it is made after
// it has expired, and the last one made waits for pendingLifetime.
func (s *sso) lastUse(r idp.Request) time.Time {
	end := r.Expires
	if now := s.now(); end.Before(now) {
		end = now
	}
	return end.Add(pendingLifetime)
}

// digest is a key of fixed length for texts of others.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		h.Write([]byte(text))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// withQuery adds parameters to a configured address, which may have some.
func withQuery(address string, more url.Values) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // not reached: it was parsed at the start
	}
	q := u.Query()
	for name, values := range more {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	return u.String()
}
