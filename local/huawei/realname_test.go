package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathPerson     = "/v2/customers/realname-auths/individual"
	pathEnterprise = "/v2/customers/realname-auths/enterprise"
	pathReview     = "/v2/customers/realname-auths/result?customer_id="
	pathRealName   = "/v2/customers/real-name-auth-status"
	pathQRCode     = "/v2/customers/real-name-auth-qrcode"
	pathScan       = "/_sim/realname/scan"
)

// fieldset is a request body whose fields a test may change.
type fieldset map[string]any

func (f fieldset) with(changes fieldset) fieldset {
	changed := fieldset{}
	for name, value := range f {
		changed[name] = value
	}
	for name, value := range changes {
		changed[name] = value
	}
	return changed
}

func passport(customer, number string) fieldset {
	return fieldset{
		"customer_id": customer, "identify_type": 0, "verified_type": 3, "name": "张三", "verified_number": number,
		"verified_file_url": []string{"a.jpg", "b/c.PNG", "d.pdf"}, "xaccount_type": "SIM_IDP", "change_type": -1,
	}
}

func licence(customer, number string) fieldset {
	return fieldset{
		"customer_id": customer, "identify_type": 1, "certificate_type": 0, "corp_name": "永志科技", "verified_number": number,
		"verified_file_url": []string{"licence.jpg"}, "xaccount_type": "SIM_IDP", "reg_country": "CN", "change_type": 1,
	}
}

func (m *market) bankCard(customer, number, code string) fieldset {
	return passport(customer, number).with(fieldset{
		"identify_type": 4, "verified_file_url": []string{"face.jpg"},
		"bank_card_info": fieldset{
			"bank_account": "6222-0001", "areacode": "0086", "mobile": "13800000001", "verification_code": code,
		},
	})
}

// cardCode asks for a code for the bank card of a customer.
func (m *market) cardCode(customer string) string {
	m.t.Helper()
	m.call(http.StatusNoContent, pathCode, text(m.t, fieldset{
		"receiver_type": 1, "mobile_phone": "13800000001", "scene": 18, "customer_id": customer,
	}))
	messages := m.server.Outbox()
	return messages[len(messages)-1].Code
}

// assertVerified looks at a customer through the partner's list.
func (m *market) assertVerified(customer, status string, kind float64, name any) {
	m.t.Helper()
	rows := m.call(http.StatusOK, pathQuery, text(m.t, fieldset{"customer_id": customer}))["customer_infos"].([]any)
	require.Len(m.t, rows, 1)
	row := rows[0].(map[string]any)
	assert.Equal(m.t, status, row["verified_status"])
	assert.InDelta(m.t, kind, row["customer_type"], 0)
	assert.Equal(m.t, name, row["customer"])
}

func (m *market) review(customer string) string {
	m.t.Helper()
	got := m.asPartner(http.MethodGet, pathReview+customer, "")
	require.Equal(m.t, http.StatusOK, got.status, got.body)
	return strings.TrimSpace(got.body)
}

func (m *market) realName() string {
	m.t.Helper()
	got := m.asCustomer(http.MethodGet, pathRealName, "")
	require.Equal(m.t, http.StatusOK, got.status, got.body)
	return strings.TrimSpace(got.body)
}

