package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// abroad is an international site with a reseller customer, which is not frozen
// and named like the mainland's resale customer, a referral customer with 1000 in cash, a reseller customer of the partner's
// reseller, and a stranger.
type abroad struct {
	*market  // whose resale customer is the reseller customer
	reseller string
	theirs   string // customer of the reseller
}

func newAbroad(t *testing.T, o huawei.Options) *abroad {
	t.Helper()
	o.QuotaOff = true
	if o.Site == "" {
		o.Site = bss.SiteIntl
	}
	a := &abroad{market: &market{site: newSite(t, o)}}
	a.populate()
	t.Cleanup(func() { assert.Empty(t, a.server.Check()) })
	return a
}

func (a *abroad) populate() {
	a.t.Helper()
	var err error
	a.resale = a.account("resale-customer", huawei.AssociationReseller)
	a.referral = a.account("referral-customer", huawei.AssociationReferral)
	a.stranger = a.account("a-stranger", "")
	require.NoError(a.t, a.server.SetCash(a.referral, yuan("1000")))
	a.reseller, err = a.server.AddReseller(huawei.Reseller{AccountName: "reseller-one", Name: "Reseller Ltd"})
	require.NoError(a.t, err)
	a.theirs, err = a.server.AddAccount(huawei.Account{
		Name: "their-customer", Association: huawei.AssociationReseller, Reseller: a.reseller,
	})
	require.NoError(a.t, err)
	a.token = a.customerToken("resale-customer")
}

func TestAnUnknownSiteIsRefused(t *testing.T) {
	t.Parallel()
	_, err := huawei.NewServer(huawei.Options{Site: "mars"})
	require.ErrorContains(t, err, `the site "mars" is unknown: use cn, intl or eu`)
}

// paths are the operations of a contract by method and path.
func paths(t *testing.T, published []byte) map[string]bool {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(published)
	require.NoError(t, err)
	all := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			all[method+" "+strings.NewReplacer("{order_id}", "x", "{resource_id}", "x", "{domain_id}", "x").Replace(path)] = true
		}
	}
	return all
}

func TestASiteHasItsOwnOperationsOnly(t *testing.T) {
	t.Parallel()
	mainland, elsewhere := paths(t, contract.CN), paths(t, contract.Intl)
	require.Len(t, mainland, 91)
	require.Len(t, elsewhere, 54)
	for site, served := range map[bss.Site]map[string]bool{
		bss.SiteCN: mainland, bss.SiteIntl: elsewhere, bss.SiteEU: elsewhere,
	} {
		s := newSite(t, huawei.Options{Site: site})
		for _, operations := range []map[string]bool{mainland, elsewhere} {
			for operation := range operations {
				method, path, _ := strings.Cut(operation, " ")
				want := http.StatusNotFound
				if served[operation] {
					want = http.StatusUnauthorized
				}
				assert.Equal(t, want, s.send(s.request(method, path, "")).status, "%s on %s", operation, site)
			}
		}
	}
}

func TestEveryOperationOfTheInternationalSiteIsSimulated(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Intl)
	require.NoError(t, err)
	s := newSite(t, huawei.Options{Site: bss.SiteIntl})
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			assert.True(t, s.server.Has(operation.OperationID), operation.OperationID)
		}
	}
	require.NoError(t, s.server.CheckOperations())
	_, err = s.server.AddFault(huawei.Fault{Operation: "CreatePartnerCoupons", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Next: 1})
	require.Error(t, err, "an operation of the mainland")
}

