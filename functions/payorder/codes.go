package payorder

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	codeValidity = 5 * time.Minute
	codeTries    = 3
)

// codes asks a person of the sales platform to confirm a payment: a code of six
// digits goes to the platform as an event, and only its hash is kept.
type codes struct {
	key     []byte
	store   *ledger.Documents[pendingCode]
	events  *functions.Events
	entropy io.Reader
	now     func() time.Time
}

// pendingCode is a code that was sent for an order.
type pendingCode struct {
	Hash  []byte `json:"hash"`
	Tries int    `json:"tries"`
}

func newCodes(key []byte, events *functions.Events, rt functions.Runtime) *codes {
	entropy := rt.Entropy
	if entropy == nil {
		entropy = rand.Reader
	}
	return &codes{
		key:     key,
		store:   ledger.NewDocuments[pendingCode](rt.Store, "payment-code", rt.Clock.Now),
		events:  events,
		entropy: entropy,
		now:     rt.Clock.Now,
	}
}

// hash binds a code to the quote it confirms.
func (c *codes) hash(quote, code string) []byte {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte("code\x00" + quote + "\x00" + code))
	return m.Sum(nil)
}

// codeEvent is what the sales platform receives.
type codeEvent struct {
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	Payable    string    `json:"payable"`
	Currency   string    `json:"currency"`
	Code       string    `json:"code"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// send replaces the code of an order by a new one for the quote.
func (c *codes) send(ctx context.Context, q Quote, token string) (expires time.Time, err error) {
	n, err := rand.Int(c.entropy, big.NewInt(1_000_000))
	if err != nil {
		return time.Time{}, fmt.Errorf("make a verification code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	expires = c.now().Add(codeValidity).UTC().Truncate(time.Second)
	pending := pendingCode{Hash: c.hash(token, code)}
	if err := c.replace(ctx, q.OrderID, pending, expires); err != nil {
		return time.Time{}, err
	}
	event := codeEvent{q.OrderID, q.CustomerID, q.Payable.StringFixed(2), q.Currency, code, expires}
	// The id tells two codes of one order apart and says nothing about the code.
	id := "code_" + base64.RawURLEncoding.EncodeToString(pending.Hash[:12])
	return expires, c.events.Send(ctx, id, "payorder.code", event)
}

func (c *codes) replace(ctx context.Context, orderID string, p pendingCode, expires time.Time) error {
	for {
		doc, err := c.store.Get(ctx, orderID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		doc.Key, doc.Value, doc.ExpiresAt = orderID, p, expires
		_, err = c.store.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists) {
			continue // somebody else wrote meanwhile: the later code counts
		}
		return err
	}
}

// check accepts the code that was sent for the quote, three wrong ones at most.
func (c *codes) check(ctx context.Context, q Quote, token, code string) error {
	for {
		doc, err := c.store.Get(ctx, q.OrderID)
		if errors.Is(err, ledger.ErrNotFound) {
			return wrongCode(http.StatusConflict, "code_missing", "No code is open for this order: none was asked for, or it has expired.")
		}
		if err != nil {
			return err
		}
		if doc.Value.Tries >= codeTries {
			return wrongCode(http.StatusConflict, "code_used_up", "A wrong code was given too often.")
		}
		if hmac.Equal(doc.Value.Hash, c.hash(token, code)) {
			return nil
		}
		doc.Value.Tries++
		_, err = c.store.Put(ctx, doc)
		if errors.Is(err, ledger.ErrVersion) {
			continue // another guess was counted at the same moment: this one is not yet
		}
		if err != nil {
			return err
		}
		return wrongCode(http.StatusUnprocessableEntity, "code_wrong", "The code is wrong, or was sent for another quote.")
	}
}

func wrongCode(status int, code, detail string) error {
	return &handler.Problem{Status: status, Code: code, Detail: detail, Next: "Type the code of the last message, or ask for another one."}
}

type codeRequest struct {
	CustomerID string `json:"customer_id"`
	Quote      string `json:"quote"`
}

type codeAnswer struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// sendCode sends a verification code for a quote to the sales platform.
func (f *function) sendCode(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in codeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	q, err := f.quotes.open(in.Quote, r.PathValue("order_id"), in.CustomerID, f.clock.Now())
	if err != nil {
		return nil, err
	}
	expires, err := f.codes.send(ctx, q, in.Quote)
	if err != nil {
		return nil, err
	}
	return handler.Accepted(codeAnswer{expires}), nil
}
