package onboard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

type listed struct {
	AccountID       string    `json:"account_id"`
	CustomerID      string    `json:"customer_id"`
	LoginName       string    `json:"login_name"`
	RealName        string    `json:"real_name"`
	Association     string    `json:"association"`
	AssociationType string    `json:"association_type"`
	AssociatedOn    time.Time `json:"associated_on"`
	Label           string    `json:"label"`
	Telephone       string    `json:"telephone"`
	CountryCode     string    `json:"country_code"`
	Email           string    `json:"email"`
	VerifiedStatus  string    `json:"verified_status"`
	CustomerType    string    `json:"customer_type"`
	Frozen          string    `json:"frozen"`
	CustomerLevel   string    `json:"customer_level"`
	NewCustomer     *struct {
		Tag string `json:"tag"`
	} `json:"new_customer"`
}

type listing struct {
	Customers []listed `json:"customers"`
	Next      int      `json:"next_offset"`
}

func (w *world) list(query string) listing {
	w.t.Helper()
	var out listing
	require.NoError(w.t, w.Platform.Call(w.t.Context(), http.MethodGet, "/onboard/customers"+query, nil, &out))
	return out
}

// getRefused looks at something, which must be answered with a problem.
func (w *world) getRefused(path string) handler.Problem {
	w.t.Helper()
	status, body, err := w.Platform.Send(w.t.Context(), http.MethodGet, path, nil)
	require.NoError(w.t, err)
	p := problemIn(w.t, body)
	assert.Equal(w.t, status, p.Status)
	return p
}

// threeCustomers are associated a minute apart; the last one is bound.
func threeCustomers(t *testing.T) (w *world, ids [3]string) {
	t.Helper()
	w = newWorld(t)
	for i, a := range []huawei.Account{
		{Name: "north-robotics", RealName: "永志科技有限公司", Mobile: mobile, Label: "vip-2026", Association: huawei.AssociationResale},
		{Name: "south-robotics", Association: huawei.AssociationReferral, Frozen: true},
		{Name: "fjord-textiles", Association: huawei.AssociationResale},
	} {
		ids[i] = w.account(a)
		w.clock.Advance(time.Minute)
	}
	require.NoError(t, w.Sim.Bind(t.Context(), huawei.Binding{AccountName: "fjord-textiles", XAccountID: "acct-3", XUserID: "user-3"}))
	return w, ids
}

func TestCustomersAreFound(t *testing.T) {
	t.Parallel()
	w, ids := threeCustomers(t)
	for query, want := range map[string][]string{
		"":                                       ids[:],
		"?login_name=robotics":                   ids[:2],
		"?login_name=ROBOTICS":                   {},
		"?real_name=科技":                          ids[:1],
		"?label=2026":                            ids[:1],
		"?association_type=1":                    ids[1:2],
		"?association_type=2":                    {ids[0], ids[2]},
		"?customer_id=" + ids[1]:                 ids[1:2],
		"?customer_id=nobody":                    {},
		"?limit=1&offset=1":                      ids[1:2],
		"?offset=3":                              {},
		"?limit=100":                             ids[:],
		"?associated_since=2026-03-10T01:01:00Z": ids[1:],
		"?associated_until=2026-03-10T01:01:00Z": ids[:2],
		"?associated_since=2026-03-10T01:01:00Z&associated_until=2026-03-10T01:01:00Z": ids[1:2],
	} {
		got := []string{}
		for _, c := range w.list(query).Customers {
			got = append(got, c.CustomerID)
		}
		assert.Equal(t, want, got, query)
	}
}

func TestCustomersInPages(t *testing.T) {
	t.Parallel()
	w, ids := threeCustomers(t)
	first := w.list("?limit=2")
	assert.Equal(t, 2, first.Next)
	second := w.list(fmt.Sprint("?limit=2&offset=", first.Next))
	assert.Zero(t, second.Next)
	require.Len(t, second.Customers, 1)
	assert.Equal(t, ids[2], second.Customers[0].CustomerID)
	assert.Zero(t, w.list("?limit=3").Next, "there are no more")
}

