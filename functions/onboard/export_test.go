package onboard

import (
	"cmp"

	"github.com/bssfn/bssfn/pkg/handler"
)

// What the fuzz targets reach directly.
var (
	ParseMetadata = parseMetadata
)

// DecodeNotification reads the content of a notification that was verified.
func DecodeNotification(bindRequest string) (accountID, customerID string, unbind bool, err error) {
	n, err := notificationForm{bindRequest: bindRequest}.decode()
	return cmp.Or(n.AccountID, n.UserID), n.DomainID, n.Action == actionUnbind, err
}

// Fields returns the three fields of a form.
func Fields(r *handler.Request) ([3]string, error) {
	f, err := readForm(r)
	return [3]string{f.bindRequest, f.sigAlg, f.signature}, err
}
