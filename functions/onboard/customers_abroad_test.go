package onboard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const email = "someone@example.com"

// mailedCode asks for a verification code and reads it as the person would.
func (w *world) mailedCode(email string) string {
	w.t.Helper()
	w.post("/onboard/codes", fields{"email": email, "language": "en-us"}, nil)
	outbox := w.Sim.Outbox()
	last := outbox[len(outbox)-1]
	require.Equal(w.t, email, last.Receiver)
	return last.Code
}

func TestRegistrationAbroadIsByEMail(t *testing.T) {
	t.Parallel()
	for _, site := range []bss.Site{bss.SiteIntl, bss.SiteEU} {
		t.Run(string(site), func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, site)
			var check struct {
				LoginName, Email struct {
					Available bool `json:"available"`
				}
			}
			w.post("/onboard/checks", fields{"login_name": "ember-robotics", "email": email}, &check)
			assert.True(t, check.Email.Available)

			in := fields{
				"account_id": "acct-1", "login_name": "ember-robotics", "email": email, "domain_area": "SG",
				"code": w.mailedCode(email), "password": "Correct-Horse-9", "is_close_market_ms": true,
			}
			created := w.register(in)
			assert.Equal(t, "pending", created.Association)
			w.clock.Advance(3 * time.Second)
			there := w.show("acct-1")
			assert.Equal(t, "associated", there.Association)
			assert.Equal(t, huawei.AssociationReseller, there.AssociationType)

			w.post("/onboard/checks", fields{"email": email}, &check)
			assert.False(t, check.Email.Available)
			p := w.refused("/onboard/customers", fields{"account_id": "acct-2", "email": email, "domain_area": "SG", "code": w.mailedCode(email)})
			assert.Equal(t, "email_taken", p.Code)
			assert.Equal(t, http.StatusConflict, p.Status)
		})
	}
}

func TestBadInputAbroadReachesNobody(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, bss.SiteIntl)
	for name, tt := range map[string]struct {
		path  string
		in    fields
		field string
	}{
		"a number to check":      {"checks", fields{"mobile": mobile}, "mobile"},
		"nothing to check":       {"checks", fields{}, "login_name"},
		"no address to check":    {"checks", fields{"email": "someone"}, "email"},
		"a number for a code":    {"codes", fields{"mobile": mobile}, "mobile"},
		"no address for a code":  {"codes", fields{}, "email"},
		"two signs":              {"codes", fields{"email": "a@b@c"}, "email"},
		"a space":                {"codes", fields{"email": "a b@c.example"}, "email"},
		"a long address":         {"codes", fields{"email": "someone@a-host-with-a-very-long-name-that-goes-on-and-on-and-on.example"}, "email"},
		"no country":             {"customers", fields{"account_id": "a"}, "domain_area"},
		"a country's name":       {"customers", fields{"account_id": "a", "domain_area": "Singapore"}, "domain_area"},
		"a country in lower":     {"customers", fields{"account_id": "a", "domain_area": "sg"}, "domain_area"},
		"an address, no code":    {"customers", fields{"account_id": "a", "domain_area": "SG", "email": email}, "code"},
		"the address as a word":  {"customers", fields{"account_id": "a", "domain_area": "SG", "email": email, "code": "123456", "password": "x" + email}, "password"},
		"a number to be reached": {"customers", fields{"account_id": "a", "domain_area": "SG", "mobile": mobile, "code": "123456"}, "mobile"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.on(t)
			p := w.refused("/onboard/"+tt.path, tt.in)
			assert.Equal(t, "invalid_fields", p.Code)
			require.NotEmpty(t, p.Fields)
			assert.Equal(t, tt.field, p.Fields[0].Field)
		})
	}
	t.Cleanup(func() { assert.Empty(t, w.Sim.Journal()) })
}

// What the partner's state, a number or an address decides is refused by its own name.
func TestWhatHuaweiCloudRefusesOfAPartner(t *testing.T) {
	t.Parallel()
	for code, state := range map[string]huawei.PartnerState{
		"partner_sandbox":        {Sandbox: true},
		"distributor_only":       {DistributorOnly: true},
		"distributor_delisted":   {DistributorDelisted: true},
		"distributor_restricted": {DistributorRestricted: true},
		"partner_restricted":     {Restricted: true},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Sim.SetPartnerState(state)
			assert.Equal(t, code, w.refused("/onboard/customers", fields{"account_id": "acct-1"}).Code)
			w.Sim.SetPartnerState(huawei.PartnerState{})
			w.register(fields{"account_id": "acct-1"})
		})
	}
	for code, number := range map[string]string{
		"association_failed": "13899000004", "mobile_taken": "13899000029", "customer_reserved": "13899000051",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := fields{"account_id": "acct-1", "mobile": number, "code": "123456"}
			assert.Equal(t, code, w.refused("/onboard/customers", in).Code)
			assert.Zero(t, w.effects("CreateSubCustomer"))
		})
	}
	t.Run("code_not_sent", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		assert.Equal(t, "code_not_sent", w.refused("/onboard/codes", fields{"mobile": "13899004003"}).Code)
	})
	t.Run("reseller_unknown", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		assert.Equal(t, "reseller_unknown", w.refused("/onboard/customers", fields{"account_id": "a", "indirect_partner_id": "nobody"}).Code)
	})
}

// Every code of the gateway and of all operations is answered as everywhere.
func TestWhatEveryOperationIsRefusedWith(t *testing.T) {
	t.Parallel()
	for theirs, ours := range map[string]string{
		"CBC.0100": "upstream_refused", "CBC.0151": "upstream_denied", "CBC.0250": "upstream_throttled",
		"APIG.0301": "upstream_credential", "CBC.0999": "upstream_unavailable",
	} {
		for operation, call := range map[string]func(w *world) string{
			"CheckUserIdentity":           func(w *world) string { return w.refused("/onboard/checks", fields{"login_name": "some-name"}).Code },
			"SendVerificationMessageCode": func(w *world) string { return w.refused("/onboard/codes", fields{"mobile": mobile}).Code },
			"ListSubCustomers":            func(w *world) string { return w.getRefused("/onboard/customers").Code },
		} {
			if theirs == "CBC.0999" && operation == "SendVerificationMessageCode" {
				continue // which may have sent it
			}
			t.Run(theirs+" of "+operation, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				require.NoError(t, w.Sim.RefuseNext(huawei.Refusal{Operation: operation, Code: theirs, Next: 10}))
				assert.Equal(t, ours, call(w))
			})
		}
	}
}

func TestACustomerOfAReseller(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: time.Minute})
	reseller, err := w.Sim.AddReseller(huawei.Reseller{AccountName: "reseller-one", Name: "Reseller Ltd"})
	require.NoError(t, err)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "indirect_partner_id": reseller}
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	w.clock.Advance(10 * time.Minute)
	created := w.register(in)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
	assert.Equal(t, "associated", w.show("acct-1").Association, "the reseller's list has it")

	in["indirect_partner_id"] = ""
	p := w.refused("/onboard/customers", in)
	assert.Equal(t, "key_conflict", p.Code)
	assert.Empty(t, w.list("").Customers, "it is no customer of the partner's own")
	assert.Equal(t, created.CustomerID, w.list("?indirect_partner_id=" + reseller).Customers[0].CustomerID)
}
