package huawei_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// couponCodes are those of the partner's coupons.
func couponCodes() []provocation {
	const issues, reclaims = "CreatePartnerCoupons", "ReclaimPartnerCoupons"
	issue := func(m *market, quota huawei.NewQuota, fields fieldset) result {
		return m.asPartner(http.MethodPost, pathCoupons, text(m.t, fieldset{
			"quota_id": m.quota(quota), "customer_ids": []string{m.resale}, "face_value": 10,
		}.with(fields)))
	}
	of := func(quota huawei.NewQuota, fields fieldset) func(*testing.T) result {
		return in(func(m *market) result { return issue(m, quota, fields) })
	}
	// twice issues two coupons to one customer.
	twice := func(quota huawei.NewQuota) func(*testing.T) result {
		return in(func(m *market) result {
			id := m.quota(quota)
			m.issue(id, "10", m.resale)
			return m.asPartner(http.MethodPost, pathCoupons, issueBody(id, "10", m.resale))
		})
	}
	reclaim := func(m *market, coupon string) result {
		return m.asPartner(http.MethodPost, pathReclaim, fmt.Sprintf(`{"coupon_id":%q}`, coupon))
	}
	return []provocation{
		{"CBC.99000012", 400, issues, of(huawei.NewQuota{Status: 5}, nil)},
		{"CBC.99000017", 400, issues, of(huawei.NewQuota{EffectiveTime: start.Add(time.Hour)}, nil)},
		{"CBC.99000018", 400, issues, of(huawei.NewQuota{MinFaceValue: yuan("11")}, nil)},
		{"CBC.99000019", 400, issues, of(huawei.NewQuota{MaxFaceValue: yuan("9")}, nil)},
		{"CBC.99000022", 400, issues, in(func(m *market) result {
			require.NoError(m.t, m.server.SetConditions(m.resale, huawei.Conditions{AssociatedBefore: true}))
			return issue(m, huawei.NewQuota{FirstOnly: true}, nil)
		})},
		{"CBC.99000023", 400, issues, of(huawei.NewQuota{Products: []string{"p1"}}, fieldset{"product_ids": []string{"p2"}})},
		{"CBC.99000025", 400, issues, in(func(m *market) result {
			domains := m.withToken(m.partnerToken(), http.MethodGet, "/v3/auth/domains", "").fields(m.t)["domains"].([]any)
			return issue(m, huawei.NewQuota{}, fieldset{"customer_ids": []any{domains[0].(map[string]any)["id"]}})
		})},
		{"CBC.99000037", 400, issues, of(huawei.NewQuota{}, fieldset{"indirect_partner_id": "x"})},
		{"CBC.50000010", 400, issues, in(func(m *market) result {
			m.server.SetPartnerState(huawei.PartnerState{UsesCoupons: true})
			return issue(m, huawei.NewQuota{}, nil)
		})},
		{"CBC.50000020", 400, issues, of(huawei.NewQuota{Customers: []string{"someone"}}, nil)},
		{"CBC.50000054", 400, issues, of(huawei.NewQuota{}, fieldset{"product_ids": []string{"p1"}})},
		{"CBC.50000055", 400, issues, of(huawei.NewQuota{}, fieldset{"cloud_service_types": []string{"hws.service.type.x"}})},
		{"CBC.99000000", 200, issues, inChannel(func(ch *channel) result {
			return issue(ch.market, huawei.NewQuota{}, fieldset{"customer_ids": []string{ch.theirs}})
		})},
		{"CBC.99000035", 200, issues, of(huawei.NewQuota{}, fieldset{"customer_ids": []string{"x"}})},
		{"CBC.99000013", 200, issues, of(huawei.NewQuota{Value: yuan("9")}, nil)},
		{"CBC.99000014", 200, issues, in(func(m *market) result {
			return issue(m, huawei.NewQuota{}, fieldset{"customer_ids": []string{m.referral}})
		})},
		{"CBC.50000034", 200, issues, inGroup(func(g *group) result {
			return issue(g.market, huawei.NewQuota{}, fieldset{"customer_ids": []string{g.custody}})
		})},
		{"CBC.99000020", 200, issues, twice(huawei.NewQuota{MaxCount: 1})},
		{"CBC.99000021", 200, issues, twice(huawei.NewQuota{MaxTotal: yuan("15")})},

		{"CBC.99000045", 400, reclaims, in(func(m *market) result {
			gift := voucher("5")
			gift.CustomerID = m.referral
			return reclaim(m, m.grant(gift))
		})},
		{"CBC.99000048", 200, reclaims, in(func(m *market) result {
			coupon := m.issue(m.quota(huawei.NewQuota{}), "10", m.resale).Coupons[0].CouponID
			reclaim(m, coupon)
			return reclaim(m, coupon)
		})},
	}
}

