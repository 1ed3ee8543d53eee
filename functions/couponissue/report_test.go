package couponissue_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
)

func TestAScheduledCampaignIsReadAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer, err := w.cloud.AddAccount(huawei.Account{Name: "aurora-media", Association: huawei.AssociationResale})
	require.NoError(t, err)
	referral, err := w.cloud.AddAccount(huawei.Account{Name: "delta-consulting", Association: huawei.AssociationReferral})
	require.NoError(t, err)
	quota, err := w.cloud.AddQuota(huawei.NewQuota{Value: decimal.NewFromInt(500)})
	require.NoError(t, err)
	campaign, err := json.Marshal(map[string]any{
		"campaign": "spring", "quota_id": quota, "face_value": "100", "customer_ids": []string{customer, referral},
	})
	require.NoError(t, err)

	var none couponissue.Report
	assert.Equal(t, http.StatusNotFound, w.call(http.MethodGet, "/couponissue/campaigns/spring", "", &none))
	for range 2 { // the second delivery finds everything settled
		require.NoError(t, w.edge.Schedule(t.Context(), "campaign", campaign))
		var report couponissue.Report
		require.Equal(t, http.StatusOK, w.call(http.MethodGet, "/couponissue/campaigns/spring", "", &report))
		assert.Equal(t, 1, report.Issued)
		assert.Equal(t, 1, report.Refused)
		assert.Equal(t, couponissue.Refused, report.Customers[1].State)
		assert.Equal(t, "400", report.QuotaBalanceAfter.String())
	}
}
