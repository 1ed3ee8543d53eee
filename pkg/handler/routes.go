package handler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// boundRoute is a route in the mux. It answers nothing itself: being called, it
// tells the match that it was found.
type boundRoute struct {
	Route
	untimed bool // has the platform's time limit only
}

// match is the ResponseWriter that the mux writes its decision to. ServeMux has
// no other way to tell path values and allowed methods.
type match struct {
	route  *boundRoute
	header http.Header
	status int
}

// ServeHTTP implements http.Handler.
func (b *boundRoute) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.(*match).route = b
}

// Header implements http.ResponseWriter.
func (m *match) Header() http.Header { return m.header }

// WriteHeader implements http.ResponseWriter.
func (m *match) WriteHeader(status int) { m.status = status }

// Write implements http.ResponseWriter; the mux's own texts are not answered.
func (m *match) Write(text []byte) (int, error) { return len(text), nil }

// route finds what a request is for and gives r its path values. A path that the
// mux would only redirect to is unknown: a signed request is not sent twice.
func (e *Edge) route(r *http.Request) (*boundRoute, error) {
	found := &match{header: make(http.Header)}
	e.routes.ServeHTTP(found, r)
	switch {
	case found.route != nil:
		return found.route, nil
	case found.status == http.StatusMethodNotAllowed:
		return nil, methodNotAllowed(found.header.Get("Allow"))
	default:
		return nil, routeNotFound()
	}
}

// newRoutes puts the function's routes in a mux, and those that start its
// schedules and deliver to its queues.
func newRoutes(f Function) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	var errs []error
	for _, route := range f.Routes {
		errs = append(errs, bind(mux, &boundRoute{Route: route}))
	}
	for _, schedule := range f.Schedules {
		errs = append(errs, bind(mux, scheduleRoute(f.Name, schedule)))
	}
	for _, queue := range f.Queues {
		errs = append(errs, bind(mux, queueRoute(f.Name, queue)))
	}
	return mux, errors.Join(errs...)
}

// bind turns the panic of a malformed or conflicting pattern into an error.
func bind(mux *http.ServeMux, route *boundRoute) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("route %s %s: %v", route.Method, route.Pattern, reason)
		}
	}()
	mux.Handle(route.Method+" "+route.Pattern, route)
	return nil
}

func scheduleRoute(function string, s Schedule) *boundRoute {
	handle := func(ctx context.Context, r *Request) (*Response, error) {
		if err := s.run(ctx, r.Body); err != nil {
			return nil, err
		}
		return done(), nil
	}
	pattern := "/" + function + "/schedules/" + s.Name
	return &boundRoute{Route: Route{Method: http.MethodPost, Pattern: pattern, Handle: handle}, untimed: true}
}

func queueRoute(function string, q Queue) *boundRoute {
	handle := func(ctx context.Context, r *Request) (*Response, error) {
		if err := q.Handle(ctx, Message{ID: r.Caller, Body: r.Body, Attempt: 1}); err != nil {
			return nil, err
		}
		return done(), nil
	}
	pattern := "/" + function + "/queues/" + q.Name
	return &boundRoute{Route: Route{Method: http.MethodPost, Pattern: pattern, Handle: handle}, untimed: true}
}

func done() *Response { return OK(map[string]string{"status": "done"}) }

var (
	functionName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	workName     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

func (f Function) hasSigned() bool {
	for _, route := range f.Routes {
		if route.Access == Signed {
			return true
		}
	}
	return len(f.Schedules) > 0 || len(f.Queues) > 0
}

// check finds what the mux does not: names, prefixes and missing handlers.
func (f Function) check() error {
	var errs []error
	if !functionName.MatchString(f.Name) {
		errs = append(errs, errors.New("its name must be lower case letters and digits"))
	}
	for _, route := range f.Routes {
		errs = append(errs, route.check(f.Name))
	}
	for _, s := range f.Schedules {
		errs = append(errs, checkWork("schedule", s.Name, s.Handle == nil))
	}
	for _, q := range f.Queues {
		errs = append(errs, checkWork("queue", q.Name, q.Handle == nil))
	}
	return errors.Join(errs...)
}

func (r Route) check(function string) error {
	prefix := "/" + function
	switch {
	case r.Method == "" || r.Method != strings.ToUpper(r.Method):
		return fmt.Errorf("route %q: method %q must be in capitals", r.Pattern, r.Method)
	case r.Pattern != prefix && !strings.HasPrefix(r.Pattern, prefix+"/"):
		return fmt.Errorf("route %q: the pattern must begin with %s", r.Pattern, prefix)
	case r.Access != Signed && r.Access != Open:
		return fmt.Errorf("route %q: unknown access %d", r.Pattern, r.Access)
	case r.Handle == nil:
		return fmt.Errorf("route %q: no handler", r.Pattern)
	default:
		return nil
	}
}

func checkWork(kind, name string, missing bool) error {
	switch {
	case !workName.MatchString(name):
		return fmt.Errorf("%s %q: the name must be lower case words with hyphens", kind, name)
	case missing:
		return fmt.Errorf("%s %q: no handler", kind, name)
	default:
		return nil
	}
}
