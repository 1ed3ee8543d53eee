package onboard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
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

func TestTheFunctionStartsOnTheInternationalSite(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	require.NotEmpty(t, a.resold)
}
