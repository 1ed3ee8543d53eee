package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const masterName = bss.Customer("master-account")

// enterprise is a master with 500 in cash and a coupon of 30, a unit below its root
// and one member in it.
type enterprise struct{ master, root, unit, member, coupon string }

func (w *world) enterprise(t *testing.T) enterprise {
	t.Helper()
	e := enterprise{
		master: w.account(t, string(masterName), huawei.AssociationResale),
		member: w.account(t, "member-one", huawei.AssociationResale),
	}
	require.NoError(t, w.SetCash(e.master, yuan("500")))
	var err error
	e.root, err = w.AddEnterprise(huawei.NewEnterprise{MasterID: e.master, Name: "集团", Units: []huawei.NewUnit{{Name: "north"}}})
	require.NoError(t, err)
	tree, err := w.client(t).ListEnterpriseOrganizations(t.Context(), masterName, bss.ListEnterpriseOrganizationsRequest{RecursiveQuery: 1})
	require.NoError(t, err)
	e.unit = tree.Units[0].ID
	require.NoError(t, w.AddMember(huawei.NewMember{MasterID: e.master, CustomerID: e.member, UnitID: e.unit, DisplayName: "一号"}))
	e.coupon, err = w.GrantCoupon(huawei.NewCoupon{CustomerID: e.master, Kind: huawei.CouponVoucher, Value: yuan("30")})
	require.NoError(t, err)
	return e
}

// transfer moves money to the member.
func (w *world) transfer(t *testing.T, e enterprise, amount string) {
	t.Helper()
	require.NoError(t, w.client(t).UpdateSubEnterpriseAmount(t.Context(), masterName, bss.UpdateSubEnterpriseAmountRequest{
		CustomerID: e.member, Amount: yuan(amount),
	}))
}

// give gives the member a coupon out of the master's and returns its id.
func (w *world) give(t *testing.T, e enterprise, amount string) string {
	t.Helper()
	id, err := w.client(t).ClaimEnterpriseMultiAccountCoupon(t.Context(), masterName, bss.ClaimEnterpriseMultiAccountCouponRequest{
		CustomerID: e.member, CouponID: e.coupon, Amount: yuan(amount),
	})
	require.NoError(t, err)
	return id
}

// newMember is an account with the master's mobile number, which needs no code.
func newMember(unit string) bss.CreateSubEnterpriseAccountRequest {
	return bss.CreateSubEnterpriseAccountRequest{
		PartyID: unit, SubCustomerAssociationType: 1, DisplayName: "二号",
		PermissionIDs: []bss.MemberPermission{bss.PermissionReadBills},
		Account:       bss.NewMember{CustomerName: "member-two", Password: "Member-Password-1", UseMastersMobilePhone: "Y"},
	}
}

var memberCode = bss.SendSmsVerificationCodeRequest{
	MobilePhone: mobile, Timeout: 5, Language: "zh-cn",
	Arguments: []bss.TemplateArgument{{Key: "sub_customer_name", Value: "member-two"}},
}

func TestTheOrganizationOfAnEnterprise(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.enterprise(t)
	c := w.client(t)
	tree, err := c.ListEnterpriseOrganizations(t.Context(), masterName, bss.ListEnterpriseOrganizationsRequest{RecursiveQuery: 1})
	require.NoError(t, err)
	assert.Equal(t, e.root, tree.RootID)
	assert.Equal(t, "集团", tree.RootName)
	require.Len(t, tree.Units, 1)
	assert.Equal(t, "north", tree.Units[0].Name)
	assert.NotEmpty(t, tree.Units[0].RelationID)
	assert.Empty(t, tree.Units[0].Units)

	below, err := c.ListEnterpriseOrganizations(t.Context(), masterName, bss.ListEnterpriseOrganizationsRequest{ParentID: e.unit})
	require.NoError(t, err)
	assert.Empty(t, below.RootID)
	assert.Empty(t, below.Units)

	_, err = c.ListEnterpriseOrganizations(t.Context(), resaleName, bss.ListEnterpriseOrganizationsRequest{})
	require.ErrorIs(t, err, bss.ErrAccessDenied, "a customer who is no master")
}

