package bssfn_test

import (
	"net/http"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// manageResources renews and ends what the customer has bought, in every way.
func (j *journey) manageResources(customerID string) {
	j.cancelOrder(customerID)
	path := "/payorder/customers/" + customerID
	bought := j.resources(path + "/resources")
	require.NotEmpty(j.t, bought)
	j.getRefused(path+"/resources?limit=0", "invalid_fields")
	j.getRefused("/payorder/customers/nobody/resources", "customer_unknown")
	j.autoRenew(path, bought[0])
	j.renew(customerID, bought[0])
	j.unsubscribe(customerID, bought[0])
	j.toOnDemand(customerID)
}

func (j *journey) resources(path string) []any {
	j.t.Helper()
	var ids []any
	for _, row := range j.get(path)["resources"].([]any) {
		ids = append(ids, row.(map[string]any)["resource_id"])
	}
	return ids
}

func (j *journey) cancelOrder(customerID string) {
	order, err := j.Sim.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.NewFromInt(10)})
	require.NoError(j.t, err)
	path, in := "/payorder/orders/"+order, fields{"customer_id": customerID}
	j.getRefused(path+"/refund?customer_id="+customerID, "order_without_refund")
	require.Equal(j.t, "cancelled", j.post(path+"/cancellations", in)["status"])
	require.Equal(j.t, "cancelled", j.post(path+"/cancellations", in)["status"])
	j.postRefused("/payorder/orders/none/cancellations", in, "order_unknown")
}

func (j *journey) autoRenew(path string, resource any) {
	autoRenewal := path + "/auto-renewals/" + resource.(string)
	j.call(http.MethodPut, autoRenewal, fields{"auto_renew_times": 3, "period_type": "MONTH"})
	j.refused(http.MethodPut, autoRenewal, fields{"period_type": "WEEK"}, "invalid_fields")
	j.call(http.MethodDelete, autoRenewal, nil)
	j.call(http.MethodDelete, autoRenewal, nil)
	j.refused(http.MethodDelete, path+"/auto-renewals/none", nil, "resource_unknown")
	config := fields{"config_name": "DEDUCTION_DATE", "config_value": 5}
	j.call(http.MethodPut, path+"/renew-config", config)
	config["config_value"] = 8
	j.refused(http.MethodPut, path+"/renew-config", config, "invalid_fields")
}

func (j *journey) renew(customerID string, resource any) {
	path := "/payorder/customers/" + customerID
	in := fields{"resource_ids": []any{resource}, "period_type": "month", "period_num": 1}
	quote := j.post(path+"/renewal-quotes", in)["quote"]
	renewed := j.post(path+"/renewals", fields{"quote": quote})
	require.Len(j.t, renewed["order_ids"], 1)
	require.Equal(j.t, renewed, j.post(path+"/renewals", fields{"quote": quote}))
	require.Nil(j.t, j.post(path+"/renewal-quotes", in)["quote"], "the resource waits for its payment")
	in["period_num"] = 12
	j.postRefused(path+"/renewal-quotes", in, "invalid_fields")
	j.postRefused(path+"/renewals", fields{"quote": "made up"}, "offer_invalid")
	j.post("/payorder/orders/"+renewed["order_ids"].([]any)[0].(string)+"/cancellations", fields{"customer_id": customerID})
}

func (j *journey) unsubscribe(customerID string, resource any) {
	path := "/payorder/customers/" + customerID
	in := fields{"resource_ids": []any{resource}, "unsubscribe_type": "resources"}
	offer := j.post(path+"/refund-offers", in)["offer"]
	in["unsubscribe_type"] = "everything"
	j.postRefused(path+"/refund-offers", in, "invalid_fields")
	ended := j.post(path+"/unsubscriptions", fields{"offer": offer, "unsubscribe_reason_type": 5})
	require.Len(j.t, ended["refunds"], 1)
	j.postRefused(path+"/unsubscriptions", fields{"offer": "made up"}, "offer_invalid")
	j.get("/payorder/orders/" + ended["order_ids"].([]any)[0].(string) + "/refund?customer_id=" + customerID)
}

func (j *journey) toOnDemand(customerID string) {
	order, err := j.Sim.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: decimal.NewFromInt(10)})
	require.NoError(j.t, err)
	quote := j.post("/payorder/orders/"+order+"/quotes", fields{"customer_id": customerID})["quote"]
	in := fields{"customer_id": customerID, "quote": quote, "person": "somebody@sales.example"}
	j.post("/payorder/orders/"+order+"/codes", in)
	in["code"] = j.checkCode()
	j.post("/payorder/orders/"+order+"/payments", in)

	path := "/payorder/customers/" + customerID
	ids := j.resources(path + "/resources?order_id=" + order)
	j.call(http.MethodPut, path+"/to-on-demand", fields{"operation": "SET_UP", "resource_ids": ids})
	j.refused(http.MethodPut, path+"/to-on-demand", fields{"operation": "LATER", "resource_ids": ids}, "invalid_fields")
	conversion := fields{"request_id": "conversion-1", "resource_ids": ids}
	require.Equal(j.t, ids, j.post(path+"/to-on-demand/instantly", conversion)["converted"])
	conversion["resource_ids"] = []any{"none"}
	j.postRefused(path+"/to-on-demand/instantly", conversion, "key_conflict")
}
