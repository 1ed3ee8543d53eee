package onboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestWhatHuaweiCloudRefusesHasItsOwnCode(t *testing.T) {
	t.Parallel()
	const name = "ember-robotics"
	tests := map[string]struct {
		arrange func(w *world) fields
		status  int
	}{
		"login_name_taken": {func(w *world) fields {
			w.account(huawei.Account{Name: name})
			return fields{"login_name": name}
		}, http.StatusConflict},
		"account_taken": {func(w *world) fields {
			w.account(huawei.Account{Name: "fjord-textiles"})
			require.NoError(w.t, w.Sim.Bind(w.t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "u"}))
			return fields{"login_name": name}
		}, http.StatusConflict},
		"mobile_limit": {func(w *world) fields {
			for _, other := range []string{"other-1", "other-2", "other-3", "other-4", "other-5"} {
				w.account(huawei.Account{Name: other, Mobile: mobile})
			}
			return fields{"login_name": name, "mobile": mobile, "code": w.code(mobile)}
		}, http.StatusConflict},
		"code_wrong": {func(w *world) fields {
			return fields{"login_name": name, "mobile": mobile, "code": otherThan(w.code(mobile))}
		}, http.StatusUnprocessableEntity},
		"code_expired": {func(w *world) fields {
			code := w.code(mobile)
			w.clock.Advance(10 * time.Minute)
			return fields{"login_name": name, "mobile": mobile, "code": code}
		}, http.StatusUnprocessableEntity},
		"code_used_up": {func(w *world) fields {
			code := w.code(mobile)
			for range 3 {
				w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": name, "mobile": mobile, "code": otherThan(code)})
			}
			return fields{"login_name": name, "mobile": mobile, "code": code}
		}, http.StatusUnprocessableEntity},
	}
	for code, tt := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := tt.arrange(w)
			in["account_id"] = "acct-1"
			p := w.refused("/onboard/customers", in)
			assert.Equal(t, code, p.Code)
			assert.Equal(t, tt.status, p.Status)
			assert.Zero(t, w.effects("CreateSubCustomer"))
		})
	}
}

// The simulator never refuses for some of the documented reasons.
func TestEveryDocumentedRefusalHasItsOwnCode(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"CBC.99000038": "login_name_taken",
		"CBC.99000039": "account_taken",
		"CBC.99000029": "mobile_taken",
		"CBC.99000030": "mobile_limit",
		"CBC.99000051": "customer_reserved",
		"CBC.99000031": "login_name_refused",
		"CBC.5017":     "mobile_refused",
		"CBC.99000036": "password_refused",
		"CBC.99004008": "code_expired",
		"CBC.99004009": "code_used_up",
		"CBC.99004010": "code_wrong",
		"CBC.99000004": "association_failed",
		"CBC.99000037": "reseller_unknown",
		"CBC.50010059": "distributor_only",
		"CBC.50010065": "distributor_delisted",
		"CBC.50010085": "partner_restricted",
		"CBC.50010086": "distributor_restricted",
		"CBC.99005035": "partner_sandbox",
		"CBC.99000044": "upstream_refused",
		"CBC.0100":     "upstream_refused",
		"CBC.0101":     "upstream_refused",
		"CBC.0151":     "upstream_denied",
		"CBC.0154":     "upstream_credential",
	}
	for theirs, ours := range tests {
		t.Run(theirs, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.serve(func(_ *onboard.Config, rt *functions.Runtime) {
				rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
					if !isRegistration(r) {
						return wire.RoundTrip(r)
					}
					return answered(r, http.StatusBadRequest, fields{"error_code": theirs, "error_msg": "refused"}), nil
				})
			})
			p := w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "ember-robotics"})
			assert.Equal(t, ours, p.Code)
			assert.GreaterOrEqual(t, p.Status, 400)
			assert.NotEqual(t, http.StatusInternalServerError, p.Status)
		})
	}
}

func TestBadInputReachesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name, path, body string
		status           int
		code, field      string
	}{
		{"no JSON", "checks", `{`, 400, "malformed_json", ""},
		{"nothing", "checks", ``, 400, "malformed_json", ""},
		{"two values", "checks", `{} {}`, 400, "malformed_json", ""},
		{"a field twice", "checks", `{"mobile":"1","mobile":"2"}`, 400, "malformed_json", "mobile"},
		{"an unknown field", "checks", `{"login":"x"}`, 400, "unknown_field", "login"},
		{"a wrong type", "checks", `{"mobile":13800138000}`, 400, "wrong_type", "mobile"},
		{"null", "customers", `null`, 400, "wrong_type", ""},
		{"neither name nor number", "checks", `{}`, 422, "invalid_fields", "login_name"},
		{"an address on the mainland", "checks", `{"email":"someone@example.com"}`, 422, "invalid_fields", "email"},
		{"a code to an address on the mainland", "codes", `{"mobile":"13800138000","email":"someone@example.com"}`, 422, "invalid_fields", "email"},
		{"an address for a customer of the mainland", "customers", `{"account_id":"a","email":"someone@example.com","code":"123456"}`, 422, "invalid_fields", "email"},
		{"a country on the mainland", "customers", `{"account_id":"a","domain_area":"CN"}`, 422, "invalid_fields", "domain_area"},
		{"a short password", "customers", `{"account_id":"a","password":"Abc-123"}`, 422, "invalid_fields", "password"},
		{"a long password", "customers", `{"account_id":"a","password":"` + strings.Repeat("aB", 17) + `"}`, 422, "invalid_fields", "password"},
		{"a password of one kind", "customers", `{"account_id":"a","password":"abcdefgh"}`, 422, "invalid_fields", "password"},
		{"a password with a line break", "customers", `{"account_id":"a","password":"Abcdefg\n1"}`, 422, "invalid_fields", "password"},
		{"the name as the password", "customers", `{"account_id":"a","login_name":"Yongzhi1","password":"Yongzhi1"}`, 422, "invalid_fields", "password"},
		{"the name backwards", "customers", `{"account_id":"a","login_name":"Yongzhi1","password":"1ihzgnoY"}`, 422, "invalid_fields", "password"},
		{"the number in the password", "customers", `{"account_id":"a","mobile":"13800138000","code":"123456","password":"a13800138000"}`, 422, "invalid_fields", "password"},
		{"a password that is none", "customers", `{"account_id":"a","password":12345678}`, 400, "wrong_type", "password"},
		{"a word for yes", "customers", `{"account_id":"a","is_close_market_ms":"true"}`, 400, "wrong_type", "is_close_market_ms"},
		{"another word for yes", "customers", `{"account_id":"a","include_association_result":1}`, 400, "wrong_type", "include_association_result"},
		{"a reseller's id", "customers", `{"account_id":"a","indirect_partner_id":"a b"}`, 422, "invalid_fields", "indirect_partner_id"},
		{"a name of digits", "checks", `{"login_name":"12345"}`, 422, "invalid_fields", "login_name"},
		{"a short name", "checks", `{"login_name":"abcd"}`, 422, "invalid_fields", "login_name"},
		{"a long name", "checks", `{"login_name":"` + strings.Repeat("a", 33) + `"}`, 422, "invalid_fields", "login_name"},
		{"a reserved name", "checks", `{"login_name":"op_someone"}`, 422, "invalid_fields", "login_name"},
		{"another reserved name", "customers", `{"account_id":"a","login_name":"shadow_one"}`, 422, "invalid_fields", "login_name"},
		{"a foreign number", "checks", `{"mobile":"+8613800138000"}`, 422, "invalid_fields", "mobile"},
		{"a line break", "checks", `{"mobile":"13800138000\n"}`, 422, "invalid_fields", "mobile"},
		{"no number for a code", "codes", `{}`, 422, "invalid_fields", "mobile"},
		{"an unknown language", "codes", `{"mobile":"13800138000","language":"fr"}`, 422, "invalid_fields", "language"},
		{"no account id", "customers", `{"login_name":"ember-robotics"}`, 422, "invalid_fields", "account_id"},
		{"a long account id", "customers", `{"account_id":"` + strings.Repeat("x", 129) + `"}`, 422, "invalid_fields", "account_id"},
		{"a control character", "customers", `{"account_id":"a\u0000b"}`, 422, "invalid_fields", "account_id"},
		{"a number without code", "customers", `{"account_id":"a","mobile":"13800138000"}`, 422, "invalid_fields", "code"},
		{"a code of letters", "customers", `{"account_id":"a","mobile":"13800138000","code":"12ab56"}`, 422, "invalid_fields", "code"},
		{"a login URL for nobody", "login-urls", `{"service":"` + console + `"}`, 422, "invalid_fields", "account_id"},
		{"a login URL to nowhere", "login-urls", `{"account_id":"a"}`, 422, "invalid_fields", "service"},
	}
	before := w.Sim.Journal()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			status, body, err := w.Platform.Send(t.Context(), http.MethodPost, "/onboard/"+tt.path, []byte(tt.body))
			require.NoError(t, err)
			p := problemIn(t, body)
			assert.Equal(t, tt.status, status)
			assert.Equal(t, tt.code, p.Code)
			if tt.field != "" {
				require.Len(t, p.Fields, 1)
				assert.Equal(t, tt.field, p.Fields[0].Field)
			}
		})
	}
	t.Cleanup(func() { assert.Equal(t, before, w.Sim.Journal()) })
}
