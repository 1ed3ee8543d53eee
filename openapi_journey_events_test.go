package bssfn_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
)

// events holds every event that the platform received against the document, and
// calls the routes about events.
func (j *journey) events() {
	j.t.Helper()
	for _, function := range []string{"onboard", "payorder", "couponissue", "billexport"} {
		j.post("/"+function+"/schedules/events", nil)
	}
	types := map[string]bool{}
	for _, e := range j.Platform.Inbox() {
		j.checkEvent(e)
		types[e.Type] = true
	}
	for _, want := range []string{"onboard.customer.done", "onboard.binding.bound", "payorder.pay.done", "couponissue.coupon.unknown", "couponissue.coupon.done", "couponissue.campaign.finished", "couponissue.allocate.done", "billexport.run.published", "billexport.run.failed", "billexport.budget.reached"} {
		assert.True(j.t, types[want], "no event %s among %v", want, types)
	}
	before := len(j.Platform.Inbox())
	for _, function := range []string{"onboard", "payorder", "couponissue", "billexport"} {
		base := "/" + function + "/events"
		list, ok := j.get(base + "?state=delivered&limit=2&since=2026-03-10T01:00:00Z")["events"].([]any)
		require.True(j.t, ok)
		require.GreaterOrEqual(j.t, len(list), 2)
		j.getRefused(base+"?state=lost", "invalid_fields")
		event, ok := list[0].(map[string]any)
		require.True(j.t, ok)
		again := j.post(base+"/"+event["id"].(string)+"/deliveries", nil)
		assert.Equal(j.t, "delivered", again["state"])
		assert.NotEmpty(j.t, again["data"])
		j.postRefused(base+"/evt_nothing/deliveries", nil, "event_unknown")
		require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/"+function+"/schedules/events", "application/json", ""))
	}
	assert.Len(j.t, j.Platform.Inbox(), before, "what was sent again counts once")
}

// checkEvent holds an event against its webhook in the document.
func (j *journey) checkEvent(e harness.Event) map[string]any {
	j.t.Helper()
	encoded, err := json.Marshal(fields{"type": e.Type, "timestamp": e.Timestamp, "data": e.Data})
	require.NoError(j.t, err)
	var event map[string]any
	require.NoError(j.t, json.Unmarshal(encoded, &event))

	webhook := j.contract.doc.Webhooks[e.Type]
	if webhook == nil {
		function, _, _ := strings.Cut(e.Type, ".")
		webhook = j.contract.doc.Webhooks[function+".outcome"]
		if strings.HasPrefix(e.Type, "onboard.realname.") && !slices.Contains([]string{"done", "failed", "unknown"}, e.Type[len("onboard.realname."):]) {
			webhook = j.contract.doc.Webhooks["onboard.realname"]
		}
		if strings.HasPrefix(e.Type, "couponissue.quota_") || e.Type == "couponissue.partner_balance_low" {
			webhook = j.contract.doc.Webhooks["couponissue.notice"]
		}
		if strings.HasPrefix(e.Type, "billexport.run.") {
			webhook = j.contract.doc.Webhooks["billexport.run"]
		}
	}
	require.NotNil(j.t, webhook, e.Type)
	schema := webhook.Post.RequestBody.Value.Content["application/json"].Schema.Value
	require.NoError(j.t, schema.VisitJSON(event, openapi3.EnableJSONSchema2020()), e.Type)
	return event
}
