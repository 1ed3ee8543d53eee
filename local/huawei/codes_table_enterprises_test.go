package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// enterpriseCodes are those of masters and their members.
func enterpriseCodes() []provocation {
	rows := []provocation{
		{"CBC.70300008", 400, "ListEnterpriseSubCustomers", in(func(m *market) result {
			return m.asCustomer(http.MethodGet, pathMembers, "")
		})},
		{"CBC.99000047", 400, "ListEnterpriseMultiAccount", inGroup(func(g *group) result {
			return g.asCustomer(http.MethodGet, pathRetrieve+"?balance_type=BALANCE_TYPE_DEBIT&sub_customer_id=x", "")
		})},
		{"CBC.99007004", 400, "CreateEnterpriseProjectAuth", in(func(m *market) result {
			_, err := m.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true})
			require.NoError(m.t, err)
			return m.withToken(m.customerToken("frozen"), http.MethodPost, pathProjects, "")
		})},
	}
	for operation, path := range map[string]string{
		"UpdateSubEnterpriseAmount": pathTransfer, "ReclaimSubEnterpriseAmount": pathRetrieve,
	} {
		rows = append(rows, memberFundCodes(operation, path)...)
	}
	for operation, path := range map[string]string{
		"ClaimEnterpriseMultiAccountCoupon": pathTransferCoupon, "ReclaimEnterpriseMultiAccountCoupon": pathRetrieveCoupon,
	} {
		rows = append(rows, memberCouponCodes(operation, path)...)
	}
	rows = append(rows, provocation{"CBC.99005003", 400, "ClaimEnterpriseMultiAccountCoupon", inGroup(func(g *group) result {
		return g.claim(g.grant(voucher("5")), "5.01", "")
	})})
	return append(rows, memberAccountCodes()...)
}

// memberFundCodes are those of moving money to a member and back.
func memberFundCodes(operation, path string) []provocation {
	body := func(customer, amount, more string) string {
		return fmt.Sprintf(`{"customer_id":%q,"amount":%q%s}`, customer, amount, more)
	}
	row := func(code string, request func(g *group) string) provocation {
		return provocation{code, 400, operation, inGroup(func(g *group) result {
			return g.asCustomer(http.MethodPost, path, request(g))
		})}
	}
	return []provocation{
		row("CBC.99007001", func(g *group) string { return body(g.referral, "1", "") }),
		row("CBC.99000047", func(g *group) string { return body(g.member, "1", `,"balance_type":"BALANCE_TYPE_CREDIT"`) }),
		row("CBC.99007181", func(g *group) string {
			require.NoError(g.t, g.server.SetConditions(g.resale, huawei.Conditions{CreditExpired: true}))
			return body(g.member, "1", `,"balance_type":"BALANCE_TYPE_CREDIT"`)
		}),
		row("CBC.99000086", func(g *group) string { return body(g.custody, "1", "") }),
		row("CBC.99007004", func(g *group) string {
			frozen, err := g.server.AddAccount(huawei.Account{Name: "frozen", Association: huawei.AssociationResale, Frozen: true})
			require.NoError(g.t, err)
			require.NoError(g.t, g.server.AddMember(huawei.NewMember{MasterID: g.resale, CustomerID: frozen}))
			return body(frozen, "1", "")
		}),
		row("CBC.99005003", func(g *group) string { return body(g.member, "1000.01", "") }),
		row("CBC.99007009", func(g *group) string {
			require.Equal(g.t, http.StatusNoContent, g.move(pathTransfer, "1", "t1").status)
			return body(g.member, "1", `,"trans_id":"t1"`)
		}),
	}
}

// memberCouponCodes are those of passing coupons to a member and back.
func memberCouponCodes(operation, path string) []provocation {
	body := func(customer, transID string) string {
		return fmt.Sprintf(`{"customer_id":%q,"coupon_id":"x","sub_coupon_id":"x","amount":"1","trans_id":%q}`, customer, transID)
	}
	row := func(code string, status int, request func(g *group) string) provocation {
		return provocation{code, status, operation, inGroup(func(g *group) result {
			return g.asCustomer(http.MethodPost, path, request(g))
		})}
	}
	return []provocation{
		row("CBC.99000043", 400, func(g *group) string { return body(g.referral, "") }),
		row("CBC.99000086", 400, func(g *group) string { return body(g.custody, "") }),
		row("CBC.99007004", 400, func(g *group) string { return body(g.member, "") }),
		row("CBC.99007009", 400, func(g *group) string {
			require.Equal(g.t, http.StatusOK, g.claim(g.grant(voucher("5")), "5", "t1").status)
			return body(g.member, "t1")
		}),
		row("CBC.99007461", 500, func(g *group) string {
			require.NoError(g.t, g.server.SetConditions(g.resale, huawei.Conditions{TransferUnfinished: true}))
			return body(g.member, "")
		}),
	}
}

// memberAccountCodes are those of new members and the codes for them.
func memberAccountCodes() []provocation {
	const sends, creates = "SendSmsVerificationCode", "CreateSubEnterpriseAccount"
	send := func(g *group, token, mobile string) result {
		return g.withToken(token, http.MethodPost, pathMemberCode, fmt.Sprintf(`{"mobile_phone":%q,"sm_template_args":[]}`, mobile))
	}
	create := func(change func(g *group, code string) (body string)) func(*testing.T) result {
		return inGroup(func(g *group) result {
			return g.asCustomer(http.MethodPost, pathMembers, change(g, g.memberCode(mobile)))
		})
	}
	return []provocation{
		{"CBC.70300008", 400, sends, inGroup(func(g *group) result { return send(g, g.customerToken("member-one"), mobile) })},
		{"CBC.70300009", 400, sends, inGroup(func(g *group) result { return send(g, g.customerToken("member-two"), mobile) })},
		{"CBC.99004003", 400, sends, inGroup(func(g *group) result { return send(g, g.token, "13899004003") })},
		{"CBC.99000082", 400, sends, inGroup(func(g *group) result {
			for range 15 {
				g.memberCode(mobile)
			}
			return send(g, g.token, mobile)
		})},
		{"CBC.99000031", 400, creates, create(func(g *group, code string) string { return memberBody(g.sales, "m", mobile, code, "") })},
		{"CBC.99000038", 400, creates, create(func(g *group, code string) string {
			return memberBody(g.sales, "member-one", mobile, code, "")
		})},
		{"CBC.99000036", 400, creates, create(func(g *group, code string) string {
			return strings.Replace(memberBody(g.sales, "member-new", mobile, code, ""), "Member-1234", "aaaaaaaaa", 1)
		})},
		{"CBC.99000026", 400, creates, create(func(g *group, code string) string {
			return memberBody(g.sales, "member-new", mobile, otherCode(code), "")
		})},
		{"CBC.99000027", 400, creates, create(func(g *group, code string) string {
			g.clock.Advance(time.Hour)
			return memberBody(g.sales, "member-new", mobile, code, "")
		})},
	}
}
