package bssfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// journey is a sales platform that calls every route, each exchange held against the
// document.
type journey struct {
	*harness.Harness
	t        *testing.T
	clock    *clock.Simulated
	contract *contract
}

type fields map[string]any

func startJourney(t *testing.T) *journey {
	t.Helper()
	j := startJourneyOn(t, bss.SiteCN)
	require.NoError(t, j.Sim.SetPartnerBalance(decimal.NewFromInt(50_000)))
	return j
}

func startJourneyOn(t *testing.T, site bss.Site) *journey {
	t.Helper()
	j := &journey{t: t, clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))}
	var err error
	j.Harness, err = harness.Start(t.Context(), harness.Options{
		Addr: "127.0.0.1:0", SimAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0",
		Site: site, Clock: j.clock, Seed: 1, ExportDir: t.TempDir(), PageSize: 20, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close(context.WithoutCancel(t.Context()))) })
	j.contract = newContract(t, &http.Transport{})
	j.Platform.HTTP = &http.Client{Transport: j.contract, Timeout: time.Minute}
	return j
}

// get and post make calls that must succeed.
func (j *journey) get(path string) fields { return j.call(http.MethodGet, path, nil) }

func (j *journey) post(path string, in any) fields { return j.call(http.MethodPost, path, in) }

func (j *journey) call(method, path string, in any) fields {
	j.t.Helper()
	var out fields
	require.NoError(j.t, j.Platform.Call(j.t.Context(), method, path, in, &out))
	return out
}

// getRefused and postRefused make calls that must be answered with a problem.
func (j *journey) getRefused(path, code string) { j.refused(http.MethodGet, path, nil, code) }

func (j *journey) postRefused(path string, in any, code string) {
	j.refused(http.MethodPost, path, in, code)
}

func (j *journey) refused(method, path string, in any, code string) {
	j.t.Helper()
	err := j.Platform.Call(j.t.Context(), method, path, in, nil)
	refusal, ok := errors.AsType[*harness.Refusal](err)
	require.True(j.t, ok, "%s %s: want %s, got %v", method, path, code, err)
	require.Equal(j.t, code, refusal.Problem.Code, "%s %s", method, path)
}

// send makes a call without the platform's signature.
func (j *journey) send(method, path, contentType, body string) int {
	j.t.Helper()
	req, err := http.NewRequestWithContext(j.t.Context(), method, j.FunctionsURL+path, strings.NewReader(body))
	require.NoError(j.t, err)
	req.Header.Set("Content-Type", contentType)
	res, err := j.Platform.HTTP.Do(req)
	require.NoError(j.t, err)
	require.NoError(j.t, res.Body.Close())
	return res.StatusCode
}

// upload sends a file, signed.
func (j *journey) upload(path, file string) int {
	j.t.Helper()
	status, _, err := j.Platform.SendAs(j.t.Context(), http.MethodPost, path, "text/csv", []byte(file))
	require.NoError(j.t, err)
	return status
}

func (j *journey) account(name, association string) string {
	j.t.Helper()
	id, err := j.Sim.AddAccount(huawei.Account{Name: name, Association: association})
	require.NoError(j.t, err)
	return id
}

// failing does something while every call of an operation fails.
func (j *journey) failing(operation string, at huawei.Point, do func()) {
	j.t.Helper()
	_, err := j.Sim.AddFault(huawei.Fault{Operation: operation, Kind: huawei.FaultUnavailable, Point: at, Probability: 1})
	require.NoError(j.t, err)
	do()
	j.Sim.ClearFaults()
}

func TestEveryAnswerIsAsDocumented(t *testing.T) {
	t.Parallel()
	j := startJourney(t)
	j.register()
	customer := j.bind()
	j.signOn()
	j.signOnByOpenID()
	j.allocate(customer)
	j.resellers()
	j.indirectPartners()
	j.statement(customer)
	j.topUp()
	j.resellerQuotas()
	j.payOrder(customer)
	j.manageResources(customer)
	j.issueCoupons(customer)
	j.unusedCoupons(customer)
	j.reclaim(customer)
	j.decide(customer)
	j.exportBills(customer)
	j.realNames()
	j.events()
	j.abroad()
	for route, operation := range operations(loadOpenAPI(t)) {
		codes := j.contract.answered[operation.OperationID]
		refusals := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" })
		assert.Contains(t, codes, "", "%s never succeeded", route)
		assert.NotEmpty(t, refusals, "%s was never refused", route)
	}
}

