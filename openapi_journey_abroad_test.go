package bssfn_test

import (
	"net/http"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// indirectPartners calls the routes of a distributor.
func (j *journey) indirectPartners() {
	id, err := j.Sim.AddReseller(huawei.Reseller{AccountName: "reseller-to-find", Name: "Reseller Ltd"})
	require.NoError(j.t, err)
	j.get("/onboard/indirect-partners?account_name=to-find&associated_since=2026-03-10T01:00:00Z&limit=1")
	j.getRefused("/onboard/indirect-partners?name=x", "invalid_fields")
	assert.Equal(j.t, "reseller-to-find", j.get("/onboard/indirect-partners/" + id)["account_name"])
	j.getRefused("/onboard/indirect-partners/nobody", "reseller_unknown")
}

// abroad calls the routes that the mainland site lacks, there and on the international
// one.
func (j *journey) abroad() {
	j.t.Helper()
	freeze := fields{"request_id": "freeze-1", "customer_ids": []string{"some"}, "reason": "overdue"}
	budget := fields{"request_id": "budget-1", "customer_id": "some", "budget_amount": "500", "currency": "USD"}
	j.postRefused("/onboard/freezes", freeze, "not_on_site")
	j.postRefused("/onboard/unfreezes", freeze, "not_on_site")
	j.postRefused("/onboard/budgets", budget, "not_on_site")
	for _, path := range []string{"budget?customer_id=some", "budgets?customer_ids=some", "budget-records?customer_id=some", "consumption-quota"} {
		j.getRefused("/onboard/"+path, "not_on_site")
	}

	a := startJourneyOn(j.t, bss.SiteIntl)
	a.contract, a.Platform.HTTP = j.contract, j.Platform.HTTP
	customer, referral := a.account("resold-customer", huawei.AssociationReseller), a.account("referral-customer", huawei.AssociationReferral)
	a.freezing(freeze, customer, referral)
	a.budgets(budget, customer, referral)
	a.subscribedFiles()
	a.postRefused("/billexport/runs", fields{"cycle": "2026-02"}, "not_on_site")
	a.post("/billexport/schedules/daily", nil)
	assert.Len(j.t, a.get("/billexport/runs")["runs"], 1, "that of the subscribed files")
}

func (j *journey) subscribedFiles() {
	j.t.Helper()
	j.getRefused("/billexport/subscribed/2026-02", "subscribed_not_compared")
	j.getRefused("/billexport/subscribed/february", "cycle_malformed")
	j.postRefused("/billexport/subscribed/2027-02", nil, "cycle_future")
	_, err := j.Sim.AddConsumers("2026-02", 2, 30)
	require.NoError(j.t, err)
	_, err = j.Sim.DeliverSubscribedFiles("2026-02")
	require.NoError(j.t, err)
	run := j.post("/billexport/subscribed/2026-02", nil)["run_id"].(string)
	assert.Equal(j.t, "published", j.get("/billexport/runs/" + run + "?wait=20")["state"])
	assert.Equal(j.t, true, j.get("/billexport/subscribed/2026-02")["agrees"])
	j.post("/billexport/schedules/subscribed", nil)
	j.postRefused("/billexport/schedules/subscribed", fields{"cycle": "2027-02"}, "cycle_future")
}

func (j *journey) freezing(in fields, customer, referral string) {
	in["customer_ids"], in["freeze_type"] = []string{customer}, "ACCOUNT_AND_RESOURCE"
	j.postRefused("/onboard/freezes", in, "invalid_fields")
	in["accept_resource_loss"] = true
	assert.NotEmpty(j.t, j.post("/onboard/freezes", in)["warning"])
	in["customer_ids"] = []string{customer, referral}
	assert.Len(j.t, j.post("/onboard/freezes", in)["customers"], 2)
	j.postRefused("/onboard/freezes", fields{"request_id": "freeze-2", "account_ids": []string{"nobody"}, "reason": "overdue"}, "customer_unknown")

	out := fields{"request_id": "unfreeze-1", "customer_ids": []string{customer}, "unfreeze_type": "ACCOUNT_AND_RESOURCE", "reason": "paid"}
	j.post("/onboard/unfreezes", out)
	out["request_id"] = "unfreeze-2"
	assert.Len(j.t, j.post("/onboard/unfreezes", out)["customers"], 1)
	out["reason"] = ""
	j.postRefused("/onboard/unfreezes", out, "invalid_fields")
}

func (j *journey) budgets(in fields, customer, referral string) {
	in["customer_id"] = customer
	j.getRefused("/onboard/budget?customer_id="+customer, "budget_missing")
	j.failing("UpdateSubCustomerBudget", huawei.AfterEffect, func() { j.postRefused("/onboard/budgets", in, "outcome_unknown") })
	assert.Equal(j.t, customer, j.post("/onboard/budgets", in)["customer_id"])
	in["budget_amount"] = "501"
	j.postRefused("/onboard/budgets", in, "key_conflict")
	in["request_id"], in["customer_id"] = "budget-2", referral
	j.postRefused("/onboard/budgets", in, "customer_pays_itself")
	in["budget_amount"] = 0
	j.postRefused("/onboard/budgets", in, "invalid_fields")

	assert.Equal(j.t, "500", j.get("/onboard/budget?customer_id=" + customer)["budget_amount"])
	j.getRefused("/onboard/budget?customer_id="+referral, "customer_pays_itself")
	j.getRefused("/onboard/budget", "invalid_fields")
	assert.Len(j.t, j.get("/onboard/budgets?customer_ids=" + customer + "," + referral)["left_out"], 1)
	j.getRefused("/onboard/budgets?customer_ids="+customer+"&indirect_partner_id=x", "reseller_unknown")
	assert.Len(j.t, j.get("/onboard/budget-records?customer_id=" + customer + "&operation_type=SETTING&limit=1")["records"], 1)
	j.getRefused("/onboard/budget-records?customer_id="+customer+"&limit=0", "invalid_fields")
	assert.Equal(j.t, "USD", j.get("/onboard/consumption-quota")["currency"])
	j.refused(http.MethodGet, "/onboard/consumption-quota?x=1", nil, "invalid_fields")
}
