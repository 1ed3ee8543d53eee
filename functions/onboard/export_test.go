package onboard

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"log/slog"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// ParseMetadata returns the keys of a service provider's metadata.
func ParseMetadata(data []byte) ([]*rsa.PublicKey, error) {
	sp, err := idp.ParseServiceProvider(data)
	if err != nil {
		return nil, err
	}
	return sp.Keys, nil
}

// DecodeNotification reads the content of a notification that was verified.
func DecodeNotification(bindRequest string) (accountID, customerID string, unbind bool, err error) {
	n, err := notificationForm{bindRequest: bindRequest}.decode()
	return n.account(), n.DomainID, n.Action == actionUnbind, err
}

// Fields returns the three fields of a form, and the first as it stands in the body.
func Fields(r *handler.Request) ([4]string, error) {
	f, err := readForm(r)
	return [4]string{f.bindRequest, f.sigAlg, f.signature, f.encoded}, err
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

// ExportOf is the file of customers.
func ExportOf(customers []bss.SubCustomer) (string, error) {
	f := &function{xAccountType: "SIM_IDP"}
	file, err := newCustomerFile()
	for _, c := range customers {
		err = errors.Join(err, file.write(f.describeCustomer(c)))
	}
	file.csv.Flush()
	return file.buffer.String(), err
}

// Mapping records bindings and finds them both ways.
type Mapping struct{ f *function }

// NewMapping keeps a mapping in a store.
func NewMapping(store ledger.Store, now func() time.Time) (Mapping, error) {
	rt := functions.Runtime{Store: store, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)}
	events, err := functions.EventsConfig{}.OpenEvents("onboard", rt)
	return Mapping{&function{
		events: events, now: now, log: rt.Logger,
		bindings: ledger.NewDocuments[Binding](store, "binding", now),
		accounts: ledger.NewDocuments[accountIDs](store, "binding-customer", now),
	}}, err
}

// Record keeps a binding.
func (m Mapping) Record(ctx context.Context, b Binding) error { return m.f.record(ctx, b) }

// OfAccount is what is recorded of an account id.
func (m Mapping) OfAccount(ctx context.Context, accountID string) (Binding, error) {
	doc, err := m.f.bindings.Get(ctx, accountID)
	if errors.Is(err, ledger.ErrNotFound) {
		err = nil
	}
	return doc.Value, err
}

// OfCustomer is the binding of a Huawei Cloud account.
func (m Mapping) OfCustomer(ctx context.Context, customerID string) (Binding, bool, error) {
	return m.f.bindingOf(ctx, customerID)
}

// TicketReader reads tickets of one key and returns the account id of those that are
// good.
func TicketReader(key ed25519.PublicKey, issuer string, now time.Time) func(token, audience, request string) (string, error) {
	t := &tickets{keys: []ticketKey{{jose.EdDSA, key}}, issuer: issuer, now: func() time.Time { return now }}
	return func(token, audience, request string) (string, error) {
		c, err := t.read(token, audience, request)
		return c.AccountID, err
	}
}

// SSOFields reads the form of a sign-on.
func SSOFields(r *handler.Request) (map[string]string, error) {
	return readSSOForm(r, "ticket", "request")
}
