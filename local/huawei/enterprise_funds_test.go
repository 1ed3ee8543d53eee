package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestMoneyMovesBetweenMasterAndMember(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	require.NoError(t, g.server.SetCash(g.member, yuan("7")))
	assert.Equal(t, "1000", g.transferable())
	assert.Equal(t, "0", g.retrievable(), "its own money cannot be taken")
	require.Equal(t, http.StatusNoContent, g.move(pathTransfer, "100.50", "t1").status)
	assert.Equal(t, "899.5", g.transferable())
	assert.Equal(t, "100.5", g.retrievable())
	require.Equal(t, http.StatusNoContent, g.move(pathRetrieve, "60", "t2").status)
	assert.Equal(t, "959.5", g.transferable())
	assert.Equal(t, "40.5", g.retrievable())
	require.NoError(t, g.server.SetCash(g.member, yuan("3")))
	assert.Equal(t, "3", g.retrievable(), "no more than is left")

	for _, path := range []string{pathTransfer, pathRetrieve} {
		for _, id := range []string{"t1", "t2"} {
			got := g.move(path, "1", id)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, "CBC.99007009", got.code(t))
		}
		require.Equal(t, http.StatusNoContent, g.move(path, "1", "").status)
		require.Equal(t, http.StatusNoContent, g.move(path, "1", "").status, "no id is never a repetition")
	}
	assert.Equal(t, "CBC.99005003", g.move(pathTransfer, "5000", "t3").code(t))
	assert.Equal(t, http.StatusNoContent, g.move(pathTransfer, "5", "t3").status, "what was refused did not use its id")
}

func TestTransfersRefuse(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	frozen, err := g.server.AddAccount(huawei.Account{Name: "frozen-member", Association: huawei.AssociationResale, Frozen: true})
	require.NoError(t, err)
	require.NoError(t, g.server.AddMember(huawei.NewMember{MasterID: g.resale, CustomerID: frozen}))
	move := func(customer, amount, kind string) string {
		if kind == "" {
			return fmt.Sprintf(`{"customer_id":%q,"amount":%q}`, customer, amount)
		}
		return fmt.Sprintf(`{"customer_id":%q,"amount":%q,"balance_type":%q}`, customer, amount, kind)
	}
	for body, want := range map[string]string{
		`{"customer_id":"x","amount":"1","balance_type":""}`: "CBC.0100",
		`{"customer_id":"x"}`:                                "CBC.0100",
		move(g.member, "0", ""):                              "CBC.0100",
		move(g.member, "-1", ""):                             "CBC.0100",
		move(g.member, "1.001", ""):                          "CBC.0100",
		move(g.member, "1e2", ""):                            "CBC.0100",
		move(g.member, "1", "BALANCE_TYPE_BONUS"):            "CBC.0100",
		move(g.member, "1", "BALANCE_TYPE_CREDIT"):           "CBC.99000047",
		move(g.referral, "1", "BALANCE_TYPE_DEBIT"):          "CBC.99007001",
		move(g.custody, "1", ""):                             "CBC.99000086",
		move(frozen, "1", ""):                                "CBC.99007004",
		move(g.member, "1000.01", ""):                        "CBC.99005003",
	} {
		for _, path := range []string{pathTransfer, pathRetrieve} {
			got := g.asCustomer(http.MethodPost, path, body)
			require.Equal(t, http.StatusBadRequest, got.status, body)
			assert.Equal(t, want, got.code(t), path+body)
		}
	}
	for path, want := range map[string]string{
		pathTransfer + "?balance_type=x":                                     "CBC.0100",
		pathTransfer + "?balance_type=BALANCE_TYPE_CREDIT":                   "CBC.99000047",
		pathRetrieve + "?balance_type=x&sub_customer_id=x":                   "CBC.0100",
		pathRetrieve + "?balance_type=BALANCE_TYPE_CREDIT&sub_customer_id=x": "CBC.99000047",
		pathRetrieve + "?balance_type=BALANCE_TYPE_DEBIT&sub_customer_id=x":  "CBC.99000047",
		pathRetrieveCoupons + "?sub_customer_id=x":                           "CBC.0100",
		pathUnits + "?parent_id=1":                                           "CBC.0100",
		pathMembers + "?sub_customer_account_name=a%20b":                     "CBC.0100",
	} {
		assert.Equal(t, want, g.asCustomer(http.MethodGet, path, "").code(t), path)
	}
}

func TestAMastersTransfersConserveMoney(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	rapid.Check(t, func(r *rapid.T) {
		g.server.Reset()
		g.clock.Set(start)
		g.resale = g.account("resale-customer", huawei.AssociationResale)
		g.member, g.custody = g.account("member-one", huawei.AssociationResale), g.account("member-two", huawei.AssociationResale)
		g.token = g.customerToken("resale-customer")
		require.NoError(r, g.server.SetCash(g.resale, yuan("500")))
		g.found()
		coupons := []string{g.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("300")})}
		subs := []string{"none"}
		r.Repeat(map[string]func(*rapid.T){
			"transfer": func(r *rapid.T) { g.move(pathTransfer, amount(r, "amount").StringFixed(2), "") },
			"retrieve": func(r *rapid.T) { g.move(pathRetrieve, amount(r, "amount").StringFixed(2), "") },
			"claim": func(r *rapid.T) {
				got := g.claim(coupons[0], amount(r, "amount").StringFixed(2), "")
				if got.status == http.StatusOK {
					subs = append(subs, got.fields(t)["sub_coupon_id"].(string))
				}
			},
			"unclaim": func(r *rapid.T) { g.unclaim(coupons[0], rapid.SampledFrom(subs).Draw(r, "sub"), "") },
			"wait": func(r *rapid.T) {
				g.clock.Advance(rapid.SampledFrom([]time.Duration{time.Hour, 200 * 24 * time.Hour}).Draw(r, "time"))
				g.token = g.customerToken("resale-customer")
			},
			"": func(r *rapid.T) { require.Empty(r, g.server.Check()) },
		})
	})
}

func TestCheckFindsWhatWasTamperedWithInEnterprises(t *testing.T) {
	t.Parallel()
	for name, tamper := range huawei.TamperEnterprises {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &group{market: trade(t)}
			g.member, g.custody = g.account("member-one", huawei.AssociationResale), g.account("member-two", huawei.AssociationResale)
			g.found()
			require.Equal(t, http.StatusNoContent, g.move(pathTransfer, "10", "").status)
			coupon := g.grant(huawei.NewCoupon{Kind: huawei.CouponVoucher, Value: yuan("30")})
			require.Equal(t, http.StatusOK, g.claim(coupon, "10", "").status)
			require.Empty(t, g.server.Check())
			tamper(g.server)
			assert.NotEmpty(t, g.server.Check())
		})
	}
}
