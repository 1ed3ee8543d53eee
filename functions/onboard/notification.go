package onboard

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"github.com/bssfn/bssfn/pkg/handler"
)

// maxNotification bounds the form; the documented fields need less than 4 KiB.
const maxNotification = 64 << 10

func (f *function) bindingRoutes() []handler.Route {
	return []handler.Route{{Method: http.MethodPost, Pattern: "/onboard/bind", Access: handler.Open, Handle: f.bind}}
}

// notification is what Huawei Cloud says of a binding. The account ids are the
// sales platform's, the domain is the Huawei Cloud account.
type notification struct {
	UserID     string     `json:"xUserId"`
	AccountID  string     `json:"xAccountId"`
	DomainName string     `json:"domainName"`
	DomainID   string     `json:"domainId"`
	Action     bindAction `json:"bindAction"`
}

// bindAction is documented as the strings 0 (bind) and 1 (unbind), and printed as
// a number in the documented sample.
type bindAction string

const (
	actionBind   bindAction = "0"
	actionUnbind bindAction = "1"
)

// UnmarshalJSON reads both forms.
func (a *bindAction) UnmarshalJSON(data []byte) error {
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*a = bindAction(n)
	return nil
}

// bind takes the notification by which Huawei Cloud says that an account was bound
// to the sales platform, or unbound. It is harmless when repeated.
//
// See https://support.huaweicloud.com/devg-bpconsole/access_00011.html.
func (f *function) bind(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	if err := f.verify(ctx, form); err != nil {
		return nil, err
	}
	n, err := form.decode()
	if err != nil {
		return nil, err
	}
	b := Binding{
		AccountID:   cmp.Or(n.AccountID, n.UserID),
		UserID:      n.UserID,
		CustomerID:  n.DomainID,
		AccountName: n.DomainName,
		Unbound:     n.Action == actionUnbind,
		Source:      fromNotification,
		ChangedAt:   f.now(),
	}
	if err := f.record(ctx, b); err != nil {
		return nil, err
	}
	f.log.InfoContext(ctx, "binding recorded", slog.String("account_id", b.AccountID),
		slog.String("customer_id", b.CustomerID), slog.Bool("unbound", b.Unbound))
	// No form of answer is documented: a bare 200 is the least that can be wrong.
	return &handler.Response{Status: http.StatusOK}, nil
}

// notificationForm is the notification as it was sent.
type notificationForm struct{ bindRequest, sigAlg, signature string }

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
	return notificationForm{values.Get("bindRequest"), values.Get("SigAlg"), values.Get("Signature")}, nil
}

// decode reads a notification whose signature has been verified.
func (n notificationForm) decode() (notification, error) {
	var out notification
	data, err := base64.StdEncoding.DecodeString(n.bindRequest)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err == nil {
		err = out.validate()
	}
	if err != nil {
		return out, badNotification(http.StatusUnprocessableEntity, "notification_unreadable", "The notification is signed, but does not say what it should.", err)
	}
	return out, nil
}

func (n notification) validate() error {
	switch {
	case cmp.Or(n.AccountID, n.UserID) == "", len(cmp.Or(n.AccountID, n.UserID)) > maxAccountID:
		return errors.New("xAccountId and xUserId are missing or too long")
	case n.DomainID == "":
		return errors.New("domainId is missing")
	case n.Action != actionBind && n.Action != actionUnbind:
		return errors.New("bindAction is neither 0 nor 1")
	}
	return nil
}

func badNotification(status int, code, detail string, cause error) error {
	return &handler.Problem{Status: status, Code: code, Detail: detail, Cause: cause,
		Next: "Compare it with the notification that Huawei Cloud documents."}
}