func TestAMemberIsCreatedOnceWithACode(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, huawei.Options{AssociationDelay: time.Minute})
	e := w.enterprise(t)
	c := w.client(t)
	require.NoError(t, c.SendSmsVerificationCode(t.Context(), masterName, memberCode))
	sent := w.Outbox()[0]
	assert.Equal(t, mobile, sent.Receiver)
	assert.Equal(t, start.Add(5*time.Minute), sent.ExpiresOn)

	request := newMember(e.unit)
	request.Account.UseMastersMobilePhone, request.Account.MobilePhone = "N", mobile
	request.Account.VerificationCode = sent.Code
	require.NoError(t, c.CreateSubEnterpriseAccount(t.Context(), masterName, request))
	again := c.CreateSubEnterpriseAccount(t.Context(), masterName, request)
	require.ErrorIs(t, again, bss.ErrDuplicate)
	assert.Equal(t, 1, w.effects("CreateSubEnterpriseAccount"))

	members, err := bss.Collect(c.ListEnterpriseSubCustomers(t.Context(), masterName, bss.ListEnterpriseSubCustomersRequest{
		SubCustomerDisplayName: "号", FuzzyQuery: 1, OrgID: e.unit,
	}))
	require.NoError(t, err)
	require.Len(t, members, 2)
	assert.Equal(t, bss.EnterpriseMember{
		CustomerID: e.member, AccountName: "member-one", DisplayName: "一号", Status: bss.MemberNormal, OrgID: e.unit, OrgName: "north",
	}, members[0])
	assert.Equal(t, "member-two", members[1].AccountName)
	assert.Equal(t, bss.MemberCreating, members[1].Status)
}

func TestMoneyOfAnEnterpriseGoesToAMemberAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.enterprise(t)
	c := w.client(t)
	out := bss.UpdateSubEnterpriseAmountRequest{
		CustomerID: e.member, Amount: yuan("100.50"), BalanceType: bss.BalanceDebit, TransID: "0f0e0d0c0b0a09080706050403020100",
	}
	require.NoError(t, c.UpdateSubEnterpriseAmount(t.Context(), masterName, out))
	assert.JSONEq(t, `{"customer_id":"`+e.member+`","amount":"100.5","balance_type":"BALANCE_TYPE_DEBIT",
		"trans_id":"0f0e0d0c0b0a09080706050403020100"}`, w.wire.to("/v2/enterprises/multi-accounts/transfer-amount")[0].body)
	again := c.UpdateSubEnterpriseAmount(t.Context(), masterName, out)
	require.ErrorIs(t, again, bss.ErrDuplicate, "a TransID works once")
	assert.NotErrorIs(t, again, bss.ErrOutcomeUnknown)

	has, err := bss.Collect(c.ShowMultiAccountTransferAmount(t.Context(), masterName,
		bss.ShowMultiAccountTransferAmountRequest{BalanceType: bss.BalanceDebit}))
	require.NoError(t, err)
	require.Len(t, has, 1)
	assert.Equal(t, "399.5", has[0].AvailTransferAmount.String())
	assert.Equal(t, "CNY", has[0].Currency)
	assert.True(t, has[0].ExpireTime.IsZero())

	require.NoError(t, c.ReclaimSubEnterpriseAmount(t.Context(), masterName, bss.ReclaimSubEnterpriseAmountRequest{
		CustomerID: e.member, Amount: yuan("0.25"),
	}))
	left, err := bss.Collect(c.ListEnterpriseMultiAccount(t.Context(), masterName,
		bss.ListEnterpriseMultiAccountRequest{SubCustomerID: e.member, BalanceType: bss.BalanceDebit}))
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, "100.25", left[0].AvailRetrieveAmount.String())

	tooMuch := c.ReclaimSubEnterpriseAmount(t.Context(), masterName, bss.ReclaimSubEnterpriseAmountRequest{
		CustomerID: e.member, Amount: yuan("100.26"),
	})
	require.ErrorIs(t, tooMuch, bss.ErrInsufficientBalance)
	stranger := c.UpdateSubEnterpriseAmount(t.Context(), masterName, bss.UpdateSubEnterpriseAmountRequest{
		CustomerID: w.resale, Amount: yuan("1"),
	})
	require.ErrorIs(t, stranger, bss.ErrNotFound, "no member")
	assert.Empty(t, w.Check())
}

