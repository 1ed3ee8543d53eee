package bssfn_test

import (
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
)

// decide brings each function into a doubt that nobody can settle, and lets a person
// decide.
func (j *journey) decide(customerID string) {
	j.decidePayment(customerID)
	j.decideCoupon(customerID)
	j.decideRegistration()
	for _, function := range []string{"onboard", "payorder", "couponissue"} {
		j.post("/"+function+"/schedules/reconcile", nil)
		require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/"+function+"/schedules/reconcile", "application/json", "{}"))
		require.Equal(j.t, fields{"entries": []any{}, "more": false}, j.get("/"+function+"/ledger?state=unknown"))
		j.getRefused("/"+function+"/ledger?state=done", "invalid_fields")
		j.getRefused("/"+function+"/ledger/none", "entry_unknown")
		j.postRefused("/"+function+"/ledger/none/resolution", fields{"decision": "done", "person": harness.Resolver, "reason": "seen"}, "entry_unknown")
	}
}

func (j *journey) decidePayment(customerID string) {
	path := j.placeOrder(customerID)
	quote := j.post(path+"/quotes", fields{"customer_id": customerID})["quote"]
	in := fields{"customer_id": customerID, "quote": quote, "person": "lin"}
	j.post(path+"/codes", in)
	in["code"] = j.checkCode()
	j.failing("PayOrders", huawei.AfterEffect, func() { j.postRefused(path+"/payments", in, "outcome_unknown") })
	j.failing("ShowCustomerOrderDetails", huawei.BeforeEffect, func() {
		key := "pay:" + path[strings.LastIndex(path, "/")+1:]
		j.doubted("payorder", key)
		require.Equal(j.t, "done", j.resolve("payorder", key, "done", "")["state"])
	})
	j.clock.Advance(time.Hour) // the quote has expired: what was begun with it stands
	require.Equal(j.t, "decided", j.post(path+"/payments", in)["settled"])
	j.postRefused("/payorder/ledger/pay:"+path[strings.LastIndex(path, "/")+1:]+"/resolution",
		fields{"decision": "failed", "person": harness.Resolver, "reason": "seen"}, "entry_not_in_doubt")
}

func (j *journey) decideCoupon(customerID string) {
	quota, err := j.Sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000)})
	require.NoError(j.t, err)
	in := fields{"campaign": "doubtful", "quota_id": quota, "face_value": 10, "customer_ids": []string{customerID}}
	j.failing("CreatePartnerCoupons", huawei.AfterEffect, func() { j.post("/couponissue/campaigns", in) })
	j.failing("ListPartnerCouponsRecord", huawei.BeforeEffect, func() {
		key := "coupon:doubtful:" + customerID
		j.doubted("couponissue", key)
		j.postRefused("/couponissue/ledger/"+key+"/resolution", fields{"decision": "done", "person": harness.Resolver, "reason": "seen"}, "invalid_fields")
		j.resolve("couponissue", key, "done", "CP1")
	})
	require.EqualValues(j.t, 1, j.post("/couponissue/campaigns", in)["issued"])
}

func (j *journey) decideRegistration() {
	in := fields{"account_id": "platform-2001", "login_name": "doubtful-name"}
	j.failing("CreateSubCustomer", huawei.BeforeEffect, func() { j.postRefused("/onboard/customers", in, "outcome_unknown") })
	j.failing("ListSubCustomers", huawei.BeforeEffect, func() {
		j.doubted("onboard", "customer:platform-2001")
		j.resolve("onboard", "customer:platform-2001", "failed", "")
	})
	require.Equal(j.t, "doubtful-name", j.post("/onboard/customers", in)["login_name"])
}

// doubted finds an entry in its function's report.
func (j *journey) doubted(function, key string) {
	j.t.Helper()
	j.clock.Advance(time.Hour)
	j.post("/"+function+"/schedules/reconcile", nil)
	for _, listed := range j.get("/" + function + "/ledger?state=unknown")["entries"].([]any) {
		entry := listed.(map[string]any)
		if entry["path"] == "/"+function+"/ledger/"+key {
			require.NotEmpty(j.t, entry["look_at"])
			require.NotEmpty(j.t, entry["reason"])
			require.Equal(j.t, entry["key"], j.get(entry["path"].(string))["key"])
			return
		}
	}
	require.Fail(j.t, "it is not in the report", key)
}

func (j *journey) resolve(function, key, decision, record string) fields {
	j.t.Helper()
	path := "/" + function + "/ledger/" + key + "/resolution"
	in := fields{"decision": decision, "person": "somebody", "reason": "I looked."}
	j.postRefused(path, in, "resolver_not_allowed")
	in["person"] = harness.Resolver
	if record != "" {
		in["record_id"] = record
	}
	out := j.post(path, in)
	require.Len(j.t, out["decisions"], 1)
	return out
}
