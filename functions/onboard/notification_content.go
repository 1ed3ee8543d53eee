package onboard

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bssfn/bssfn/pkg/handler"
)

// notification is what Huawei Cloud says of a binding. The account ids are the
// sales platform's, the domain is the Huawei Cloud account.
type notification struct {
	UserID     string
	AccountID  string
	DomainName string
	DomainID   string
	Action     bindAction
}

// bindAction is documented as the strings 0 (bind) and 1 (unbind), and printed as
// a number in the documented sample, which in the words of the table unbinds. Both
// forms are read by the table; that the sample may mean the opposite is why nothing
// is bound or unbound before the customer list has said so.
type bindAction string

const (
	actionBind   bindAction = "0"
	actionUnbind bindAction = "1"
)

const (
	maxDomainID   = 64
	maxDomainName = 128
)

// account is the sales platform's id of the account. The documented sample has the
// user's id alone, of which the documentation says that it is the account's value.
func (n notification) account() string { return cmp.Or(n.AccountID, n.UserID) }

// decode reads a notification whose signature has been verified.
func (n notificationForm) decode() (notification, error) {
	var out notification
	data, err := strictBase64(n.bindRequest)
	if err == nil {
		err = out.read(data)
	}
	if err == nil {
		err = out.validate()
	}
	if err != nil {
		return notification{}, badNotification(http.StatusUnprocessableEntity, "notification_unreadable", "The notification is signed, but does not say what it should.", err)
	}
	return out, nil
}

// strictBase64 reads a text in the one form that its bytes have.
func strictBase64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("the Base64 text has line breaks")
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

// read takes the documented fields of a JSON object by their exact names. A name that
// is there twice, in whatever case, is refused: readers differ on which one counts.
// Further fields are left alone.
func (n *notification) read(data []byte) error {
	var fields map[string]json.RawMessage
	if err := (&handler.Request{Body: data}).Decode(&fields); err != nil {
		return err
	}
	for name, into := range map[string]*string{
		"xUserId": &n.UserID, "xAccountId": &n.AccountID, "domainName": &n.DomainName, "domainId": &n.DomainID,
	} {
		if err := readText(fields[name], into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	switch string(fields["bindAction"]) {
	case `0`, `"0"`:
		n.Action = actionBind
	case `1`, `"1"`:
		n.Action = actionUnbind
	default:
		return errors.New("bindAction is neither 0 nor 1")
	}
	return nil
}

// readText reads a string; one that is null or not there is empty. What JSON cannot
// say in Unicode is refused, lest two names become one.
func readText(raw json.RawMessage, into *string) error {
	if raw == nil {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return errors.New("is no text")
	}
	if strings.ContainsFunc(*into, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }) {
		return errors.New("has control characters, or none that Unicode knows")
	}
	return nil
}

func (n notification) validate() error {
	switch {
	case n.account() == "", len(n.account()) > maxAccountID, len(n.UserID) > maxAccountID:
		return errors.New("xAccountId and xUserId are missing or too long")
	case n.DomainID == "", len(n.DomainID) > maxDomainID, len(n.DomainName) > maxDomainName:
		return errors.New("domainId is missing, or it or domainName is too long")
	}
	return nil
}
