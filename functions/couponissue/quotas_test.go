package couponissue_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Huawei Cloud promises no times of a quota. The year 1 is none of them.
func TestAQuotaWithoutTimesIsListedWithoutThem(t *testing.T) {
	t.Parallel()
	const bare = `{"total_count":1,"quotas":[{"quota_id":"1","quota_value":10,"balance":10,"currency":"CNY"}]}`
	w := newWorldBehind(t, intercept(func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/json"}}
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(bare)), Request: r}, nil
	}))

	var out struct{ Quotas []map[string]any }
	require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/quotas", "", &out))

	require.NotEmpty(t, out.Quotas)
	assert.NotContains(t, out.Quotas[0], "effective_time")
	assert.NotContains(t, out.Quotas[0], "expire_time")
	assert.Equal(t, true, out.Quotas[0]["usable"])
}