func TestAPersonIsReviewedAndBecomesAnEnterprise(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{ReviewDelay: time.Minute})
	m.assertVerified(m.resale, "-1", -1, nil)
	assert.JSONEq(t, `{}`, m.review(m.resale))
	assert.JSONEq(t, `{"verified_status":-1}`, m.realName())

	got := m.call(http.StatusOK, pathPerson, text(t, passport(m.resale, "E1")))
	assert.EqualValues(t, 1, got["is_review"])
	m.assertVerified(m.resale, "0", 0, nil)
	m.clock.Advance(time.Minute - time.Second)
	assert.JSONEq(t, `{"review_result":0}`, m.review(m.resale))
	m.clock.Advance(time.Second)
	assert.JSONEq(t, `{"review_result":2}`, m.review(m.resale))
	assert.JSONEq(t, `{"verified_status":2,"verified_type":0}`, m.realName())
	m.assertVerified(m.resale, "2", 0, "张三")

	change := m.asPartner(http.MethodPut, pathEnterprise, text(t, licence(m.resale, "913")))
	require.Equal(t, http.StatusOK, change.status, change.body)
	assert.JSONEq(t, `{"review_result":0}`, m.review(m.resale))
	assert.JSONEq(t, `{"verified_status":2,"verified_type":0}`, m.realName(), "still a verified person")
	m.clock.Advance(time.Minute)
	assert.JSONEq(t, `{"verified_status":2,"verified_type":1}`, m.realName())
	m.assertVerified(m.resale, "2", 1, "永志科技")
	assert.EqualValues(t, 1, m.call(http.StatusOK, pathQuery, `{"customer":"永志"}`)["count"])
}

func TestARejectedCustomerMayTryAgain(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{ReviewDelay: -1})
	m.call(http.StatusOK, pathEnterprise, text(t, licence(m.resale, "9130000")))
	assert.Contains(t, m.review(m.resale), `"review_result":1`)
	assert.Contains(t, m.review(m.resale), `"opinion":"The certificate does not match`)
	m.assertVerified(m.resale, "1", 1, nil)
	assert.JSONEq(t, `{"verified_status":1,"verified_type":1}`, m.realName())
	person := licence(m.resale, "913").with(fieldset{
		"enterprise_person": fieldset{"legel_name": "李四", "legel_id_number": "1", "certifier_role": "legalPerson"},
		"verified_file_url": []string{"a.jpg", "b.jpg", "c.jpg"},
	})
	m.call(http.StatusOK, pathEnterprise, text(t, person))
	assert.JSONEq(t, `{"review_result":2}`, m.review(m.resale))
}

func TestABankCardIsDecidedAtOnce(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	code := m.cardCode(m.resale)
	got := m.call(http.StatusOK, pathPerson, text(t, m.bankCard(m.resale, "110", code)))
	assert.EqualValues(t, 0, got["is_review"])
	assert.JSONEq(t, `{"verified_status":2,"verified_type":0}`, m.realName())
	assert.NotContains(t, fmt.Sprint(m.server.Journal()), "110", "certificate numbers stay out of the journal")
}

func TestSubmissionsOfPersonsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes fieldset
		code    string
		says    string
	}{
		"another platform":       {fieldset{"xaccount_type": "OTHER"}, "CBC.0101", "xaccount_type"},
		"way of enterprises":     {fieldset{"identify_type": 1}, "CBC.0100", "identify_type"},
		"no certificate type":    {fieldset{"verified_type": nil}, "CBC.0100", "verified_type"},
		"unknown certificate":    {fieldset{"verified_type": 4}, "CBC.0100", "verified_type"},
		"two attachments":        {fieldset{"verified_file_url": []string{"a.jpg", "b.jpg"}}, "CBC.0100", "3 attachments"},
		"five attachments":       {fieldset{"verified_file_url": []string{"a.jpg", "a.jpg", "a.jpg", "a.jpg", "a.jpg"}}, "CBC.0100", "verified_file_url"},
		"absolute path":          {fieldset{"verified_file_url": []string{"/a.jpg", "b.jpg", "c.jpg"}}, "CBC.0100", "download"},
		"address":                {fieldset{"verified_file_url": []string{"https://b/a.jpg", "b.jpg", "c.jpg"}}, "CBC.0100", "download"},
		"with the directory":     {fieldset{"verified_file_url": []string{"download/a.jpg", "b.jpg", "c.jpg"}}, "CBC.0100", "download"},
		"format":                 {fieldset{"verified_file_url": []string{"a.jpg", "b.tiff", "c.jpg"}}, "CBC.99000100", "format"},
		"another change":         {fieldset{"change_type": 1}, "CBC.0100", "change_type"},
		"stranger":               {fieldset{"customer_id": "stranger"}, "CBC.99000035", "sub-customer"},
		"no card":                {fieldset{"identify_type": 4}, "CBC.0100", "bank_card_info"},
		"attachment too large":   {fieldset{"verified_number": "E0099"}, "CBC.99000099", "size"},
		"not enabled":            {fieldset{"verified_number": "E5030"}, "CBC.99005030", "not enabled"},
		"business checks":        {fieldset{"verified_number": "E7004"}, "CBC.99007004", "business checks"},
		"blacklist":              {fieldset{"verified_number": "E7193"}, "CBC.99007193", "blacklist"},
		"verification":           {fieldset{"verified_number": "E7202"}, "CBC.99007202", "failed"},
		"face":                   {fieldset{"verified_number": "E7219"}, "CBC.99007219", "face"},
		"not to be reviewed":     {fieldset{"verified_number": "E0026"}, "CBC.70600026", "account manager"},
		"abnormal identity":      {fieldset{"verified_number": "E0032"}, "CBC.70600032", "ticket"},
		"a number of three only": {fieldset{"verified_number": "", "name": "x"}, "CBC.0100", "verified_number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			got := m.call(http.StatusBadRequest, pathPerson, text(t, passport(m.resale, "E1").with(c.changes)))
			assert.Equal(t, c.code, got["error_code"])
			assert.Contains(t, got["error_msg"], c.says)
			m.assertVerified(m.resale, "-1", -1, nil)
		})
	}
}