// The answers of the site's own operations must be what the contract says, and no
// more than it says.
func TestAnswersAbroadFollowTheContract(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.spend("10")
	a.later(40 * day)
	a.setBudget("5", nil)
	a.spend("20")
	doc := readContractAbroad(t)
	customers := text(t, fieldset{"customer_ids": []string{a.resale, a.stranger}, "reason": "overdue"})
	for path, answer := range map[string]result{
		pathFreeze:        a.asPartner(http.MethodPost, pathFreeze, customers),
		pathUnfreeze:      a.asPartner(http.MethodPost, pathUnfreeze, customers),
		pathBudgetQuery:   a.asPartner(http.MethodPost, pathBudgetQuery, customers),
		pathBudget:        a.asPartner(http.MethodGet, pathBudget+"?customer_id="+a.resale, ""),
		pathBudgetRecords: a.asPartner(http.MethodGet, pathBudgetRecords+"?customer_id="+a.resale, ""),
		pathPostpaid:      a.asPartner(http.MethodGet, pathPostpaid+"?bill_cycle=2026-03", ""),
		pathConsume:       a.asPartner(http.MethodGet, pathConsume, ""),
		pathMyQuota:       a.withToken(a.customerToken("referral-customer"), http.MethodGet, pathMyQuota, ""),
		"/v1.0/{domain_id}/payments/intl-invoices": a.asPartner(http.MethodGet, pathInvoices(a.partnerID())+ever+"&offset=1&limit=10", ""),
	} {
		operation := doc.Paths.Value(path).Operations()[answer.method]
		require.NotNil(t, operation, "%s %s", answer.method, path)
		schema := operation.Responses.Value("200").Value.Content["application/json"].Schema.Value
		require.NoError(t, schema.VisitJSON(answer.fields(t)), path)
		assertKnown(t, schema, answer.fields(t), operation.OperationID)
		assert.Len(t, answer.fields(t), len(schema.Properties), "%s leaves fields out", path)
	}
}

const (
	newcomer = `"xaccount_id":"u1","xaccount_type":"SIM_IDP","domain_area":"SG"`
	mail     = `"email":"a@b.example"`
)

// mailed asks for a code by e-mail and reads it.
func (a *abroad) mailed(address string) string {
	a.t.Helper()
	a.call(http.StatusNoContent, pathCode, fmt.Sprintf(`{"receiver_type":2,"email":%q}`, address))
	messages := a.server.Outbox()
	return messages[len(messages)-1].Code
}

func TestCodesGoByMail(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	code := a.mailed("a@b.example")
	sent := a.server.Outbox()[0]
	assert.Equal(t, huawei.MediumEmail, sent.Medium)
	assert.Equal(t, "a@b.example", sent.Receiver)
	assert.Len(t, code, 6)
	for name, body := range map[string]string{
		"by SMS":           `{"receiver_type":1,"email":"a@b.example"}`,
		"to a mobile":      `{"receiver_type":2,"mobile_phone":"13800000001"}`,
		"to nobody":        `{"receiver_type":2,"email":"b.example"}`,
		"another language": `{"receiver_type":2,"email":"a@b.example","lang":"fr-fr"}`,
		"long":             `{"receiver_type":2,"email":"` + strings.Repeat("a", 56) + `@b.example"}`,
	} {
		assert.Equal(t, "CBC.0100", a.call(http.StatusBadRequest, pathCode, body)["error_code"], name)
	}
	for range 14 {
		a.mailed("a@b.example")
	}
	full := a.call(http.StatusBadRequest, pathCode, `{"receiver_type":2,"email":"a@b.example"}`)
	assert.Equal(t, "CBC.99004015", full["error_code"])
	// The scene and its customer belong to the mainland.
	a.call(http.StatusNoContent, pathCode, `{"receiver_type":2,"email":"c@b.example","scene":18}`)
}

func TestTheMainlandSendsTextMessages(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.call(http.StatusNoContent, pathCode, `{"receiver_type":1,"mobile_phone":"13800000001"}`)
	assert.Equal(t, huawei.MediumSMS, s.server.Outbox()[0].Medium)
}

