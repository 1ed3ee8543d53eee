package huawei

import (
	"errors"
	"net/http"
)

// The steps of a change of Huawei Cloud's key. How it changes keys is not
// documented; a certificate of its own ends in 2028.
const (
	keyPresent   = iota // one certificate
	keyAnnounced        // two certificates, the old key signs
	keyChanged          // two certificates, the new key signs
	keyRetired          // the new certificate alone
)

// RotateKey takes the next step of a change of the key that Huawei Cloud signs
// with: first the metadata also has the new certificate, then the new key signs,
// then the old certificate is gone. It fails when all of that has happened.
func (s *Server) RotateKey() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.rotation == keyRetired {
		return errors.New("huawei: rotating the key: the new key alone is in use already, and there is no third")
	}
	s.state.rotation++
	s.record(Effect{Time: s.now(), Operation: "RotateKey"})
	return nil
}

func (s *Server) rotationRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/key/rotate": func(w http.ResponseWriter, _ *http.Request) {
			if err := s.RotateKey(); err != nil {
				adminFailure(http.StatusBadRequest, err).send(w)
				return
			}
			jsonReply(http.StatusOK, map[string]any{"status": "done"}).send(w)
		},
	}
}

// signer is what signs now.
func (s *Server) signer() *identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.rotation >= keyChanged {
		return s.identities[1]
	}
	return s.identities[0]
}

// published are the identities whose certificates the metadata has.
func (s *Server) published() []*identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state.rotation {
	case keyPresent:
		return s.identities[:1]
	case keyRetired:
		return s.identities[1:]
	}
	return s.identities
}
