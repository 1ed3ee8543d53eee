package handler

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/bssfn/bssfn/pkg/webhook"
)

// headerRequestID carries the id of a request in its answer.
const headerRequestID = "X-Request-Id"

// ServeHTTP implements http.Handler.
func (e *Edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The id is the platform's or ours, never the caller's.
	call := &call{id: e.requestID(r.Context()), method: clip(r.Method), started: e.now()}
	w.Header().Set(headerRequestID, call.id)

	// A panic is a failure like any other one: answered, and logged with its stack.
	err := guarded(func() (err error) {
		call.answer, err = e.handle(call, w, r)
		return err
	})

	call.write(w, err)
	e.logRequest(r.Context(), call, err)
}

// handle is the way of one request, in its order. Nothing of the body is parsed
// before its caller is verified.
func (e *Edge) handle(call *call, w http.ResponseWriter, r *http.Request) (*answer, error) {
	// Where to: an unknown path or method costs nothing more.
	route, err := e.route(r)
	if err != nil {
		return nil, err
	}
	call.route = route.Pattern
	if route.Explain != nil {
		call.explain = func(p *Problem) *Response { return route.Explain(r, p) }
	}

	// The exact bytes, and no more than the limit.
	body, err := readBody(w, r, max(e.maxBody, route.MaxBody))
	if err != nil {
		return nil, err
	}

	// Who calls, for the first time.
	if route.Access == Signed {
		if call.caller, err = e.verifyCaller(r, body); err != nil {
			return nil, err
		}
		if err := checkMediaType(r.Header, body, cmp.Or(route.MediaType, contentTypeJSON)); err != nil {
			return nil, err
		}
	}

	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, malformedQuery()
	}

	// What it asks for, within its time.
	ctx, cancel := e.limit(WithRequestID(r.Context(), call.id), route)
	defer cancel()
	response, err := route.Handle(ctx, &Request{
		ID:        call.id,
		Caller:    call.caller,
		Method:    r.Method,
		Path:      r.URL.Path,
		Header:    r.Header,
		Query:     query,
		RawQuery:  r.URL.RawQuery,
		Body:      body,
		pathValue: r.PathValue,
	})
	if err != nil {
		return nil, err
	}
	return response.encode()
}

func (e *Edge) limit(ctx context.Context, route *boundRoute) (context.Context, context.CancelFunc) {
	if route.untimed {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, e.timeout)
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, bodyTooLarge(limit)
	}
	if err != nil {
		return nil, bodyUnreadable(err)
	}
	return body, nil
}

// verifyCaller returns the webhook id of a correctly signed request that was
// never here. The id is recorded after the signature is verified, so that nobody
// else can use up a caller's ids.
func (e *Edge) verifyCaller(r *http.Request, body []byte) (string, error) {
	id, err := e.verifier.Verify(r.Header, body)
	switch {
	case errors.Is(err, webhook.ErrMissing):
		return "", signatureMissing(err)
	case errors.Is(err, webhook.ErrStale):
		return "", signatureStale(err)
	case err != nil:
		return "", signatureInvalid(err)
	}
	// A timestamp may be a tolerance ahead, and is accepted for one more after.
	expires := e.now().Add(2 * webhook.DefaultTolerance)
	first, err := e.replays.FirstUse(r.Context(), id, expires)
	if err != nil {
		return "", replaysUnavailable(err)
	}
	if !first {
		return "", requestReplayed()
	}
	return id, nil
}

func checkMediaType(header http.Header, body []byte, want string) error {
	if len(body) == 0 {
		return nil
	}
	mediaType, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || mediaType != want {
		return unsupportedMediaType(want)
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return unsupportedMediaType(want)
	}
	return nil
}
