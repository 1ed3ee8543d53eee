package payorder

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
)

// offerValidity is how long the price of a renewal, or the refund of an
// unsubscription, can be agreed to.
const offerValidity = 15 * time.Minute

// signer signs what somebody was shown, so that what is agreed to is just that. A
// token is payload.signature in Base64, and is good for its purpose alone.
type signer struct {
	key     []byte
	purpose string
	invalid func(detail string) error // makes the problem of a token that is not good
}

func (s signer) mac(payload string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(s.purpose + "\x00" + payload))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func (s signer) sign(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode the %s: %w", s.purpose, err)
	}
	payload := base64.RawURLEncoding.EncodeToString(data)
	return payload + "." + s.mac(payload), nil
}

// open reads a token that was signed here for the purpose into v, and returns the
// id of what it stands for: the same content has the same id.
func (s signer) open(token string, v any) (id string, err error) {
	payload, signature, _ := strings.Cut(token, ".")
	// The texts are compared: Base64 has several for the same bytes.
	if !hmac.Equal([]byte(signature), []byte(s.mac(payload))) {
		return "", s.invalid("The " + s.purpose + " was not made here, or was altered.")
	}
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return "", fmt.Errorf("read a %s that was signed here: %w", s.purpose, err)
	}
	return signature[:22], nil // 132 bits
}

func newSigners(key []byte) (quotes quoteSigner, renewals, refundOffers signer) {
	return quoteSigner{signer{key, "quote", quoteInvalid}},
		signer{key, "renewal quote", offerInvalid},
		signer{key, "refund offer", offerInvalid}
}

func offerInvalid(detail string) error {
	return &handler.Problem{Status: http.StatusUnprocessableEntity, Code: "offer_invalid", Detail: detail,
		Next: "Use it as it was given, for the customer it was given for."}
}

func offerExpired(at time.Time) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "offer_expired",
		Detail: "It was good until " + at.Format(time.RFC3339) + ".", Next: "Ask again for what it would be now."}
}
