package bssfn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// contract is a transport that fails where an exchange is not as the document
// says. It is for one request at a time.
type contract struct {
	next   http.RoundTripper
	doc    *openapi3.T
	router routers.Router
	// answered has the codes of the problems by operation id, and "" for every
	// success.
	answered map[string][]string
}

// registerTexts lets bodies that are no JSON be held against the document, as texts.
var registerTexts = sync.OnceFunc(func() {
	for _, mediaType := range []string{"application/samlmetadata+xml", "text/html"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.PlainBodyDecoder)
	}
})

func newContract(t *testing.T, next http.RoundTripper) *contract {
	t.Helper()
	registerTexts()
	doc := loadOpenAPI(t)
	closeAnswers(t, doc)
	doc.Servers = nil // it is served at another address here
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	return &contract{next: next, doc: doc, router: router, answered: map[string][]string{}}
}

// closeAnswers forbids fields that the document does not describe. It leaves answers
// open for those who read them, so that fields can be added.
func closeAnswers(t *testing.T, doc *openapi3.T) {
	t.Helper()
	require.NoError(t, doc.WalkSchemas(func(_ string, schema *openapi3.SchemaRef) error {
		if schema.Value.Type.Is("object") && schema.Value.AdditionalProperties.Schema == nil {
			schema.Value.AdditionalProperties.Has = new(false)
		}
		return nil
	}))
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, errors.Join(err, req.Body.Close())
	}
	if err := req.Body.Close(); err != nil {
		return nil, err
	}
	route, parameters, err := c.router.FindRoute(req)
	if err != nil {
		return nil, fmt.Errorf("the document has no such route: %w", err)
	}
	sent, checked := withBody(req, body), withBody(req, body)
	res, err := c.next.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	err = c.check(&openapi3filter.RequestValidationInput{
		Request: checked, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: hasHeader, IncludeResponseStatus: true, SkipSettingDefaults: true,
		},
	}, res, answer)
	if err != nil {
		return nil, err
	}
	return res, nil
}

func withBody(req *http.Request, body []byte) *http.Request {
	clone := req.Clone(req.Context())
	clone.Body = io.NopCloser(bytes.NewReader(body))
	clone.GetBody = nil
	return clone
}

// hasHeader accepts a security scheme whose header is there.
func hasHeader(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	name := in.SecurityScheme.Name
	if in.SecurityScheme.In != "header" || in.RequestValidationInput.Request.Header.Get(name) == "" {
		return fmt.Errorf("the header %s is missing", name)
	}
	return nil
}

func (c *contract) check(in *openapi3filter.RequestValidationInput, res *http.Response, answer []byte) error {
	operation := in.Route.Operation
	var problem struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
	}
	if res.StatusCode >= http.StatusBadRequest {
		if err := json.Unmarshal(answer, &problem); err != nil || problem.Status != res.StatusCode {
			return fmt.Errorf("%s answers %d with a body that is not its problem: %s", operation.OperationID, res.StatusCode, answer)
		}
	}
	c.answered[operation.OperationID] = append(c.answered[operation.OperationID], problem.Code)
	err := checkAnswer(in, res, answer)
	if err == nil {
		err = checkRequest(in, res.StatusCode, problem.Code)
	}
	if err != nil {
		return fmt.Errorf("%s, which answers %d %s: %w", operation.OperationID, res.StatusCode, answer, err)
	}
	return nil
}

func checkAnswer(in *openapi3filter.RequestValidationInput, res *http.Response, answer []byte) error {
	documented := in.Route.Operation.Responses.Status(res.StatusCode)
	if documented != nil && len(documented.Value.Content) == 0 && len(answer) > 0 {
		return errors.New("the document promises no body")
	}
	return openapi3filter.ValidateResponse(in.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: in.Options,
	})
}

// checkRequest holds the verdict of the function on a request against the
// document's: what the document forbids is refused for that, and what is refused for
// its form is forbidden.
func checkRequest(in *openapi3filter.RequestValidationInput, status int, code string) error {
	ofForm := []string{"malformed_form", "malformed_json", "signature_missing", "unknown_field", "unsupported_media_type", "wrong_type"}
	ofRequest := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}
	err := openapi3filter.ValidateRequest(in.Request.Context(), in)
	switch {
	case err == nil && slices.Contains(ofForm, code):
		return errors.New("the document allows this request")
	case err != nil && !slices.Contains(ofRequest, status):
		return fmt.Errorf("the document does not allow this request: %w", err)
	}
	return nil
}

// answers is a transport that answers without a server.
type answers struct {
	status      int
	contentType string
	body        string
}

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	header := http.Header{"Content-Type": {a.contentType}, "X-Request-Id": {"request-1"}}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: req}, nil
}

// What the journey is checked by must itself find what is wrong.
func TestTheContractIsStrict(t *testing.T) {
	t.Parallel()
	const (
		problem = "application/problem+json"
		good    = `{"mobile":"13800138000"}`
		sent    = `{"expires_at":"2026-03-10T01:10:00Z"}`
	)
	refusal := func(status int, code string) string {
		return fmt.Sprintf(`{"type":"about:blank","title":"T","status":%d,"code":%q,"request_id":"request-1"}`, status, code)
	}
	tests := map[string]struct {
		path, body string
		answer     answers
		want       string // empty where nothing is wrong
	}{
		"as documented":           {"/onboard/codes", good, answers{202, "application/json", sent}, ""},
		"a documented refusal":    {"/onboard/codes", `{"mobile":"1"}`, answers{422, problem, refusal(422, "invalid_fields")}, ""},
		"an unknown route":        {"/onboard/nothing", good, answers{200, "", ""}, "no such route"},
		"an unknown status":       {"/onboard/codes", good, answers{200, "application/json", sent}, "status is not supported"},
		"an unknown field":        {"/onboard/codes", good, answers{202, "application/json", `{"expires_at":"2026-03-10T01:10:00Z","more":1}`}, "more"},
		"a missing field":         {"/onboard/codes", good, answers{202, "application/json", `{}`}, "expires_at"},
		"no instant":              {"/onboard/codes", good, answers{202, "application/json", `{"expires_at":"soon"}`}, "expires_at"},
		"another media type":      {"/onboard/codes", good, answers{202, "text/html", sent}, "text/html"},
		"another route's problem": {"/onboard/codes", `{"mobile":"1"}`, answers{422, problem, refusal(422, "quote_invalid")}, "code"},
		"no problem":              {"/onboard/codes", good, answers{422, problem, `{}`}, "not its problem"},
		"another status' problem": {"/onboard/codes", good, answers{429, problem, refusal(422, "code_limit")}, "not its problem"},
		"a request too many":      {"/onboard/codes", `{"mobile":"1"}`, answers{202, "application/json", sent}, "does not allow this request"},
		"a request too few":       {"/onboard/codes", good, answers{400, problem, refusal(400, "unknown_field")}, "allows this request"},
		"a body for none":         {"/onboard/bind", "", answers{200, "application/json", `{}`}, "promises no body"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := &http.Client{Transport: newContract(t, test.answer)}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://functions.example"+test.path, strings.NewReader(test.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", "application/json")
			for _, header := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
				req.Header.Set(header, "some")
			}
			res, err := client.Do(req)
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			assert.NoError(t, res.Body.Close())
		})
	}
}