func TestRegistrationAbroad(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{AssociationDelay: -1})
	code := a.mailed("a@b.example")
	created := a.call(http.StatusOK, pathCustomers, `{`+newcomer+`,`+mail+`,"verification_code":"`+code+`"}`)
	row := a.row(created["domain_id"].(string))
	assert.Equal(t, "3", row["association_type"])
	assert.Equal(t, "a@b.example", row["email"])
	assert.EqualValues(t, 1, row["is_frozen"])
	// A mobile number means nothing here, and so needs no code.
	a.call(http.StatusOK, pathCustomers, `{"xaccount_id":"u2","xaccount_type":"SIM_IDP","domain_area":"DE","mobile_phone":"13800000001"}`)
	assert.Empty(t, a.call(http.StatusOK, pathQuery, `{"limit":100}`)["customer_infos"].([]any)[3].(map[string]any)["telephone"])
}

// row is a customer in the partner's list.
func (a *abroad) row(customer string) map[string]any {
	a.t.Helper()
	rows := a.call(http.StatusOK, pathQuery, text(a.t, fieldset{"customer_id": customer}))["customer_infos"].([]any)
	require.Len(a.t, rows, 1)
	return rows[0].(map[string]any)
}

func TestRegistrationAbroadIsRefused(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	_, err := a.server.AddAccount(huawei.Account{Name: "yongzhi", Email: "taken@b.example"})
	require.NoError(t, err)
	for name, c := range map[string]struct{ fields, code string }{
		"no area":               {`"xaccount_id":"u1","xaccount_type":"SIM_IDP"`, "CBC.0100"},
		"long area":             {`"xaccount_id":"u1","xaccount_type":"SIM_IDP","domain_area":"SGP"`, "CBC.0100"},
		"small area":            {`"xaccount_id":"u1","xaccount_type":"SIM_IDP","domain_area":"sg"`, "CBC.0100"},
		"no address":            {newcomer + `,"email":"b.example","verification_code":"123456"`, "CBC.0100"},
		"address without code":  {newcomer + `,` + mail, "CBC.0100"},
		"code never sent":       {newcomer + `,` + mail + `,"verification_code":"123456"`, "CBC.99004010"},
		"password with address": {newcomer + `,` + mail + `,"verification_code":"123456","password":"1a@b.example"`, "CBC.99000036"},
		"address taken":         {newcomer + `,"email":"Taken@b.example","verification_code":"123456"`, "CBC.99000029"},
		"unknown reseller":      {newcomer + `,"indirect_partner_id":"x"`, "CBC.99000037"},
	} {
		assert.Equal(t, c.code, a.call(http.StatusBadRequest, pathCustomers, "{"+c.fields+"}")["error_code"], name)
	}
}

func TestIdentitiesAbroad(t *testing.T) {
	t.Parallel()
	for site, remaining := range map[bss.Site]any{bss.SiteIntl: 5.0, bss.SiteEU: nil} {
		t.Run(string(site), func(t *testing.T) {
			t.Parallel()
			a := newAbroad(t, huawei.Options{Site: site})
			_, err := a.server.AddAccount(huawei.Account{Name: "yongzhi", Email: "a@b.example"})
			require.NoError(t, err)
			mobile := a.call(http.StatusOK, pathIdentity, `{"search_type":"mobile","search_value":"0065-81234567"}`)
			assert.Equal(t, "available", mobile["check_result"])
			assert.Equal(t, remaining, mobile["mobile_remain_available_num"])
			for address, want := range map[string]string{"a@b.example": "used_by_user", "c@b.example": "available"} {
				got := a.call(http.StatusOK, pathIdentity, text(t, fieldset{"search_type": "email", "search_value": address}))
				assert.Equal(t, want, got["check_result"], address)
			}
			for _, value := range []string{"65-81234567", "0065", "0065-x"} {
				got := a.call(http.StatusBadRequest, pathIdentity, text(t, fieldset{"search_type": "mobile", "search_value": value}))
				assert.Equal(t, "CBC.0100", got["error_code"], value)
			}
		})
	}
}

