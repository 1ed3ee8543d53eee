package bssfn_test

import (
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// resellers moves money of a distributor to its reseller and back.
func (j *journey) resellers() {
	reseller, err := j.Sim.AddReseller(huawei.Reseller{AccountName: "north-reseller", Balance: decimal.NewFromInt(100)})
	require.NoError(j.t, err)
	in := fields{"request_id": "reseller-1", "indirect_partner_id": reseller, "amount": "70.00", "currency": "CNY"}
	first := j.post("/couponissue/indirect-partner-allocations", in)
	require.Equal(j.t, first, j.post("/couponissue/indirect-partner-allocations", in))
	j.post("/couponissue/indirect-partner-reclamations", in)
	in["request_id"], in["amount"] = "reseller-2", "100.01"
	j.postRefused("/couponissue/indirect-partner-reclamations", in, "reseller_balance_insufficient")
	in["indirect_partner_id"] = "nobody"
	j.postRefused("/couponissue/indirect-partner-allocations", in, "reseller_unknown")
}
