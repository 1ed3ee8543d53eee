package awslambda

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/bssfn/bssfn/pkg/handler"
)

// serveHTTP serves the requests of API Gateway HTTP APIs and of function URLs,
// which have the same form.
//
// Documentation: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func serveHTTP(ctx context.Context, edge *handler.Edge, event json.RawMessage) (any, error) {
	var gateway events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &gateway); err != nil {
		return nil, fmt.Errorf("read the request of the gateway: %w", err)
	}
	request, err := newRequest(ctx, gateway)
	if err != nil {
		return nil, err
	}
	recorded := &recorder{header: make(http.Header)}
	edge.ServeHTTP(recorded, request)
	if request.Method == http.MethodHead {
		recorded.body.Reset()
	}
	return recorded.response(), nil
}

// newRequest makes the request that reached the gateway, its body byte for byte.
func newRequest(ctx context.Context, gateway events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(gateway.Body)
	if gateway.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(gateway.Body); err != nil {
			return nil, fmt.Errorf("read the request of the gateway: its body is not base64: %w", err)
		}
	}
	method := gateway.RequestContext.HTTP.Method
	request, err := http.NewRequestWithContext(ctx, method, "/", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read the request of the gateway: %w", err)
	}
	request.URL = requestURL(gateway)
	request.Host = gateway.RequestContext.DomainName
	request.RemoteAddr = gateway.RequestContext.HTTP.SourceIP
	for name, value := range gateway.Headers {
		request.Header.Set(name, value)
	}
	if len(gateway.Cookies) > 0 {
		request.Header.Set("Cookie", strings.Join(gateway.Cookies, "; "))
	}
	return request, nil
}

// requestURL returns the path and the query. The gateway puts the name of a
// stage before the path, unless it is the default one.
func requestURL(gateway events.APIGatewayV2HTTPRequest) *url.URL {
	raw := gateway.RawPath
	if stage := gateway.RequestContext.Stage; stage != "" {
		if rest, found := strings.CutPrefix(raw, "/"+stage+"/"); found {
			raw = "/" + rest
		}
	}
	path, err := url.PathUnescape(raw)
	if err != nil {
		path = raw // it came decoded, with a % in it
	}
	return &url.URL{Path: path, RawPath: raw, RawQuery: gateway.RawQueryString}
}

// recorder keeps an answer until it is complete.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// response returns the answer in the gateway's form, which has one value a
// header, cookies apart, and base64 for what is not text.
func (r *recorder) response() events.APIGatewayV2HTTPResponse {
	response := events.APIGatewayV2HTTPResponse{
		StatusCode: r.status,
		Headers:    make(map[string]string, len(r.header)),
		Cookies:    r.header.Values("Set-Cookie"),
	}
	for name, values := range r.header {
		if name != "Set-Cookie" {
			response.Headers[name] = strings.Join(values, ",")
		}
	}
	if utf8.Valid(r.body.Bytes()) {
		response.Body = r.body.String()
		return response
	}
	response.Body = base64.StdEncoding.EncodeToString(r.body.Bytes())
	response.IsBase64Encoded = true
	return response
}