func TestSubmissionsOfBankCardsAreRefused(t *testing.T) {
	t.Parallel()
	const number = "110"
	card := func(name, value string) func(fieldset) {
		return func(f fieldset) { f["bank_card_info"].(fieldset)[name] = value }
	}
	set := func(name string, value any) func(fieldset) {
		return func(f fieldset) { f[name] = value }
	}
	for name, c := range map[string]struct {
		change func(fieldset)
		wait   time.Duration
		code   string
	}{
		"account":           {card("bank_account", "-1"), 0, "CBC.0100"},
		"area":              {card("areacode", "0044"), 0, "CBC.0100"},
		"mobile number":     {card("mobile", "23800000001"), 0, "CBC.0100"},
		"two faces":         {set("verified_file_url", []string{"a.jpg", "b.jpg"}), 0, "CBC.0100"},
		"wrong code":        {card("verification_code", "x"), 0, "CBC.99000026"},
		"another's mobile":  {card("mobile", "13800000002"), 0, "CBC.99000026"},
		"expired code":      {set("name", "李四"), 10 * time.Minute, "CBC.99000027"},
		"rejected":          {set("verified_number", number+"0000"), 0, "CBC.99007202"},
		"card holder":       {set("verified_number", number+"7255"), 0, "CBC.99007255"},
		"state of the card": {set("verified_number", number+"7258"), 0, "CBC.99007258"},
		"not enabled":       {set("verified_number", number+"7259"), 0, "CBC.99007259"},
		"issuer":            {set("verified_number", number+"7260"), 0, "CBC.99007260"},
		"not supported":     {set("verified_number", number+"7261"), 0, "CBC.99007261"},
		"network":           {set("verified_number", number+"7262"), 0, "CBC.99007262"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			body := m.bankCard(m.resale, number, m.cardCode(m.resale))
			c.change(body)
			m.clock.Advance(c.wait)
			assert.Equal(t, c.code, m.call(http.StatusBadRequest, pathPerson, text(t, body))["error_code"])
		})
	}
}

func TestABankCardCodeIsForOneCustomerAndOneUse(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	code := m.cardCode(m.resale)
	refused := func(customer, code string) {
		t.Helper()
		got := m.call(http.StatusBadRequest, pathPerson, text(t, m.bankCard(customer, "110", code)))
		assert.Equal(t, "CBC.99000026", got["error_code"])
	}
	refused(m.referral, code)
	m.call(http.StatusBadRequest, pathPerson, text(t, m.bankCard(m.resale, "7202", code))) // uses the code
	refused(m.resale, code)
	code = m.cardCode(m.resale)
	for range 3 {
		refused(m.resale, "wrong")
	}
	refused(m.resale, code) // spoiled
}

