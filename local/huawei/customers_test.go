package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestCheckingAnIdentity(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	_, err := s.server.AddAccount(huawei.Account{Name: "yongzhi", Mobile: mobile})
	require.NoError(t, err)
	for _, c := range []struct {
		kind, value, outcome string
		remaining            any
	}{
		{"name", "yongzhi", "used_by_user", nil},
		{"name", "yongzhi2", "available", nil},
		{"name", "-yongzhi", "available", nil},
		{"mobile", "0086-13800000001", "available", 4.0},
		{"mobile", "0086-13800000002", "available", 5.0},
		{"email", "someone@example.com", "available", nil},
	} {
		got := s.call(http.StatusOK, pathIdentity, fmt.Sprintf(`{"search_type":%q,"search_value":%q}`, c.kind, c.value))
		assert.Equal(t, "CBC.0000", got["error_code"])
		assert.Equal(t, "success", got["error_msg"])
		assert.Equal(t, c.outcome, got["check_result"], c.value)
		assert.Equal(t, c.remaining, got["mobile_remain_available_num"], c.value)
	}
	for i := range 4 {
		_, err := s.server.AddAccount(huawei.Account{Name: fmt.Sprintf("yongzhi-%d", i), Mobile: mobile})
		require.NoError(t, err)
	}
	got := s.call(http.StatusOK, pathIdentity, `{"search_type":"mobile","search_value":"0086-13800000001"}`)
	assert.Equal(t, "used_by_user", got["check_result"])
	assert.Equal(t, 0.0, got["mobile_remain_available_num"])
}

func TestCheckingAnIdentityIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	for _, c := range []struct{ kind, value, message string }{
		{"login", "yongzhi", "search_type"},
		{"", "yongzhi", "search_type"},
		{"name", "abcd", "search_value"},
		{"name", "_abcd", "search_value"},
		{"name", "12345", "search_value"},
		{"name", "op_abc", "search_value"},
		{"name", "shadow_abc", "search_value"},
		{"mobile", "13800000001", "search_value"},
		{"mobile", "0044-13800000001", "search_value"},
		{"mobile", "0086-1380000000x", "search_value"},
		{"email", "someone", "search_value"},
		{"email", "@example.com", "search_value"},
		{"email", "", "search_value"},
	} {
		got := s.call(http.StatusBadRequest, pathIdentity, fmt.Sprintf(`{"search_type":%q,"search_value":%q}`, c.kind, c.value))
		assert.Equal(t, "CBC.0100", got["error_code"])
		assert.Contains(t, got["error_msg"], c.message, c.value)
	}
}

// threeCustomers adds two associated customers, a minute apart, and a stranger.
func threeCustomers(t *testing.T) (s *site, first, second string) {
	t.Helper()
	s = newSite(t, huawei.Options{QuotaOff: true})
	first, err := s.server.AddAccount(huawei.Account{
		Name: "north-yongzhi", RealName: "永志科技有限公司", Mobile: mobile, Label: "vip-2026",
		Association: huawei.AssociationResale,
	})
	require.NoError(t, err)
	s.clock.Advance(time.Minute)
	second, err = s.server.AddAccount(huawei.Account{
		Name: "south-yongzhi", Association: huawei.AssociationReferral, Frozen: true,
	})
	require.NoError(t, err)
	_, err = s.server.AddAccount(huawei.Account{Name: "stranger"})
	require.NoError(t, err)
	return s, first, second
}

