package onboard

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bssfn/bssfn/pkg/handler"
)

func (f *function) loginRoutes() []handler.Route {
	return []handler.Route{{Method: http.MethodPost, Pattern: "/onboard/login-urls", Handle: f.buildLoginURL}}
}

type loginRequest struct {
	AccountID string `json:"account_id"`
	// Service is where to go in Huawei Cloud after the login.
	Service string `json:"service"`
}

type loginAnswer struct {
	URL          string `json:"url"`
	IsFirstLogin bool   `json:"is_first_login"`
}

// buildLoginURL makes the address at which a customer enters Huawei Cloud. The
// recorded binding decides whether it is the first time.
//
// See https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
func (f *function) buildLoginURL(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	var in loginRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := wrongAccountID(in.AccountID)
	if !f.mayLeadTo(in.Service) {
		wrong = append(wrong, handler.FieldError{Field: "service", Reason: "is an https address of " + strings.Join(f.serviceHosts, " or ")})
	}
	if err := invalid(wrong); err != nil {
		return nil, err
	}
	first, err := f.isFirstLogin(ctx, in.AccountID)
	if err != nil {
		return nil, err
	}
	return handler.OK(loginAnswer{URL: loginURL(f.loginURL, f.xAccountType, first, in.Service), IsFirstLogin: first}), nil
}

// isFirstLogin says whether the customer has to bind a Huawei Cloud account first. What
// a notification says does not count before the customer list confirms it: an
// unconfirmed unbinding leaves the customer bound, an unconfirmed binding leaves it
// unbound, since anybody could have sent that for somebody else. The list is asked now,
// so that this lasts no longer than the list is behind.
func (f *function) isFirstLogin(ctx context.Context, accountID string) (bool, error) {
	b, holds, err := f.binding(ctx, accountID)
	return !holds || b.Unbound, err
}

func loginURL(base, xAccountType string, first bool, service string) string {
	isFirst := "false"
	if first {
		isFirst = "true"
	}
	return base + "?xAccountType=" + url.QueryEscape(xAccountType) + "&isFirstLogin=" + isFirst + "&service=" + url.QueryEscape(service)
}

// plainName is a host without port, in characters that every browser reads alike.
var plainName = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)

// mayLeadTo keeps the login from being an open redirect. It is strict: what leads
// somewhere else in the eyes of one browser leads nowhere.
func (f *function) mayLeadTo(service string) bool {
	u, err := url.Parse(service)
	if err != nil || u.User != nil || strings.ContainsAny(service, "\\ \t\r\n") {
		return false
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return slices.Contains(f.serviceHosts, host) && (u.Scheme == "https" || u.Scheme == "http")
	}
	return u.Scheme == "https" && plainName.MatchString(u.Host) &&
		slices.ContainsFunc(f.serviceHosts, func(allowed string) bool {
			return allowed != "" && (host == allowed || strings.HasSuffix(host, "."+allowed))
		})
}
