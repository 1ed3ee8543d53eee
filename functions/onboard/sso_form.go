package onboard

import (
	"mime"
	"net/http"
	"net/url"

	"github.com/bssfn/bssfn/pkg/handler"
)

// maxSSOForm bounds a form of the platform's pages: a ticket and a handle.
const maxSSOForm = 8 << 10

// readSSOForm reads the fields of a form, each of which has to be there exactly once.
func readSSOForm(r *handler.Request, names ...string) (map[string]string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, badSSOForm(http.StatusUnsupportedMediaType, "unsupported_media_type", "The body is not a form.")
	}
	if len(r.Body) > maxSSOForm {
		return nil, badSSOForm(http.StatusRequestEntityTooLarge, "body_too_large", "The form is larger than 8 KiB.")
	}
	// Why it cannot be read is not told on: it would repeat a part of the ticket.
	values, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return nil, badSSOForm(http.StatusBadRequest, "malformed_form", "The form cannot be read.")
	}
	fields := map[string]string{}
	for _, name := range names {
		if len(values[name]) != 1 {
			return nil, badSSOForm(http.StatusBadRequest, "malformed_form", "The form has the field "+name+" not exactly once.")
		}
		fields[name] = values.Get(name)
	}
	return fields, nil
}

func badSSOForm(status int, code, detail string) error {
	return &handler.Problem{Status: status, Code: code, Detail: detail,
		Next: "Let the sales platform's page post the fields that the OpenAPI document names."}
}
