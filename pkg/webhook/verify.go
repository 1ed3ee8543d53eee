package webhook

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What Verify refuses a message for.
var (
	// ErrMissing says that a header is absent, or has no possible value.
	ErrMissing = errors.New("webhook: header missing or malformed")
	// ErrStale says that the timestamp is too far from now, on either side.
	ErrStale = errors.New("webhook: timestamp outside the tolerance")
	// ErrMismatch says that no signature belongs to the message.
	ErrMismatch = errors.New("webhook: signature does not match")
)

// DefaultTolerance is how far a timestamp may be from now.
const DefaultTolerance = 5 * time.Minute

const (
	maxIDBytes        = 256
	maxTimestampBytes = 20
	maxSignatureBytes = 4096
	maxSignatures     = 16
)

// Verifier checks the signatures of messages. It is safe for concurrent use as
// long as its fields do not change.
type Verifier struct {
	// Secrets holds the one accepted secret, or two while it is being changed.
	// With none, nothing is accepted.
	Secrets []Secret
	// Tolerance is how far a timestamp may be from now; zero is
	// DefaultTolerance.
	Tolerance time.Duration
	// Now tells the present instant.
	Now func() time.Time
}

// Verify checks the headers against the exact bytes of the body and returns the
// message's id. The error is ErrMissing, ErrStale or ErrMismatch with a reason
// that repeats nothing of the message.
func (v Verifier) Verify(h http.Header, body []byte) (id string, err error) {
	id, timestamp, signatures, err := readHeaders(h)
	if err != nil {
		return "", err
	}
	if err := v.checkAge(timestamp); err != nil {
		return "", err
	}
	for _, secret := range v.Secrets {
		if !secret.IsZero() && anyMatches(signatures, sum(secret, id, timestamp, body)) {
			return id, nil
		}
	}
	return "", ErrMismatch
}

func (v Verifier) checkAge(timestamp string) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || timestamp != strconv.FormatInt(seconds, 10) {
		return fmt.Errorf("%w: %s is not a number of seconds", ErrMissing, HeaderTimestamp)
	}
	tolerance := v.Tolerance
	if tolerance == 0 {
		tolerance = DefaultTolerance
	}
	now := v.Now()
	at := time.Unix(seconds, 0)
	if at.Before(now.Add(-tolerance)) || at.After(now.Add(tolerance)) {
		return fmt.Errorf("%w of %s", ErrStale, tolerance)
	}
	return nil
}

func readHeaders(h http.Header) (id, timestamp string, signatures [][]byte, err error) {
	if id, err = headerValue(h, HeaderID, maxIDBytes); err != nil {
		return "", "", nil, err
	}
	if timestamp, err = headerValue(h, HeaderTimestamp, maxTimestampBytes); err != nil {
		return "", "", nil, err
	}
	if !isID(id) {
		return "", "", nil, fmt.Errorf("%w: %s may hold visible ASCII without a full stop only", ErrMissing, HeaderID)
	}
	list, err := headerValue(h, HeaderSignature, maxSignatureBytes)
	if err != nil {
		return "", "", nil, err
	}
	signatures, err = parseSignatures(list)
	return id, timestamp, signatures, err
}

func headerValue(h http.Header, name string, limit int) (string, error) {
	values := h.Values(name)
	switch {
	case len(values) == 0 || values[0] == "":
		return "", fmt.Errorf("%w: %s is absent", ErrMissing, name)
	case len(values) > 1:
		return "", fmt.Errorf("%w: %s is there %d times", ErrMissing, name, len(values))
	case len(values[0]) > limit:
		return "", fmt.Errorf("%w: %s is longer than %d bytes", ErrMissing, name, limit)
	}
	return values[0], nil
}

// isID keeps the signed text unambiguous (its parts are joined by full stops)
// and the id fit for a log line.
func isID(id string) bool {
	for _, c := range []byte(id) {
		if c <= ' ' || c >= 0x7f || c == '.' {
			return false
		}
	}
	return true
}

// parseSignatures returns the symmetric signatures of a space separated list.
// Those of other versions are left out: a sender may add them for others.
func parseSignatures(list string) ([][]byte, error) {
	parts := strings.Fields(list)
	if len(parts) > maxSignatures {
		return nil, fmt.Errorf("%w: more than %d signatures", ErrMismatch, maxSignatures)
	}
	var signatures [][]byte
	for _, part := range parts {
		encoded, found := strings.CutPrefix(part, signatureVersion)
		if !found {
			continue
		}
		signature, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			continue
		}
		signatures = append(signatures, signature)
	}
	if len(signatures) == 0 {
		return nil, fmt.Errorf("%w: %s holds no readable %ssignature", ErrMismatch, HeaderSignature, signatureVersion)
	}
	return signatures, nil
}

// anyMatches looks at every signature, so that the time it takes does not tell
// which one matched.
func anyMatches(signatures [][]byte, want []byte) bool {
	matched := false
	for _, signature := range signatures {
		if hmac.Equal(signature, want) {
			matched = true
		}
	}
	return matched
}
