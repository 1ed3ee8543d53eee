package huawei

import (
	"net/http"
	"time"
)

// Huawei Cloud as a SAML service provider. Its name is the same on every site as
// far as is documented; the addresses are those of this simulator. See
// https://support.huaweicloud.com/api-bpconsole/bpconsole_apifaq_00003.html.
const (
	entityID = "https://auth.huaweicloud.com/"

	pathConsumer       = "/authui/saml/SAMLAssertionConsumer"
	pathLogin          = "/authui/saml/login"
	pathLogout         = "/authui/saml/logout"
	pathLogoutRequest  = "/authui/saml/LogoutServiceHTTPRedirect"
	pathLogoutResponse = "/authui/saml/LogoutServiceHTTPRedirectResponse"

	protocolNamespace  = "urn:oasis:names:tc:SAML:2.0:protocol"
	assertionNamespace = "urn:oasis:names:tc:SAML:2.0:assertion"
	metadataNamespace  = "urn:oasis:names:tc:SAML:2.0:metadata"
	signatureNamespace = "http://www.w3.org/2000/09/xmldsig#"

	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	bindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	nameIDTransient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	statusSuccess   = "urn:oasis:names:tc:SAML:2.0:status:Success"
)

// How long things last is documented nowhere: these are choices.
const (
	signOnLifetime  = 10 * time.Minute // from the login page to the customer's last form
	sessionLifetime = 12 * time.Hour
	logoutLifetime  = 5 * time.Minute // a message of a logout is no older
)

// singleSignOn is what the service provider keeps.
type singleSignOn struct {
	access   *Access              // nil: the options'
	signOns  map[string]*signOn   // by RelayState
	sessions map[string]*session  // by the browser's cookie
	logouts  map[string]*logout   // that have begun here, by the ID of their request
	ended    map[string]time.Time // requests of the identity provider that were obeyed, until they expire
}

func newSingleSignOn() singleSignOn {
	return singleSignOn{
		signOns:  map[string]*signOn{},
		sessions: map[string]*session{},
		logouts:  map[string]*logout{},
		ended:    map[string]time.Time{},
	}
}

// forget drops what has expired.
func (o *singleSignOn) forget(now time.Time) {
	drop(o.signOns, func(v *signOn) time.Time { return v.expiresOn }, now)
	drop(o.sessions, func(v *session) time.Time { return v.expiresOn }, now)
	drop(o.logouts, func(v *logout) time.Time { return v.expiresOn }, now)
	drop(o.ended, func(v time.Time) time.Time { return v }, now)
}

func drop[V any](things map[string]V, end func(V) time.Time, now time.Time) {
	for id, v := range things {
		if !now.Before(end(v)) {
			delete(things, id)
		}
	}
}

// samlRoutes are those of the service provider.
func (s *Server) samlRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET " + pathLogin:              s.showLogin,
		"POST " + pathConsumer:          s.consumeAssertion,
		"GET " + pathFirstLogin:         s.showFirstLogin,
		"POST " + pathBindExisting:      s.submitExisting,
		"POST " + pathOpenNew:           s.submitNew,
		"GET " + pathConsole:            s.showConsole,
		"GET " + pathLogout:             s.beginLogout,
		"GET " + pathLogoutRequest:      s.takeLogoutRequest,
		"GET " + pathLogoutResponse:     s.takeLogoutResponse,
		"GET /authui/saml/metadata.xml": s.serveMetadata,
	}
}

// baseAddress is where the browser, or whoever reads the metadata, knows this
// server. The listener has made sure that it is this machine.
func baseAddress(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
