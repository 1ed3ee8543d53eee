package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func fundExchanges() map[string]exchange {
	return map[string]exchange{
		"ListPartnerBalances": noIndirectPartner(listsPartnerBalances, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListPartnerBalances(&model.ListPartnerBalancesRequest{IndirectPartnerId: indirect})
			return err
		}),
		"UpdateCustomerAccountAmount": {
			succeeds: allocates,
			refused: func(c *cloud) error {
				_, err := c.partner().UpdateCustomerAccountAmount(allocation(c.richAccount("yongzhi"), "0.01"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005003", says: "insufficient",
		},
		"ReclaimToPartnerAccount": {
			succeeds: reclaimsFunds,
			refused: func(c *cloud) error {
				_, err := c.partner().ReclaimToPartnerAccount(fundReclaim(c.account("yongzhi", huawei.AssociationReferral), "1"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005021", says: "referral",
		},
		"ListPartnerAdjustRecords": noIndirectPartner(listsAdjustRecords, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{IndirectPartnerId: indirect})
			return err
		}),
		"ListCustomersBalancesDetail": noIndirectPartner(listsCustomerBalances, func(c *cloud, indirect *string) error {
			_, err := c.partner().ListCustomersBalancesDetail(&model.ListCustomersBalancesDetailRequest{
				Body: &model.QueryCustomersBalancesReq{
					CustomerInfos: []model.CustomerInfoV2{{CustomerId: "1"}}, IndirectPartnerId: indirect,
				},
			})
			return err
		}),
		"ShowCustomerAccountBalances": {
			succeeds: showsBalances,
			refused: func(c *cloud) error {
				_, err := c.partner().ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
				return err
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "customer",
		},
	}
}

func allocation(customerID, amount string) *model.UpdateCustomerAccountAmountRequest {
	return &model.UpdateCustomerAccountAmountRequest{
		Body: &model.AdjustAccountReq{CustomerId: customerID, Amount: new(yuan(amount))},
	}
}

func fundReclaim(customerID, amount string) *model.ReclaimToPartnerAccountRequest {
	return &model.ReclaimToPartnerAccountRequest{
		Body: &model.ReclaimToPartnerAccountBalancesReq{CustomerId: customerID, Amount: new(yuan(amount))},
	}
}

func listsPartnerBalances(c *cloud) {
	require.NoError(c.t, c.SetPartnerBalance(yuan("12345.67")))
	answer, err := c.partner().ListPartnerBalances(&model.ListPartnerBalancesRequest{})
	require.NoError(c.t, err)
	require.NotEmpty(c.t, *answer.AccountBalances)
	assertFields(c.t, fields{
		"account_type": 1, "amount": 12345.67, "currency": c.currency(), "designated_amount": 0, "measure_id": 1,
	}, (*answer.AccountBalances)[0])
}

func allocates(c *cloud) {
	require.NoError(c.t, c.SetPartnerBalance(yuan("100")))
	customerID := c.richAccount("yongzhi")
	answer, err := c.partner().UpdateCustomerAccountAmount(allocation(customerID, "99.99"))
	require.NoError(c.t, err)
	effect := c.lastEffect()
	assert.Equal(c.t, "UpdateCustomerAccountAmount", effect.Operation)
	assert.Equal(c.t, customerID, effect.CustomerID)
	assert.Equal(c.t, "99.99", effect.Amount.String())
	assertFields(c.t, fields{"transfer_id": effect.Reference}, answer)
}

func reclaimsFunds(c *cloud) {
	customerID := c.richAccount("yongzhi")
	answer, err := c.partner().ReclaimToPartnerAccount(fundReclaim(customerID, "0.01"))
	require.NoError(c.t, err)
	effect := c.lastEffect()
	assert.Equal(c.t, "ReclaimToPartnerAccount", effect.Operation)
	assert.Equal(c.t, customerID, effect.CustomerID)
	assert.Equal(c.t, "0.01", effect.Amount.String())
	assertFields(c.t, fields{"trans_id": effect.Reference}, answer)
}

func listsAdjustRecords(c *cloud) {
	require.NoError(c.t, c.SetPartnerBalance(yuan("100")))
	customerID := c.richAccount("yongzhi")
	moved, err := c.partner().UpdateCustomerAccountAmount(allocation(customerID, "10.1"))
	require.NoError(c.t, err)
	answer, err := c.partner().ListPartnerAdjustRecords(&model.ListPartnerAdjustRecordsRequest{
		CustomerId: &customerID, OperationType: new("SOURCE_OPERATION_BEADJUST"), Limit: new(int32(10)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"customer_id": customerID, "customer_name": "yongzhi", "operation_type": "SOURCE_OPERATION_BEADJUST",
		"amount": "10.10", "currency": c.currency(), "operation_time": c.now(), "trans_id": moved.TransferId, "measure_id": 1,
	}, only(c.t, answer.Records))
}

func listsCustomerBalances(c *cloud) {
	customerID := c.richAccount("yongzhi")
	require.NoError(c.t, c.SetCash(customerID, yuan("77.07")))
	answer, err := c.partner().ListCustomersBalancesDetail(&model.ListCustomersBalancesDetailRequest{
		Body: &model.QueryCustomersBalancesReq{CustomerInfos: []model.CustomerInfoV2{{CustomerId: customerID}}},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"customer_id": customerID, "amount": "77.07", "debt_amount": "0", "currency": c.currency(), "measure_id": 1,
	}, only(c.t, answer.CustomerBalances))
}

func showsBalances(c *cloud) {
	require.NoError(c.t, c.SetCash(c.richAccount("yongzhi"), yuan("77.07")))
	answer, err := c.customer("yongzhi").ShowCustomerAccountBalances(&model.ShowCustomerAccountBalancesRequest{})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"debt_amount": "0", "currency": c.currency(), "measure_id": 1}, answer)
	assertFields(c.t, fields{"account_type": 1, "amount": "77.07", "currency": c.currency()}, only(c.t, answer.AccountBalances))
}
