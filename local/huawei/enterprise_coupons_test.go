package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestCouponsMoveBetweenMasterAndMember(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	parent := g.grant(huawei.NewCoupon{
		Kind: huawei.CouponVoucher, Value: yuan("30"), Limits: []huawei.Limit{{Key: "serviceType", Value1: "hws.service.type.ec2"}},
	})
	g.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("30")})
	mine := own[passedCoupons](g.market, pathTransferCoupons)
	require.Equal(t, 1, mine.Total, "vouchers alone")
	assert.Equal(t, passedCoupon{ID: parent, Balance: "30.00", Limits: mine.Transfer[0].Limits}, mine.Transfer[0])
	assert.Equal(t, "serviceType", mine.Transfer[0].Limits[0]["limit_key"])

	got := g.claim(parent, "30", "c1")
	require.Equal(t, http.StatusOK, got.status, got.body)
	child := got.fields(t)["sub_coupon_id"].(string)
	assert.Zero(t, own[passedCoupons](g.market, pathTransferCoupons).Total, "nothing is left of it")
	theirs := read[couponList](t, g.withToken(g.customerToken("member-one"), http.MethodGet, pathMyCoupons, ""))
	require.Equal(t, 1, theirs.Count)
	assert.Equal(t, child, theirs.Coupons[0].ID)

	list := own[passedCoupons](g.market, pathRetrieveCoupons+"?sub_customer_id="+g.member)
	require.Equal(t, 1, list.Total)
	assert.Equal(t, parent, list.Retrievable[0].ID)
	assert.Equal(t, child, list.Retrievable[0].SubID)

	got = g.unclaim(parent, child, "c2")
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, "30.00", got.fields(t)["real_retrieve_amout"])
	assert.Equal(t, "30.00", own[passedCoupons](g.market, pathTransferCoupons).Transfer[0].Balance)
	assert.Zero(t, own[passedCoupons](g.market, pathRetrieveCoupons+"?sub_customer_id="+g.member).Total)
	assert.Equal(t, "CBC.99007009", g.unclaim(parent, child, "c2").code(t))
	assert.Equal(t, "CBC.99007004", g.unclaim(parent, child, "c3").code(t))
	assert.Equal(t, "CBC.99007009", g.claim(parent, "1", "c1").code(t))
}

func TestCouponTransfersRefuse(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	parent := g.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("30")})
	cash := g.grant(huawei.NewCoupon{Kind: huawei.CouponCash, Value: yuan("30")})
	later := g.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("30"), ValidTime: start.Add(time.Hour)})
	partners := g.issue(g.quota(huawei.NewQuota{}), "30", g.resale).Coupons[0].CouponID
	move := func(customer, coupon, amount string) string {
		return fmt.Sprintf(`{"customer_id":%q,"coupon_id":%q,"amount":%q}`, customer, coupon, amount)
	}
	for body, want := range map[string]string{
		`{}`:                            "CBC.0100",
		move(g.member, parent, "0"):     "CBC.0100",
		move(g.member, parent, "1.234"): "CBC.0100",
		move(g.referral, parent, "1"):   "CBC.99000043",
		move(g.custody, parent, "1"):    "CBC.99000086",
		move(g.member, "nothing", "1"):  "CBC.99007004",
		move(g.member, cash, "1"):       "CBC.99007004",
		move(g.member, later, "1"):      "CBC.99007004",
		move(g.member, partners, "1"):   "CBC.99007004",
		move(g.member, parent, "30.01"): "CBC.99005003",
	} {
		got := g.asCustomer(http.MethodPost, pathTransferCoupon, body)
		require.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Equal(t, want, got.code(t), body)
	}
	child := g.claim(parent, "10", "").fields(t)["sub_coupon_id"].(string)
	for _, pair := range [][2]string{{cash, child}, {parent, parent}, {"x", "x"}} {
		assert.Equal(t, "CBC.99007004", g.unclaim(pair[0], pair[1], "").code(t))
	}
	g.clock.Advance(366 * 24 * time.Hour)
	g.token = g.customerToken("resale-customer")
	assert.Equal(t, "CBC.99007004", g.unclaim(parent, child, "").code(t), "expired")
	assert.Equal(t, "CBC.99007004", g.claim(parent, "1", "").code(t), "expired")
}

