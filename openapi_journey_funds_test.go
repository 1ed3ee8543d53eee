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
	j.getRefused("/couponissue/balances?indirect_partner_id=nobody", "reseller_unknown")
	require.Equal(j.t, "100", j.get("/couponissue/balances?indirect_partner_id=" + reseller)["allocatable"])
}

// statement reads what customers hold and what was moved.
func (j *journey) statement(customerID string) {
	require.Len(j.t, j.get("/couponissue/customer-balances?customer_ids=" + customerID + ",nobody")["customers"], 1)
	j.getRefused("/couponissue/customer-balances", "invalid_fields")
	const march = "?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z"
	all := j.get("/couponissue/statement" + march)
	require.NotEmpty(j.t, all["lines"])
	require.Equal(j.t, "us", all["lines"].([]any)[0].(map[string]any)["made_by"])
	j.getRefused("/couponissue/statement"+march+"&colour=red", "invalid_fields")
}

// topUp lets the timer allocate money to who has too little.
func (j *journey) topUp() {
	j.getRefused("/couponissue/top-up", "top_up_not_run")
	poor := j.account("poor-customer", huawei.AssociationResale)
	j.failing("ListSubCustomers", huawei.BeforeEffect, func() {
		j.postRefused("/couponissue/schedules/top-up", nil, "upstream_unavailable")
	})
	j.post("/couponissue/schedules/top-up", nil)
	report := j.get("/couponissue/top-up")
	require.EqualValues(j.t, 2, report["topped_up"], "the one that was registered has nothing either")
	require.Equal(j.t, poor, report["customers"].([]any)[1].(map[string]any)["customer_id"])
}

// resellerQuotas gives a reseller a coupon quota and takes it back.
func (j *journey) resellerQuotas() {
	reseller, err := j.Sim.AddReseller(huawei.Reseller{AccountName: "south-reseller"})
	require.NoError(j.t, err)
	quota, err := j.Sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(100)})
	require.NoError(j.t, err)
	const path = "/couponissue/indirect-partner-quotas"
	in := fields{"request_id": "quota-1", "quota_id": quota, "indirect_partner_id": reseller, "quota_amount": "95.00"}
	first := j.post(path, in)
	require.Equal(j.t, first, j.post(path, in))
	in["request_id"] = "quota-2"
	j.postRefused(path, in, "quota_insufficient")
	require.Len(j.t, j.get(path + "?parent_quota_id=" + quota)["quotas"], 1)
	j.getRefused(path+"?colour=red", "invalid_fields")
	require.Len(j.t, j.get("/couponissue/indirect-partner-quota-records?parent_quota_id=" + quota)["records"], 2)
	j.getRefused("/couponissue/indirect-partner-quota-records?limit=0", "invalid_fields")

	j.post("/couponissue/schedules/quota-watch", nil)
	j.failing("ListQuotaCoupons", huawei.BeforeEffect, func() {
		j.postRefused("/couponissue/schedules/quota-watch", nil, "upstream_unavailable")
	})
	j.post("/couponissue/indirect-partner-quota-reclamations", fields{"quota_id": first["issued_quota_id"], "remark": "not needed"})
	j.postRefused("/couponissue/indirect-partner-quota-reclamations", fields{"quota_id": "none"}, "quota_not_usable")
}

// unusedCoupons takes the coupons of a campaign back.
func (j *journey) unusedCoupons(customerID string) {
	coupons := j.get("/couponissue/customers/" + customerID + "/coupons")["coupons"].([]any)
	require.NotEmpty(j.t, coupons)
	j.getRefused("/couponissue/customers/"+customerID+"/coupons?limit=0", "invalid_fields")
	require.NotEmpty(j.t, j.get("/couponissue/customers/" + customerID + "/coupon-changes")["changes"])
	j.getRefused("/couponissue/customers/nobody/coupon-changes", "customer_unknown")
	in := fields{"campaign": "queued", "expiring_within_days": 3650, "dry_run": true}
	require.Len(j.t, j.post("/couponissue/unused-coupon-reclamations", in)["coupons"], 1)
	in["campaign"] = ""
	j.postRefused("/couponissue/unused-coupon-reclamations", in, "invalid_fields")

	one := fields{"customer_id": customerID, "coupon_id": coupons[0].(map[string]any)["coupon_id"]}
	j.post("/couponissue/coupon-reclamations", one)
	j.postRefused("/couponissue/coupon-reclamations", fields{"customer_id": customerID, "coupon_id": "none"}, "coupon_not_issued")
	j.post("/couponissue/schedules/reclaim-unused", nil)
	j.failing("ListIssuedPartnerCoupons", huawei.BeforeEffect, func() {
		j.postRefused("/couponissue/schedules/reclaim-unused", nil, "upstream_unavailable")
	})
}
