package huawei

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// errNoAccess is a simulator that was not told where customers sign in.
var errNoAccess = errors.New("the access configuration has no identity provider: give the simulator its metadata, with Options.IDPMetadataURL, -idp or PUT /_sim/access")

// login is what the address of the login page asks for, see
// https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
type login struct {
	firstLogin bool
	service    string // where to go afterwards
}

// Service is mandatory on the newer of the two pages that describe the address.
func (s *Server) readLogin(values url.Values) (login, error) {
	l := login{firstLogin: values.Get("isFirstLogin") == "true", service: values.Get("service")}
	switch values.Get("isFirstLogin") {
	case "", "true", "false":
	default:
		return l, errors.New("isFirstLogin is neither true nor false")
	}
	if values.Get("xAccountType") != s.options.XAccountType {
		return l, errors.New("xAccountType is not known: ask for the platform's identifier")
	}
	if !serviceAllowed(l.service) {
		return l, errors.New("service is not an https address of huaweicloud.com, nor one of this machine")
	}
	return l, nil
}

func serviceAllowed(service string) bool {
	u, err := url.Parse(service)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	host := u.Hostname()
	if loopback(host) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	return u.Scheme == "https" && plainHost(host) &&
		(host == "huaweicloud.com" || strings.HasSuffix(host, ".huaweicloud.com"))
}

// plainHost keeps out what could end a directive of the security policy.
func plainHost(host string) bool {
	return strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// showLogin sends the browser to the identity provider of the sales platform: the
// page itself asks nobody who they are.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) {
	s.stamp(w)
	if r.URL.RawQuery == "" {
		showMessage(w, http.StatusBadRequest, errors.New("nobody is signed in here, and this page alone signs nobody in"))
		return
	}
	l, err := s.readLogin(r.URL.Query())
	if err != nil {
		showMessage(w, http.StatusBadRequest, err)
		return
	}
	if !s.access().federated() {
		showMessage(w, http.StatusServiceUnavailable, errNoAccess)
		return
	}
	s.beginSignOn(w, r, l)
}
