package onboard

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	maxTicket      = 4 << 10
	ticketLifetime = 5 * time.Minute
	ticketSkew     = 30 * time.Second
)

// ticket is what the sales platform says of a customer that it has signed in: a JWT,
// short-lived and good for one use. There is no other claim, so that none is misspelt
// in silence.
type ticket struct {
	Issuer    string   `json:"iss"`
	Audience  audience `json:"aud"`
	AccountID string   `json:"sub"`
	ID        string   `json:"jti"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
	// Request is the handle of the sign-on that the ticket is for; a ticket for a
	// logout has none.
	Request   string `json:"request"`
	UserID    string `json:"user_id"`
	PartnerID string `json:"partner_id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Mobile    string `json:"mobile"`
}

// audience is one address, also as an array of one.
type audience string

// UnmarshalJSON reads both forms.
func (a *audience) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*string)(a)) == nil {
		return nil
	}
	var several []string
	if err := json.Unmarshal(data, &several); err != nil || len(several) != 1 {
		return errors.New("an audience is one address")
	}
	*a = audience(several[0])
	return nil
}

// ticketHeader is all that a ticket's header may hold. The key id is read by nobody:
// each key is tried, and its own algorithm with it.
type ticketHeader struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
	KeyID     string `json:"kid"`
}

// ticketKey is a key of the sales platform. Its prefix in the configuration fixes the
// algorithm; what a ticket's header says is held against that.
type ticketKey struct {
	algorithm jose.SignatureAlgorithm
	key       any
}

func parseTicketKey(text string) (ticketKey, error) {
	kind, encoded, _ := strings.Cut(text, ":")
	data, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case err != nil:
		return ticketKey{}, errors.New("what follows the colon is not Base64")
	case kind == "ed25519" && len(data) == ed25519.PublicKeySize:
		return ticketKey{jose.EdDSA, ed25519.PublicKey(data)}, nil
	case kind == "ed25519":
		return ticketKey{}, fmt.Errorf("an Ed25519 key has 32 bytes, not %d", len(data))
	case kind == "hs256" && len(data) >= sha256.Size:
		return ticketKey{jose.HS256, data}, nil
	case kind == "hs256":
		return ticketKey{}, fmt.Errorf("a key for HMAC has at least 32 bytes, not %d", len(data))
	}
	return ticketKey{}, errors.New("it begins neither with \"ed25519:\" nor with \"hs256:\"")
}

// tickets reads the sales platform's tickets.
type tickets struct {
	keys   []ticketKey
	issuer string
	used   *ledger.Once
	now    func() time.Time
}

// compact is a signed JWT in its compact form, whose parts are all there. What is
// encrypted has five parts, what has several signatures is JSON.
var compact = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// read returns what a ticket says, which is signed, of now, and for that audience and
// request. It does not use the ticket up.
func (t *tickets) read(token, audience, request string) (ticket, error) {
	var out ticket
	if len(token) > maxTicket || !compact.MatchString(token) {
		return out, ticketRefused("It is not a signed JWT in compact form of at most 4 KiB.")
	}
	if err := checkTicketHeader(token); err != nil {
		return out, err
	}
	payload, ok := t.payload(token)
	if !ok {
		return out, ticketRefused("It is not signed with a key that is configured here, or not with that key's algorithm.")
	}
	if err := (&handler.Request{Body: payload}).Decode(&out); err != nil {
		return ticket{}, ticketRefused("Its claims are not as documented: " + claimsOf(err))
	}
	if err := t.check(out, audience, request); err != nil {
		return ticket{}, err
	}
	return out, nil
}

func checkTicketHeader(token string) error {
	encoded, _, _ := strings.Cut(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return ticketRefused("Its header is not Base64.")
	}
	var header ticketHeader
	if (&handler.Request{Body: data}).Decode(&header) != nil {
		return ticketRefused("Its header holds something else than alg, typ and kid.")
	}
	if header.Type != "" && !strings.EqualFold(header.Type, "JWT") {
		return ticketRefused("Its type is not JWT.")
	}
	return nil
}

