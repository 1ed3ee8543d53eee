package onboard

import (
	"time"

	"github.com/bssfn/bssfn/pkg/handler"
)

// What the fuzz targets reach directly.
var (
	ParseMetadata = parseMetadata
)

// DecodeNotification reads the content of a notification that was verified.
func DecodeNotification(bindRequest string) (accountID, customerID string, unbind bool, err error) {
	n, err := notificationForm{bindRequest: bindRequest}.decode()
	return n.account(), n.DomainID, n.Action == actionUnbind, err
}

// Fields returns the three fields of a form.
func Fields(r *handler.Request) ([3]string, error) {
	f, err := readForm(r)
	return [3]string{f.bindRequest, f.sigAlg, f.signature}, err
}

// Judge decides about a claim of d1; held is what holds before, or nil.
func Judge(claimed string, held *Binding, found string, age time.Duration) (after *Binding, open bool, word string) {
	var before Binding
	if held != nil {
		before = *held
	}
	v := judge(claim{CustomerID: "d1", State: claimed}, before, held != nil, finding(found), age)
	if v.holds == nil {
		return held, v.open, v.told
	}
	return v.holds, v.open, v.told
}
