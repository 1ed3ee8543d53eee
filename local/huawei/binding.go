package huawei

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Why a binding is refused.
var (
	ErrUnknownAccount = errors.New("huawei: there is no such Huawei Cloud account")
	ErrBoundElsewhere = errors.New("huawei: the account or the platform's user is bound elsewhere")
)

const (
	signatureAlgorithm  = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	notificationTimeout = 5 * time.Second

	bindAction   = 0
	unbindAction = 1
)

// Binding ties a Huawei Cloud account to a user of the sales platform.
type Binding struct {
	AccountName string `json:"account_name"` // of the Huawei Cloud account
	XAccountID  string `json:"xaccount_id"`  // the user's account on the platform
	XUserID     string `json:"xuser_id"`     // the user on the platform
}

func (b Binding) check() error {
	if b.AccountName == "" || b.XAccountID == "" || b.XUserID == "" {
		return errors.New("huawei: a binding needs an account name, an xAccountId and an xUserId")
	}
	return nil
}

// notification is the content of bindRequest, see
// https://support.huaweicloud.com/devg-bpconsole/access_00011.html.
type notification struct {
	DomainName string `json:"domainName"`
	DomainID   string `json:"domainId"`
	XUserID    string `json:"xUserId"`
	XAccountID string `json:"xAccountId"`
	BindAction any    `json:"bindAction"` // a number, or the same as a string
}

// Bind does what a customer does at a first login: it binds an existing
// account, associates it with the partner for resale if it was not associated
// (on other sites than the mainland as a reseller customer, which is frozen),
// and announces that to the sales platform. Binding the same again only
// announces again. It fails with ErrUnknownAccount or ErrBoundElsewhere; an
// announcement that fails is recorded in the outbox and is no error.
func (s *Server) Bind(ctx context.Context, b Binding) error {
	if err := b.check(); err != nil {
		return err
	}
	s.mu.Lock()
	n, err := s.bind(b, "")
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.notify(ctx, n)
}

// bind binds and associates, with the partner or one of its resellers. The
// server's lock must be held.
func (s *Server) bind(b Binding, reseller string) (notification, error) {
	account := s.state.account(b.AccountName)
	if account == nil {
		return notification{}, fmt.Errorf("%w: %q", ErrUnknownAccount, b.AccountName)
	}
	if other := s.state.bound(b.XAccountID); other != nil && other != account {
		return notification{}, fmt.Errorf("%w: %q", ErrBoundElsewhere, b.XAccountID)
	}
	if account.xAccountID != "" && account.xAccountID != b.XAccountID {
		return notification{}, fmt.Errorf("%w: %q", ErrBoundElsewhere, b.AccountName)
	}
	now := s.now()
	account.xAccountID, account.xUserID = b.XAccountID, b.XUserID
	if !account.associated(now) {
		account.association, account.associatedOn = s.selling(), now
		account.freeze, account.reseller = s.freezeByAssociation(now), cmp.Or(reseller, account.reseller)
	}
	s.record(Effect{Time: now, Operation: "Bind", CustomerID: account.id, Reference: b.XAccountID})
	return account.notification(bindAction), nil
}

// Unbind ends the binding of an account, which stays associated, and announces
// that to the sales platform. It fails with ErrUnknownAccount if there is no
// such account or it is not bound.
func (s *Server) Unbind(ctx context.Context, accountName string) error {
	n, err := s.unbind(accountName)
	if err != nil {
		return err
	}
	return s.notify(ctx, n)
}

func (s *Server) unbind(accountName string) (notification, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.state.account(accountName)
	if account == nil || account.xAccountID == "" {
		return notification{}, fmt.Errorf("%w, or it is not bound: %q", ErrUnknownAccount, accountName)
	}
	n := account.notification(unbindAction)
	s.record(Effect{Time: s.now(), Operation: "Unbind", CustomerID: account.id, Reference: account.xAccountID})
	account.xAccountID, account.xUserID = "", ""
	return n, nil
}

func (c *customer) notification(action int) notification {
	return notification{
		DomainName: c.accountName,
		DomainID:   c.id,
		XUserID:    c.xUserID,
		XAccountID: c.xAccountID,
		BindAction: action,
	}
}

// Replay posts the notification with that number in the outbox again, byte for
// byte, as somebody who has captured it could.
func (s *Server) Replay(ctx context.Context, number int) error {
	s.mu.Lock()
	if number < 1 || number > len(s.state.outbox) || s.state.outbox[number-1].Kind != MessageBinding {
		s.mu.Unlock()
		return fmt.Errorf("huawei: replaying a notification: message %d of the outbox is none", number)
	}
	form := s.state.outbox[number-1].Form
	s.mu.Unlock()
	s.deliver(ctx, form)
	return nil
}

func (s *Server) notify(ctx context.Context, n notification) error {
	if s.access().NotificationURL == "" {
		return nil
	}
	if s.options.BindActionText {
		n.BindAction = fmt.Sprint(n.BindAction)
	}
	form, err := s.signer().notificationForm(n, s.options.NotificationSigns)
	if err != nil {
		return fmt.Errorf("huawei: signing the notification: %w", err)
	}
	s.deliver(ctx, form)
	return nil
}

// What of a notification may be signed; the documentation does not say which bytes.
const (
	signsBase64  = "base64"
	signsEncoded = "encoded"
	signsJSON    = "json"
)

// notificationForm signs the base64 text, which is the likely candidate, or another one.
func (i *identity) notificationForm(n notification, signs string) (string, error) {
	content, err := json.Marshal(n)
	if err != nil {
		return "", err
	}
	bindRequest := base64.StdEncoding.EncodeToString(content)
	signed := bindRequest
	switch signs {
	case signsEncoded:
		signed = url.QueryEscape(bindRequest)
	case signsJSON:
		signed = string(content)
	}
	signature, err := i.sign(signed)
	if err != nil {
		return "", err
	}
	return url.Values{
		"bindRequest": {bindRequest},
		"SigAlg":      {signatureAlgorithm},
		"Signature":   {signature},
	}.Encode(), nil
}

// deliver posts a notification once, outside the lock, and puts what became of
// it into the outbox. That Huawei Cloud would try again is not documented.
func (s *Server) deliver(ctx context.Context, form string) {
	address := s.access().NotificationURL
	m := Message{Time: s.now(), Kind: MessageBinding, Receiver: address, Form: form}
	status, err := s.postForm(ctx, address, form)
	m.Status = status
	if err != nil {
		m.Error = err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.post(m)
}

func (s *Server) postForm(ctx context.Context, address, form string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, notificationTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.notifier.Do(r)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// newNotifier returns a client that uses no proxy and follows no redirect.
func newNotifier() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConns: 2, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