func TestWhatIsNoRouteIsAsDocumented(t *testing.T) {
	t.Parallel()
	j := startJourney(t)
	responses := j.contract.doc.Components.Responses
	for request, name := range map[string]string{"GET /onboard/nothing": "NoRoute", "DELETE /onboard/codes": "WrongMethod"} {
		method, path, _ := strings.Cut(request, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, j.FunctionsURL+path, nil)
		require.NoError(t, err)
		res, err := j.contract.next.RoundTrip(req)
		require.NoError(t, err)
		var problem any
		require.NoError(t, json.NewDecoder(res.Body).Decode(&problem))
		require.NoError(t, res.Body.Close())
		schema := responses[name].Value.Content[res.Header.Get("Content-Type")].Schema.Value
		assert.NoError(t, schema.VisitJSON(problem, openapi3.EnableJSONSchema2020()), request)
		assert.Equal(t, name == "WrongMethod", res.Header.Get("Allow") != "", request)
	}
}

// A stranger learns of every documented route no more than that it is signed.
func TestEveryRouteRefusesStrangersAsDocumented(t *testing.T) {
	t.Parallel()
	j := startJourney(t)
	value := regexp.MustCompile(`\{[a-z_]+\}`)
	for route, operation := range operations(loadOpenAPI(t)) {
		method, path, _ := strings.Cut(route, " ")
		status := j.send(method, value.ReplaceAllString(path, "any"), "application/json", "{}")
		want := http.StatusUnauthorized
		switch {
		case route == "GET /onboard/saml/metadata":
			want = http.StatusOK // it is for everybody
		case route == "GET /onboard/saml/oidc":
			want = http.StatusConflict // it is off
		case operation.Security != nil && method == http.MethodGet:
			want = http.StatusBadRequest // it is open, and takes a message of Huawei Cloud
		case operation.Security != nil:
			want = http.StatusUnsupportedMediaType // it is open, and takes a form
		}
		assert.Equal(t, want, status, route)
	}
}

func (j *journey) register() {
	const mobile = "13800138000"
	j.post("/onboard/checks", fields{"login_name": "ember-robotics", "mobile": mobile})
	j.postRefused("/onboard/checks", fields{}, "invalid_fields")
	j.postRefused("/onboard/checks", fields{"login_name": 1}, "wrong_type")
	j.post("/onboard/codes", fields{"mobile": mobile, "language": "en-us"})
	j.postRefused("/onboard/codes", fields{"mobile": "1"}, "invalid_fields")
	j.postRefused("/onboard/codes", fields{"mobile": mobile, "colour": "red"}, "unknown_field")

	outbox := j.Sim.Outbox()
	in := fields{"account_id": "platform-1001", "login_name": "ember-robotics", "mobile": mobile, "code": outbox[len(outbox)-1].Code}
	j.postRefused("/onboard/customers", fields{"account_id": "platform-1001", "mobile": mobile, "code": "0000"}, "code_wrong")
	j.failing("CreateSubCustomer", huawei.AfterEffect, func() {
		j.postRefused("/onboard/customers", in, "outcome_unknown")
	})
	j.clock.Advance(time.Minute)
	require.Equal(j.t, "ember-robotics", j.post("/onboard/customers", in)["login_name"])
	in["login_name"] = "another-name"
	j.postRefused("/onboard/customers", in, "key_conflict")

	j.listCustomers()
	require.Equal(j.t, "associated", j.get("/onboard/customers/platform-1001")["association"])
	j.getRefused("/onboard/customers/nobody", "customer_unknown")
	j.failing("ListSubCustomers", huawei.BeforeEffect, func() {
		j.getRefused("/onboard/customers/platform-1001", "upstream_unavailable")
	})
	const console = "https://console.huaweicloud.com/iam/"
	j.post("/onboard/login-urls", fields{"account_id": "platform-1001", "service": console})
	j.postRefused("/onboard/login-urls", fields{"account_id": "platform-1001", "service": "https://elsewhere.example/"}, "invalid_fields")
}

