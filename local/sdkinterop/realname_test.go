package sdkinterop_test

import (
	"net/http"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// reviewTime is longer than any review takes.
const reviewTime = time.Minute

func realNameExchanges() map[string]exchange {
	return map[string]exchange{
		"CreatePersonalRealnameAuth": {
			succeeds: authenticatesPerson,
			refused: func(c *cloud) error {
				_, err := c.partner().CreatePersonalRealnameAuth(c.person(c.richAccount("yongzhi"), "E7193"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007193", says: "blacklist",
		},
		"CreateEnterpriseRealnameAuthentication": {
			succeeds: authenticatesEnterprise,
			refused: func(c *cloud) error {
				_, err := c.partner().CreateEnterpriseRealnameAuthentication(c.realEnterprise(c.richAccount("yongzhi"), "9137256"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007256", says: "legal person",
		},
		"ChangeEnterpriseRealnameAuthentication": {
			succeeds: changesToEnterprise,
			refused: func(c *cloud) error {
				_, err := c.partner().ChangeEnterpriseRealnameAuthentication(change(c.richAccount("yongzhi")))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.99007004", says: "individual",
		},
		"ShowRealnameAuthenticationReviewResult": {
			succeeds: showsRejection,
			refused: func(c *cloud) error {
				_, err := c.partner().ShowRealnameAuthenticationReviewResult(review("stranger"))
				return err
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "customer_id",
		},
		"ShowRealNameAuthStatus": {
			succeeds: showsRealNameStatus,
			refused: func(c *cloud) error {
				_, err := c.partner().ShowRealNameAuthStatus(&model.ShowRealNameAuthStatusRequest{})
				return err
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "customer",
		},
		"ShowRealNameAuthQrCode": {
			succeeds: showsRealNameCode,
			refused: func(c *cloud) error {
				_, err := c.partner().ShowRealNameAuthQrCode(&model.ShowRealNameAuthQrCodeRequest{})
				return err
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "customer",
		},
	}
}

// person shows a passport: three pages of it, abroad two.
func (c *cloud) person(customerID, number string) *model.CreatePersonalRealnameAuthRequest {
	pictures := []string{"page.jpg", "stamp.jpg", "hand.jpg"}
	if c.abroad() {
		pictures = []string{"page.jpg", "hand.jpg"}
	}
	return &model.CreatePersonalRealnameAuthRequest{Body: &model.ApplyIndividualRealnameAuthsReq{
		CustomerId: customerID, IdentifyType: 0, VerifiedType: new(int32(3)), Name: "张三", VerifiedNumber: number,
		VerifiedFileUrl: pictures, XaccountType: platform,
	}}
}

// realEnterprise shows a licence, abroad both its sides, and the ID of a person.
func (c *cloud) realEnterprise(customerID, number string) *model.CreateEnterpriseRealnameAuthenticationRequest {
	pictures := []string{"licence.jpg", "portrait.jpg", "emblem.jpg"}
	if c.abroad() {
		pictures = append(pictures, "back.jpg")
	}
	return &model.CreateEnterpriseRealnameAuthenticationRequest{Body: &model.ApplyEnterpriseRealnameAuthsReq{
		CustomerId: customerID, IdentifyType: 1, CorpName: "永志科技", VerifiedNumber: number,
		VerifiedFileUrl: pictures, XaccountType: platform,
		EnterprisePerson: &model.EnterprisePersonNew{LegelName: "李四", LegelIdNumber: "1", CertifierRole: new("legalPerson")},
	}}
}

func change(customerID string) *model.ChangeEnterpriseRealnameAuthenticationRequest {
	return &model.ChangeEnterpriseRealnameAuthenticationRequest{Body: &model.ChangeEnterpriseRealnameAuthsReq{
		CustomerId: customerID, IdentifyType: 1, CorpName: "永志科技", VerifiedNumber: "913",
		VerifiedFileUrl: []string{"licence.jpg"}, XaccountType: platform, ChangeType: 1,
	}}
}

func review(customerID string) *model.ShowRealnameAuthenticationReviewResultRequest {
	return &model.ShowRealnameAuthenticationReviewResultRequest{CustomerId: customerID}
}

// assertVerified waits for the review and looks at the customer's list.
func (c *cloud) assertVerified(customerID, name string, kind int) {
	c.t.Helper()
	c.clock.Advance(reviewTime)
	answer, err := c.partner().ShowRealnameAuthenticationReviewResult(review(customerID))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"review_result": 2}, answer)
	customers, err := c.partner().ListSubCustomers(&model.ListSubCustomersRequest{
		Body: &model.QuerySubCustomerListReq{CustomerId: &customerID},
	})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"verified_status": "2", "customer_type": kind, "customer": name}, only(c.t, customers.CustomerInfos))
}

func authenticatesPerson(c *cloud) {
	customerID := c.richAccount("yongzhi")
	answer, err := c.partner().CreatePersonalRealnameAuth(c.person(customerID, "E1"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"is_review": 1}, answer)
	c.assertVerified(customerID, "张三", 0)
}

func authenticatesEnterprise(c *cloud) {
	customerID := c.richAccount("yongzhi")
	answer, err := c.partner().CreateEnterpriseRealnameAuthentication(c.realEnterprise(customerID, "913"))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"is_review": 1}, answer)
	c.assertVerified(customerID, "永志科技", 1)
}

func changesToEnterprise(c *cloud) {
	customerID := c.richAccount("yongzhi")
	_, err := c.partner().CreatePersonalRealnameAuth(c.person(customerID, "E1"))
	require.NoError(c.t, err)
	c.clock.Advance(reviewTime)
	answer, err := c.partner().ChangeEnterpriseRealnameAuthentication(change(customerID))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"is_review": 1}, answer)
	c.assertVerified(customerID, "永志科技", 1)
}

func showsRejection(c *cloud) {
	customerID := c.richAccount("yongzhi")
	_, err := c.partner().CreatePersonalRealnameAuth(c.person(customerID, "E0000"))
	require.NoError(c.t, err)
	waiting, err := c.partner().ShowRealnameAuthenticationReviewResult(review(customerID))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"review_result": 0}, waiting)
	c.clock.Advance(reviewTime)
	rejected, err := c.partner().ShowRealnameAuthenticationReviewResult(review(customerID))
	require.NoError(c.t, err)
	assertFields(c.t, fields{"review_result": 1}, rejected)
	assert.Contains(c.t, *rejected.Opinion, "certificate")
}

func showsRealNameStatus(c *cloud) {
	c.account("yongzhi", huawei.AssociationResale)
	none, err := c.customer("yongzhi").ShowRealNameAuthStatus(&model.ShowRealNameAuthStatusRequest{})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"verified_status": -1}, none)
	assert.Nil(c.t, none.VerifiedType)

	c.seeded(c.AddAccount(huawei.Account{Name: "yongli", RealName: "永利", Association: huawei.AssociationResale}))
	verified, err := c.customer("yongli").ShowRealNameAuthStatus(&model.ShowRealNameAuthStatusRequest{})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"verified_status": 2, "verified_type": 1}, verified)
}

func showsRealNameCode(c *cloud) {
	c.account("yongzhi", huawei.AssociationResale)
	answer, err := c.customer("yongzhi").ShowRealNameAuthQrCode(&model.ShowRealNameAuthQrCodeRequest{})
	require.NoError(c.t, err)
	require.NoError(c.t, c.ScanRealNameCode(huawei.Scan{URL: *answer.QrCodeUrl, Name: "张三", Number: "E1"}))
	status, err := c.customer("yongzhi").ShowRealNameAuthStatus(&model.ShowRealNameAuthStatusRequest{})
	require.NoError(c.t, err)
	assertFields(c.t, fields{"verified_status": 0, "verified_type": 0}, status)
}
