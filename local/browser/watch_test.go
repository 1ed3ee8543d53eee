package browser_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// watch hears what a tab does, and keeps what a page of ours must never do.
type watch struct {
	mu       sync.Mutex
	requests []request
	problems []string
	expected []string // parts of what the console may say
}

// request is one that the tab made; redirects are requests too.
type request struct {
	method, url string
	form        url.Values
}

// hear must be fast: the tab waits for it.
func (w *watch) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.requested(e.Request)
	case *network.EventLoadingFailed:
		if e.BlockedReason != "" {
			w.problem("a request was blocked: %s %s", e.BlockedReason, e.ErrorText)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			w.problem("console: %s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		w.problem("a script writes to the console: %s", e.Type)
	case *runtime.EventExceptionThrown:
		w.problem("a script failed: %s", e.ExceptionDetails.Text)
	}
}

func (w *watch) requested(r *network.Request) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" {
		w.problem("a request to another host: %s", r.URL)
	}
	var body strings.Builder
	for _, entry := range r.PostDataEntries {
		body.Write(entry.Bytes)
	}
	form, _ := url.ParseQuery(body.String()) // the journey's forms are all of this kind
	w.requests = append(w.requests, request{r.Method, r.URL, form})
}

func (w *watch) problem(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(w.expected, func(part string) bool { return strings.Contains(text, part) }) {
		w.problems = append(w.problems, text)
	}
}

// expect lets the console say something, such as the status of a page that refuses.
func (w *watch) expect(part string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected = append(w.expected, part)
}

// found gives the problems so far.
func (w *watch) found() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.problems)
}

// to gives the requests to a path of a server, oldest first.
func (w *watch) to(method, address string) []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.requests), func(r request) bool {
		path, _, _ := strings.Cut(r.url, "?")
		return r.method != method || path != address
	})
}