// listCustomers looks at the customer who was registered in all ways.
func (j *journey) listCustomers() {
	require.Len(j.t, j.get("/onboard/associations")["associations"], 1)
	j.getRefused("/onboard/associations?state=pending", "invalid_fields")
	j.clock.Advance(time.Minute)
	j.failing("ListSubCustomers", huawei.BeforeEffect, func() {
		j.postRefused("/onboard/schedules/associations", nil, "upstream_unavailable")
	})
	j.post("/onboard/schedules/associations", nil)
	require.Empty(j.t, j.get("/onboard/associations")["associations"])

	require.Len(j.t, j.get("/onboard/customers?include=new_customer&login_name=robotics")["customers"], 1)
	require.Empty(j.t, j.get("/onboard/customers?association_type=1&label=vip&associated_since=2026-03-10T01:00:00Z")["customers"])
	j.getRefused("/onboard/customers?colour=red", "invalid_fields")
	j.getRefused("/onboard/customers?indirect_partner_id=nobody", "reseller_unknown")
	status, file, err := j.Platform.Send(j.t.Context(), http.MethodGet, "/onboard/customers.csv?login_name=ember", nil)
	require.NoError(j.t, err)
	require.Equal(j.t, http.StatusOK, status)
	require.Contains(j.t, string(file), "platform-1001")
	j.getRefused("/onboard/customers.csv?limit=1", "invalid_fields")
}

// bind sends Huawei Cloud's own notification once more, which changes nothing.
func (j *journey) bind() (customerID string) {
	const form = "application/x-www-form-urlencoded"
	customerID = j.account("fjord-textiles", "")
	require.NoError(j.t, j.Sim.Bind(j.t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "platform-1003", XUserID: "user-1"}))
	outbox := j.Sim.Outbox()
	notification := outbox[len(outbox)-1].Form
	require.Equal(j.t, http.StatusOK, j.send(http.MethodPost, "/onboard/bind", form, notification))
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/onboard/bind", form, "bindRequest=e30%3D&SigAlg=none&Signature=e30%3D"))
	require.Equal(j.t, http.StatusBadRequest, j.send(http.MethodPost, "/onboard/bind", form, "SigAlg=none"))
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/onboard/schedules/bindings", "application/json", ""))
	j.post("/onboard/schedules/bindings", nil)
	require.Equal(j.t, customerID, j.get("/onboard/customers/platform-1003")["customer_id"])
	return customerID
}

func (j *journey) allocate(customerID string) {
	in := fields{"request_id": "funding-1", "customer_id": customerID, "amount": "9000.00", "currency": "CNY"}
	first := j.post("/couponissue/allocations", in)
	require.Equal(j.t, first, j.post("/couponissue/allocations", in))
	in["amount"] = 9001
	j.postRefused("/couponissue/allocations", in, "key_conflict")
	in["request_id"], in["amount"] = "funding-2", "50000.5"
	j.postRefused("/couponissue/allocations", in, "partner_balance_insufficient")
	in["customer_id"] = "nobody"
	j.postRefused("/couponissue/allocations", in, "customer_unknown")
}

func (j *journey) reclaim(customerID string) {
	in := fields{"request_id": "return-1", "customer_id": customerID, "amount": 100.5, "currency": "CNY"}
	j.post("/couponissue/reclamations", in)
	in["request_id"], in["amount"] = "return-2", "99999"
	j.postRefused("/couponissue/reclamations", in, "customer_balance_insufficient")
	in["currency"] = "EUR"
	j.postRefused("/couponissue/reclamations", in, "invalid_fields")
}