func TestACustomerAsItIsListed(t *testing.T) {
	t.Parallel()
	w, ids := threeCustomers(t)
	customers := w.list("").Customers
	assert.Equal(t, listed{
		CustomerID: ids[0], LoginName: "north-robotics", RealName: "永志科技有限公司", Association: "associated",
		AssociationType: huawei.AssociationResale, AssociatedOn: time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC),
		Label: "vip-2026", Telephone: "138****8000", CountryCode: "0086",
		VerifiedStatus: "verified", CustomerType: "enterprise", Frozen: "no", CustomerLevel: "V0",
	}, customers[0], "what is hidden stays hidden")
	assert.Equal(t, "account", customers[1].Frozen)
	assert.Equal(t, "none", customers[1].VerifiedStatus)
	assert.Equal(t, "undecided", customers[1].CustomerType)
	assert.Empty(t, customers[1].AccountID)
	assert.Equal(t, "acct-3", customers[2].AccountID)
}

func TestNewCustomersAreTold(t *testing.T) {
	t.Parallel()
	w, _ := threeCustomers(t)
	customers := w.list("?include=new_customer").Customers
	require.NotNil(t, customers[0].NewCustomer)
	assert.Equal(t, "UNDETERMINED", customers[0].NewCustomer.Tag)
	assert.Nil(t, customers[1].NewCustomer, "it has no real name")
	assert.Empty(t, w.list("?include=new_customer&login_name=nobody").Customers)

	abroad := newWorldOf(t, bss.SiteIntl)
	assert.Equal(t, "include", abroad.getRefused("/onboard/customers?include=new_customer").Fields[0].Field)
	assert.Equal(t, "association_type", abroad.getRefused("/onboard/customers?association_type=2").Fields[0].Field)
}

// An account id is found by the customer's id, also before the association is there
// and after the binding has ended.
func TestACustomerIDLeadsToTheAccount(t *testing.T) {
	t.Parallel()
	w := startWorld(t, harness.Options{AssociationDelay: time.Hour})
	created := w.register(fields{"account_id": "acct-1", "login_name": "ember-robotics"})
	query := "?customer_id=" + created.CustomerID
	assert.Equal(t, []listed{{
		AccountID: "acct-1", CustomerID: created.CustomerID, LoginName: "ember-robotics", Association: "pending",
	}}, w.list(query).Customers)
	assert.Empty(t, w.list(query+"&label=none").Customers, "it is not known whether it fits")
	w.clock.Advance(time.Hour)
	there := w.list(query).Customers
	require.Len(t, there, 1)
	assert.Equal(t, "associated", there[0].Association)
	assert.Equal(t, "acct-1", there[0].AccountID)
}

func TestListingIsStrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, field := range map[string]string{
		"colour=red":                       "colour",
		"limit=0":                          "limit",
		"limit=101":                        "limit",
		"limit=all":                        "limit",
		"offset=-1":                        "offset",
		"offset=40000001":                  "offset",
		"login_name=":                      "login_name",
		"login_name=two%20words":           "login_name",
		"login_name=a&login_name=b":        "login_name",
		"real_name=%00":                    "real_name",
		"real_name=%ff":                    "real_name",
		"label=" + strings.Repeat("x", 65): "label",
		"association_type=3":               "association_type",
		"association_type=":                "association_type",
		"associated_since=yesterday":       "associated_since",
		"associated_since=":                "associated_since",
		"associated_until=2026-03-10T01:00:00%2B08:00":                                "associated_until",
		"associated_until=2026-03-10T01:00:00.5Z":                                     "associated_until",
		"associated_since=2026-03-10T01:00:01Z&associated_until=2026-03-10T01:00:00Z": "associated_until",
		"customer_id=a%2Fb":    "customer_id",
		"indirect_partner_id=": "indirect_partner_id",
		"include=everything":   "include",
	} {
		p := w.getRefused("/onboard/customers?" + query)
		assert.Equal(t, "invalid_fields", p.Code, query)
		require.Len(t, p.Fields, 1, query)
		assert.Equal(t, field, p.Fields[0].Field, query)
	}
	assert.Equal(t, "limit", w.getRefused("/onboard/customers.csv?limit=5").Fields[0].Field, "a file has no pages")
	assert.Equal(t, "state", w.getRefused("/onboard/associations?state=pending").Fields[0].Field)
	assert.Equal(t, "reseller_unknown", w.getRefused("/onboard/customers?indirect_partner_id=nobody").Code)
	assert.Equal(t, "reseller_unknown", w.getRefused("/onboard/customers.csv?indirect_partner_id=nobody").Code)
}
