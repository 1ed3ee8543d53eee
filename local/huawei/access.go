package huawei

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Access is the access configuration that a partner enters in the partner
// centre, see https://support.huaweicloud.com/devg-bpconsole/access_00011.html.
// The identity provider's metadata is a document or, which the partner centre
// does not have, an address at which it is read when it is needed; what is empty
// is as in Options.
type Access struct {
	IDPMetadata     string `json:"idp_metadata"`     // XML in UTF-8, at most 2 MB
	IDPMetadataURL  string `json:"idp_metadata_url"` // http or https
	NotificationURL string `json:"notification_url"` // where bindings are announced
}

func (a Access) check() error {
	if a.IDPMetadata != "" && a.IDPMetadataURL != "" {
		return errors.New("huawei: the access configuration has the identity provider's metadata and its address: give one of them")
	}
	for what, address := range map[string]string{"NotificationURL": a.NotificationURL, "IDPMetadataURL": a.IDPMetadataURL} {
		u, err := url.Parse(address)
		if address != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
			return fmt.Errorf("huawei: %s is not an absolute http or https address", what)
		}
	}
	if a.IDPMetadata == "" {
		return nil
	}
	if _, err := parseIDPMetadata([]byte(a.IDPMetadata)); err != nil {
		return fmt.Errorf("huawei: the identity provider's metadata: %w", err)
	}
	return nil
}

// SetAccess replaces the access configuration. It fails where the metadata is
// not what Huawei Cloud would take.
func (s *Server) SetAccess(a Access) error {
	if err := a.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.sso.access = &a
	s.record(Effect{Time: s.now(), Operation: "SetAccess"})
	return nil
}

func (s *Server) accessRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"PUT /_sim/access": adminAction(func(_ context.Context, in Access) (any, error) { return done(s.SetAccess(in)) }),
	}
}

// access is the configuration that holds now.
func (s *Server) access() Access {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := Access{
		IDPMetadata: string(s.options.IDPMetadata), IDPMetadataURL: s.options.IDPMetadataURL,
		NotificationURL: s.options.NotificationURL,
	}
	set := s.state.sso.access
	if set == nil {
		return a
	}
	if set.IDPMetadata != "" || set.IDPMetadataURL != "" {
		a.IDPMetadata, a.IDPMetadataURL = set.IDPMetadata, set.IDPMetadataURL
	}
	a.NotificationURL = cmp.Or(set.NotificationURL, a.NotificationURL)
	return a
}

// federated reports whether customers sign in at an identity provider.
func (a Access) federated() bool { return a.IDPMetadata != "" || a.IDPMetadataURL != "" }
