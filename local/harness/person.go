package harness

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Person is a customer before a browser, as far as the pages of the harness need one:
// it keeps cookies, follows redirects on this machine and sends forms. Scripts and
// security policies are nothing to it.
type Person struct{ http *http.Client }

// Seen is the page that a person came to.
type Seen struct {
	// URL is where it is. What is not on this machine is not loaded.
	URL  *url.URL
	Body string
}

// NewPerson is a person whose requests go through transport; nil is one of its own.
func NewPerson(transport http.RoundTripper) *Person {
	if transport == nil {
		transport = newTransport()
	}
	jar, _ := cookiejar.New(nil) // fails for no options
	return &Person{http: &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute, CheckRedirect: stayHere}}
}

// stayHere follows redirects to this machine only.
func stayHere(r *http.Request, via []*http.Request) error {
	if ip := net.ParseIP(r.URL.Hostname()); ip == nil || !ip.IsLoopback() {
		return http.ErrUseLastResponse
	}
	if len(via) > 10 {
		return errors.New("the redirects do not end")
	}
	return nil
}

// Visit goes to an address.
func (p *Person) Visit(ctx context.Context, address string) (*Seen, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	return p.do(req)
}

// Post sends a form to an address.
func (p *Person) Post(ctx context.Context, address string, form url.Values) (*Seen, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(req)
}

func (p *Person) do(req *http.Request) (*Seen, error) {
	res, err := p.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s %s: HTTP %d: %s", res.Request.Method, res.Request.URL.Path, res.StatusCode, body)
	}
	seen := &Seen{URL: res.Request.URL, Body: string(body)}
	if elsewhere, err := res.Location(); err == nil {
		seen.URL, seen.Body = elsewhere, ""
	}
	return seen, nil
}

var (
	formTag  = regexp.MustCompile(`<form[^>]*>`)
	hiddenIn = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	actionIn = regexp.MustCompile(` action="([^"]+)"`)
)

// Send sends the first form of a page whose tag has a text, such as its id, with its
// hidden fields and more.
func (p *Person) Send(ctx context.Context, page *Seen, tag string, more url.Values) (*Seen, error) {
	for _, at := range formTag.FindAllStringIndex(page.Body, -1) {
		opening := page.Body[at[0]:at[1]]
		action := actionIn.FindStringSubmatch(opening)
		if !strings.Contains(opening, tag) || action == nil {
			continue
		}
		address, err := page.URL.Parse(html.UnescapeString(action[1]))
		if err != nil {
			return nil, err
		}
		content, _, _ := strings.Cut(page.Body[at[1]:], "</form>")
		form := url.Values{}
		for _, field := range hiddenIn.FindAllStringSubmatch(content, -1) {
			form.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
		for name, values := range more {
			form[name] = values
		}
		return p.Post(ctx, address.String(), form)
	}
	return nil, fmt.Errorf("the page at %s has no form of %q: %s", page.URL.Path, tag, page.Body)
}

// SignIn signs the person in at the sales platform's web site.
func (p *Person) SignIn(ctx context.Context, platformURL, accountID string) error {
	_, err := p.Post(ctx, platformURL+"/sign-in", url.Values{"account": {accountID}, "password": {CustomerPassword}})
	return err
}

// Enter opens a login URL as a person who has signed in at the sales platform: Huawei
// Cloud asks the function who it is, and the assertion is sent. It ends at the service,
// or at the forms of a first login.
func (p *Person) Enter(ctx context.Context, loginURL string) (*Seen, error) {
	page, err := p.Visit(ctx, loginURL)
	if err != nil {
		return nil, err
	}
	if page, err = p.Send(ctx, page, ssoPath, nil); err != nil { // the ticket
		return nil, err
	}
	return p.Send(ctx, page, "", nil) // the assertion
}
