package bss_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// reviewTime is longer than any review takes.
const reviewTime = time.Minute

const (
	personalPath   = "/v2/customers/realname-auths/individual"
	enterprisePath = "/v2/customers/realname-auths/enterprise"
)

func person(customerID, number string) bss.CreatePersonalRealnameAuthRequest {
	return bss.CreatePersonalRealnameAuthRequest{
		CustomerID: customerID, XAccountType: agency, IdentifyType: bss.IdentifyPersonalCertificate, VerifiedType: bss.Passport,
		Name: "张三", VerifiedNumber: number, VerifiedFileURL: []string{"a/page.jpg", "a/stamp.jpg", "a/hand.jpg"},
	}
}

func firm(customerID, number string) bss.CreateEnterpriseRealnameAuthenticationRequest {
	return bss.CreateEnterpriseRealnameAuthenticationRequest{
		CustomerID: customerID, XAccountType: agency, IdentifyType: bss.IdentifyEnterpriseCertificate,
		CorpName: "永志科技", VerifiedNumber: number, VerifiedFileURL: []string{"licence.jpg"},
	}
}

func change(customerID, number string) bss.ChangeEnterpriseRealnameAuthenticationRequest {
	return bss.ChangeEnterpriseRealnameAuthenticationRequest{
		CustomerID: customerID, XAccountType: agency, IdentifyType: bss.IdentifyEnterpriseCertificate,
		CorpName: "永志科技", VerifiedNumber: number, VerifiedFileURL: []string{"licence.jpg"}, ChangeType: bss.PersonToEnterprise,
	}
}

// verifiedPerson makes the resale customer a person whose real name is known.
func (w *world) verifiedPerson(t *testing.T) {
	t.Helper()
	_, err := w.client(t).CreatePersonalRealnameAuth(t.Context(), person(w.resale, "E1"))
	require.NoError(t, err)
	w.clock.Advance(reviewTime)
}

func (w *world) reviewed(t *testing.T) bss.ReviewResult {
	t.Helper()
	result, err := w.client(t).ShowRealnameAuthenticationReviewResult(t.Context(), bss.ShowRealnameAuthenticationReviewResultRequest{CustomerID: w.resale})
	require.NoError(t, err)
	return result
}

func TestAPersonBecomesAnEnterprise(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	before, err := c.ShowRealNameAuthStatus(t.Context(), resaleName)
	require.NoError(t, err)
	assert.Equal(t, bss.RealNameAuthStatus{VerifiedStatus: bss.RealNameNone}, before)
	assert.Equal(t, bss.ReviewResult{}, w.reviewed(t), "nothing was submitted")

	review, err := c.CreatePersonalRealnameAuth(t.Context(), person(w.resale, "E1"))
	require.NoError(t, err)
	assert.Equal(t, bss.ReviewManual, review)
	assert.Equal(t, bss.ReviewResult{ReviewResult: new(bss.ReviewPending)}, w.reviewed(t))
	_, err = c.CreatePersonalRealnameAuth(t.Context(), person(w.resale, "E1"))
	require.ErrorIs(t, err, bss.ErrDuplicate)

	w.clock.Advance(reviewTime)
	assert.Equal(t, bss.ReviewResult{ReviewResult: new(bss.ReviewPassed)}, w.reviewed(t))
	status, err := c.ShowRealNameAuthStatus(t.Context(), resaleName)
	require.NoError(t, err)
	assert.Equal(t, bss.RealNameAuthStatus{VerifiedStatus: bss.RealNameVerified, VerifiedType: new(bss.CustomerPerson)}, status)

	_, err = c.ChangeEnterpriseRealnameAuthentication(t.Context(), change(w.resale, "913"))
	require.NoError(t, err)
	w.clock.Advance(reviewTime)
	status, err = c.ShowRealNameAuthStatus(t.Context(), resaleName)
	require.NoError(t, err)
	assert.Equal(t, new(bss.CustomerEnterprise), status.VerifiedType)
	customers, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
	require.NoError(t, err)
	assert.Equal(t, bss.RealNameVerified, customers[0].VerifiedStatus)
	assert.Equal(t, bss.CustomerEnterprise, customers[0].CustomerType)
}

func TestARejectedEnterpriseReadsWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := firm(w.resale, "9130000")
	request.CertificateType = new(bss.BusinessLicence)
	request.EnterprisePerson = bss.EnterprisePerson{LegalName: "李四", LegalIDNumber: "1", CertifierRole: "legalPerson"}
	request.VerifiedFileURL = []string{"licence.jpg", "portrait.jpg", "emblem.jpg"}
	request.RegCountry, request.RegAddress = "CN", "贵安"
	_, err := w.client(t).CreateEnterpriseRealnameAuthentication(t.Context(), request)
	require.NoError(t, err)
	w.clock.Advance(reviewTime)
	result := w.reviewed(t)
	assert.Equal(t, new(bss.ReviewRejected), result.ReviewResult)
	assert.NotEmpty(t, result.Opinion)
	assert.JSONEq(t, `{"customer_id":"`+w.resale+`","xaccount_type":"TEST_IDP","identify_type":1,"certificate_type":0,
		"corp_name":"永志科技","verified_number":"9130000","reg_country":"CN","reg_address":"贵安",
		"verified_file_url":["licence.jpg","portrait.jpg","emblem.jpg"],
		"enterprise_person":{"legel_name":"李四","legel_id_number":"1","certifier_role":"legalPerson"}}`, w.wire.to(enterprisePath)[0].body)
}

func TestABankCardIsDecidedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	require.NoError(t, c.SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{
		ReceiverType: bss.ReceiverMobile, MobilePhone: mobile, Scene: bss.SceneBankCard, CustomerID: w.resale,
	}))
	request := bss.CreatePersonalRealnameAuthRequest{
		CustomerID: w.resale, XAccountType: agency, IdentifyType: bss.IdentifyBankCard, ChangeType: bss.FirstAuthentication,
		Name: "张三", VerifiedNumber: "1", VerifiedFileURL: []string{"face.png"},
		BankCardInfo: bss.BankCard{BankAccount: "6222-1", AreaCode: "0086", Mobile: mobile, VerificationCode: "wrong1"},
	}
	_, err := c.CreatePersonalRealnameAuth(t.Context(), request)
	require.ErrorIs(t, err, bss.ErrVerificationCode)
	request.BankCardInfo.VerificationCode = w.Outbox()[0].Code
	review, err := c.CreatePersonalRealnameAuth(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, bss.ReviewAutomatic, review)
	assert.Equal(t, bss.ReviewResult{ReviewResult: new(bss.ReviewPassed)}, w.reviewed(t))
	sent := w.wire.to(personalPath)[1].body
	assert.Contains(t, sent, `"change_type":-1`)
	assert.NotContains(t, sent, "verified_type")
}

func TestRefusedRealNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		customer string
		number   string
		want     error
	}{
		"blacklisted number":    {number: "E7193", want: bss.ErrRealName},
		"verification failed":   {number: "E7202", want: bss.ErrRealName},
		"attachments too large": {number: "E0099", want: bss.ErrInvalid},
		"somebody else's":       {customer: "stranger", number: "E1", want: bss.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			request := person(w.resale, test.number)
			if test.customer != "" {
				request.CustomerID = test.customer
			}
			_, err := w.client(t).CreatePersonalRealnameAuth(t.Context(), request)
			require.ErrorIs(t, err, test.want)
			assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
		})
	}
}

func TestASubmissionIsNotRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "CreatePersonalRealnameAuth", huawei.FaultReset, huawei.AfterEffect, 1)
	_, err := w.client(t).CreatePersonalRealnameAuth(t.Context(), person(w.resale, "E1"))
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Len(t, w.wire.to(personalPath), 1)
	assert.Equal(t, new(bss.ReviewPending), w.reviewed(t).ReviewResult, "where to look")
}

func TestAQRCodeIsScanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	address, err := c.ShowRealNameAuthQrCode(t.Context(), resaleName)
	require.NoError(t, err)
	require.NoError(t, w.ScanRealNameCode(huawei.Scan{URL: address, Name: "张三", Number: "E1"}))
	status, err := c.ShowRealNameAuthStatus(t.Context(), resaleName)
	require.NoError(t, err)
	assert.Equal(t, bss.RealNameReviewing, status.VerifiedStatus)
}

func TestAVerifiedStatusIsANumberOrAText(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bss.VerifiedStatus{
		`{"customer_infos":[{"verified_status":"-1"}],"count":1}`: bss.RealNameNone,
		`{"customer_infos":[{"verified_status":2}],"count":1}`:    bss.RealNameVerified,
		`{"customer_infos":[{"verified_status":null}],"count":1}`: "",
		`{"customer_infos":[{"verified_status":""}],"count":1}`:   "",
	} {
		c, _ := answering(t, saying(http.StatusOK, jsonType, body))
		rows, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
		require.NoError(t, err)
		assert.Equal(t, want, rows[0].VerifiedStatus, body)
	}
	c, _ := answering(t, saying(http.StatusOK, jsonType, `{"customer_infos":[{"verified_status":{}}],"count":1}`))
	_, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}))
	assert.Error(t, err)
}