func TestListingCustomers(t *testing.T) {
	t.Parallel()
	s, first, second := threeCustomers(t)
	for body, want := range map[string][]string{
		`{}`:                          {first, second},
		`{"account_name":"yong"}`:     {first, second},
		`{"account_name":"south"}`:    {second},
		`{"account_name":"stranger"}`: {},
		`{"customer":"科技"}`:           {first},
		`{"label":"2026"}`:            {first},
		`{"label":"VIP"}`:             {},
		`{"association_type":"1"}`:    {second},
		`{"association_type":"2"}`:    {first},
		`{"association_type":""}`:     {first, second},
		`{"customer_id":"` + second + `","account_name":"","customer":"","label":""}`: {second},
		`{"customer_id":"unknown"}`:                                                                 {},
		`{"associated_on_begin":"2026-03-02T01:00:30Z"}`:                                            {second},
		`{"associated_on_end":"2026-03-02T01:00:00Z"}`:                                              {first},
		`{"associated_on_begin":"2026-03-02T01:00:00Z","associated_on_end":"2026-03-02T01:01:00Z"}`: {first, second},
	} {
		got := s.call(http.StatusOK, pathQuery, body)
		ids := []string{}
		for _, row := range got["customer_infos"].([]any) {
			ids = append(ids, row.(map[string]any)["customer_id"].(string))
		}
		assert.Equal(t, want, ids, body)
		assert.EqualValues(t, len(want), got["count"], body)
	}
}

func TestACustomerAsItIsListed(t *testing.T) {
	t.Parallel()
	s, first, second := threeCustomers(t)
	require.NoError(t, s.server.Bind(t.Context(), huawei.Binding{AccountName: "north-yongzhi", XAccountID: "u1", XUserID: "p1"}))
	rows := s.call(http.StatusOK, pathQuery, `{}`)["customer_infos"].([]any)
	assert.Equal(t, map[string]any{
		"customer": "永志科技有限公司", "account_name": "north-yongzhi", "customer_id": first,
		"associated_on": "2026-03-02T01:00:00Z", "association_type": "2", "label": "vip-2026",
		"telephone": "138****0001", "country_code": "0086", "verified_status": "2", "customer_type": 1.0,
		"is_frozen": 0.0, "account_managers": []any{}, "xaccount_id": "u1", "xaccount_type": "SIM_IDP",
		"customer_level": "V0",
	}, rows[0])
	assert.Equal(t, map[string]any{
		"account_name": "south-yongzhi", "customer_id": second,
		"associated_on": "2026-03-02T01:01:00Z", "association_type": "1",
		"verified_status": "-1", "customer_type": -1.0, "is_frozen": 1.0, "account_managers": []any{},
		"customer_level": "V0",
	}, rows[1])
}

func TestListingCustomersInPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	for i := range 12 {
		_, err := s.server.AddAccount(huawei.Account{Name: fmt.Sprintf("customer-%02d", i), Association: huawei.AssociationResale})
		require.NoError(t, err)
	}
	for body, want := range map[string][2]string{
		`{}`:                      {"customer-00", "customer-09"},
		`{"offset":10}`:           {"customer-10", "customer-11"},
		`{"offset":1,"limit":1}`:  {"customer-01", "customer-01"},
		`{"offset":0,"limit":12}`: {"customer-00", "customer-11"},
	} {
		got := s.call(http.StatusOK, pathQuery, body)
		rows := got["customer_infos"].([]any)
		assert.EqualValues(t, 12, got["count"])
		assert.Equal(t, want[0], rows[0].(map[string]any)["account_name"], body)
		assert.Equal(t, want[1], rows[len(rows)-1].(map[string]any)["account_name"], body)
	}
	beyond := s.call(http.StatusOK, pathQuery, `{"offset":12}`)
	assert.Empty(t, beyond["customer_infos"])
	assert.EqualValues(t, 12, beyond["count"])
}

func TestListingCustomersIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	for body, message := range map[string]string{
		`{"limit":0}`:                               "limit",
		`{"limit":101}`:                             "limit",
		`{"offset":-1}`:                             "offset",
		`{"offset":40000001}`:                       "offset",
		`{"association_type":"3"}`:                  "association_type",
		`{"associated_on_begin":""}`:                "associated_on_begin",
		`{"associated_on_end":"2026-03-02"}`:        "associated_on_end",
		`{"associated_on_end":"2026-03-02 01:00Z"}`: "associated_on_end",
		`{"account_name":"yong zhi"}`:               "account_name",
	} {
		got := s.call(http.StatusBadRequest, pathQuery, body)
		assert.Equal(t, "CBC.0100", got["error_code"])
		assert.Contains(t, got["error_msg"], message, body)
	}
}
