package bss_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestACallThatBothMayMakeIsMadeByWhoIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.account(t, "other-customer", huawei.AssociationResale)
	mine := w.order(t, huawei.NewOrder{})
	_, err := w.PlaceOrder(huawei.NewOrder{CustomerID: other, OfficialAmount: yuan("7")})
	require.NoError(t, err)
	c := w.client(t)

	byPartner, err := bss.Collect(c.ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{}))
	require.NoError(t, err)
	assert.Len(t, byPartner, 2, "the partner sees the orders of all its customers")

	byCustomer, err := bss.Collect(c.As(resaleName).ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{}))
	require.NoError(t, err)
	require.Len(t, byCustomer, 1, "the customer sees its own")
	assert.Equal(t, mine, byCustomer[0].OrderID)

	again, err := bss.Collect(c.As("").ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{}))
	require.NoError(t, err)
	assert.Equal(t, byPartner, again)
}

// Only the choice that an operation leaves is made: the rest stays as it is.
func TestACallThatOneMayMakeIsMadeByThatOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t).As(resaleName)
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	_, err = c.ShowCustomerAccountBalances(t.Context(), resaleName)
	require.NoError(t, err)
	_, err = c.ShowCustomerAccountBalances(t.Context(), "")
	assert.ErrorContains(t, err, "name its account")
}

func TestClientsOfOneAccountShareTheirTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for range 3 {
		require.NoError(t, drain(c.As(resaleName).ListCustomerOrders(t.Context(), bss.ListCustomerOrdersRequest{})))
	}
	assert.Len(t, w.wire.to(tokensPath), 2, "the partner's and the customer's, once each")
}
