package onboard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/local/huawei"
)

// What Huawei Cloud refuses a real name for has a code of its own. The last four
// digits of the number are what the simulator refuses it with.
func TestRealNamesAreRefusedAsDocumented(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind, number, code string
		status             int
		arrange            func(w *world)
	}{
		"attachment too large":      {kind: "person", number: "E0099", code: "attachment_too_large", status: 422},
		"uploads switched off":      {kind: "person", number: "E1", code: "realname_off", status: 502, arrange: func(w *world) { w.Sim.SwitchUploads(false) }},
		"business checks":           {kind: "person", number: "E7004", code: "realname_checks_failed", status: 409},
		"blacklist":                 {kind: "person", number: "E7193", code: "certificate_blocked", status: 422},
		"verification failed":       {kind: "person", number: "E7202", code: "realname_failed", status: 422},
		"face":                      {kind: "person", number: "E7219", code: "face_differs", status: 422},
		"no review":                 {kind: "person", number: "E0026", code: "realname_not_reviewed", status: 409},
		"abnormal identity":         {kind: "person", number: "E0032", code: "identity_abnormal", status: 409},
		"blurred":                   {kind: "firm", number: "97253", code: "certificate_unreadable", status: 422},
		"legal person":              {kind: "firm", number: "97256", code: "legal_person_wrong", status: 422},
		"enterprise":                {kind: "firm", number: "97257", code: "enterprise_wrong", status: 422},
		"invited":                   {kind: "firm", number: "97267", code: "customer_invited", status: 409},
		"card holder":               {kind: "card", number: "E7255", code: "card_holder_wrong", status: 422},
		"card state":                {kind: "card", number: "E7258", code: "card_abnormal", status: 422},
		"card not enabled":          {kind: "card", number: "E7259", code: "card_not_enabled", status: 422},
		"issuer":                    {kind: "card", number: "E7260", code: "card_issuer_failed", status: 503},
		"card not supported":        {kind: "card", number: "E7261", code: "card_not_supported", status: 422},
		"bank":                      {kind: "card", number: "E7262", code: "bank_failed", status: 503},
		"a change of nobody":        {kind: "change", number: "913", code: "realname_checks_failed", status: 409},
		"not enabled by the number": {kind: "firm", number: "95030", code: "realname_off", status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.glacierLabs()
			in, kind := fields{}, "individual"
			switch tt.kind {
			case "person":
				in = w.person("real-1", tt.number)
			case "card":
				in = w.card("real-1", tt.number)
			case "firm":
				in, kind = w.firm("real-1", tt.number), "enterprise"
			case "change":
				in, kind = w.firm("real-1", tt.number), "enterprise-change"
			}
			if tt.arrange != nil {
				tt.arrange(w)
			}
			p := w.refusedFor(kind, in)
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, tt.status, p.Status)
			assert.Len(t, w.Platform.InboxOf("onboard.realname.failed"), 1)
			assert.Equal(t, "none", w.realName().Status)
		})
	}
}

func TestAttemptsAtARealNameEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	in := w.firm("real-1", "97202")
	for range 5 {
		assert.Equal(t, "realname_failed", w.refusedFor("enterprise", in).Code)
	}
	assert.Equal(t, "realname_attempts", w.refusedFor("enterprise", in).Code)
}

func TestOnlyThePartnersCustomersHaveRealNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "glacier-labs"})
	w.bindTo("glacier-labs", "acct-7")
	// Bound, and not associated: what the list would say is put away.
	w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			switch {
			case isReview(r):
				return answered(r, http.StatusBadRequest, fields{"error_code": "CBC.0100", "error_msg": "customer_id"}), nil
			case isSubmission(r):
				return answered(r, http.StatusBadRequest, fields{"error_code": "CBC.99000035", "error_msg": "not a sub-customer"}), nil
			}
			return wire.RoundTrip(r)
		})
	})
	w.register(fields{"account_id": "acct-7"})
	assert.Equal(t, "customer_not_associated", w.refusedFor("individual", w.person("real-1", personNumber)).Code, "not what the review is refused with")
}

// The simulator never refuses for some of the documented reasons.
func TestEveryDocumentedRefusalOfARealNameIsWorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "glacier-labs", Association: huawei.AssociationResale})
	w.bindTo("glacier-labs", "acct-7")
	theirs := ""
	w.serveAlone(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !isSubmission(r) {
				return wire.RoundTrip(r)
			}
			return answered(r, http.StatusBadRequest, fields{"error_code": theirs, "error_msg": "refused", "fail_check_items": []any{
				"the account has arrears", fields{"check_item": "ARREARS", "error_msg": "of " + personName},
			}}), nil
		})
	})
	w.register(fields{"account_id": "acct-7"})
	in := w.person("real-1", personNumber)
	documented := strings.Fields(`99000000 99000026 99000027 99000035 99000099 99000100 99005030 99007004 99007188 99007189 99007191
		99007193 99007202 99007219 99007253 99007255 99007256 99007257 99007258 99007259 99007260 99007261 99007262 99007265 99007267
		70600026 70600032`)
	seen := map[string]string{}
	for _, number := range documented {
		theirs = "CBC." + number
		p := w.refusedFor("individual", in)
		assert.NotContains(t, []string{"upstream_refused", "upstream_denied", "upstream_not_found", "internal", ""}, p.Code, theirs)
		assert.Empty(t, seen[p.Code], "%s and %s are told apart", theirs, seen[p.Code])
		seen[p.Code] = theirs
		require.Len(t, p.Fields, 2)
		assert.Equal(t, "fail_check_items[0]", p.Fields[0].Field)
		assert.Equal(t, "the account has arrears", p.Fields[0].Reason)
		assert.Equal(t, "check_item: ARREARS, error_msg: of …", p.Fields[1].Reason)
	}
	for code, want := range map[string]string{"CBC.0151": "upstream_denied", "CBC.0100": "upstream_refused"} {
		theirs = code
		assert.Equal(t, want, w.refusedFor("individual", in).Code)
	}
}

