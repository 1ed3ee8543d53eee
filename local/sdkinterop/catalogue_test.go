package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/require"
)

func catalogueExchanges() map[string]exchange {
	return map[string]exchange{
		"ListIncentiveDiscountPolicies": {
			succeeds: listsPolicies,
			refused: func(c *cloud) error {
				_, err := c.partner().ListIncentiveDiscountPolicies(&model.ListIncentiveDiscountPoliciesRequest{Time: "May"})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "time",
		},
	}
}

func listsPolicies(c *cloud) {
	answer, err := c.partner().ListIncentiveDiscountPolicies(&model.ListIncentiveDiscountPoliciesRequest{
		Time: c.cycle(0), ServiceTypeCode: new("hws.service.type.domains"),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"service_type_code": "hws.service.type.domains", "service_type_name": "域名注册服务",
		"incentive_policy": "2", "allow_discount": "NO",
	}, only(c.t, answer.Policies))
}
