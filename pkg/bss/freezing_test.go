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