func (j *journey) payOrder(customerID string) {
	path, query := j.placeOrder(customerID), "?customer_id="+customerID
	require.Equal(j.t, true, j.get(path + query)["payable"])
	j.getRefused(path, "invalid_fields")
	j.getRefused(path+"?customer_id=nobody", "order_unknown")
	j.failing("ShowCustomerOrderDetails", huawei.BeforeEffect, func() {
		j.getRefused(path+query, "upstream_unavailable")
	})

	offers := j.get(path + "/offers" + query)
	j.getRefused("/payorder/orders/none/offers"+query, "order_unknown")
	coupon := offers["coupons"].([]any)[0].(map[string]any)["coupon_id"]
	discount := offers["discounts"].([]any)[0].(map[string]any)["discount_id"]
	j.postRefused(path+"/quotes", fields{"customer_id": customerID, "coupon_ids": []any{coupon, "none"}}, "coupon_unknown")
	quote := j.post(path+"/quotes", fields{"customer_id": customerID, "coupon_ids": []any{coupon}, "discount_id": discount})["quote"]

	in := fields{"customer_id": customerID, "quote": quote, "person": "lin"}
	j.postRefused(path+"/codes", fields{"customer_id": customerID, "quote": "made up", "person": "lin"}, "quote_invalid")
	j.postRefused(path+"/payments", in, "code_required")
	j.post(path+"/codes", in)
	code := j.checkCode()
	in["code"] = "123456"
	j.postRefused(path+"/payments", in, "code_wrong")
	in["code"] = code
	paid := j.post(path+"/payments", in)
	require.Equal(j.t, "completed", paid["status"])
	require.Equal(j.t, paid, j.post(path+"/payments", in))
	j.failing("ShowCustomerOrderDetails", huawei.BeforeEffect, func() {
		require.Equal(j.t, "processing", j.post(path+"/payments", in)["status"], "as far as can be seen now")
	})
	j.postRefused(path+"/quotes", fields{"customer_id": customerID}, "order_paid")
	j.post("/payorder/rebates/2026-03/actual", fields{"amounts": []any{fields{"service_type_code": "hws.service.type.ec2", "amount": "1.50"}, fields{"order_id": "CS1", "amount": -2}}})
	j.postRefused("/payorder/rebates/2026-04/actual", fields{"csv": "order_id,amount\r\nCS1,1"}, "month_future")
	require.EqualValues(j.t, 1, j.get("/payorder/rebates?month=2026-03")["orders"])
	j.getRefused("/payorder/rebates?month=2026-04", "month_future")
	j.post("/payorder/schedules/performance", nil)
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/payorder/schedules/performance", "application/json", "{}"))
	require.Equal(j.t, false, j.get(path + query)["payable"])
	j.post("/payorder/returns", fields{"customer_id": customerID, "query": "orderId=" + strings.TrimPrefix(path, "/payorder/orders/") + "&order_id=CS1"})
	j.postRefused("/payorder/returns", fields{"customer_id": customerID, "order_ids": []string{"CS1/2"}}, "invalid_fields")
}

func (j *journey) placeOrder(customerID string) (path string) {
	j.t.Helper()
	order, err := j.Sim.PlaceOrder(huawei.NewOrder{
		CustomerID: customerID, PeriodType: huawei.PeriodYear, OfficialAmount: decimal.NewFromInt(9600),
		Discounts: []huawei.Discount{{Type: huawei.DiscountCommercial, Ratio: decimal.RequireFromString("0.9")}},
	})
	require.NoError(j.t, err)
	_, err = j.Sim.GrantCoupon(huawei.NewCoupon{CustomerID: customerID, Kind: huawei.CouponVoucher, Value: decimal.NewFromInt(300)})
	require.NoError(j.t, err)
	return "/payorder/orders/" + order
}

// checkCode holds the last code's event against the document and returns the code in it.
func (j *journey) checkCode() string {
	j.t.Helper()
	inbox := j.Platform.InboxOf("payorder.code")
	require.NotEmpty(j.t, inbox)
	return j.checkEvent(inbox[len(inbox)-1])["data"].(map[string]any)["code"].(string)
}

func (j *journey) issueCoupons(customerID string) {
	quota, err := j.Sim.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(1000), Services: []string{"hws.service.type.ec2"}})
	require.NoError(j.t, err)
	j.get("/couponissue/quotas")
	j.failing("ListQuotaCoupons", huawei.BeforeEffect, func() {
		j.getRefused("/couponissue/quotas", "upstream_unavailable")
	})

	referral := j.account("delta-consulting", huawei.AssociationReferral)
	in := fields{
		"campaign": "spring", "quota_id": quota, "face_value": 200, "customer_ids": []string{customerID, referral},
		"expire_time": "2026-06-30T16:00:00Z",
	}
	report := j.post("/couponissue/campaigns", in)
	require.EqualValues(j.t, 1, report["issued"])
	require.EqualValues(j.t, 1, report["refused"])
	require.Equal(j.t, report, j.get("/couponissue/campaigns/spring"))
	j.get("/couponissue/campaigns/spring/customers?state=refused")
	j.getRefused("/couponissue/campaigns/winter/customers", "campaign_unknown")
	require.Equal(j.t, http.StatusOK, j.upload("/couponissue/campaigns/winter/customers", "customer_id\n"+customerID+"\n"))
	require.Equal(j.t, http.StatusUnprocessableEntity, j.upload("/couponissue/campaigns/winter/customers", "customer_id\n\n"))
	in["dry_run"] = true
	require.EqualValues(j.t, 1, j.post("/couponissue/campaigns", in)["to_issue"], "the one who was refused")
	delete(in, "dry_run")
	j.getRefused("/couponissue/campaigns/winter", "campaign_unknown")
	in["quota_id"] = "none"
	j.postRefused("/couponissue/campaigns", in, "key_conflict")
	in["campaign"] = "autumn"
	j.postRefused("/couponissue/campaigns", in, "quota_unknown")
	in["quota_id"], in["face_value"] = quota, "999.99"
	j.postRefused("/couponissue/campaigns", in, "quota_insufficient")

	j.postRefused("/couponissue/schedules/campaign", nil, "campaign_missing")
	in["campaign"], in["face_value"], in["customer_ids"] = "monthly", "10", []string{customerID}
	j.post("/couponissue/schedules/campaign", in)
	in["campaign"] = "queued"
	j.post("/couponissue/queues/campaigns", in)
	in["campaign"] = "lost"
	j.failing("CreatePartnerCoupons", huawei.AfterEffect, func() {
		j.postRefused("/couponissue/queues/campaigns", in, "campaign_unfinished")
	})
	require.EqualValues(j.t, 1, j.get("/couponissue/campaigns/lost")["unknown"])
}

