package bss_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestFreezingRefusesSome(t *testing.T) {
	t.Parallel()
	const answer = `{"error_details":[{"error_code":"CBC.99005024","error_msg":"wrong association","id":"b"}]}`
	want := []bss.ItemError{{ID: "b", Code: "CBC.99005024", Message: "wrong association"}}
	c, sent := abroad(t, http.StatusOK, answer)
	refused, err := c.FreezeSubCustomers(t.Context(), bss.FreezeSubCustomersRequest{
		CustomerIDs: []string{"a", "b"}, Reason: "arrears", FreezeType: bss.FreezeAccountAndResource,
	})
	require.NoError(t, err)
	assert.Equal(t, want, refused)
	refused, err = c.UnfreezeSubCustomers(t.Context(), bss.UnfreezeSubCustomersRequest{CustomerIDs: []string{"b"}, Reason: "paid", IndirectPartnerID: "r"})
	require.NoError(t, err)
	assert.Equal(t, want, refused)
	assert.JSONEq(t, `{"customer_ids":["a","b"],"reason":"arrears","freeze_type":"ACCOUNT_AND_RESOURCE"}`, sent.to("/v2/partners/sub-customers/freeze")[0].body)
	assert.JSONEq(t, `{"customer_ids":["b"],"reason":"paid","indirect_partner_id":"r"}`, sent.to("/v2/partners/sub-customers/unfreeze")[0].body)
}

func TestANewResellerCustomerIsFrozen(t *testing.T) {
	t.Parallel()
	w := newWorldAbroad(t)
	c := w.client(t)
	created, err := c.CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer", DomainArea: "SG", IncludeAssociationResult: true,
	})
	require.NoError(t, err)
	id := created.DomainID
	assert.Equal(t, bss.AccountFrozen, w.frozen(t, id))
	for range 2 {
		refused, err := c.UnfreezeSubCustomers(t.Context(), bss.UnfreezeSubCustomersRequest{CustomerIDs: []string{id}, Reason: "welcome"})
		require.NoError(t, err)
		assert.Empty(t, refused, "again is harmless")
	}
	assert.Equal(t, bss.NotFrozen, w.frozen(t, id))
	refused, err := c.FreezeSubCustomers(t.Context(), bss.FreezeSubCustomersRequest{CustomerIDs: []string{id, "stranger"}, Reason: "arrears"})
	require.NoError(t, err)
	require.Len(t, refused, 1)
	assert.Equal(t, []string{"stranger", "CBC.99000035"}, []string{refused[0].ID, refused[0].Code})
	assert.Equal(t, bss.AccountFrozen, w.frozen(t, id))
}

func (w *world) frozen(t *testing.T, customerID string) bss.Frozen {
	t.Helper()
	rows, err := bss.Collect(w.client(t).ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{CustomerID: customerID}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0].IsFrozen
}
