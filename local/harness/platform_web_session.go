package harness

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	// CustomerPassword signs every customer in at the sales platform.
	CustomerPassword = "harness-customer"
	// sessionCookie has a name of its own: cookies do not tell ports apart, and all
	// servers of this machine share 127.0.0.1.
	sessionCookie = "bssfn_harness_platform"
)

// account is a customer of the sales platform.
type account struct{ ID, Name, Email, Mobile string }

// userID is the person of the account: the platform has one for each.
func (a account) userID() string { return "user-of-" + a.ID }

// knownAccounts are those that are more than an id.
func knownAccounts() []account {
	return []account{
		{ID: "platform-2001", Name: "fjord-textiles", Email: "it@fjord-textiles.example", Mobile: "0086-13800138001"},
		{ID: "platform-2002", Name: "glacier-optics", Email: "it@glacier-optics.example", Mobile: "0086-13800138002"},
		{ID: "platform-2003", Name: "harbor-freight", Email: "it@harbor-freight.example", Mobile: "0086-13800138003"},
	}
}

var accountPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func accountOf(id string) account {
	known := knownAccounts()
	if i := slices.IndexFunc(known, func(a account) bool { return a.ID == id }); i >= 0 {
		return known[i]
	}
	return account{ID: id, Name: id}
}

// signedIn gives the account of the browser's session.
func (s *web) signedIn(r *http.Request) (account, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return account{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.sessions[cookie.Value]
	return accountOf(id), ok
}

// askWho shows the sign-in form. With a request of Huawei Cloud the customer goes on
// to that one afterwards.
func (s *web) askWho(w http.ResponseWriter, status int, request, problem string) {
	s.show(w, status, "sign-in", page{
		Title: "Sign in", Problem: problem, Request: request, Accounts: knownAccounts(), Password: CustomerPassword,
	})
}

func (s *web) signIn(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	request := r.PostForm.Get("request")
	if request != "" && !requestPattern.MatchString(request) {
		s.askWho(w, http.StatusBadRequest, "", "The request of Huawei Cloud is none. Sign in and use the button.")
		return
	}
	id := r.PostForm.Get("account")
	if !accountPattern.MatchString(id) || r.PostForm.Get("password") != CustomerPassword {
		s.askWho(w, http.StatusForbidden, request, "Account or password is wrong.")
		return
	}
	s.begin(w, r, id)
	http.Redirect(w, r, signOnAddress(request), http.StatusSeeOther)
}

// begin starts a session under a new name, which ends the browser's former one.
func (s *web) begin(w http.ResponseWriter, r *http.Request, id string) {
	s.end(r)
	token := s.platform.NewID() + s.platform.NewID()
	s.mu.Lock()
	s.sessions[token] = id
	s.mu.Unlock()
	// Lax, because Huawei Cloud sends the browser back here from another site. It
	// would be Secure too if this were not a loopback address without TLS.
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (s *web) end(r *http.Request) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, cookie.Value)
}

// hear ends a customer's sessions when its session at Huawei Cloud has ended.
func (s *web) hear(e Event) {
	var ended struct {
		AccountID string `json:"account_id"`
	}
	if e.Type != "onboard.sso.logged-out" || json.Unmarshal(e.Data, &ended) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sessions, func(_, id string) bool { return id == ended.AccountID })
}

// signOut ends the session here and, where the customer wishes it, the one at Huawei
// Cloud, which is the function's to ask for.
func (s *web) signOut(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	a, ok := s.signedIn(r)
	s.end(r)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if ok && r.PostForm.Get("where") == "everywhere" {
		s.sendTicket(w, a, sloPath, "")
		return
	}
	http.Redirect(w, r, "/signed-out", http.StatusSeeOther)
}

func (s *web) signedOut(w http.ResponseWriter, _ *http.Request) {
	s.show(w, http.StatusOK, "message", page{Title: "Signed out", Text: "You are signed out of the sales platform."})
}

// customerAnswer is where a customer stands in Huawei Cloud, as the function says.
type customerAnswer struct {
	CustomerID  string `json:"customer_id"`
	LoginName   string `json:"login_name"`
	Association string `json:"association"`
}

// home shows the customer's account, or asks who it is.
func (s *web) home(w http.ResponseWriter, r *http.Request) {
	a, ok := s.signedIn(r)
	if !ok {
		s.askWho(w, http.StatusOK, "", "")
		return
	}
	p := page{Title: "My account", Account: a}
	var customer customerAnswer
	var refusal *Refusal
	err := s.platform.Call(r.Context(), http.MethodGet, "/onboard/customers/"+a.ID, nil, &customer)
	switch {
	case err == nil:
		p.Customer = &customer
	case errors.As(err, &refusal) && refusal.Status == http.StatusNotFound: // not bound yet
	default:
		p.Problem = explain(err)
	}
	s.show(w, http.StatusOK, "account", p, s.login, s.platform.BaseURL)
}

// explain says to the customer why a function refused.
func explain(err error) string {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return sentence(refusal.Problem)
	}
	return "The functions do not answer: " + err.Error()
}

func sentence(p handler.Problem) string { return p.Detail + " " + p.Next + " (" + p.Code + ")" }

func readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return false
	}
	return true
}
