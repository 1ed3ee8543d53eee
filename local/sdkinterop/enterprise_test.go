package sdkinterop_test

import (
	"net/http"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func enterpriseExchanges() map[string]exchange {
	return map[string]exchange{
		"CreateEnterpriseProjectAuth": {
			succeeds: opensProjects,
			refused: func(c *cloud) error {
				c.seeded(c.AddAccount(huawei.Account{Name: "yongzhi", Association: c.sold(), Frozen: true}))
				_, err := c.customer("yongzhi").CreateEnterpriseProjectAuth(&model.CreateEnterpriseProjectAuthRequest{})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007004", says: "frozen",
		},
		"ListEnterpriseOrganizations": mastersOnly(listsUnits, func(c *cloud) error {
			_, err := c.customer("yongzhi").ListEnterpriseOrganizations(&model.ListEnterpriseOrganizationsRequest{})
			return err
		}),
		"ListEnterpriseSubCustomers": mastersOnly(listsMembers, func(c *cloud) error {
			_, err := c.customer("yongzhi").ListEnterpriseSubCustomers(&model.ListEnterpriseSubCustomersRequest{})
			return err
		}),
		"CreateSubEnterpriseAccount": mastersOnly(createsMember, func(c *cloud) error {
			_, err := c.customer("yongzhi").CreateSubEnterpriseAccount(newMember("1", "1"))
			return err
		}),
		"SendSmsVerificationCode": mastersOnly(sendsMemberCode, func(c *cloud) error {
			_, err := c.customer("yongzhi").SendSmsVerificationCode(memberCode())
			return err
		}),
		"ShowMultiAccountTransferAmount": mastersOnly(showsTransferable, func(c *cloud) error {
			_, err := c.customer("yongzhi").ShowMultiAccountTransferAmount(&model.ShowMultiAccountTransferAmountRequest{BalanceType: debit})
			return err
		}),
		"ListEnterpriseMultiAccount": mastersOnly(func(c *cloud) { c.transfers(c.enterprise()) }, func(c *cloud) error {
			_, err := c.customer("yongzhi").ListEnterpriseMultiAccount(&model.ListEnterpriseMultiAccountRequest{BalanceType: debit, SubCustomerId: "1"})
			return err
		}),
		"UpdateSubEnterpriseAmount": {
			succeeds: func(c *cloud) { c.transfers(c.enterprise()) },
			refused: func(c *cloud) error {
				e := c.enterprise()
				c.transfers(e)
				_, err := c.customer("yongzhi").UpdateSubEnterpriseAmount(&model.UpdateSubEnterpriseAmountRequest{Body: transferTo(e.member, "100.5")})
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007009", says: "duplicate",
		},
		"ReclaimSubEnterpriseAmount": {
			succeeds: retrieves,
			refused: func(c *cloud) error {
				e := c.enterprise()
				_, err := c.customer("yongzhi").ReclaimSubEnterpriseAmount(retrieval(e.member))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005003", says: "insufficient",
		},
		"ListMultiAccountTransferCoupons": mastersOnly(func(c *cloud) { c.transferableCoupon(c.enterprise()) }, func(c *cloud) error {
			_, err := c.customer("yongzhi").ListMultiAccountTransferCoupons(&model.ListMultiAccountTransferCouponsRequest{})
			return err
		}),
		"ListMultiAccountRetrieveCoupons": mastersOnly(func(c *cloud) { c.passesCoupon(c.enterprise()) }, func(c *cloud) error {
			_, err := c.customer("yongzhi").ListMultiAccountRetrieveCoupons(&model.ListMultiAccountRetrieveCouponsRequest{SubCustomerId: "1"})
			return err
		}),
		"ClaimEnterpriseMultiAccountCoupon": {
			succeeds: func(c *cloud) { c.passesCoupon(c.enterprise()) },
			refused: func(c *cloud) error {
				e := c.enterprise()
				_, err := c.customer("yongzhi").ClaimEnterpriseMultiAccountCoupon(couponTo(e.member, c.transferableCoupon(e), "30.01"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99005003", says: "insufficient",
		},
		"ReclaimEnterpriseMultiAccountCoupon": {
			succeeds: retrievesCoupon,
			refused: func(c *cloud) error {
				e := c.enterprise()
				_, err := c.customer("yongzhi").ReclaimEnterpriseMultiAccountCoupon(couponFrom(e.member, "1", "2"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007004", says: "taken back",
		},
	}
}

// mastersOnly is refused because the caller is not the master of an enterprise.
func mastersOnly(succeeds func(*cloud), call func(*cloud) error) exchange {
	return exchange{
		succeeds: succeeds,
		refused: func(c *cloud) error {
			c.richAccount("yongzhi")
			return call(c)
		},
		status: http.StatusBadRequest, code: "CBC.70300008", says: "master",
	}
}

const debit = "BALANCE_TYPE_DEBIT"

// masterAndMember is an enterprise whose master is yongzhi, with one unit and one member.
type masterAndMember struct{ root, master, member string }

func (c *cloud) enterprise() masterAndMember {
	c.t.Helper()
	e := masterAndMember{master: c.richAccount("yongzhi"), member: c.account("yongzhi-one", c.sold())}
	e.root = c.seeded(c.AddEnterprise(huawei.NewEnterprise{MasterID: e.master, Name: "集团", Units: []huawei.NewUnit{{Name: "north"}}}))
	require.NoError(c.t, c.AddMember(huawei.NewMember{MasterID: e.master, CustomerID: e.member, DisplayName: "一号"}))
	return e
}

func opensProjects(c *cloud) {
	id := c.richAccount("yongzhi")
	answer, err := c.customer("yongzhi").CreateEnterpriseProjectAuth(&model.CreateEnterpriseProjectAuthRequest{})
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	assert.Equal(c.t, id, c.lastEffect().CustomerID)
}

func listsUnits(c *cloud) {
	e := c.enterprise()
	answer, err := c.customer("yongzhi").ListEnterpriseOrganizations(&model.ListEnterpriseOrganizationsRequest{RecursiveQuery: new(int32(1))})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"root_id": e.root, "root_name": "集团"}, answer)
	assertFields(c.t, fields{"name": "north"}, only(c.t, answer.ChildNodes))
}

func listsMembers(c *cloud) {
	e := c.enterprise()
	answer, err := c.customer("yongzhi").ListEnterpriseSubCustomers(&model.ListEnterpriseSubCustomersRequest{
		SubCustomerDisplayName: new("一"), FuzzyQuery: new(int32(1)),
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{
		"id": e.member, "name": "yongzhi-one", "display_name": "一号", "status": 1, "org_id": e.root, "org_name": "集团",
	}, only(c.t, answer.SubCustomerInfos))
}

func memberCode() *model.SendSmsVerificationCodeRequest {
	return &model.SendSmsVerificationCodeRequest{Body: &model.SendSmVerificationCodeReq{
		MobilePhone:    "13800000009",
		SmTemplateArgs: []model.TemplateArgs{{Key: "sub_customer_name", Value: "yongzhi-two"}},
	}}
}

// sendsMemberCode returns the code from the outbox.
func (c *cloud) sendsMemberCode() string {
	c.t.Helper()
	answer, err := c.customer("yongzhi").SendSmsVerificationCode(memberCode())
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	sent := c.Outbox()
	require.NotEmpty(c.t, sent)
	last := sent[len(sent)-1]
	assert.Equal(c.t, "13800000009", last.Receiver)
	return last.Code
}

func newMember(unit, code string) *model.CreateSubEnterpriseAccountRequest {
	return &model.CreateSubEnterpriseAccountRequest{Body: &model.CreateSubCustomerReqV2{
		PartyId: unit, SubCustomerAssociationType: 1, DisplayName: new("二号"),
		NewSubCustomer: &model.NewCustomerV2{
			CustomerName: "yongzhi-two", MobilePhone: new("13800000009"), Password: "Member-1234", VerificationCode: &code,
		},
	}}
}

func createsMember(c *cloud) {
	e := c.enterprise()
	answer, err := c.customer("yongzhi").CreateSubEnterpriseAccount(newMember(e.root, c.sendsMemberCode()))
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	list, err := c.customer("yongzhi").ListEnterpriseSubCustomers(&model.ListEnterpriseSubCustomersRequest{Offset: new(int32(1))})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"name": "yongzhi-two", "display_name": "二号", "status": 2}, only(c.t, list.SubCustomerInfos))
}

func showsTransferable(c *cloud) {
	require.NoError(c.t, c.SetCash(c.enterprise().master, yuan("77.07")))
	answer, err := c.customer("yongzhi").ShowMultiAccountTransferAmount(&model.ShowMultiAccountTransferAmountRequest{BalanceType: debit})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{"avail_transfer_amount": "77.07", "currency": "CNY", "measure_id": 1}, only(c.t, answer.AmountInfos))
}

func transferTo(member, amount string) *model.TransferEnterpriseMultiAccountReq {
	return &model.TransferEnterpriseMultiAccountReq{
		CustomerId: member, Amount: amount, TransId: new("0f0e0d0c0b0a09080706050403020100"), BalanceType: new(debit),
	}
}

// transfers moves 100.5 to the member, from where it can be taken back.
func (c *cloud) transfers(e masterAndMember) {
	c.t.Helper()
	answer, err := c.customer("yongzhi").UpdateSubEnterpriseAmount(&model.UpdateSubEnterpriseAmountRequest{Body: transferTo(e.member, "100.5")})
	require.NoError(c.t, err)
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	assert.Equal(c.t, "100.5", c.lastEffect().Amount.String())
	list, err := c.customer("yongzhi").ListEnterpriseMultiAccount(&model.ListEnterpriseMultiAccountRequest{BalanceType: debit, SubCustomerId: e.member})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, list)
	assertFields(c.t, fields{"avail_retrieve_amount": "100.5", "currency": "CNY", "measure_id": 1}, only(c.t, list.AmountInfos))
}

func retrieval(member string) *model.ReclaimSubEnterpriseAmountRequest {
	return &model.ReclaimSubEnterpriseAmountRequest{
		Body: &model.RetrieveEnterpriseMultiAccountReq{CustomerId: member, Amount: "100.5"},
	}
}

func retrieves(c *cloud) {
	e := c.enterprise()
	c.transfers(e)
	_, err := c.customer("yongzhi").ReclaimSubEnterpriseAmount(retrieval(e.member))
	require.NoError(c.t, err)
	effect := c.lastEffect()
	assert.Equal(c.t, "ReclaimSubEnterpriseAmount", effect.Operation)
	assert.Equal(c.t, e.member, effect.CustomerID)
	assert.Equal(c.t, "100.5", effect.Amount.String())
}

// transferableCoupon is a coupon of the master, as it lists it itself.
func (c *cloud) transferableCoupon(e masterAndMember) string {
	c.t.Helper()
	id := c.coupon(huawei.NewCoupon{CustomerID: e.master, Kind: huawei.CouponVoucher, Value: yuan("30")})
	answer, err := c.customer("yongzhi").ListMultiAccountTransferCoupons(&model.ListMultiAccountTransferCouponsRequest{})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, answer)
	assertFields(c.t, fields{"coupon_id": id, "balance": "30.00", "effective_time": c.now()}, only(c.t, answer.AvailTransferCoupons))
	return id
}

func couponTo(member, coupon, amount string) *model.ClaimEnterpriseMultiAccountCouponRequest {
	return &model.ClaimEnterpriseMultiAccountCouponRequest{Body: &model.TransferEnterpriseMultiAccountCouponReq{
		CustomerId: member, CouponId: coupon, Amount: amount,
	}}
}

func couponFrom(member, coupon, sub string) *model.ReclaimEnterpriseMultiAccountCouponRequest {
	return &model.ReclaimEnterpriseMultiAccountCouponRequest{Body: &model.RetrieveEnterpriseMultiAccountCouponReq{
		CustomerId: member, CouponId: coupon, SubCouponId: sub,
	}}
}

// passesCoupon gives the member 10 of the master's coupon.
func (c *cloud) passesCoupon(e masterAndMember) (coupon, sub string) {
	c.t.Helper()
	coupon = c.transferableCoupon(e)
	answer, err := c.customer("yongzhi").ClaimEnterpriseMultiAccountCoupon(couponTo(e.member, coupon, "10"))
	require.NoError(c.t, err)
	require.NotNil(c.t, answer.SubCouponId)
	list, err := c.customer("yongzhi").ListMultiAccountRetrieveCoupons(&model.ListMultiAccountRetrieveCouponsRequest{SubCustomerId: e.member})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"total_count": 1}, list)
	assertFields(c.t, fields{"coupon_id": coupon, "sub_coupon_id": answer.SubCouponId, "balance": "10.00"}, only(c.t, list.AvailRetrieveCoupons))
	return coupon, *answer.SubCouponId
}

func retrievesCoupon(c *cloud) {
	e := c.enterprise()
	coupon, sub := c.passesCoupon(e)
	answer, err := c.customer("yongzhi").ReclaimEnterpriseMultiAccountCoupon(couponFrom(e.member, coupon, sub))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"real_retrieve_amout": "10.00"}, answer)
}

func sendsMemberCode(c *cloud) {
	c.enterprise()
	assert.NotEmpty(c.t, c.sendsMemberCode())
}
