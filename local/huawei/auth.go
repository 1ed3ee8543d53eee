package huawei

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

const (
	maxSignatureFailures = 5 // in a row; one more locks the access key
	lockoutTime          = 5 * time.Minute
)

// lockout counts the signature failures of one access key.
type lockout struct {
	failures int
	until    time.Time
}

// temporaryKey is an access key that IAM issued for a while.
type temporaryKey struct {
	keys    sign.Keys
	caller  caller
	expires time.Time
}

// authenticate finds out who calls: a token tells, or the signature does.
func (s *Server) authenticate(r *http.Request, body []byte, now time.Time) (caller, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text := r.Header.Get("X-Auth-Token"); text != "" {
		return s.tokenCaller(text, now)
	}
	if r.Header.Get("Authorization") == "" {
		return caller{}, errAuthentication("x-auth-token not found")
	}
	return s.signatureCaller(r, body, now)
}

func (s *Server) tokenCaller(text string, now time.Time) (caller, error) {
	t := s.state.tokens[text]
	if t == nil || !now.Before(t.expires) {
		return caller{}, errAuthentication("decrypt token fail")
	}
	who := t.caller
	who.expires = t.expires
	return who, nil
}

// The gateway publishes its texts only in part; the beginning is always as
// documented.
func (s *Server) signatureCaller(r *http.Request, body []byte, now time.Time) (caller, error) {
	const failed = "verify aksk signature fail"
	given, err := sign.Parse(r.Header.Get("Authorization"))
	if err != nil {
		return caller{}, errAuthentication(failed)
	}
	keys, who, known := s.accessKey(given.AccessKey, now)
	if !known {
		return caller{}, errAuthentication(failed)
	}
	lock := s.lockoutOf(keys.AccessKey)
	if now.Before(lock.until) {
		return caller{}, errAuthentication("AK access failed to reach the limit,forbidden")
	}
	if !equal(r.Header.Get(sign.TokenHeader), keys.SecurityToken) {
		return caller{}, errAuthentication(failed + ", the security token is wrong")
	}
	err = sign.Verify(r, body, keys.SecretKey, now)
	switch {
	case errors.Is(err, sign.ErrSkew):
		return caller{}, errAuthentication(failed + ", the signature is expired")
	case err != nil:
		lock.fail(now)
		return caller{}, errAuthentication(failed)
	}
	*lock = lockout{}
	return who, nil
}

// accessKey finds the partner's own key, or one that IAM issued.
func (s *Server) accessKey(name string, now time.Time) (sign.Keys, caller, bool) {
	if name == s.options.Keys.AccessKey {
		return s.options.Keys, caller{partner: true}, true
	}
	key := s.state.temporaryKeys[name]
	if key == nil || !now.Before(key.expires) {
		return sign.Keys{}, caller{}, false
	}
	return key.keys, key.caller, true
}

func (s *Server) lockoutOf(accessKey string) *lockout {
	lock := s.state.lockouts[accessKey]
	if lock == nil {
		lock = &lockout{}
		s.state.lockouts[accessKey] = lock
	}
	return lock
}

func (l *lockout) fail(now time.Time) {
	l.failures++
	if l.failures > maxSignatureFailures {
		*l = lockout{until: now.Add(lockoutTime)}
	}
}

func equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// checkCaller compares the caller with the contract's x-caller. The simulated
// partner is a solution provider and a distributor, unless Options.NoDistributor
// says otherwise. Whether a customer is the master of an enterprise is for the
// operation to decide.
func (s *Server) checkCaller(e *endpoint, c caller) error {
	if refusal := notPartner[e.id]; refusal != nil && !c.partner {
		return refusal
	}
	switch e.callers {
	case "partner or customer":
		return nil
	case "partner":
		if c.partner {
			return nil
		}
	case "distributor":
		if c.partner && !s.options.NoDistributor {
			return nil
		}
	case "customer", "enterprise master":
		if !c.partner {
			return nil
		}
	}
	if !c.partner {
		return errDenied("domain_id has no access to this api: it is for the " + e.callers)
	}
	return errDenied("access denied: this operation is for the " + e.callers)
}

// notPartner are the operations that have a code of their own for a caller who
// is no partner.
var notPartner = map[string]*apiError{
	"ListPartnerBalances":           refuse(http.StatusOK, "CBC.5001", "the caller is not a partner"),
	"ReclaimToPartnerAccount":       refuse(http.StatusBadRequest, "CBC.99005001", "the caller is not a partner"),
	"ReclaimIndirectPartnerAccount": refuse(http.StatusBadRequest, "CBC.99005001", "the caller is not a partner"),
}
