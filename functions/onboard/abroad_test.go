package onboard_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// abroad is a world on the international site: the partner has a customer that it
// is billed for and one that pays itself, and a reseller with a customer.
type abroad struct {
	*world
	resold, referral, reseller, theirs string
}

func newAbroad(t *testing.T) *abroad {
	t.Helper()
	a := &abroad{world: newWorldOf(t, bss.SiteIntl)}
	a.resold = a.account(huawei.Account{Name: "resold-customer", Association: huawei.AssociationReseller})
	a.referral = a.account(huawei.Account{Name: "referral-customer", Association: huawei.AssociationReferral})
	var err error
	a.reseller, err = a.Sim.AddReseller(huawei.Reseller{AccountName: "reseller-one", Name: "Reseller Ltd"})
	require.NoError(t, err)
	a.theirs = a.account(huawei.Account{Name: "their-customer", Association: huawei.AssociationReseller, Reseller: a.reseller})
	return a
}

// problemFor makes a call that must be answered with a problem.
func (w *world) problemFor(method, path string, in any) handler.Problem {
	w.t.Helper()
	err := w.Platform.Call(w.t.Context(), method, path, in, nil)
	refusal, ok := errors.AsType[*harness.Refusal](err)
	require.True(w.t, ok, "%s %s: want a problem, got %v", method, path, err)
	return refusal.Problem
}

func (w *world) get(path string, out any) {
	w.t.Helper()
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, path, nil, out))
}

// wrongFields are the fields that a request is refused for.
func (w *world) wrongFields(method, path string, in any) []string {
	w.t.Helper()
	p := w.problemFor(method, path, in)
	require.Equal(w.t, "invalid_fields", p.Code, "%s %s", method, path)
	var names []string
	for _, field := range p.Fields {
		assert.NotEmpty(w.t, field.Reason)
		names = append(names, field.Field)
	}
	return names
}
