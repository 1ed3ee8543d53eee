package conformance_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/handler/awslambda"
	"github.com/bssfn/bssfn/pkg/handler/gcpfunctions"
	"github.com/bssfn/bssfn/pkg/handler/httpdoor"
	"github.com/bssfn/bssfn/pkg/handler/internal/conformance"
)

// wire is these tests' own: a httptest server that closes, closes the idle
// connections of the default one, also under others' requests.
var wire = http.DefaultTransport.(*http.Transport).Clone()

// call is one request, in the form that every door can be given.
type call struct {
	method string
	path   string // encoded
	query  string
	header http.Header
	body   []byte
}

// reply is an answer, in the form in which every door's can be compared.
type reply struct {
	status int
	header http.Header
	body   string
}

// door takes a request to an edge of its own.
type door struct {
	name string
	send func(t *testing.T, c call) reply
}

// httpDoors returns the plain HTTP door, whose answers are the measure, and all
// others. What their edges log goes to logs.
func httpDoors(t *testing.T, logs io.Writer) (plain door, others []door) {
	t.Helper()
	plain = door{"net/http", overHTTP(servePlain(t, logs))}
	inProcess := awslambda.Handler(newEdge(t, logs))
	fromURL := awslambda.Handler(newEdge(t, logs))
	return plain, []door{
		{"functions framework", overHTTP(frameworkURL(t, logs))},
		{"Lambda API Gateway", overGateway("apigateway-v2.json", false, func(ctx context.Context, event []byte) ([]byte, error) {
			return invoke(ctx, inProcess, event)
		})},
		{"Lambda function URL", overGateway("function-url.json", true, func(ctx context.Context, event []byte) ([]byte, error) {
			return invoke(ctx, fromURL, event)
		})},
		{"Lambda binary", overGateway("apigateway-v2.json", true, startBinary(t, logs).invoke)},
	}
}

func newEdge(t *testing.T, logs io.Writer) *handler.Edge {
	t.Helper()
	edge, err := conformance.NewEdge(logs)
	require.NoError(t, err)
	return edge
}

func servePlain(t *testing.T, logs io.Writer) string {
	t.Helper()
	server := httptest.NewServer(httpdoor.Handler(newEdge(t, logs)))
	t.Cleanup(server.Close)
	return server.URL
}

// framework is the real server of the functions framework. It has one registry
// and no way to stop, so the tests share one.
var framework struct {
	once sync.Once
	logs fanOut
	url  string
	err  error
}

func frameworkURL(t *testing.T, logs io.Writer) string {
	t.Helper()
	framework.once.Do(func() { framework.url, framework.err = startFramework() })
	require.NoError(t, framework.err)
	framework.logs.add(t, logs)
	return framework.url
}

func startFramework() (string, error) {
	ctx := context.Background()
	requests, err := conformance.NewEdge(&framework.logs)
	if err != nil {
		return "", err
	}
	work, err := conformance.NewEdge(&framework.logs)
	if err != nil {
		return "", err
	}
	if err := gcpfunctions.RegisterHTTP(ctx, "/", requests); err != nil {
		return "", err
	}
	if err := gcpfunctions.RegisterEvents(ctx, "/events", work); err != nil {
		return "", err
	}
	host, port, err := freeAddress(ctx)
	if err != nil {
		return "", err
	}
	go func() { _ = funcframework.StartHostPort(host, port) }()
	return "http://" + net.JoinHostPort(host, port), nil
}

// freeAddress returns a loopback address for servers that cannot say which one
// they took.
func freeAddress(ctx context.Context) (host, port string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	host, port, err = net.SplitHostPort(listener.Addr().String())
	return host, port, errors.Join(err, listener.Close())
}

// overHTTP sends over real HTTP, without following redirects.
func overHTTP(base string) func(t *testing.T, c call) reply {
	client := &http.Client{Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return func(t *testing.T, c call) reply {
		t.Helper()
		var response *http.Response
		require.EventuallyWithT(t, func(collect *assert.CollectT) {
			request, err := http.NewRequestWithContext(t.Context(), c.method, base, bytes.NewReader(c.body))
			require.NoError(collect, err)
			request.URL.Opaque = c.path
			request.URL.RawQuery = c.query
			request.Header = c.header.Clone()
			response, err = client.Do(request)
			require.NoError(collect, err, "the server does not listen yet")
		}, 10*time.Second, 10*time.Millisecond)
		defer func() { assert.NoError(t, response.Body.Close()) }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return reply{response.StatusCode, response.Header, string(body)}
	}
}

// overGateway puts a request into a gateway's event, as the gateway does, and
// turns the function's response into what the gateway answers.
func overGateway(fixture string, encoded bool, invoke func(context.Context, []byte) ([]byte, error)) func(*testing.T, call) reply {
	return func(t *testing.T, c call) reply {
		t.Helper()
		raw, err := invoke(t.Context(), gatewayEvent(t, fixture, encoded, c))
		require.NoError(t, err)
		var response events.APIGatewayV2HTTPResponse
		require.NoError(t, json.Unmarshal(raw, &response))
		header := make(http.Header)
		for name, value := range response.Headers {
			header.Set(name, value)
		}
		for _, cookie := range response.Cookies {
			header.Add("Set-Cookie", cookie)
		}
		body := []byte(response.Body)
		if response.IsBase64Encoded {
			body, err = base64.StdEncoding.DecodeString(response.Body)
			require.NoError(t, err)
		}
		return reply{response.StatusCode, header, string(body)}
	}
}

func gatewayEvent(t *testing.T, fixture string, encoded bool, c call) []byte {
	t.Helper()
	var event map[string]any
	require.NoError(t, json.Unmarshal(fixtureEvent(t, fixture), &event))
	event["rawPath"], event["rawQueryString"] = c.path, c.query
	request := event["requestContext"].(map[string]any)["http"].(map[string]any)
	request["method"], request["path"] = c.method, c.path
	headers := event["headers"].(map[string]any)
	for name, values := range c.header {
		if name == "Cookie" {
			event["cookies"] = values
			continue
		}
		headers[name] = values[0]
	}
	event["body"], event["isBase64Encoded"] = string(c.body), false
	if encoded || !json.Valid(c.body) {
		event["body"], event["isBase64Encoded"] = base64.StdEncoding.EncodeToString(c.body), true
	}
	raw, err := json.Marshal(event)
	require.NoError(t, err)
	return raw
}

func invoke(ctx context.Context, handle func(context.Context, json.RawMessage) (any, error), event []byte) ([]byte, error) {
	response, err := handle(ctx, event)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

func fixtureEvent(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "events", name))
	require.NoError(t, err)
	return raw
}
