package bss_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestSitesAreThoseOfTheContracts(t *testing.T) {
	t.Parallel()
	mainland, abroad := publishedOn(t, contract.CN), publishedOn(t, contract.Intl)
	for _, op := range bss.Operations() {
		_, there := mainland[op.Name]
		assert.Equal(t, there, op.Sites.Has(bss.SiteCN), op.Name)
		_, there = abroad[op.Name]
		assert.Equal(t, there, op.Sites.Has(bss.SiteIntl), op.Name)
		assert.Equal(t, there, op.Sites.Has(bss.SiteEU), op.Name)
	}
}

func TestAnOperationThatTheSiteLacksIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t, func(c *bss.Config) { c.Site = bss.SiteIntl })
	_, err := client.CreatePartnerCoupons(t.Context(), bss.CreatePartnerCouponsRequest{})
	require.ErrorIs(t, err, bss.ErrNotOnSite)
	require.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	require.ErrorContains(t, err, "CreatePartnerCoupons")
	require.ErrorContains(t, err, "intl")
	assert.Empty(t, w.wire.to("/v2/promotions/benefits/partner-coupons"))
}