// awaitRuns waits until no run works, and returns the newest.
func (j *journey) awaitRuns() (newest string) {
	runs := j.get("/billexport/runs")["runs"].([]any)
	for _, run := range runs {
		j.get("/billexport/runs/" + run.(map[string]any)["run_id"].(string) + "?wait=20")
	}
	return runs[0].(map[string]any)["run_id"].(string)
}

// cancelExport cancels a run that has failed, or is about to.
func (j *journey) cancelExport() {
	j.failing("ListConsumeSubCustomers", huawei.BeforeEffect, func() {
		path := "/billexport/runs/" + j.post("/billexport/runs", fields{"cycle": "2025-12"})["run_id"].(string)
		j.get(path + "?wait=20")
		require.Contains(j.t, []any{"failed", "cancelled"}, j.post(path+"/cancel", nil)["state"])
	})
}

func (j *journey) exportBills(customerID string) {
	const cycle = "2026-02"
	require.NoError(j.t, j.Sim.AddBills(cycle, customerID, 30))
	require.NoError(j.t, j.Sim.SpoilBill(cycle, customerID, 0, decimal.New(1, 0)))
	j.getRefused("/billexport/exports/"+cycle, "export_not_found")
	j.budget(customerID)
	run := j.post("/billexport/runs", fields{"cycle": cycle, "formats": []string{"csv", "xlsx", "report"}})
	path := "/billexport/runs/" + run["run_id"].(string)
	require.Equal(j.t, "published", j.get(path + "?wait=20")["state"])
	require.Equal(j.t, "final-with-differences", j.get("/billexport/exports/" + cycle)["state"])
	require.Len(j.t, j.get("/billexport/runs?cycle=" + cycle)["runs"], 1)
	j.consumption(cycle, customerID)
	j.getRefused("/billexport/runs?cycle=2026-04", "cycle_future")
	j.getRefused("/billexport/runs/none", "run_not_found")
	j.getRefused(path+"?wait=60", "invalid_fields")
	j.postRefused(path+"/cancel", nil, "run_not_cancellable")
	j.getRefused("/billexport/exports/february", "cycle_malformed")
	j.postRefused("/billexport/runs", fields{"cycle": "2026-04"}, "cycle_future")
	j.postRefused("/billexport/runs", fields{"cycle": cycle, "formats": []string{"docx"}, "destination": "elsewhere"}, "invalid_fields")

	j.post("/billexport/schedules/monthly", nil)
	j.postRefused("/billexport/schedules/monthly", fields{"cycle": "2024-01"}, "cycle_too_old")
	j.postRefused("/billexport/schedules/daily", fields{"cycle": "2024-01"}, "cycle_too_old")
	newest := j.awaitRuns()
	require.NotNil(j.t, j.get("/billexport/exports/" + cycle)["supersedes"])
	j.post("/billexport/schedules/daily", nil)
	j.post("/billexport/schedules/sweep", nil)
	require.Equal(j.t, http.StatusUnauthorized, j.send(http.MethodPost, "/billexport/schedules/sweep", "application/json", "{}"))
	j.post("/billexport/queues/exports", fields{"cycle": "2026-01"})
	j.post("/billexport/queues/exports", fields{"run": newest, "task": "publish"})
	j.postRefused("/billexport/queues/exports", fields{"cycle": "2026-04"}, "cycle_future")
	j.cancelExport()
	j.awaitRuns()
}