func TestAssociationTypesAreThoseOfTheSite(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	for kind, count := range map[string]int{"1": 1, "3": 1, "": 2} {
		assert.EqualValues(t, count, a.call(http.StatusOK, pathQuery, text(t, fieldset{"association_type": kind}))["count"], kind)
	}
	assert.Contains(t, a.call(http.StatusBadRequest, pathQuery, `{"association_type":"2"}`)["error_msg"], "neither 1 nor 3")
	_, err := a.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale})
	require.ErrorContains(t, err, "none of [1 3]")
	_, err = a.server.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationReseller, Cash: yuan("1")})
	require.ErrorContains(t, err, "no cash")
	require.ErrorContains(t, a.server.SetCash(a.resale, yuan("1")), "which has none")
	_, err = a.server.AddAccount(huawei.Account{Name: "yongzhi", Email: "nowhere"})
	require.ErrorContains(t, err, "e-mail")
}

func TestAnAccountThatIsBoundAbroadIsFrozen(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	require.NoError(t, a.server.Bind(t.Context(), huawei.Binding{AccountName: "a-stranger", XAccountID: "u1", XUserID: "1"}))
	row := a.row(a.stranger)
	assert.Equal(t, "3", row["association_type"])
	assert.EqualValues(t, 1, row["is_frozen"])
}

func TestRealNamesAbroad(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	person := passport(a.resale, "E1")
	two := fieldset{"verified_file_url": []string{"profile.jpg", "hand.jpg"}}
	legalPerson := licence(a.resale, "1").with(fieldset{
		"enterprise_person": fieldset{"legel_name": "Li", "legel_id_number": "1"},
		"verified_file_url": []string{"front.jpg", "back.jpg", "portrait.jpg"},
	})
	for name, c := range map[string]struct{ path, body string }{
		"three pictures of a passport": {pathPerson, text(t, person)},
		"two of a permit":              {pathPerson, text(t, person.with(two).with(fieldset{"verified_type": 5}))},
		"a bank card":                  {pathPerson, text(t, a.bankCard(a.resale, "E1", "123456"))},
		"one side of a certificate":    {pathEnterprise, text(t, legalPerson)},
	} {
		assert.Equal(t, "CBC.0100", a.call(http.StatusBadRequest, c.path, c.body)["error_code"], name)
	}
	assert.EqualValues(t, 1, a.call(http.StatusOK, pathPerson, text(t, person.with(two)))["is_review"])
}

func TestMoneyAbroadIsInDollars(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	got := a.withToken(a.customerToken("referral-customer"), http.MethodGet, pathBalances, "").fields(t)
	assert.Equal(t, "USD", got["currency"])
	assert.Equal(t, "USD", got["account_balances"].([]any)[0].(map[string]any)["currency"])
	id := a.place(huawei.NewOrder{})
	assert.Contains(t, a.asPartner(http.MethodGet, pathOrders+"/details/"+id, "").body, `"currency":"USD"`)
	for _, effect := range a.server.Journal() {
		assert.NotEqual(t, "CNY", effect.Currency, effect.Operation)
	}
	refused := a.asCustomer(http.MethodGet, pathBalances, "")
	assert.Equal(t, "CBC.99000049", refused.code(t))
}

// This project's own client, set to the site, works with it too.
func TestTheOwnClientKnowsTheSite(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	rows, err := bss.Collect(a.server.Client().ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
	require.NoError(t, err)
	assert.Len(t, rows, 2)
	id := a.place(huawei.NewOrder{})
	require.NoError(t, a.server.Client().PayOrders(t.Context(), "resale-customer", bss.PayOrdersRequest{OrderID: id}))
	_, err = bss.Collect(a.server.Client().ListQuotaCoupons(t.Context(), bss.ListQuotaCouponsRequest{}))
	require.Error(t, err)
}
