package harness

import (
	"crypto/ed25519"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// signOnPath is where the function sends a browser of which Huawei Cloud asks who
	// it is.
	signOnPath = "/huawei-cloud/sign-on"
	ssoPath    = "/onboard/saml/sso"
	sloPath    = "/onboard/saml/slo"

	ticketIssuer = "harness-sales-platform"
	// ticketSeed is the key of tickets, which is no secret either.
	ticketSeed = "harness-ticket-key-is-no-secret!"
	// ticketLife is how long a browser has to carry a ticket to the function.
	ticketLife = 2 * time.Minute
)

// requestPattern is a handle of the function: it is only passed on.
var requestPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{16,128}$`)

// ticketKey signs tickets; the function is given its public half.
func ticketKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed([]byte(ticketSeed)) }

// ticket is what the platform says to the function of its customer, in one sign-on.
type ticket struct {
	jwt.Claims
	Request string `json:"request,omitempty"`
	UserID  string `json:"user_id"`
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	Mobile  string `json:"mobile,omitempty"`
}

// mint signs a ticket for a route of the function, good once and for a short while.
func (s *web) mint(a account, path, request string) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: ticketKey()}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("make the signer of tickets: %w", err)
	}
	now := s.platform.Now()
	return jwt.Signed(signer).Claims(ticket{
		Claims: jwt.Claims{
			Issuer: ticketIssuer, Audience: jwt.Audience{s.platform.BaseURL + path}, Subject: a.ID, ID: s.platform.NewID(),
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(ticketLife)),
		},
		Request: request, UserID: a.userID(), Name: a.Name, Email: a.Email, Mobile: a.Mobile,
	}).Serialize()
}

// enter is the button "Huawei Cloud": the platform's server asks for a login URL and
// sends the browser there.
func (s *web) enter(w http.ResponseWriter, r *http.Request) {
	a, ok := s.signedIn(r)
	if !ok {
		s.askWho(w, http.StatusForbidden, "", "Your session has ended.")
		return
	}
	var out struct {
		URL string `json:"url"`
	}
	in := map[string]any{"account_id": a.ID, "service": s.service}
	if err := s.platform.Call(r.Context(), http.MethodPost, "/onboard/login-urls", in, &out); err != nil {
		s.show(w, http.StatusBadGateway, "message", page{Title: "Huawei Cloud", Problem: explain(err)})
		return
	}
	http.Redirect(w, r, out.URL, http.StatusSeeOther)
}

func signOnAddress(request string) string {
	if request == "" {
		return "/"
	}
	return signOnPath + "?request=" + url.QueryEscape(request)
}

// signOn is asked by the function, through the browser, who the customer is. It
// answers with a page that carries a ticket back, once the customer has signed in.
func (s *web) signOn(w http.ResponseWriter, r *http.Request) {
	request := r.URL.Query().Get("request")
	if !requestPattern.MatchString(request) {
		s.show(w, http.StatusBadRequest, "message", page{Title: "Huawei Cloud", Problem: "This address carries no request of Huawei Cloud. Use the button of your account."})
		return
	}
	a, ok := s.signedIn(r)
	if !ok {
		s.askWho(w, http.StatusOK, request, "")
		return
	}
	s.sendTicket(w, a, ssoPath, request)
}

// sendTicket answers with a page that posts a ticket, and the request that it is for,
// to a route of the function by itself.
func (s *web) sendTicket(w http.ResponseWriter, a account, path, request string) {
	signed, err := s.mint(a, path, request)
	if err != nil {
		s.show(w, http.StatusInternalServerError, "message", page{Title: "Huawei Cloud", Problem: err.Error()})
		return
	}
	p := page{
		Title: "On the way to Huawei Cloud", Action: s.platform.BaseURL + path, Script: template.JS(sendScript),
		Fields: []field{{"ticket", signed}},
	}
	if request != "" {
		p.Fields = append(p.Fields, field{"request", request})
	}
	s.show(w, http.StatusOK, "send", p, s.platform.BaseURL, s.login)
}
