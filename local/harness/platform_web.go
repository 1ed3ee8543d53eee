package harness

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const (
	// maxForm bounds what a browser may post.
	maxForm = 16 << 10
	// eventsPath is where the functions' events are taken.
	eventsPath = "/events"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// sendScript sends a page's one form without a click.
const sendScript = `document.getElementById("send").submit()`

// web is the sales platform's web site, where customers sign in and enter Huawei
// Cloud. It takes the functions' events on the same address.
type web struct {
	platform *Platform
	address  *url.URL
	// login is the origin of Huawei Cloud's login page.
	login string
	// service is where in Huawei Cloud its button leads.
	service string

	mu       sync.Mutex
	sessions map[string]string // account ids by the cookie's value
}

// page is what the templates are given; each uses what it needs.
type page struct {
	Title, Problem, Text string
	Account              account
	Accounts             []account
	Customer             *customerAnswer
	Events               []Event
	Orders               []orderAnswer
	Request, Password    string
	Action               string
	Fields               []field
	Script               template.JS
}

type field struct{ Name, Value string }

// newWeb makes the web site that will be at address. Its button leads to a service
// of Huawei Cloud.
func newWeb(p *Platform, address, loginURL, service string) (*web, error) {
	self, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	login, err := url.Parse(loginURL)
	if err != nil {
		return nil, err
	}
	site := &web{platform: p, address: self, login: origin(login), service: service, sessions: map[string]string{}}
	p.heard = site.hear
	return site, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// handler serves the pages and takes events.
func (s *web) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /style.css", s.style)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /signed-out", s.signedOut)
	mux.HandleFunc("POST /huawei-cloud", s.enter)
	mux.HandleFunc("GET "+signOnPath, s.signOn)
	mux.HandleFunc("GET "+ordersPath, s.showOrders)
	mux.HandleFunc("GET "+eventsPath, s.showEvents)
	mux.Handle("POST "+eventsPath, s.platform)
	// A form of another origin is refused, and so is a name that was rebound to this
	// machine. Functions are no browsers and send no origin.
	return s.guard(http.NewCrossOriginProtection().Handler(mux))
}

func (s *web) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != s.address.Host {
			http.Error(w, "the sales platform is at "+s.address.String(), http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// show writes a page that may post only to itself and to the origins given. A form's
// redirects count as well.
func (s *web) show(w http.ResponseWriter, status int, name string, p page, formOrigins ...string) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name+".html", p); err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy(p.Script, formOrigins))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

func policy(script template.JS, formOrigins []string) string {
	directives := []string{
		"default-src 'none'", "style-src 'self'", "img-src data:", "base-uri 'none'", "frame-ancestors 'none'",
		strings.Join(append([]string{"form-action 'self'"}, formOrigins...), " "),
	}
	if script != "" {
		sum := sha256.Sum256([]byte(script))
		directives = append(directives, "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(directives, "; ")
}

func (s *web) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "pages/style.css")
}

// showEvents shows whoever runs the harness what the functions have told, the newest
// first.
func (s *web) showEvents(w http.ResponseWriter, _ *http.Request) {
	events := s.platform.Inbox()
	slices.Reverse(events)
	s.show(w, http.StatusOK, "events", page{Title: "Events received", Events: events})
}
