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

const mobile = "13800000000"

func TestCheckUserIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for name, test := range map[string]struct {
		asked bss.CheckUserIdentityRequest
		want  bss.Identity
	}{
		"free name":  {bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "a-free-name"}, bss.Identity{CheckResult: bss.Available}},
		"taken name": {bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: string(resaleName)}, bss.Identity{CheckResult: bss.UsedByUser}},
		"mobile": {
			bss.CheckUserIdentityRequest{SearchType: bss.SearchMobile, SearchValue: "0086-" + mobile},
			bss.Identity{CheckResult: bss.Available, MobileRemainAvailableNum: 5},
		},
		"e-mail": {bss.CheckUserIdentityRequest{SearchType: bss.SearchEmail, SearchValue: "a@example.com"}, bss.Identity{CheckResult: bss.Available}},
	} {
		got, err := c.CheckUserIdentity(t.Context(), test.asked)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, got, name)
	}
	_, err := c.CheckUserIdentity(t.Context(), bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "1"})
	assert.ErrorIs(t, err, bss.ErrInvalid)
}

func TestRegisteringACustomerWithAVerificationCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	require.NoError(t, c.SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{
		ReceiverType: bss.ReceiverMobile, MobilePhone: mobile, Timeout: 5, Lang: "en-us", Scene: bss.SceneRegistration,
	}))
	sent := w.Outbox()[0]
	assert.Equal(t, mobile, sent.Receiver)
	assert.Equal(t, int(bss.SceneRegistration), sent.Scene)
	assert.Equal(t, start.Add(5*time.Minute), sent.ExpiresOn)

	request := bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer",
		MobilePhone: mobile, VerificationCode: "wrong1", Password: "Customer-Password-1", IncludeAssociationResult: true,
	}
	_, err := c.CreateSubCustomer(t.Context(), request)
	require.ErrorIs(t, err, bss.ErrVerificationCode)
	request.VerificationCode = sent.Code
	created, err := c.CreateSubCustomer(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, "new-customer", created.DomainName)
	assert.NotEmpty(t, created.DomainID)

	_, err = c.CreateSubCustomer(t.Context(), request)
	require.ErrorIs(t, err, bss.ErrDuplicate)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

func TestRegisteringACustomerAbroad(t *testing.T) {
	t.Parallel()
	const address = "a@example.com"
	w := newWorldAbroad(t)
	c := w.client(t)
	require.NoError(t, c.SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{ReceiverType: bss.ReceiverEmail, Email: address}))
	sent := w.Outbox()[0]
	assert.Equal(t, address, sent.Receiver)
	created, err := c.CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer", DomainArea: "SG", Email: address, VerificationCode: sent.Code,
	})
	require.NoError(t, err)
	w.clock.Advance(time.Hour)
	rows, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{CustomerID: created.DomainID}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, bss.Reseller, rows[0].AssociationType)
	assert.Equal(t, bss.RealNameNone, rows[0].VerifiedStatus)
}

func TestCreateSubCustomerTellsTheIDsAlsoWhileTheAssociationIsPending(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, huawei.Options{AssociationDelay: time.Minute})
	created, err := w.client(t).CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer", IncludeAssociationResult: true,
	})
	require.ErrorIs(t, err, bss.ErrAssociationPending)
	assert.Equal(t, "new-customer", created.DomainName)
	assert.NotEmpty(t, created.DomainID)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
	assert.Len(t, w.wire.to("/v2/partners/sub-customers"), 1)
}

func TestListSubCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.AddAccount(huawei.Account{
		Name: "verified-firm", RealName: "永志科技有限公司", Mobile: mobile, Label: "gold",
		Association: huawei.AssociationReferral, Frozen: true,
	})
	require.NoError(t, err)
	c := w.client(t)
	rows, err := bss.Collect(c.ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{
		Customer: "永志", Label: "gold", AssociationType: bss.Referral,
		AssociatedOnBegin: bss.At(start.Add(-time.Hour)), AssociatedOnEnd: bss.At(start.Add(time.Hour)),
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	got := rows[0]
	assert.NotEmpty(t, got.CustomerID)
	got.CustomerID, got.AccountManagers = "", nil
	assert.Equal(t, bss.SubCustomer{
		AccountName: "verified-firm", Customer: "永志科技有限公司", AssociatedOn: bss.At(start),
		AssociationType: bss.Referral, Label: "gold", Telephone: "138****0000", VerifiedStatus: "2",
		CountryCode: "0086", CustomerType: 1, IsFrozen: bss.AccountFrozen, CustomerLevel: "V0",
	}, got)
	assert.Equal(t, time.UTC, got.AssociatedOn.Location())

	sent := w.wire.to("/v2/partners/sub-customers/query")
	assert.JSONEq(t, `{"customer":"永志","label":"gold","association_type":"1",
		"associated_on_begin":"2026-03-02T00:00:00Z","associated_on_end":"2026-03-02T02:00:00Z","limit":100}`, sent[0].body)
	assert.Equal(t, http.MethodPost, sent[0].method)
}

func TestListSubCustomerNewTag(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.AddAccount(huawei.Account{Name: "verified-firm", RealName: "永志科技有限公司", Association: huawei.AssociationResale})
	require.NoError(t, err)
	order, err := w.PlaceOrder(huawei.NewOrder{CustomerID: id, OfficialAmount: yuan("1")})
	require.NoError(t, err)
	require.NoError(t, w.SetCash(id, yuan("1")))
	c := w.client(t)
	require.NoError(t, c.PayOrders(t.Context(), "verified-firm", bss.PayOrdersRequest{OrderID: order}))
	tags, err := bss.Collect(c.ListSubCustomerNewTag(t.Context(), bss.ListSubCustomerNewTagRequest{CustomerIDs: []string{id, w.resale, "stranger"}}))
	require.NoError(t, err)
	assert.Equal(t, []bss.NewCustomerTag{
		{CustomerID: w.resale, CustomerTagType: "SMB"},
		{CustomerID: id, CustomerTagType: "SMB", NewCustomerTag: bss.NewCustomerYes, EffectiveTime: "2026-03", ExpireTime: "2027-02"},
	}, tags)
	assert.Len(t, w.wire.to("/v2/partners/sub-customers/new-customers-tags/batch-query"), 2, "there is no total, so the empty page is the end")
}

func TestListIncentiveDiscountPolicies(t *testing.T) {
	t.Parallel()
	rows, err := bss.Collect(newWorld(t).client(t).ListIncentiveDiscountPolicies(t.Context(), bss.ListIncentiveDiscountPoliciesRequest{
		Month: "2026-02", ServiceTypeCode: "hws.service.type.msgsms",
	}))
	require.NoError(t, err)
	assert.Equal(t, []bss.IncentivePolicy{{
		ServiceTypeCode: "hws.service.type.msgsms", ServiceTypeName: "消息&短信",
		IncentivePolicy: bss.IncentivePerformanceOnly, AllowDiscount: "NO",
	}}, rows)
}
