package bss

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	userAgent = "bssfn"
	jsonType  = "application/json"
)

func encodeBody(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// request is a call as an HTTP request that proves nobody yet.
func (c *Client) request(ctx context.Context, k *call, body []byte) (*http.Request, error) {
	path, err := fillPath(registry[k.op].Path, k.path)
	if err != nil {
		return nil, err
	}
	address := c.endpoint + path
	if q := encodeQuery(k.query); q != "" {
		address += "?" + q
	}
	req, err := newRequest(ctx, registry[k.op].Method, address, body)
	if err != nil {
		return nil, err
	}
	req.Header["User-Agent"] = []string{userAgent}
	if body != nil {
		req.Header["Content-Type"] = []string{jsonType}
	}
	if c.language != "" {
		req.Header["X-Language"] = []string{string(c.language)}
	}
	return req, nil
}

// fillPath puts values in the place of a path's {parameters}.
func fillPath(path string, values map[string]string) (string, error) {
	for name, value := range values {
		if value == "" {
			return "", fmt.Errorf("%s is empty", name)
		}
		if value == "." || value == ".." {
			return "", fmt.Errorf("%s is %q, which is another path", name, value)
		}
		path = strings.Replace(path, "{"+name+"}", url.PathEscape(value), 1)
	}
	return path, nil
}

func newRequest(ctx context.Context, method, address string, body []byte) (*http.Request, error) {
	if body == nil {
		return http.NewRequestWithContext(ctx, method, address, nil)
	}
	return http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
}