// payload returns what the token says if one of the keys has signed it, by that key's
// algorithm.
func (t *tickets) payload(token string) ([]byte, bool) {
	for _, k := range t.keys {
		signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{k.algorithm})
		if err != nil {
			continue
		}
		if payload, err := signed.Verify(k.key); err == nil {
			return payload, true
		}
	}
	return nil, false
}

// claimsOf names the claims that cannot be read, never their values.
func claimsOf(err error) string {
	p, ok := errors.AsType[*handler.Problem](err)
	if !ok || len(p.Fields) == 0 || !claimName.MatchString(p.Fields[0].Field) {
		return "they are no JSON object, or one of them is not known."
	}
	return p.Fields[0].Field + " " + p.Fields[0].Reason + "."
}

var (
	claimName = regexp.MustCompile(`^[a-z_]{1,20}$`)
	ticketID  = regexp.MustCompile(`^[!-~]{8,128}$`)
)

func (t *tickets) check(c ticket, wantAudience, request string) error {
	now := t.now()
	issued, expires := time.Unix(c.IssuedAt, 0), time.Unix(c.Expires, 0)
	switch {
	case c.Issuer != t.issuer:
		return ticketRefused("Its iss is not TICKET_ISSUER.")
	case string(c.Audience) != wantAudience:
		return ticketRefused("Its aud is not the address that it is posted to, " + wantAudience + ".")
	case c.Request != request && request == "":
		return ticketRefused("Its request belongs to a sign-on; a ticket for a logout has none.")
	case c.Request != request:
		return ticketRefused("Its request is not that of the form.")
	case c.IssuedAt <= 0 || c.Expires <= c.IssuedAt || c.Expires-c.IssuedAt > int64(ticketLifetime/time.Second):
		return ticketRefused("Its exp is not after its iat, or more than five minutes.")
	case issued.After(now.Add(ticketSkew)) || time.Unix(c.NotBefore, 0).After(now.Add(ticketSkew)):
		return ticketRefused("Its iat or nbf is in the future.")
	case !now.Before(expires.Add(ticketSkew)):
		return &handler.Problem{Status: http.StatusUnauthorized, Code: "ticket_expired",
			Detail: "The ticket is older than its exp says.",
			Next:   "Issue a new ticket; set the platform's clock if this happens at once."}
	case !ticketID.MatchString(c.ID):
		return ticketRefused("Its jti does not have 8 to 128 printable characters.")
	case wrongAccountID(c.AccountID) != nil:
		return ticketRefused("Its sub is no account id of 1 to 128 bytes.")
	}
	return nil
}

// subject is the customer. Without a user of its own, the account stands for it, which
// the documentation allows.
func (c ticket) subject() idp.Subject {
	return idp.Subject{
		UserID: cmp.Or(c.UserID, c.AccountID), AccountID: c.AccountID, PartnerID: c.PartnerID,
		Name: c.Name, Email: c.Email, Mobile: c.Mobile,
	}
}

// use uses a ticket up that was read, for all processes. It is used up even if what
// it was for fails: nobody can then wait and use it after all.
func (t *tickets) use(ctx context.Context, c ticket) error {
	first, err := t.used.FirstUse(ctx, "ticket/"+digest(c.ID), time.Unix(c.Expires, 0).Add(2*ticketSkew))
	if err != nil {
		return err
	}
	if !first {
		return &handler.Problem{Status: http.StatusConflict, Code: "ticket_used",
			Detail: "The ticket was here before.",
			Next:   "Issue a new ticket, with a jti of its own, each time a customer signs on."}
	}
	return nil
}

func ticketRefused(detail string) error {
	return &handler.Problem{Status: http.StatusUnauthorized, Code: "ticket_refused",
		Detail: "The ticket is not accepted. " + detail,
		Next:   "Compare the ticket with the documentation of single sign-on; nothing was recorded."}
}
