package handler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Response is what a route's handler answers.
type Response struct {
	// Status is the HTTP status; zero is 200.
	Status int
	// Header holds further headers. A Content-Type there wins, and a Cache-Control
	// over no-store.
	Header http.Header
	// Body is sent as JSON, and a []byte as it is: as application/octet-stream
	// unless Header says what it is. Nil sends no body.
	Body any
}

// OK answers 200 with v as JSON.
func OK(v any) *Response { return &Response{Status: http.StatusOK, Body: v} }

// Created answers 201 with v as JSON, and the address of what was made when
// location is not empty.
func Created(location string, v any) *Response {
	response := &Response{Status: http.StatusCreated, Body: v}
	if location != "" {
		response.Header = http.Header{"Location": {location}}
	}
	return response
}

// Accepted answers 202 with v as JSON: the work goes on.
func Accepted(v any) *Response { return &Response{Status: http.StatusAccepted, Body: v} }

// NoContent answers 204.
func NoContent() *Response { return &Response{Status: http.StatusNoContent} }

// Redirect answers 303: the browser goes on to location with a GET. The caller
// makes sure that location is an address it means to send people to.
func Redirect(location string) *Response {
	return &Response{
		Status: http.StatusSeeOther,
		Header: http.Header{"Location": {location}},
	}
}

// Page answers 200 with an HTML page.
func Page(html []byte) *Response {
	return &Response{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   html,
	}
}

const (
	contentTypeJSON    = "application/json"
	contentTypeProblem = "application/problem+json"
	contentTypeBytes   = "application/octet-stream"
)

// answer is a response as it goes out.
type answer struct {
	status      int
	header      http.Header
	contentType string
	body        []byte
}

// encode makes the answer of a response; no response is 204.
func (r *Response) encode() (*answer, error) {
	if r == nil {
		return &answer{status: http.StatusNoContent}, nil
	}
	encoded := &answer{status: r.Status, header: r.Header}
	if encoded.status == 0 {
		encoded.status = http.StatusOK
	}
	switch body := r.Body.(type) {
	case nil:
	case []byte:
		encoded.contentType, encoded.body = contentTypeBytes, body
	default:
		var err error
		if encoded.body, err = encodeJSON(body); err != nil {
			return nil, err
		}
		encoded.contentType = contentTypeJSON
	}
	return encoded, nil
}

// encodeJSON leaves &, < and > readable: the answers are never embedded in a
// page, and their type is not sniffed.
func encodeJSON(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the answer as JSON: %w", err)
	}
	return buffer.Bytes(), nil
}
