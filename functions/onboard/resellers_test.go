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

type shownReseller struct {
	ID           string    `json:"indirect_partner_id"`
	AccountName  string    `json:"account_name"`
	Name         string    `json:"name"`
	Mobile       string    `json:"mobile_phone"`
	Email        string    `json:"email"`
	AssociatedOn time.Time `json:"associated_on"`
	Manager      string    `json:"account_manager_id"`
	ManagerName  string    `json:"account_manager_name"`
}

func TestResellersAreListedAndFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for _, name := range []string{"north-one", "north-two", "south-one"} {
		id, err := w.Sim.AddReseller(huawei.Reseller{
			AccountName: name, Name: "Ltd " + name, Mobile: "13800138000", Email: name + "@example.com", ManagerAccount: "li.na", ManagerName: "Li Na",
		})
		require.NoError(t, err)
		ids = append(ids, id)
		w.clock.Advance(time.Hour)
	}
	type list struct {
		Rows []shownReseller `json:"indirect_partners"`
		Next int             `json:"next_offset"`
	}
	names := func(query string) ([]string, int) {
		var out list
		w.get("/onboard/indirect-partners"+query, &out)
		all := []string{}
		for _, r := range out.Rows {
			all = append(all, r.AccountName)
		}
		return all, out.Next
	}
	for query, want := range map[string][]string{
		"":                                       {"north-one", "north-two", "south-one"},
		"?account_name=north":                    {"north-one", "north-two"},
		"?associated_since=2026-03-10T01:30:00Z": {"north-two", "south-one"},
		"?associated_until=2026-03-10T01:30:00Z": {"north-one"},
		"?account_name=none":                     {},
		"?associated_since=2026-03-10T01:30:00Z&associated_until=2026-03-10T02:30:00Z": {"north-two"},
	} {
		got, next := names(query)
		assert.Equal(t, want, got, query)
		assert.Zero(t, next, query)
	}
	got, next := names("?limit=2")
	assert.Equal(t, []string{"north-one", "north-two"}, got)
	assert.Equal(t, 2, next)
	got, next = names("?limit=2&offset=2")
	assert.Equal(t, []string{"south-one"}, got)
	assert.Zero(t, next)

	var one shownReseller
	w.get("/onboard/indirect-partners/"+ids[1], &one)
	assert.Equal(t, shownReseller{
		ids[1], "north-two", "Ltd north-two", "13800138000", "north-two@example.com",
		time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC), "li.na", "Li Na",
	}, one)
	for _, id := range []string{"nobody", "a%20b"} {
		p := w.problemFor(http.MethodGet, "/onboard/indirect-partners/"+id, nil)
		assert.Equal(t, "reseller_unknown", p.Code, id)
		assert.Equal(t, http.StatusNotFound, p.Status)
	}
}

func TestResellersOfWhoMayNotAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(func(_ *onboard.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			return answered(r, http.StatusForbidden, fields{"error_code": "CBC.0151", "error_msg": "access denied"}), nil
		})
	})
	for _, path := range []string{"/onboard/indirect-partners", "/onboard/indirect-partners/some"} {
		p := w.problemFor(http.MethodGet, path, nil)
		assert.Equal(t, "upstream_denied", p.Code)
		assert.Contains(t, p.Next, "distributor")
	}
}

// A customer that was registered for a reseller is known to be the reseller's.
func TestWhatIsDoneToARegisteredCustomerIsDoneForItsReseller(t *testing.T) {
	t.Parallel()
	a := newAbroad(t)
	id := a.register(fields{"account_id": "acct-1", "login_name": "ember-robotics", "domain_area": "SG", "indirect_partner_id": a.reseller}).CustomerID
	a.clock.Advance(3 * time.Second)
	require.True(t, a.frozen(id, a.reseller), "as every new customer")

	out := a.freezes("unfreezes", "u1", fields{"account_ids": []string{"acct-1"}})
	require.Equal(t, []string{"done"}, out.codes())
	assert.Equal(t, a.reseller, out.Customers[0].Reseller)
	assert.False(t, a.frozen(id, a.reseller))

	budget := a.budgetOf("b1", "12").with(fields{"customer_id": nil, "account_id": "acct-1"})
	a.post("/onboard/budgets", budget, nil)
	for _, query := range []string{"account_id=acct-1", "customer_id=" + id} {
		var got shownBudget
		a.get("/onboard/budget?"+query, &got)
		assert.Equal(t, "12", got.Amount)
		assert.Equal(t, a.reseller, got.Reseller, query)
	}
}

// A customer of a reseller that binds its account by the jump is in the reseller's list
// alone; the ticket of its sign-on says which list that is.
func TestAResellersCustomerBindsByTheJump(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		partner string // of the ticket; "reseller" stands for the reseller
		bound   bool
	}{
		"the reseller":    {"reseller", true},
		"nobody":          {"", false},
		"another partner": {"another", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSSOWorld(t)
			reseller, err := w.Sim.AddReseller(huawei.Reseller{AccountName: "reseller-one", Name: "Reseller Ltd"})
			require.NoError(t, err)
			id := w.account(huawei.Account{Name: "their-customer", Association: huawei.AssociationResale, Reseller: reseller})
			require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "their-customer", XAccountID: "acct-1", XUserID: "user-1"}))

			claims := map[string]any{"user_id": "user-1"}
			if tt.partner != "" {
				claims["partner_id"] = strings.Replace(tt.partner, "reseller", reseller, 1)
			}
			w.signOn(claims)
			w.claim(id, "0")
			w.askList(time.Minute)
			assert.Equal(t, !tt.bound, w.isFirst())
			if !tt.bound {
				return
			}
			there := w.show("acct-1")
			assert.Equal(t, id, there.CustomerID)
			assert.Equal(t, "associated", there.Association, "it is asked for in the same list from now on")
			require.NoError(t, w.Sim.Unbind(t.Context(), "their-customer"))
			w.claim(id, "1")
			w.askList(time.Minute)
			assert.True(t, w.isFirst())
		})
	}
}
