package bss_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/bss"
)

// payRefused is the error of a payment that is refused in these words.
func payRefused(t *testing.T, body string) error {
	t.Helper()
	c, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tokens") {
			w.Header().Set("X-Subject-Token", "a-token")
			saying(201, jsonType, `{"token":{"expires_at":"2036-01-01T00:00:00.000000Z"}}`)(w, r)
			return
		}
		saying(400, jsonType, body)(w, r)
	})
	err := c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: "CS1"})
	require.Error(t, err)
	return fmt.Errorf("pay the order: %w", err)
}

func TestWhatIsShort(t *testing.T) {
	t.Parallel()
	err := payRefused(t, `{"error_code":"CBC.99003141","error_msg":"short","quota_infos":[
		{"region_code":"cn-north-1","region_name":"华北-北京一","cloud_service_type":"hws.service.type.ebs","cloud_service_type_name":"云硬盘",
		 "resource_Type_code":"hws.resource.type.volume","resource_type_name":"云硬盘","available_zone":"cn-north-1a","error_type":2},
		{"region_code":"cn-north-4","error_type":"1"},{"type":99},{"error_type":null},{}]}`)
	assert.Equal(t, []bss.QuotaInfo{
		{
			Shortage: bss.ShortCapacity, RegionCode: "cn-north-1", RegionName: "华北-北京一",
			ServiceTypeCode: "hws.service.type.ebs", ServiceTypeName: "云硬盘",
			ResourceTypeCode: "hws.resource.type.volume", ResourceTypeName: "云硬盘", AvailabilityZone: "cn-north-1a",
		},
		{Shortage: bss.ShortQuota, RegionCode: "cn-north-4"}, {Shortage: bss.OtherShortage}, {}, {},
	}, bss.QuotaInfos(err))
	assert.Empty(t, bss.ShortProjects(err))
}

func TestProjectsThatAreShort(t *testing.T) {
	t.Parallel()
	err := payRefused(t, `{"error_code":"CBC.99003155","enterprise_project_auth_result":[
		{"enterprise_project_id":"0","enterprise_project_name":"default"},{"enterprise_project_id":null}]}`)
	assert.Equal(t, []bss.EnterpriseProject{{ID: "0", Name: "default"}, {}}, bss.ShortProjects(err))
	assert.Empty(t, bss.QuotaInfos(err))
}

func TestOtherErrorsSayNothingOfShortages(t *testing.T) {
	t.Parallel()
	infos := `"quota_infos":[{"error_type":1}],"enterprise_project_auth_result":[{"enterprise_project_id":"0"}]}`
	for _, err := range []error{
		nil, errors.New("another"), bss.ErrCapacity,
		payRefused(t, `{"error_code":"CBC.0100",`+infos),
		payRefused(t, `{"error_code":"CBC.99003141","quota_infos":"none"}`),
		payRefused(t, `{"error_code":"CBC.99003141","quota_infos":null}`),
		payRefused(t, `{"error_code":"CBC.99003155","enterprise_project_auth_result":{}}`),
	} {
		assert.Empty(t, bss.QuotaInfos(err))
		assert.Empty(t, bss.ShortProjects(err))
	}
}
