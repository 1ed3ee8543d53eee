package onboard

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// pendingLifetime is how long a customer has to sign in.
const pendingLifetime = 10 * time.Minute

// signOn is a request of Huawei Cloud that waits until its customer has signed in.
type signOn struct {
	Request idp.Request `json:"request,omitzero"`
	// OIDC is what is needed of a sign-in at an OpenID provider.
	OIDC *oidcAttempt `json:"oidc,omitempty"`
	// Used is set once it was answered, or given up.
	Used bool `json:"used,omitempty"`
}

// pending keeps sign-ons under handles that nobody can guess. A handle is good for one
// use; it says nothing of the customer, and is worth nothing without a ticket.
type pending struct {
	documents *ledger.Documents[signOn]
	entropy   io.Reader
	now       func() time.Time
}

func newPending(rt functions.Runtime, entropy io.Reader) *pending {
	return &pending{documents: ledger.NewDocuments[signOn](rt.Store, "sign-on", rt.Clock.Now), entropy: entropy, now: rt.Clock.Now}
}

var handlePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{27}$`)

// random returns a text of 160 bits of chance.
func random(entropy io.Reader) (string, error) {
	var bits [20]byte
	if _, err := io.ReadFull(entropy, bits[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(bits[:]), nil
}

// add keeps a sign-on and returns its handle.
func (p *pending) add(ctx context.Context, s signOn) (handle string, err error) {
	if handle, err = random(p.entropy); err != nil {
		return "", err
	}
	_, err = p.documents.Put(ctx, ledger.Document[signOn]{Key: handle, Value: s, ExpiresAt: p.now().Add(pendingLifetime)})
	return handle, err
}

// find returns the sign-on of a handle, which nobody has used.
func (p *pending) find(ctx context.Context, handle string) (ledger.Document[signOn], error) {
	if !handlePattern.MatchString(handle) {
		return ledger.Document[signOn]{}, signOnUnknown()
	}
	doc, err := p.documents.Get(ctx, handle)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return doc, signOnUnknown()
	case err == nil && doc.Value.Used:
		return doc, signOnUsed()
	}
	return doc, err
}

// take uses a sign-on up. Of several who try at the same time, one succeeds. What the
// document held is forgotten; that it was used is kept until it would have ended.
func (p *pending) take(ctx context.Context, doc ledger.Document[signOn]) error {
	doc.Value = signOn{Used: true}
	_, err := p.documents.Put(ctx, doc)
	if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrNotFound) {
		return signOnUsed()
	}
	return err
}

func signOnUnknown() error {
	return &handler.Problem{Status: http.StatusNotFound, Code: "sign_on_unknown",
		Detail: "No sign-on waits under this request. One waits for ten minutes.",
		Next:   "Open Huawei Cloud from the sales platform again."}
}

func signOnUsed() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "sign_on_used",
		Detail: "This sign-on was completed before, or was given up.",
		Next:   "Open Huawei Cloud from the sales platform again."}
}