func TestSubmissionsOfEnterprisesAreRefused(t *testing.T) {
	t.Parallel()
	legalPerson := func(role string) fieldset {
		return fieldset{"legel_name": "李四", "legel_id_number": "1", "certifier_role": role}
	}
	for name, c := range map[string]struct {
		changes fieldset
		code    string
		says    string
	}{
		"another platform":     {fieldset{"xaccount_type": "OTHER"}, "CBC.0101", "xaccount_type"},
		"way of persons":       {fieldset{"identify_type": 0}, "CBC.0100", "identify_type"},
		"unknown certificate":  {fieldset{"certificate_type": 5}, "CBC.0100", "certificate_type"},
		"name of digits":       {fieldset{"corp_name": "12 3-4"}, "CBC.0100", "corp_name"},
		"country":              {fieldset{"reg_country": "China"}, "CBC.0100", "reg_country"},
		"role":                 {fieldset{"enterprise_person": legalPerson("agent")}, "CBC.0100", "certifier_role"},
		"person without card":  {fieldset{"enterprise_person": legalPerson("")}, "CBC.0100", "verified_file_url"},
		"format":               {fieldset{"verified_file_url": []string{"licence"}}, "CBC.99000100", "format"},
		"the partner itself":   {fieldset{"customer_id": "partner"}, "CBC.99000035", "sub-customer"},
		"attachment too large": {fieldset{"verified_number": "E0099"}, "CBC.99000099", "size"},
		"not enabled":          {fieldset{"verified_number": "E5030"}, "CBC.99005030", "not enabled"},
		"business checks":      {fieldset{"verified_number": "E7004"}, "CBC.99007004", "business checks"},
		"verification":         {fieldset{"verified_number": "E7202"}, "CBC.99007202", "failed"},
		"photo":                {fieldset{"verified_number": "E7253"}, "CBC.99007253", "photo"},
		"legal person":         {fieldset{"verified_number": "E7256"}, "CBC.99007256", "legal person"},
		"enterprise":           {fieldset{"verified_number": "E7257"}, "CBC.99007257", "enterprise"},
		"invited":              {fieldset{"verified_number": "E7267"}, "CBC.99007267", "invited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t, huawei.Options{})
			got := m.call(http.StatusBadRequest, pathEnterprise, text(t, licence(m.resale, "913").with(c.changes)))
			assert.Equal(t, c.code, got["error_code"])
			assert.Contains(t, got["error_msg"], c.says)
		})
	}
}

func TestProvokedRefusalsAreForTheirWayOnly(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	m.call(http.StatusOK, pathPerson, text(t, passport(m.resale, "E7253")))
	m.call(http.StatusOK, pathEnterprise, text(t, licence(m.referral, "E7193")))
}

func TestSubmissionsFitWhatCustomersAre(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	submit := func(method, path string, body fieldset) string {
		t.Helper()
		got := m.asPartner(method, path, text(t, body))
		if got.status == http.StatusOK {
			return "accepted"
		}
		assert.Equal(t, http.StatusBadRequest, got.status)
		return got.code(t)
	}
	enterprise, err := m.server.AddAccount(huawei.Account{Name: "yongzhi", RealName: "永志", Association: huawei.AssociationResale})
	require.NoError(t, err)
	assert.Equal(t, "CBC.99007188", submit(http.MethodPost, pathPerson, passport(enterprise, "E1")))
	assert.Equal(t, "CBC.99007188", submit(http.MethodPut, pathEnterprise, licence(enterprise, "913")))
	assert.Equal(t, "CBC.99007004", submit(http.MethodPut, pathEnterprise, licence(m.resale, "913")), "no person yet")

	assert.Equal(t, "accepted", submit(http.MethodPost, pathPerson, passport(m.resale, "E1")))
	assert.Equal(t, "CBC.99007188", submit(http.MethodPost, pathPerson, passport(m.resale, "E1")), "under review")
	assert.Equal(t, "CBC.99007188", submit(http.MethodPut, pathEnterprise, licence(m.resale, "913")), "under review")
	m.clock.Advance(10 * time.Second)
	assert.Equal(t, "CBC.99007188", submit(http.MethodPost, pathEnterprise, licence(m.resale, "913")), "a change is needed")
	assert.Equal(t, "accepted", submit(http.MethodPut, pathEnterprise, licence(m.resale, "913")))
	assert.Equal(t, "CBC.99007188", submit(http.MethodPut, pathEnterprise, licence(m.resale, "913")), "under review")
}

