// Package webhook signs and verifies messages as Standard Webhooks asks: an
// HMAC-SHA256 over the message's id, its timestamp and its exact body, carried
// in three headers. The signature covers neither method nor path nor
// query, so what keeps a message from being sent to another address is that its
// id is accepted once; that is the receiver's part, Verifier only returns the id.
//
// Documentation: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"
)

// The headers of a signed message.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// signatureVersion marks the symmetric scheme, HMAC-SHA256.
const signatureVersion = "v1,"

// Sign returns the signature of a message, "v1," and the base64 of its
// HMAC-SHA256. The timestamp counts in whole seconds.
func Sign(secret Secret, id string, at time.Time, body []byte) string {
	mac := sum(secret, id, strconv.FormatInt(at.Unix(), 10), body)
	return signatureVersion + base64.StdEncoding.EncodeToString(mac)
}

// SetHeaders signs a message and sets its three headers. Receivers take an id once:
// a call that is repeated to be answered anew needs a new id; an event that is sent
// again, because nobody knows whether it arrived, keeps its own.
func SetHeaders(h http.Header, secret Secret, id string, at time.Time, body []byte) {
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, Sign(secret, id, at, body))
}

func sum(secret Secret, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret.bytes())
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}