//nolint:paralleltest // its cases share a world, and what they record is counted
func TestRealNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.glacierLabs()
	three, one := w.attached(3), w.attached(1)
	person := fields{"request_id": "r", "identify_type": 0, "verified_type": 3, "name": "x", "verified_number": "1", "attachments": three}
	card := fields{"request_id": "r", "identify_type": 4, "name": "x", "verified_number": "1", "attachments": one,
		"bank_card_info": fields{"bank_account": "6222", "areacode": "0086", "mobile": mobile, "verification_code": "123456"}}
	firm := fields{"request_id": "r", "corp_name": "x", "verified_number": "1", "attachments": one}
	before := w.Sim.Journal()
	for _, tt := range []struct {
		name, kind string
		base       fields
		field      string
		value      any
		wrong      string
	}{
		{"no request id", "individual", person, "request_id", "", "request_id"},
		{"a request id with a path", "individual", person, "request_id", "a/b", "request_id"},
		{"no way", "individual", person, "identify_type", nil, "identify_type"},
		{"an enterprise's way", "individual", person, "identify_type", 1, "identify_type"},
		{"no certificate", "individual", person, "verified_type", nil, "verified_type"},
		{"an identity card", "individual", person, "verified_type", 0, "verified_type"},
		{"no name", "individual", person, "name", "", "name"},
		{"a long name", "individual", person, "name", strings.Repeat("张", 256), "name"},
		{"a name of two lines", "individual", person, "name", "a\nb", "name"},
		{"a NUL", "individual", person, "name", "a\x00b", "name"},
		{"a long number", "individual", person, "verified_number", strings.Repeat("1", 33), "verified_number"},
		{"two attachments", "individual", person, "attachments", three[:2], "attachments"},
		{"the same twice", "individual", person, "attachments", []string{three[0], three[1], three[0]}, "attachments[2]"},
		{"a path", "individual", person, "attachments", []string{three[0], "../../etc/passwd", three[2]}, "attachments[1]"},
		{"nobody's", "individual", person, "attachments", []string{three[0], three[1], strings.Repeat("0", 32)}, "attachments[2]"},
		{"a card for a certificate", "individual", person, "bank_card_info", card["bank_card_info"], "bank_card_info"},
		{"no card", "individual", card, "bank_card_info", nil, "bank_card_info"},
		{"a certificate for a card", "individual", card, "verified_type", 3, "verified_type"},
		{"three faces", "individual", card, "attachments", three, "attachments"},
		{"no company", "enterprise", firm, "corp_name", "12 3-4", "corp_name"},
		{"another certificate", "enterprise", firm, "certificate_type", 5, "certificate_type"},
		{"a country's name", "enterprise", firm, "reg_country", "China", "reg_country"},
		{"a long address", "enterprise", firm, "reg_address", strings.Repeat("x", 257), "reg_address"},
		{"a person without its card", "enterprise", firm, "enterprise_person", fields{"legel_name": "x", "legel_id_number": "1"}, "attachments"},
		{"two certificates", "enterprise-change", firm, "attachments", three[:2], "attachments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.on(t)
			in := fields{}
			for name, value := range tt.base {
				in[name] = value
			}
			in[tt.field] = tt.value
			if tt.value == nil {
				delete(in, tt.field)
			}
			p := w.refusedFor(tt.kind, in)
			assert.Equal(t, "invalid_fields", p.Code)
			require.Len(t, p.Fields, 1)
			assert.Equal(t, tt.wrong, p.Fields[0].Field)
		})
	}
	for field, value := range map[string]string{"bank_account": "-1", "areacode": "+86", "mobile": "abc", "verification_code": "1234567"} {
		in := card["bank_card_info"].(fields)
		good := in[field]
		in[field] = value
		p := w.refusedFor("individual", card)
		require.Len(t, p.Fields, 1, field)
		assert.Equal(t, "bank_card_info."+field, p.Fields[0].Field)
		in[field] = good
	}
	person["enterprise"] = true
	assert.Equal(t, "unknown_field", w.refusedFor("individual", person).Code)
	assert.Equal(t, before, w.Sim.Journal(), "Huawei Cloud was not troubled")
}