func TestAPartnerIsNoIndividual(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	domains := m.withToken(m.partnerToken(), http.MethodGet, "/v3/auth/domains", "").fields(t)["domains"].([]any)
	partner := domains[0].(map[string]any)["id"].(string)
	assert.Equal(t, "CBC.99007265", m.call(http.StatusBadRequest, pathPerson, text(t, passport(partner, "E1")))["error_code"])
}

func TestAttemptsAndCertificatesAreLimited(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{ReviewDelay: -1})
	for range 4 {
		m.call(http.StatusBadRequest, pathPerson, text(t, passport(m.resale, "E7202")))
	}
	m.call(http.StatusOK, pathPerson, text(t, passport(m.resale, "E0000")))
	assert.Equal(t, "CBC.99007191", m.call(http.StatusBadRequest, pathPerson, text(t, passport(m.resale, "E1")))["error_code"])

	for i := range 5 {
		m.call(http.StatusOK, pathPerson, text(t, passport(m.account(fmt.Sprintf("person-%d", i), huawei.AssociationResale), "E2")))
	}
	assert.Equal(t, "CBC.99007189", m.call(http.StatusBadRequest, pathPerson, text(t, passport(m.referral, "E2")))["error_code"])
	m.call(http.StatusOK, pathEnterprise, text(t, licence(m.referral, "E2")))
}

func TestTheReviewOfAStrangerIsNotTold(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := m.asPartner(http.MethodGet, pathReview+m.stranger, "")
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Equal(t, "CBC.0100", got.code(t))
}

func TestACustomerScansItsCode(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{ReviewDelay: time.Minute})
	code := func() string {
		return read[struct {
			URL string `json:"qr_code_url"`
		}](t, m.asCustomer(http.MethodGet, pathQRCode, "")).URL
	}
	scan := func(url, number string) result {
		return m.administer(http.MethodPost, pathScan, text(t, fieldset{"qr_code_url": url, "name": "张三", "verified_number": number}))
	}
	late := code()
	m.clock.Advance(10 * time.Minute)
	for name, c := range map[string]struct{ url, number, says string }{
		"unknown":   {"https://elsewhere.example", "E1", "none of that address"},
		"no number": {late, "", "missing"},
		"late":      {late, "E1", "expired"},
	} {
		got := scan(c.url, c.number)
		assert.Equal(t, http.StatusBadRequest, got.status, name)
		assert.Contains(t, got.body, c.says, name)
	}

	rejected := code()
	require.Equal(t, http.StatusOK, scan(rejected, "E0000").status)
	assert.JSONEq(t, `{"verified_status":0,"verified_type":0}`, m.realName())
	assert.Contains(t, scan(code(), "E1").body, "under review")
	m.clock.Advance(time.Minute)
	assert.JSONEq(t, `{"verified_status":1,"verified_type":0}`, m.realName())
	assert.Contains(t, scan(rejected, "E1").body, "has been used")
	require.Equal(t, http.StatusOK, scan(code(), "E1").status)
	m.clock.Advance(time.Minute)
	m.assertVerified(m.resale, "2", 0, "张三")
}
