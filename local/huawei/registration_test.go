package huawei_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// register creates a customer and expects that status.
func (s *site) register(status int, xAccountID, mobile, code string) map[string]any {
	s.t.Helper()
	fields := map[string]any{"xaccount_id": xAccountID, "xaccount_type": "SIM_IDP"}
	if mobile != "" {
		fields["mobile_phone"], fields["verification_code"] = mobile, code
	}
	body, err := json.Marshal(fields)
	require.NoError(s.t, err)
	return s.call(status, pathCustomers, string(body))
}

func TestRegistrationRefusesFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, code, message string }{
		"no xaccount_id":         {`"xaccount_type":"SIM_IDP"`, "CBC.0100", "xaccount_id"},
		"empty xaccount_id":      {`"xaccount_id":"","xaccount_type":"SIM_IDP"`, "CBC.0100", "xaccount_id"},
		"no xaccount_type":       {`"xaccount_id":"u1"`, "CBC.0100", "xaccount_type"},
		"other platform":         {`"xaccount_id":"u1","xaccount_type":"OTHER"`, "CBC.0101", "xaccount_type"},
		"short name":             {known + `"domain_name":"abcd"`, "CBC.99000031", "account name"},
		"long name":              {known + `"domain_name":"` + strings.Repeat("a", 33) + `"`, "CBC.99000031", "account name"},
		"name beyond the field":  {known + `"domain_name":"` + strings.Repeat("a", 65) + `"`, "CBC.0100", "domain_name"},
		"name begins with digit": {known + `"domain_name":"1abcd"`, "CBC.99000031", "account name"},
		"name of digits":         {known + `"domain_name":"12345"`, "CBC.99000031", "account name"},
		"name of others":         {known + `"domain_name":"op_abcd"`, "CBC.99000031", "account name"},
		"name of shadows":        {known + `"domain_name":"shadow_abcd"`, "CBC.99000031", "account name"},
		"name with a dot":        {known + `"domain_name":"ab.cd"`, "CBC.99000031", "account name"},
		"mobile":                 {known + `"mobile_phone":"0086-13800000001","verification_code":"123456"`, "CBC.5017", "mobile"},
		"mobile without code":    {known + `"mobile_phone":"13800000001"`, "CBC.0100", "verification_code"},
		"empty code":             {known + `"mobile_phone":"13800000001","verification_code":""`, "CBC.0100", "verification_code"},
		"code never sent":        {known + `"mobile_phone":"13800000001","verification_code":"123456"`, "CBC.99004010", "wrong"},
		"short password":         {known + `"password":"Abc-123"`, "CBC.0100", "password"},
		"empty password":         {known + `"password":""`, "CBC.0100", "password"},
		"long password":          {known + `"password":"` + strings.Repeat("aB", 17) + `"`, "CBC.0100", "password"},
		"one class":              {known + `"password":"abcdefgh"`, "CBC.99000036", "password"},
		"password is the name":   {known + `"domain_name":"Yongzhi1","password":"Yongzhi1"`, "CBC.99000036", "password"},
		"password backwards":     {known + `"domain_name":"Yongzhi1","password":"1ihzgnoY"`, "CBC.99000036", "password"},
		"password with mobile":   {known + `"mobile_phone":"13800000001","verification_code":"123456","password":"a13800000001"`, "CBC.99000036", "password"},
		"market messages":        {known + `"is_close_market_ms":"yes"`, "CBC.0100", "is_close_market_ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, huawei.Options{})
			refused := s.call(http.StatusBadRequest, pathCustomers, "{"+c.fields+"}")
			assert.Equal(t, c.code, refused["error_code"])
			assert.Contains(t, refused["error_msg"], c.message)
			assert.Empty(t, s.server.Journal())
		})
	}
}

const known = `"xaccount_id":"u1","xaccount_type":"SIM_IDP",`

func TestRegistrationTakesWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"nothing more":        `"is_close_market_ms":""`,
		"nulls":               `"domain_name":null,"mobile_phone":null,"verification_code":null,"password":null`,
		"empty mobile":        `"mobile_phone":"","verification_code":"123456"`,
		"name with underline": `"domain_name":"_abcd"`,
		"name with hyphen":    `"domain_name":"-abcd"`,
		"longest name":        `"domain_name":"` + strings.Repeat("a", 32) + `"`,
		"two classes":         `"password":"abcdefg1"`,
		"market messages":     `"is_close_market_ms":"true"`,
		"no indirect partner": `"indirect_partner_id":""`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newSite(t, huawei.Options{}).call(http.StatusOK, pathCustomers, "{"+known+fields+"}")
		})
	}
}

func TestRegistrationWithoutANameGeneratesOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	created := s.register(http.StatusOK, "u1", "", "")
	assert.Regexp(t, `^[0-9a-f]{32}$`, created["domain_id"])
	assert.Regexp(t, `^a[0-9a-f]{31}$`, created["domain_name"])
	require.Len(t, s.server.Journal(), 1)
	effect := s.server.Journal()[0]
	assert.Equal(t, "CreateSubCustomer", effect.Operation)
	assert.Equal(t, created["domain_id"], effect.CustomerID)
	assert.Equal(t, "u1", effect.Reference)
	assert.Len(t, effect.RequestID, 32)
}

func TestRegistrationIsUnique(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.call(http.StatusOK, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP","domain_name":"yongzhi"}`)
	again := s.call(http.StatusBadRequest, pathCustomers, `{"xaccount_id":"u2","xaccount_type":"SIM_IDP","domain_name":"yongzhi"}`)
	assert.Equal(t, "CBC.99000038", again["error_code"])
	again = s.call(http.StatusBadRequest, pathCustomers, `{"xaccount_id":"u1","xaccount_type":"SIM_IDP","domain_name":"yongzhi2"}`)
	assert.Equal(t, "CBC.99000039", again["error_code"])
	assert.Len(t, s.server.Journal(), 1)
}

func TestAMobileRegistersFiveAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for i := range 5 {
		s.register(http.StatusOK, fmt.Sprintf("u%d", i), mobile, s.sendCode(mobile))
	}
	code := s.sendCode(mobile)
	assert.Equal(t, "CBC.99000030", s.register(http.StatusBadRequest, "u5", mobile, code)["error_code"])
}

func TestAssociationFollowsRegistration(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{AssociationDelay: 7 * time.Second})
	created := s.register(http.StatusOK, "u1", "", "")
	count := func() any { return s.call(http.StatusOK, pathQuery, `{}`)["count"] }
	s.clock.Advance(7*time.Second - time.Nanosecond)
	assert.EqualValues(t, 0, count())
	s.clock.Advance(time.Nanosecond)
	assert.EqualValues(t, 1, count())
	s.customerToken(created["domain_name"].(string))
}

func TestARegistrationCanWaitForTheAssociation(t *testing.T) {
	t.Parallel()
	body := `{"xaccount_id":"u1","xaccount_type":"SIM_IDP","include_association_result":true}`

	soon := newSite(t, huawei.Options{AssociationDelay: 5 * time.Second})
	soon.call(http.StatusOK, pathCustomers, body)
	assert.EqualValues(t, 1, soon.call(http.StatusOK, pathQuery, `{}`)["count"])

	late := newSite(t, huawei.Options{AssociationDelay: 6 * time.Second})
	timedOut := late.call(http.StatusInternalServerError, pathCustomers, body)
	assert.Equal(t, "CBC.99000050", timedOut["error_code"])
	assert.NotEmpty(t, timedOut["domain_name"])
	late.clock.Advance(6 * time.Second)
	listed := late.call(http.StatusOK, pathQuery, fmt.Sprintf(`{"customer_id":%q}`, timedOut["domain_id"]))
	assert.EqualValues(t, 1, listed["count"])
	assert.Equal(t, "CBC.99000039", late.call(http.StatusBadRequest, pathCustomers, body)["error_code"])
}

func TestAssociationWithoutDelay(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{AssociationDelay: -1})
	s.register(http.StatusOK, "u1", "", "")
	assert.EqualValues(t, 1, s.call(http.StatusOK, pathQuery, `{}`)["count"])
}