// fundCodes are those of the partner's money and of its customers'.
func fundCodes() []provocation {
	const allocates, takesBack = "UpdateCustomerAccountAmount", "ReclaimToPartnerAccount"
	rows := []provocation{
		{"CBC.99000047", 400, takesBack, in(func(m *market) result {
			return m.asPartner(http.MethodPost, pathTakeBack, transfer(m.account("never-funded", huawei.AssociationResale), "1"))
		})},
		{"CBC.99000037", 400, "ListPartnerAdjustRecords", in(func(m *market) result {
			return m.asPartner(http.MethodGet, pathAdjusts+"?indirect_partner_id=x", "")
		})},
		{"CBC.80021021", 400, "ListPartnerAccountChangeRecords", in(func(m *market) result {
			return m.asPartner(http.MethodGet, pathPartnerChanges+ofCash+"&trade_time_begin=2025-03-01", "")
		})},
		{"CBC.99000084", 400, "ListCustomerAccountChangeRecords", in(func(m *market) result {
			return m.asCustomer(http.MethodGet, pathCustomerChanges+ofCash, "")
		})},
	}
	for operation, path := range map[string]string{allocates: pathAllocate, takesBack: pathTakeBack} {
		row := func(code, amount string, customer func(ch *channel) string) {
			rows = append(rows, provocation{code, 400, operation, inChannel(func(ch *channel) result {
				return ch.asPartner(http.MethodPost, path, transfer(customer(ch), amount))
			})})
		}
		row("CBC.99000000", "1", func(ch *channel) string { return ch.theirs })
		row("CBC.99000035", "1", func(ch *channel) string { return ch.stranger })
		row("CBC.99005021", "1", func(ch *channel) string { return ch.referral })
		row("CBC.99005003", "5000.01", func(ch *channel) string { return ch.resale })
		rows = append(rows, provocation{"CBC.99000037", 400, operation, inChannel(func(ch *channel) result {
			return ch.asPartner(http.MethodPost, path, ch.on("x", fieldset{"customer_id": ch.resale, "amount": 1}))
		})})
	}
	return rows
}

// resellerCodes are those of what a distributor does with its resellers.
func resellerCodes() []provocation {
	const issues, reclaims = "UpdateCouponQuotas", "ReclaimCouponQuotas"
	issue := func(ch *channel, quota string, resellers ...string) result {
		return ch.asPartner(http.MethodPost, pathQuotaIssue, text(ch.t, fieldset{
			"quota_id": quota, "indirect_partner_ids": resellers, "quota_amount": 10,
		}))
	}
	of := func(quota huawei.NewQuota) func(*testing.T) result {
		return inChannel(func(ch *channel) result { return issue(ch, ch.quota(quota), ch.first) })
	}
	reclaim := func(ch *channel, quota string) result {
		return ch.asPartner(http.MethodPost, pathQuotaReclaim, text(ch.t, fieldset{"quota_ids": []string{quota}}))
	}
	issued := func(ch *channel) string {
		return ch.issueQuotas(ch.quota(huawei.NewQuota{}), "10", ch.first).Quotas[0].QuotaID
	}
	rows := []provocation{
		{"CBC.99000012", 400, issues, of(huawei.NewQuota{Status: 5})},
		{"CBC.99000017", 400, issues, of(huawei.NewQuota{EffectiveTime: start.Add(time.Hour)})},
		{"CBC.50000021", 400, issues, of(huawei.NewQuota{Customers: []string{"someone"}})},
		{"CBC.99000013", 200, issues, of(huawei.NewQuota{Value: yuan("9")})},
		{"CBC.99000037", 400, issues, inChannel(func(ch *channel) result { return issue(ch, ch.quota(huawei.NewQuota{}), "x") })},

		{"CBC.99000012", 200, reclaims, inChannel(func(ch *channel) result { return reclaim(ch, "x") })},
		{"CBC.99000013", 200, reclaims, inChannel(func(ch *channel) result {
			quota := issued(ch)
			ch.call(http.StatusOK, pathCoupons, ch.on(ch.first, fieldset{
				"quota_id": quota, "customer_ids": []string{ch.theirs}, "face_value": 10,
			}))
			return reclaim(ch, quota)
		})},
		{"CBC.99000017", 200, reclaims, inChannel(func(ch *channel) result {
			quota := issued(ch)
			ch.later(366 * day)
			return reclaim(ch, quota)
		})},
	}
	for operation, path := range map[string]string{
		"UpdateIndirectPartnerAccount": pathResellerAdjust, "ReclaimIndirectPartnerAccount": pathResellerTake,
	} {
		row := func(code, amount string, reseller func(ch *channel) string) {
			rows = append(rows, provocation{code, 400, operation, inChannel(func(ch *channel) result {
				return ch.asPartner(http.MethodPost, path, resellerTransfer(reseller(ch), amount))
			})})
		}
		row("CBC.99000037", "1", func(*channel) string { return "x" })
		row("CBC.99005003", "5000.01", func(ch *channel) string { return ch.first })
	}
	return rows
}
