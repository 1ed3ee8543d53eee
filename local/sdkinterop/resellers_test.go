package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func resellerExchanges() map[string]exchange {
	return map[string]exchange{
		"ListIndirectPartners": {
			succeeds: listsResellers,
			refused: func(c *cloud) error {
				_, err := c.partner().ListIndirectPartners(&model.ListIndirectPartnersRequest{
					Body: &model.QueryIndirectPartnersReq{AssociatedOnBegin: new("May")},
				})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "associated_on_begin",
		},
		"UpdateIndirectPartnerAccount": {
			succeeds: allocatesToReseller,
			refused: func(c *cloud) error {
				_, err := c.partner().UpdateIndirectPartnerAccount(resellerAllocation(c.reseller("reseller", "0"), "0.01"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005003", says: "insufficient",
		},
		"ReclaimIndirectPartnerAccount": noIndirectPartner(reclaimsFromReseller, func(c *cloud, indirect *string) error {
			_, err := c.partner().ReclaimIndirectPartnerAccount(resellerReclaim(*indirect, "1"))
			return err
		}),
		"UpdateCouponQuotas": noIndirectPartner(issuesQuota, func(c *cloud, indirect *string) error {
			quota := c.quota(huawei.NewQuota{Value: yuan("100")})
			_, err := c.partner().UpdateCouponQuotas(quotaIssue(quota, *indirect))
			return err
		}),
		"ReclaimCouponQuotas": {
			succeeds: reclaimsQuota,
			refused: func(c *cloud) error {
				_, err := c.partner().ReclaimCouponQuotas(quotaReclaim())
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "quota_ids",
		},
		"ListCouponQuotasRecords": {
			succeeds: listsQuotaRecords,
			refused: func(c *cloud) error {
				_, err := c.partner().ListCouponQuotasRecords(&model.ListCouponQuotasRecordsRequest{OperationTimeEnd: new("May")})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "operation_time_end",
		},
		"ListIssuedCouponQuotas": {
			succeeds: listsIssuedQuotas,
			refused: func(c *cloud) error {
				_, err := c.partner().ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{Limit: new(int32(101))})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "limit",
		},
		"ListSubCustomerNewTag": noIndirectPartner(listsNewTags, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListSubCustomerNewTag(&model.ListSubCustomerNewTagRequest{
				Body: &model.ListSubCustomerNewTagReq{IndirectPartnerId: indirect},
			})
			return err
		}),
	}
}

// reseller adds an indirect partner who has that balance.
func (c *cloud) reseller(name, balance string) string {
	c.t.Helper()
	return c.seeded(c.AddReseller(huawei.Reseller{AccountName: name, Name: "甲", Mobile: "13800000001", Balance: yuan(balance)}))
}

func resellerAllocation(reseller, amount string) *model.UpdateIndirectPartnerAccountRequest {
	return &model.UpdateIndirectPartnerAccountRequest{
		Body: &model.AdjustToIndirectPartnerReq{IndirectPartnerId: reseller, Amount: new(yuan(amount))},
	}
}

func resellerReclaim(reseller, amount string) *model.ReclaimIndirectPartnerAccountRequest {
	return &model.ReclaimIndirectPartnerAccountRequest{
		Body: &model.ReclaimIndirectPartnerAccountReq{IndirectPartnerId: reseller, Amount: new(yuan(amount))},
	}
}

func quotaIssue(quota string, resellers ...string) *model.UpdateCouponQuotasRequest {
	return &model.UpdateCouponQuotasRequest{
		Body: &model.AdjustCouponQuotasReq{QuotaId: quota, IndirectPartnerIds: resellers, QuotaAmount: new(yuan("60.5"))},
	}
}

func quotaReclaim(quotas ...string) *model.ReclaimCouponQuotasRequest {
	return &model.ReclaimCouponQuotasRequest{Body: &model.ReclaimCouponQuotasReq{QuotaIds: quotas, Remark: new("再见")}}
}

func listsResellers(c *cloud) {
	c.reseller("another", "0")
	id := c.reseller("reseller", "0")
	answer, err := c.partner().ListIndirectPartners(&model.ListIndirectPartnersRequest{
		Body: &model.QueryIndirectPartnersReq{AccountName: new("reseller"), AssociatedOnBegin: new(c.now())},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 1}, answer)
	assertFields(c.t, fields{
		"indirect_partner_id": id, "account_name": "reseller", "name": "甲", "mobile_phone": "13800000001", "associated_on": c.now(),
	}, only(c.t, answer.IndirectPartners))
}

// assertResellerHas compares what the SDK says a reseller has.
func (c *cloud) assertResellerHas(reseller string, amount float64) {
	c.t.Helper()
	answer, err := c.partner().ListPartnerBalances(&model.ListPartnerBalancesRequest{IndirectPartnerId: &reseller})
	require.NoError(c.t, err)
	require.NotEmpty(c.t, *answer.AccountBalances)
	assertFields(c.t, fields{"account_type": 1, "amount": amount}, (*answer.AccountBalances)[0])
}

func allocatesToReseller(c *cloud) {
	require.NoError(c.t, c.SetPartnerBalance(yuan("100")))
	reseller := c.reseller("reseller", "1")
	answer, err := c.partner().UpdateIndirectPartnerAccount(resellerAllocation(reseller, "99.99"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"transfer_id": c.lastEffect().Reference}, answer)
	c.assertResellerHas(reseller, 100.99)
}

func reclaimsFromReseller(c *cloud) {
	reseller := c.reseller("reseller", "10")
	answer, err := c.partner().ReclaimIndirectPartnerAccount(resellerReclaim(reseller, "9.99"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"trans_id": c.lastEffect().Reference}, answer)
	c.assertResellerHas(reseller, 0.01)
}

// issueQuota gives the reseller a quota out of one of the partner's.
func (c *cloud) issueQuota(reseller string) (parent, child string) {
	c.t.Helper()
	parent = c.quota(huawei.NewQuota{Value: yuan("100")})
	answer, err := c.partner().UpdateCouponQuotas(quotaIssue(parent, reseller))
	require.NoError(c.t, err)
	assert.Empty(c.t, *answer.ErrorDetails)
	issued := only(c.t, answer.SimpleQuotaInfos)
	assert.Equal(c.t, reseller, issued.Id)
	return parent, issued.QuotaId
}

func issuesQuota(c *cloud) {
	reseller := c.reseller("reseller", "0")
	parent, child := c.issueQuota(reseller)
	assert.Equal(c.t, child, c.lastEffect().Reference)
	again, err := c.partner().UpdateCouponQuotas(quotaIssue(parent, reseller))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"id": reseller, "error_code": "CBC.99000013"}, only(c.t, again.ErrorDetails))
}

func reclaimsQuota(c *cloud) {
	parent, child := c.issueQuota(c.reseller("reseller", "0"))
	answer, err := c.partner().ReclaimCouponQuotas(quotaReclaim(child, parent))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"quota_id": child, "quota_balance": "0"}, only(c.t, answer.SimpleQuotaInfos))
	assertFields(c.t, fields{"id": parent, "error_code": "CBC.99000012"}, only(c.t, answer.ErrorDetails))
}

func listsQuotaRecords(c *cloud) {
	reseller := c.reseller("reseller", "0")
	parent, child := c.issueQuota(reseller)
	answer, err := c.partner().ListCouponQuotasRecords(&model.ListCouponQuotasRecordsRequest{
		IndirectPartnerId: &reseller, OperationType: new("10"), ParentQuotaId: &parent,
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"operation_type": "10", "quota_id": child, "parent_quota_id": parent, "amount": "60.5", "result": "0",
		"operation_time": c.now(), "operator": "sim-partner",
		"indirect_partner_id": reseller, "indirect_partner_account_name": "reseller", "indirect_partner_name": "甲",
	}, only(c.t, answer.Records))
}

func listsIssuedQuotas(c *cloud) {
	reseller := c.reseller("reseller", "0")
	parent, child := c.issueQuota(reseller)
	answer, err := c.partner().ListIssuedCouponQuotas(&model.ListIssuedCouponQuotasRequest{IndirectPartnerId: &reseller})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"quota_id": child, "parent_quota_id": parent, "quota_type": 0, "quota_status": 0, "quota_value": "60.5", "balance": "60.5",
		"measure_id": 1, "currency": "CNY", "create_time": c.now(),
		"indirect_partner_id": reseller, "indirect_partner_account_name": "reseller", "indirect_partner_name": "甲",
	}, only(c.t, answer.Quotas))
}

func listsNewTags(c *cloud) {
	reseller := c.reseller("reseller", "0")
	id := c.seeded(c.AddAccount(huawei.Account{
		Name: "yongzhi", RealName: "永志", Association: huawei.AssociationResale, Reseller: reseller,
	}))
	answer, err := c.partner().ListSubCustomerNewTag(&model.ListSubCustomerNewTagRequest{
		Body: &model.ListSubCustomerNewTagReq{CustomerIds: &[]string{id, "stranger"}, IndirectPartnerId: &reseller},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"customer_id": id, "customer_tag_type": "SMB", "new_customer_tag": "UNDETERMINED",
	}, only(c.t, answer.NewCustomerTags))
}
