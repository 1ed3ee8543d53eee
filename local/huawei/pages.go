package huawei

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed pages.html
var pagesHTML string

var pages = template.Must(template.New("pages").Parse(pagesHTML))

// showPage shows a page that may do nothing but send its forms, the answer to
// which may lead to the service.
func showPage(w http.ResponseWriter, status int, name string, data any, service string) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy(service))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "same-origin")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

// policy allows the page nothing but to send its form, and the answer to that
// to lead to the service: browsers hold redirects of a form to form-action too.
func policy(service string) string {
	target := ""
	if u, err := url.Parse(service); err == nil && service != "" {
		target = " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" + target
}

// showMessage shows why it does not go on.
func showMessage(w http.ResponseWriter, status int, problem error) {
	showPage(w, status, "message", struct{ Problem, Message string }{Problem: words(problem)}, "")
}

func words(problem error) string { return strings.TrimPrefix(problem.Error(), "huawei: ") }
