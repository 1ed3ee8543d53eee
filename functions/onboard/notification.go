package onboard

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/bssfn/bssfn/pkg/handler"
)

// maxNotification bounds the form; the documented fields need less than 4 KiB.
const maxNotification = 64 << 10

func (f *function) bindingRoutes() []handler.Route {
	return []handler.Route{{Method: http.MethodPost, Pattern: "/onboard/bind", Access: handler.Open, Handle: f.bind}}
}

func (f *function) bindingSchedules() []handler.Schedule {
	return []handler.Schedule{{Name: "bindings", Handle: f.askBindings}}
}

// bind takes the notification by which Huawei Cloud says that an account was bound
// to the sales platform, or unbound. It is kept as a claim and answered at once; what
// comes of it, the customer list decides. It is harmless when repeated.
//
// See https://support.huaweicloud.com/devg-bpconsole/access_00011.html.
func (f *function) bind(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	signed, err := f.verify(ctx, form)
	if err != nil {
		return nil, err
	}
	n, err := form.decode()
	if err != nil {
		return nil, err
	}
	if err := f.keepClaim(ctx, n); err != nil {
		return nil, err
	}
	f.log.InfoContext(ctx, "binding notification taken", slog.String("account_id", n.account()),
		slog.String("customer_id", n.DomainID), slog.Bool("unbind", n.Action == actionUnbind), slog.String("signed", signed))
	// No form of answer is documented: a bare 200 is the least that can be wrong.
	return &handler.Response{Status: http.StatusOK}, nil
}

// notificationForm is the notification as it was sent.
type notificationForm struct {
	bindRequest, sigAlg, signature string
	// encoded is bindRequest as it stands in the body, percent-encoded.
	encoded string
}

func readForm(r *handler.Request) (notificationForm, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return notificationForm{}, badNotification(http.StatusUnsupportedMediaType, "unsupported_media_type", "The notification is not a form.", err)
	}
	if len(r.Body) > maxNotification {
		return notificationForm{}, badNotification(http.StatusRequestEntityTooLarge, "body_too_large", "The notification is larger than 64 KiB.", nil)
	}
	values, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return notificationForm{}, badNotification(http.StatusBadRequest, "malformed_form", "The form cannot be read.", err)
	}
	for _, name := range []string{"bindRequest", "SigAlg", "Signature"} {
		if len(values[name]) != 1 {
			return notificationForm{}, badNotification(http.StatusBadRequest, "malformed_form", "The form has the field "+name+" not exactly once.", nil)
		}
	}
	return notificationForm{
		bindRequest: values.Get("bindRequest"), sigAlg: values.Get("SigAlg"), signature: values.Get("Signature"),
		encoded: encodedValue(string(r.Body), "bindRequest"),
	}, nil
}

// encodedValue is the octets of a field in a form that can be read and has it once.
func encodedValue(body, field string) string {
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && plain == field {
			return value
		}
	}
	return ""
}

func badNotification(status int, code, detail string, cause error) error {
	return &handler.Problem{Status: status, Code: code, Detail: detail, Cause: cause,
		Next: "Compare it with the notification that Huawei Cloud documents."}
}
