package huawei

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// loopbackOnly refuses requests for another host than this machine, which is
// what a page elsewhere sends that has had its name rebound to this machine,
// and requests that a page elsewhere makes the browser send.
func loopbackOnly(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	// The identity provider's page sends its form there; what it may do is decided
	// by the response and the cookie that it brings.
	protection.AddInsecureBypassPattern("POST " + pathConsumer)
	sameOrigin := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.Host) {
			refusalOf(refuse(http.StatusForbidden, "SIM.0403",
				"the simulator answers to localhost and loopback addresses only"), "").send(w)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// loopback reports whether host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback() && addr.Zone() == ""
}
