package onboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// sessionLifetime is how long it is known whose session a name is. Huawei Cloud ends
// sessions sooner by itself.
const sessionLifetime = 24 * time.Hour

// session is one that an assertion began at Huawei Cloud. It is kept under a hash of
// its name, for logouts that Huawei Cloud begins, and under one of its customer, for
// those that the platform begins: the last one of each user counts there.
type session struct {
	AccountID    string `json:"account_id"`
	UserID       string `json:"user_id"`
	NameID       string `json:"name_id"`
	SessionIndex string `json:"session_index"`
	// PartnerID is whose customer it is to be: the partner's own, or a reseller's.
	PartnerID string `json:"partner_id,omitempty"`
}

func byName(nameID string) string                { return "name/" + digest(nameID) }
func byCustomer(accountID, userID string) string { return "customer/" + digest(accountID, userID) }

// remember keeps the session that an assertion begins.
func (s *sso) remember(ctx context.Context, subject idp.Subject, form *idp.Form) error {
	began := session{
		AccountID: subject.AccountID, UserID: subject.UserID, PartnerID: subject.PartnerID,
		NameID: form.NameID, SessionIndex: form.SessionIndex,
	}
	for _, key := range []string{byName(began.NameID), byCustomer(began.AccountID, began.UserID)} {
		if err := s.put(ctx, key, began); err != nil {
			return err
		}
	}
	return nil
}

// resellerOf is the reseller for whom a customer signed on last, empty where it was not
// one, or nobody did.
func (s *sso) resellerOf(ctx context.Context, accountID, userID string) (string, error) {
	if s.provider == nil {
		return "", nil
	}
	doc, err := s.sessions.Get(ctx, byCustomer(accountID, userID))
	if errors.Is(err, ledger.ErrNotFound) {
		return "", nil
	}
	if err != nil || doc.Value.PartnerID == s.partnerID {
		return "", err
	}
	return doc.Value.PartnerID, nil
}

func (s *sso) put(ctx context.Context, key string, began session) error {
	for {
		doc, err := s.sessions.Get(ctx, key)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key, doc.Value, doc.ExpiresAt = key, began, s.now().Add(sessionLifetime)
		_, err = s.sessions.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // the same customer signs on in two windows: the last one counts
		}
		return err
	}
}

// takeLogout takes Huawei Cloud's request to end a session, or its answer to ours. One
// that comes again is harmless: its event has the same id, and its answer is the same.
func (s *sso) takeLogout(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var logout *idp.Logout
	var sp *idp.ServiceProvider
	err := s.withServiceProvider(ctx, func(found *idp.ServiceProvider) (err error) {
		sp = found
		logout, err = s.provider.ReadLogout(sp, r.RawQuery)
		return err
	})
	if err != nil {
		return nil, err
	}
	if logout.Answer {
		s.log.InfoContext(ctx, "Huawei Cloud answered a logout", slog.Bool("success", logout.Success))
		return s.signedOut(r.Header), nil
	}
	if err := s.tellLogout(ctx, logout); err != nil {
		return nil, err
	}
	// Without events the platform's own session goes on, and Huawei Cloud is told so.
	address, err := s.provider.AnswerLogout(sp, logout, s.tells)
	if err != nil {
		return nil, samlProblem(err)
	}
	return redirect(address), nil
}

// loggedOut is the data of the event onboard.sso.logged-out.
type loggedOut struct {
	AccountID string `json:"account_id"`
	UserID    string `json:"user_id"`
}

// tellLogout tells the platform whose session has ended, so that it ends its own. A
// name that is not known, or not any more, is nobody's session.
func (s *sso) tellLogout(ctx context.Context, logout *idp.Logout) error {
	doc, err := s.sessions.Get(ctx, byName(logout.NameID))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	ended := doc.Value
	s.log.InfoContext(ctx, "customer logged out at Huawei Cloud", slog.String("account_id", ended.AccountID))
	id := "sso_" + digest(logout.ID)[:32]
	return s.events.Tell(ctx, id, ended.AccountID, "onboard.sso.logged-out", loggedOut{ended.AccountID, ended.UserID})
}

// startLogout takes a ticket of the platform and ends the customer's last session at
// Huawei Cloud.
func (s *sso) startLogout(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	form, err := readSSOForm(r, "ticket")
	if err != nil {
		return nil, err
	}
	if s.tickets == nil {
		return nil, ticketsOff()
	}
	t, err := s.tickets.read(form["ticket"], s.logoutURL, "")
	if err != nil {
		return nil, err
	}
	sp, err := s.metadata.ServiceProvider(ctx, false)
	if err != nil {
		return nil, metadataUnavailable(err)
	}
	if err := s.tickets.use(ctx, t); err != nil {
		return nil, err
	}
	subject := t.subject()
	doc, err := s.sessions.Get(ctx, byCustomer(subject.AccountID, subject.UserID))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, &handler.Problem{Status: http.StatusNotFound, Code: "session_unknown",
			Detail: "No sign-on of this customer is known. One is for 24 hours.",
			Next:   "There is nothing to end here; the customer may sign out at Huawei Cloud."}
	}
	if err != nil {
		return nil, err
	}
	address, _, err := s.provider.StartLogout(sp, doc.Value.NameID, doc.Value.SessionIndex, "")
	if err != nil {
		return nil, samlProblem(err)
	}
	return redirect(address), nil
}

// signedOut is where a browser ends after a logout: at the configured page, or at a
// page that says so. Nothing of the query has a say in it.
func (s *sso) signedOut(header http.Header) *handler.Response {
	if s.logoutPage == "" {
		return signedOutPage(header)
	}
	return redirect(s.logoutPage)
}
