package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func customerExchanges() map[string]exchange {
	return map[string]exchange{
		"CheckUserIdentity": {
			succeeds: checksIdentity,
			refused: func(c *cloud) error {
				_, err := c.partner().CheckUserIdentity(identity("name", "no"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "search_value",
		},
		"SendVerificationMessageCode": {
			succeeds: sendsCode,
			refused: func(c *cloud) error {
				_, err := c.partner().SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{
					Body: &model.SendVerificationCodeV2Req{
						ReceiverType: 1, MobilePhone: "13800000001", Scene: new(int32(18)), CustomerId: new("stranger"),
					},
				})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99000035", says: "not a sub-customer",
		},
		"CreateSubCustomer": {
			succeeds: createsCustomer,
			refused: func(c *cloud) error {
				c.account("yongzhi", c.sold())
				_, err := c.partner().CreateSubCustomer(newCustomer("yongzhi"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99000038", says: "already exists",
		},
		"ListSubCustomers": {
			succeeds: listsCustomers,
			refused: func(c *cloud) error {
				_, err := c.partner().ListSubCustomers(&model.ListSubCustomersRequest{
					Body: &model.QuerySubCustomerListReq{AssociationType: new("9")},
				})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "association_type",
		},
	}
}

func identity(kind, value string) *model.CheckUserIdentityRequest {
	return &model.CheckUserIdentityRequest{Body: &model.CheckSubcustomerUserReq{SearchType: kind, SearchValue: value}}
}

func checksIdentity(c *cloud) {
	c.seeded(c.AddAccount(huawei.Account{Name: "yongzhi", Mobile: "13800000001"}))
	byName, err := c.partner().CheckUserIdentity(identity("name", "yongzhi"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"check_result": "used_by_user"}, byName)

	byMobile, err := c.partner().CheckUserIdentity(identity("mobile", "0086-13800000001"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"check_result": "available", "mobile_remain_available_num": 4}, byMobile)
}

func sendsCode(c *cloud) {
	answer, err := c.partner().SendVerificationMessageCode(&model.SendVerificationMessageCodeRequest{
		Body: &model.SendVerificationCodeV2Req{ReceiverType: 1, MobilePhone: "13800000001", Timeout: new(int32(5))},
	})
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	require.Len(c.t, c.Outbox(), 1)
	assert.Equal(c.t, "13800000001", c.Outbox()[0].Receiver)
}

func newCustomer(account string) *model.CreateSubCustomerRequest {
	return &model.CreateSubCustomerRequest{Body: &model.CreateCustomerV2Req{
		DomainName: &account, XaccountId: "platform-" + account, XaccountType: platform,
	}}
}

func createsCustomer(c *cloud) {
	answer, err := c.partner().CreateSubCustomer(newCustomer("yongzhi"))
	require.NoError(c.t, err)
	created := c.lastEffect()
	assert.Equal(c.t, "CreateSubCustomer", created.Operation)
	assert.Equal(c.t, "platform-yongzhi", created.Reference)
	assertFields(c.t, fields{"domain_id": created.CustomerID, "domain_name": "yongzhi"}, answer)
}

func listsCustomers(c *cloud) {
	c.account("another", huawei.AssociationReferral)
	id := c.seeded(c.AddAccount(huawei.Account{
		Name: "yongzhi", RealName: "永志科技", Mobile: "13800000001", Label: "甲",
		Association: c.sold(), Frozen: true,
	}))
	all, err := c.partner().ListSubCustomers(&model.ListSubCustomersRequest{
		Body: &model.QuerySubCustomerListReq{Limit: new(int32(1))},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"count": 2}, all)
	assert.Len(c.t, *all.CustomerInfos, 1)

	resale, err := c.partner().ListSubCustomers(&model.ListSubCustomersRequest{
		Body: &model.QuerySubCustomerListReq{AssociationType: new(c.sold()), Customer: new("科技")},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{
		"customer_id": id, "account_name": "yongzhi", "customer": "永志科技", "label": "甲",
		"association_type": c.sold(), "associated_on": c.now(), "telephone": "138****0001", "country_code": "0086",
		"verified_status": "2", "customer_type": 1, "is_frozen": 1, "customer_level": "V0",
	}, only(c.t, resale.CustomerInfos))
}