func TestATransferWhoseAnswerIsLostCanBeRepeatedByItsTransID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.enterprise(t)
	c := w.client(t)
	w.fault(t, "UpdateSubEnterpriseAmount", huawei.FaultReset, huawei.AfterEffect, 1)
	r := bss.UpdateSubEnterpriseAmountRequest{CustomerID: e.member, Amount: yuan("10"), TransID: "0f0e0d0c0b0a09080706050403020100"}
	require.ErrorIs(t, c.UpdateSubEnterpriseAmount(t.Context(), masterName, r), bss.ErrOutcomeUnknown)
	assert.Len(t, w.wire.to("/v2/enterprises/multi-accounts/transfer-amount"), 1, "not repeated by the client")
	require.ErrorIs(t, c.UpdateSubEnterpriseAmount(t.Context(), masterName, r), bss.ErrDuplicate)
	assert.Equal(t, 1, w.effects("UpdateSubEnterpriseAmount"))
}

func TestCouponsOfAnEnterpriseGoToAMemberAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.enterprise(t)
	c := w.client(t)
	given := w.give(t, e, "10.50")
	assert.Contains(t, w.wire.to("/v2/enterprises/multi-accounts/transfer-coupon")[0].body, `"amount":"10.5"`)

	mine, err := bss.Collect(c.ListMultiAccountTransferCoupons(t.Context(), masterName, bss.ListMultiAccountTransferCouponsRequest{}))
	require.NoError(t, err)
	require.Len(t, mine, 1)
	assert.Equal(t, e.coupon, mine[0].CouponID)
	assert.Equal(t, "19.5", mine[0].Balance.String())
	assert.Equal(t, bss.At(start), mine[0].EffectiveTime)

	theirs, err := bss.Collect(c.ListMultiAccountRetrieveCoupons(t.Context(), masterName,
		bss.ListMultiAccountRetrieveCouponsRequest{SubCustomerID: e.member}))
	require.NoError(t, err)
	require.Len(t, theirs, 1)
	assert.Equal(t, e.coupon, theirs[0].CouponID)
	assert.Equal(t, given, theirs[0].SubCouponID)
	assert.Equal(t, "10.5", theirs[0].Balance.String())

	back := bss.ReclaimEnterpriseMultiAccountCouponRequest{CustomerID: e.member, CouponID: e.coupon, SubCouponID: given}
	retrieved, err := c.ReclaimEnterpriseMultiAccountCoupon(t.Context(), masterName, back)
	require.NoError(t, err)
	assert.Equal(t, "10.5", retrieved.String())
	_, again := c.ReclaimEnterpriseMultiAccountCoupon(t.Context(), masterName, back)
	require.ErrorIs(t, again, bss.ErrNotSupported, "nothing is left to take back")
	assert.Equal(t, 1, w.effects("ReclaimEnterpriseMultiAccountCoupon"))
	_, err = c.ClaimEnterpriseMultiAccountCoupon(t.Context(), masterName, bss.ClaimEnterpriseMultiAccountCouponRequest{
		CustomerID: e.member, CouponID: e.coupon, Amount: yuan("30.01"),
	})
	require.ErrorIs(t, err, bss.ErrInsufficientBalance)
	assert.Empty(t, w.Check())
}

func TestEnterpriseProjectsAreOpenedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	require.NoError(t, c.CreateEnterpriseProjectAuth(t.Context(), resaleName))
	require.NoError(t, c.CreateEnterpriseProjectAuth(t.Context(), resaleName))
	assert.Equal(t, 1, w.effects("CreateEnterpriseProjectAuth"))
}
