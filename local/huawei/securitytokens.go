package huawei

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// How many seconds a temporary access key may be asked to live.
const (
	shortestKeyLife = 900 // also the default
	longestKeyLife  = 24 * 60 * 60
)

// issueTemporaryKey answers POST /v3.0/OS-CREDENTIAL/securitytokens: a temporary
// access key by which the partner acts for a customer, see
// https://support.huaweicloud.com/api-iam/iam_04_0101.html.
func (s *Server) issueTemporaryKey(w http.ResponseWriter, r *http.Request) {
	requestID := s.stamp(w)
	credential, err := s.newTemporaryKey(w, r)
	if err != nil {
		refusalOf(err, requestID).send(w)
		return
	}
	jsonReply(http.StatusCreated, map[string]any{"credential": credential}).send(w)
}

func (s *Server) newTemporaryKey(w http.ResponseWriter, r *http.Request) (map[string]any, error) {
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	now := s.now()
	who, err := s.authenticate(r, body, now)
	if err != nil || !who.partner {
		return nil, errIAM(http.StatusUnauthorized, "The request you have made requires authentication.")
	}
	var in tokenRequest
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, errIAM(http.StatusBadRequest, "The request body is invalid.")
	}
	identity := in.Auth.Identity
	if len(identity.Methods) != 1 || identity.Methods[0] != "assume_role" {
		return nil, errIAM(http.StatusBadRequest, "Only the method assume_role is supported.")
	}
	life, err := identity.AssumeRole.keyLife()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	account, err := s.assumed(identity.AssumeRole, now)
	if err != nil {
		return nil, err
	}
	return s.addTemporaryKey(account, now.Add(life)), nil
}

func (a assumedRole) keyLife() (time.Duration, error) {
	seconds := shortestKeyLife
	if a.Seconds != nil {
		seconds = *a.Seconds
	}
	if seconds < shortestKeyLife || seconds > longestKeyLife {
		return 0, errIAM(http.StatusBadRequest, "duration_seconds must be from 900 to 86400.")
	}
	return time.Duration(seconds) * time.Second, nil
}

func (s *Server) addTemporaryKey(account *customer, expires time.Time) map[string]any {
	keys := sign.Keys{
		AccessKey:     "HST" + pick(s.tokenTexts, alphanumeric, 17),
		SecretKey:     pick(s.tokenTexts, alphanumeric, 40),
		SecurityToken: "ggp" + pick(s.tokenTexts, alphanumeric, 125),
	}
	s.state.temporaryKeys[keys.AccessKey] = &temporaryKey{
		keys: keys, caller: caller{customer: account.id}, expires: expires,
	}
	return map[string]any{
		"access":        keys.AccessKey,
		"secret":        keys.SecretKey,
		"securitytoken": keys.SecurityToken,
		"expires_at":    expires.Format(tokenShape),
	}
}
