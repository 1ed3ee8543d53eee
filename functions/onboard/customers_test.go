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

func TestRegistrationFromTheCheckToTheAssociation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "mobile": mobile, "code": w.code(mobile)}

	created := w.register(in)
	assert.Equal(t, customer{
		AccountID: "acct-1", CustomerID: created.CustomerID, LoginName: "ember-robotics", Association: "pending",
	}, created)
	assert.NotEmpty(t, created.CustomerID)
	assert.Equal(t, created, w.show("acct-1"), "not in the partner's list yet")

	w.clock.Advance(3 * time.Second)
	there := w.show("acct-1")
	assert.Equal(t, "associated", there.Association)
	assert.Equal(t, huawei.AssociationResale, there.AssociationType)
	assert.False(t, there.AssociatedOn.IsZero())
	assert.Equal(t, created.CustomerID, there.CustomerID)
}

func TestARegisteredCustomerIsAtItsLocation(t *testing.T) {
	t.Parallel()
	for _, accountID := range []string{"acct-1", "a/b c", "顾客一号", "50%"} {
		t.Run(accountID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := `{"account_id":"` + accountID + `","login_name":"ember-robotics"}`
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.FunctionsURL+"/onboard/customers", strings.NewReader(body))
			require.NoError(t, err)
			res := w.sendSigned(req, body)
			require.Equal(t, http.StatusCreated, res.StatusCode)

			var out customer
			require.NoError(t, w.Platform.Call(t.Context(), http.MethodGet, res.Header.Get("Location"), nil, &out))
			assert.Equal(t, accountID, out.AccountID)
		})
	}
}

func TestTheSameRegistrationCreatesNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "mobile": mobile, "code": w.code(mobile)}
	first := w.register(in)
	before := w.Sim.Journal()

	in["code"] = "000000" // it is not looked at: nothing is registered
	assert.Equal(t, first, w.register(in))
	w.clock.Advance(48 * time.Hour)
	assert.Equal(t, first, w.register(in))
	assert.Equal(t, before, w.Sim.Journal())
}

func TestARegistrationWithOtherFieldsIsAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(fields{"account_id": "acct-1", "login_name": "ember-robotics"})
	before := w.Sim.Journal()

	p := w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "other-robotics"})
	assert.Equal(t, "key_conflict", p.Code)
	assert.Equal(t, http.StatusConflict, p.Status)
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "login_name", p.Fields[0].Field)

	p = w.refused("/onboard/customers", fields{"account_id": "acct-1", "login_name": "ember-robotics", "mobile": mobile, "code": "123456"})
	require.Len(t, p.Fields, 1)
	assert.Equal(t, "mobile", p.Fields[0].Field)
	assert.Equal(t, before, w.Sim.Journal())
}

func TestAWrongCodeThenTheRightOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.code(mobile)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "mobile": mobile, "code": otherThan(code)}
	assert.Equal(t, "code_wrong", w.refused("/onboard/customers", in).Code)

	in["code"] = code
	assert.Equal(t, "ember-robotics", w.register(in).LoginName)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

// otherThan is a code that was not sent.
func otherThan(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

func TestALostAnswerIsFoundAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultInternal} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := fields{"account_id": "acct-1", "login_name": "ember-robotics", "mobile": mobile, "code": w.code(mobile)}
			w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: kind, Point: huawei.AfterEffect, Next: 1})

			p := w.refused("/onboard/customers", in)
			assert.Equal(t, "outcome_unknown", p.Code, "the name is taken by this very customer")
			assert.Equal(t, http.StatusServiceUnavailable, p.Status)

			w.clock.Advance(4 * time.Second) // until the partner sees the customer
			found := w.register(in)
			assert.Equal(t, "ember-robotics", found.LoginName)
			assert.Equal(t, 1, w.effects("CreateSubCustomer"))
			assert.Equal(t, found.CustomerID, w.show("acct-1").CustomerID)
		})
	}
}

func TestALostAnswerWithoutALoginNameIsFoundByItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(huawei.Account{Name: "older-customer", Association: huawei.AssociationResale})
	w.clock.Advance(time.Hour)
	in := fields{"account_id": "acct-1"}
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 1})
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)

	w.clock.Advance(4 * time.Second)
	found := w.register(in)
	assert.NotEmpty(t, found.LoginName)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

func TestARegistrationThatNeverHappenedIsMadeLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
	w.fail(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultReset, Point: huawei.BeforeEffect, Next: 5})
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code, "it may still come to light")

	w.clock.Advance(6 * time.Minute)
	w.register(in)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

func TestAnAccountWhoseAssociationTimedOutIsRegistered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !isRegistration(r) {
				return wire.RoundTrip(r)
			}
			return answered(r, http.StatusInternalServerError, fields{
				"error_code": "CBC.99000050", "error_msg": "the association timed out",
				"domain_id": "0123456789abcdef0123456789abcdef", "domain_name": "ember-robotics",
			}), nil
		})
	})
	created := w.register(fields{"account_id": "acct-1", "login_name": "ember-robotics"})
	assert.Equal(t, "0123456789abcdef0123456789abcdef", created.CustomerID)
	assert.Equal(t, "pending", created.Association)
}

// Without its ids the account is known to be there, but not which it is: that is no
// refusal.
func TestATimedOutAssociationWithoutIDsIsInDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			if !isRegistration(r) {
				return wire.RoundTrip(r)
			}
			res, err := wire.RoundTrip(r)
			if err != nil || res.Body.Close() != nil {
				return res, err
			}
			return answered(r, http.StatusInternalServerError, fields{"error_code": "CBC.99000050", "error_msg": "the association timed out"}), nil
		})
	})
	in := fields{"account_id": "acct-1", "login_name": "ember-robotics"}
	assert.Equal(t, "outcome_unknown", w.refused("/onboard/customers", in).Code)
	w.clock.Advance(4 * time.Second)
	assert.Equal(t, "ember-robotics", w.register(in).LoginName)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

// An account that is bound already belongs to the account id: there is nothing to
// choose, so it is found rather than refused.
func TestABoundAccountIsFoundWhereNoLoginNameIsWanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.account(huawei.Account{Name: "fjord-textiles"})
	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-1", XUserID: "user-1"}))
	assert.Equal(t, id, w.register(fields{"account_id": "acct-1"}).CustomerID)
	assert.Zero(t, w.effects("CreateSubCustomer"))
}

func TestAnUnknownCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, body, err := w.Platform.Send(t.Context(), http.MethodGet, "/onboard/customers/nobody", nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, string(body), `"code":"customer_unknown"`)
}