func TestAMasterReadsItsMembersBills(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	secret := g.account("member-three", huawei.AssociationResale)
	require.NoError(t, g.server.AddMember(huawei.NewMember{MasterID: g.resale, CustomerID: secret}))
	for rows, customer := range []string{"", g.resale, g.member, g.custody, secret} {
		if customer != "" {
			g.addBills("2026-02", customer, rows)
		}
	}
	for query, total := range map[string]int{
		"": 6, "&method=all": 6, "&method=oneself": 1, "&method=sub_customer&sub_customer_id=" + g.member: 2,
		"&method=sub_customer&sub_customer_id=" + g.custody: 3, "&offset=2": 6,
	} {
		assert.Equal(t, total, own[ownFlow](g.market, pathOwnFlow+"?bill_cycle=2026-02"+query).Total, query)
		assert.Equal(t, total, own[ownResources](g.market, pathOwnResources+"?cycle=2026-02"+query).Total, query)
	}
	all := own[ownFlow](g.market, pathOwnFlow+"?bill_cycle=2026-02").Rows
	for offset := range 6 {
		page := own[ownFlow](g.market, fmt.Sprintf("%s?bill_cycle=2026-02&limit=2&offset=%d", pathOwnFlow, offset))
		assert.Equal(t, all[offset:min(offset+2, 6)], page.Rows)
	}
	got := g.asCustomer(http.MethodGet, pathOwnFlow+"?bill_cycle=2026-02&method=sub_customer&sub_customer_id="+secret, "")
	assert.Equal(t, "CBC.0151", got.code(t), "a member that does not show its bills")
	for payer, rows := range map[string]int{g.resale: 4, g.member: 2, g.custody: 0, "": 6} {
		more := ""
		if payer != "" {
			more = fmt.Sprintf(`,"payer_account_id":%q`, payer)
		}
		assert.Equal(t, rows, g.ownDetails(`,"statistic_type":3`+more).Total, payer)
	}
	costs := g.costs(costBody(2, "2026-02", "2026-02", `{"type":"dimension","key":"ASSOCIATED_ACCOUNT"}`, "ORIGINAL_COST", "PAYMENT_AMOUNT", ""))
	assert.Equal(t, 3, costs.Total)
}

func TestEnterprisesThroughTheAdministration(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	got := m.administer(http.MethodPost, "/_sim/enterprises", text(t, huawei.NewEnterprise{MasterID: m.resale, Name: "x"}))
	require.Equal(t, http.StatusOK, got.status, got.body)
	root := got.fields(t)["root_id"].(string)
	add := func(n huawei.NewMember) int {
		n.MasterID = m.resale
		return m.administer(http.MethodPost, "/_sim/enterprises/members", text(t, n)).status
	}
	assert.Equal(t, http.StatusOK, add(huawei.NewMember{CustomerID: m.referral, UnitID: root}))
	assert.Equal(t, http.StatusBadRequest, add(huawei.NewMember{CustomerID: m.referral}), "a member already")
	assert.Equal(t, http.StatusBadRequest, add(huawei.NewMember{CustomerID: m.resale}), "its master")
	assert.Equal(t, http.StatusBadRequest, add(huawei.NewMember{CustomerID: m.stranger, UnitID: "1"}))
	assert.Equal(t, http.StatusBadRequest, add(huawei.NewMember{CustomerID: "nobody"}))
	assert.Error(t, m.server.AddMember(huawei.NewMember{MasterID: m.stranger, CustomerID: m.stranger}))
	_, err := m.server.AddEnterprise(huawei.NewEnterprise{MasterID: "nobody"})
	assert.Error(t, err)
}
