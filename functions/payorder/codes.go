package payorder

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	codeValidity = 5 * time.Minute
	codeTries    = 3
	// replacedCodes is how many earlier codes of an order are told from wrong ones.
	replacedCodes = 5
)

// codes asks a person of the sales platform to confirm a payment: a code of six
// digits goes to the platform as an event, and only its hash is kept.
type codes struct {
	key      []byte
	required verification
	store    *ledger.Documents[sentCode]
	counts   *ledger.Documents[codeCount]
	events   *functions.Events
	entropy  io.Reader
	now      func() time.Time
}

func newCodes(key []byte, required verification, events *functions.Events, rt functions.Runtime) *codes {
	entropy := rt.Entropy
	if entropy == nil {
		entropy = rand.Reader
	}
	return &codes{
		key:      key,
		required: required,
		store:    ledger.NewDocuments[sentCode](rt.Store, "payment-code", rt.Clock.Now),
		counts:   ledger.NewDocuments[codeCount](rt.Store, "payment-code-count", rt.Clock.Now),
		events:   events,
		entropy:  entropy,
		now:      rt.Clock.Now,
	}
}

// hash binds a code to the quote it confirms and to the person who confirms it.
// Neither a quote nor a person has the byte 0 in it.
func (c *codes) hash(quote, person, code string) []byte {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte("code\x00" + quote + "\x00" + person + "\x00" + code))
	return m.Sum(nil)
}

// personKey names a person in the store, which need not know mobile numbers.
func (c *codes) personKey(person string) string {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte("person\x00" + person))
	return hex.EncodeToString(m.Sum(nil))
}

// codeEvent is what the sales platform receives.
type codeEvent struct {
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	Person     string    `json:"person"`
	Payable    string    `json:"payable"`
	Currency   string    `json:"currency"`
	Code       string    `json:"code"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// send replaces the code of an order by a new one for the quote and the person. It
// counts for the person also where the platform does not take it.
func (c *codes) send(ctx context.Context, q Quote, token, person string) (expires time.Time, err error) {
	n, err := rand.Int(c.entropy, big.NewInt(1_000_000))
	if err != nil {
		return time.Time{}, fmt.Errorf("make a verification code: %w", err)
	}
	if err := c.count(ctx, person); err != nil {
		return time.Time{}, err
	}
	code := fmt.Sprintf("%06d", n)
	expires = c.now().Add(codeValidity).UTC().Truncate(time.Second)
	hash := c.hash(token, person, code)
	if err := c.replace(ctx, q.OrderID, hash, expires); err != nil {
		return time.Time{}, err
	}
	event := codeEvent{q.OrderID, q.CustomerID, person, q.Payable.StringFixed(2), q.Currency, code, expires}
	// The id tells two codes of one order apart and says nothing about the code.
	id := "code_" + base64.RawURLEncoding.EncodeToString(hash[:12])
	return expires, c.events.Send(ctx, id, "payorder.code", event)
}

// sentCode is the last code that was sent for an order.
type sentCode struct {
	Hash      []byte    `json:"hash"`
	ExpiresAt time.Time `json:"expires_at"`
	Tries     int       `json:"tries"`
	// Used says that a payment was begun with it.
	Used bool `json:"used,omitempty"`
	// Replaced are the hashes of earlier codes, the last one first.
	Replaced [][]byte `json:"replaced,omitempty"`
}

func (c *codes) replace(ctx context.Context, orderID string, hash []byte, expires time.Time) error {
	for {
		doc, err := c.store.Get(ctx, orderID)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		next := sentCode{Hash: hash, ExpiresAt: expires}
		if doc.Version != 0 {
			next.Replaced = append([][]byte{doc.Value.Hash}, doc.Value.Replaced...)
			next.Replaced = next.Replaced[:min(len(next.Replaced), replacedCodes)]
		}
		// It is kept as long as a quote lives, to say of a code that it has expired.
		doc.Key, doc.Value, doc.ExpiresAt = orderID, next, expires.Add(quoteValidity)
		_, err = c.store.Put(ctx, doc)
		if writtenMeanwhile(err) {
			continue // the later code counts
		}
		return err
	}
}

// use accepts the code that was sent for the quote to the person, once, and three
// wrong ones at most. However many guesses come at the same moment, an answer is
// given only after it was counted.
func (c *codes) use(ctx context.Context, q Quote, token, person, code string) error {
	given := c.hash(token, person, code)
	for {
		doc, err := c.store.Get(ctx, q.OrderID)
		if errors.Is(err, ledger.ErrNotFound) {
			return codeMissing()
		}
		if err != nil {
			return err
		}
		before := doc.Value
		refusal := doc.Value.take(given, c.now())
		if doc.Value.Used == before.Used && doc.Value.Tries == before.Tries {
			return refusal
		}
		_, err = c.store.Put(ctx, doc)
		if writtenMeanwhile(err) {
			continue
		}
		return errors.Join(refusal, err)
	}
}

// take decides about a code that is given and records the try in s. A replaced code
// opens nothing, so it costs no try.
func (s *sentCode) take(given []byte, now time.Time) error {
	right := hmac.Equal(s.Hash, given)
	switch {
	case !right && s.replaced(given):
		return codeReplaced()
	case !now.Before(s.ExpiresAt):
		return codeExpired()
	case s.Used:
		return codeUsed()
	case s.Tries >= codeTries:
		return codeUsedUp()
	case right:
		s.Used = true
		return nil
	}
	s.Tries++
	return codeWrong(codeTries - s.Tries)
}

func (s *sentCode) replaced(given []byte) bool {
	for _, hash := range s.Replaced {
		if hmac.Equal(hash, given) {
			return true
		}
	}
	return false
}

// writtenMeanwhile says that somebody else wrote a document between its being read
// and its being written: read it again.
func writtenMeanwhile(err error) bool {
	return errors.Is(err, ledger.ErrVersion) || errors.Is(err, ledger.ErrExists)
}

type codeRequest struct {
	CustomerID string `json:"customer_id"`
	Quote      string `json:"quote"`
	Person     string `json:"person"`
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
	if !f.codes.required.of(q) {
		return nil, codeNotRequired()
	}
	if err := checkPerson(in.Person); err != nil {
		return nil, err
	}
	expires, err := f.codes.send(ctx, q, in.Quote, in.Person)
	if err != nil {
		return nil, err
	}
	return handler.Accepted(codeAnswer{expires}), nil
}
