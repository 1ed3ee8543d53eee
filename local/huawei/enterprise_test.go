package huawei_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

const (
	pathProjects        = "/v2/enterprises/enterprise-projects/authority"
	pathUnits           = "/v2/enterprises/multi-accounts/enterprise-organizations"
	pathMembers         = "/v2/enterprises/multi-accounts/sub-customers"
	pathMemberCode      = "/v2/enterprises/multi-accounts/sm-verification-code"
	pathTransfer        = "/v2/enterprises/multi-accounts/transfer-amount"
	pathRetrieve        = "/v2/enterprises/multi-accounts/retrieve-amount"
	pathTransferCoupon  = "/v2/enterprises/multi-accounts/transfer-coupon"
	pathRetrieveCoupon  = "/v2/enterprises/multi-accounts/retrieve-coupon"
	pathTransferCoupons = "/v2/enterprises/multi-accounts/transfer-coupons"
	pathRetrieveCoupons = "/v2/enterprises/multi-accounts/retrieve-coupons"
)

// group is a market whose resale customer is the master of an enterprise with a
// member that shows its bills and one in custody.
type group struct {
	*market
	root, sales     string // units
	member, custody string // customer ids
}

func newGroup(t *testing.T, o huawei.Options) *group {
	t.Helper()
	g := &group{market: newMarket(t, o)}
	g.member, g.custody = g.account("member-one", huawei.AssociationResale), g.account("member-two", huawei.AssociationResale)
	g.found()
	return g
}

// found makes the enterprise.
func (g *group) found() {
	g.t.Helper()
	root, err := g.server.AddEnterprise(huawei.NewEnterprise{MasterID: g.resale, Name: "集团", Units: []huawei.NewUnit{
		{Name: "sales", Units: []huawei.NewUnit{{Name: "north"}}}, {Name: "research"},
	}})
	require.NoError(g.t, err)
	g.root, g.sales = root, g.units("")[0].ID
	require.NoError(g.t, g.server.AddMember(huawei.NewMember{
		MasterID: g.resale, CustomerID: g.member, UnitID: g.sales, DisplayName: "One", Permissions: []string{"READ_CONSUME_BILL"},
	}))
	require.NoError(g.t, g.server.AddMember(huawei.NewMember{
		MasterID: g.resale, CustomerID: g.custody, DisplayName: "Two", Custody: true,
	}))
}

type unitNode struct {
	ID       string     `json:"id"`
	Relation string     `json:"relation_id"`
	Name     string     `json:"name"`
	Children []unitNode `json:"child_nodes"`
}

func (g *group) units(query string) []unitNode {
	g.t.Helper()
	return own[unitNode](g.market, pathUnits+query).Children
}

type memberList struct {
	Total   int `json:"total_count"`
	Members []struct {
		ID, Name, Status any
		DisplayName      string `json:"display_name"`
		OrgID            string `json:"org_id"`
		OrgName          string `json:"org_name"`
	} `json:"sub_customer_infos"`
}

func (g *group) members(query string) memberList {
	g.t.Helper()
	return own[memberList](g.market, pathMembers+query)
}

func (g *group) move(path, amount, transID string) result {
	g.t.Helper()
	return g.asCustomer(http.MethodPost, path, fmt.Sprintf(`{"customer_id":%q,"amount":%q,"trans_id":%q}`, g.member, amount, transID))
}

// movable is what can be transferred, or retrieved from the member.
func (g *group) movable(path string) string {
	g.t.Helper()
	list := own[struct {
		Infos []map[string]any `json:"amount_infos"`
	}](g.market, path)
	require.Len(g.t, list.Infos, 1)
	for _, name := range []string{"avail_transfer_amount", "avail_retrieve_amount"} {
		if amount, ok := list.Infos[0][name]; ok {
			return fmt.Sprint(amount)
		}
	}
	return ""
}

func (g *group) transferable() string {
	return g.movable(pathTransfer + "?balance_type=BALANCE_TYPE_DEBIT")
}

func (g *group) retrievable() string {
	return g.movable(pathRetrieve + "?balance_type=BALANCE_TYPE_DEBIT&sub_customer_id=" + g.member)
}

type passedCoupons struct {
	Total       int            `json:"total_count"`
	Transfer    []passedCoupon `json:"avail_transfer_coupons"`
	Retrievable []passedCoupon `json:"avail_retrieve_coupons"`
}

type passedCoupon struct {
	ID      string           `json:"coupon_id"`
	SubID   string           `json:"sub_coupon_id"`
	Balance string           `json:"balance"`
	Limits  []map[string]any `json:"use_limits"`
}

func (g *group) claim(coupon, amount, transID string) result {
	g.t.Helper()
	return g.asCustomer(http.MethodPost, pathTransferCoupon,
		fmt.Sprintf(`{"customer_id":%q,"coupon_id":%q,"amount":%q,"trans_id":%q}`, g.member, coupon, amount, transID))
}

func (g *group) unclaim(coupon, sub, transID string) result {
	g.t.Helper()
	return g.asCustomer(http.MethodPost, pathRetrieveCoupon,
		fmt.Sprintf(`{"customer_id":%q,"coupon_id":%q,"sub_coupon_id":%q,"trans_id":%q}`, g.member, coupon, sub, transID))
}

func TestTheOrganisation(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	top := own[map[string]any](g.market, pathUnits)
	assert.Equal(t, g.root, top["root_id"])
	assert.Equal(t, "集团", top["root_name"])
	assert.Empty(t, g.units("")[0].Children)
	deep := g.units("?recursive_query=1")
	require.Len(t, deep, 2)
	assert.Equal(t, "north", deep[0].Children[0].Name)
	assert.NotEmpty(t, deep[0].Relation)
	assert.Equal(t, deep[0].Children[0].ID, g.units("?parent_id=" + g.sales)[0].ID)
	assert.NotContains(t, own[map[string]any](g.market, pathUnits+"?parent_id="+g.sales), "root_id")
}

func TestMembersAreFiltered(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	for query, total := range map[string]int{
		"": 2, "?org_id=" + g.sales: 1, "?org_id=1": 0,
		"?sub_customer_account_name=member-one": 1, "?sub_customer_account_name=member": 0, "?sub_customer_account_name=": 0,
		"?sub_customer_account_name=member&fuzzy_query=1": 2, "?sub_customer_account_name=&fuzzy_query=1": 2,
		"?sub_customer_display_name=Two": 1, "?sub_customer_display_name=w&fuzzy_query=1": 1, "?limit=1": 2,
	} {
		assert.Equal(t, total, g.members(query).Total, query)
	}
	first := g.members("?limit=1").Members
	require.Len(t, first, 1)
	assert.Equal(t, g.member, first[0].ID)
	assert.Equal(t, g.sales, first[0].OrgID)
	assert.Equal(t, "sales", first[0].OrgName)
	assert.InDelta(t, 1, first[0].Status, 0)
	assert.Equal(t, "Two", g.members("?offset=1").Members[0].DisplayName)
}

func memberBody(party, name, mobile, code, more string) string {
	return fmt.Sprintf(`{"party_id":%q,"display_name":"New","sub_customer_association_type":1%s,"new_sub_customer":{"customer_name":%q,`+
		`"mobile_phone":%q,"verification_code":%q,"password":"Member-1234"}}`, party, more, name, mobile, code)
}

// memberCode lets the master send a code and reads it.
func (g *group) memberCode(mobile string) string {
	g.t.Helper()
	got := g.asCustomer(http.MethodPost, pathMemberCode, fmt.Sprintf(
		`{"mobile_phone":%q,"timeout":5,"language":"zh-cn","sm_template_args":[{"key":"sub_customer_name","value":"x"}]}`, mobile))
	require.Equal(g.t, http.StatusNoContent, got.status, got.body)
	all := g.server.Outbox()
	return all[len(all)-1].Code
}

func TestAMemberIsCreated(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	code := g.memberCode("13800000009")
	got := g.asCustomer(http.MethodPost, pathMembers, memberBody(g.sales, "member-new", "13800000009", code, `,"permission_ids":["READ_CONSUME_BILL"]`))
	require.Equal(t, http.StatusNoContent, got.status, got.body)
	created := g.members("?sub_customer_account_name=member-new").Members
	require.Len(t, created, 1)
	assert.InDelta(t, 2, created[0].Status, 0, "being created")
	body := fmt.Sprintf(`{"customer_id":%q,"amount":"1"}`, created[0].ID)
	assert.Equal(t, "CBC.99007004", g.asCustomer(http.MethodPost, pathTransfer, body).code(t))
	g.clock.Advance(3 * time.Second)
	assert.InDelta(t, 1, g.members("?sub_customer_account_name=member-new").Members[0].Status, 0)
	assert.Equal(t, http.StatusNoContent, g.asCustomer(http.MethodPost, pathTransfer, body).status)
	assert.NotEmpty(t, g.customerToken("member-new"), "it is the partner's customer as its master is")
}

func TestCreatingAMemberRefuses(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	const mobile = "13800000009"
	code := g.memberCode(mobile)
	wrong := "000000"
	for body, want := range map[string]string{
		memberBody("1", "member-new", mobile, code, ""):                                                                                            "CBC.0100",
		memberBody(g.sales, "member-new", "12", code, ""):                                                                                          "CBC.0100",
		memberBody(g.sales, "member-new", mobile, "", ""):                                                                                          "CBC.0100",
		memberBody(g.sales, "member-new", mobile, code, `,"permission_ids":["EVERYTHING"]`):                                                        "CBC.0100",
		memberBody(g.sales, "member-new", mobile, code, `,"financial_custody":2`):                                                                  "CBC.0100",
		memberBody(g.sales, "m", mobile, code, ""):                                                                                                 "CBC.99000031",
		memberBody(g.sales, "member-one", mobile, code, ""):                                                                                        "CBC.99000038",
		memberBody(g.sales, "member-new", mobile, wrong, ""):                                                                                       "CBC.99000026",
		strings.Replace(memberBody(g.sales, "member-new", mobile, code, ""), "Member-1234", "aaaaaaaaa", 1):                                        "CBC.99000036",
		strings.Replace(memberBody(g.sales, "member-new", mobile, code, ""), `type":1`, `type":0`, 1):                                              "CBC.0100",
		strings.Replace(memberBody(g.sales, "member-new", mobile, code, ""), `{"customer_name"`, `{"use_pri_mobile_phone":"X","customer_name"`, 1): "CBC.0100",
	} {
		got := g.asCustomer(http.MethodPost, pathMembers, body)
		require.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Equal(t, want, got.code(t), body)
	}
	g.clock.Advance(5 * time.Minute)
	late := memberBody(g.sales, "member-new", mobile, code, "")
	assert.Equal(t, "CBC.99000027", g.asCustomer(http.MethodPost, pathMembers, late).code(t))
	masters := strings.Replace(late, `{"customer_name"`, `{"use_pri_mobile_phone":"Y","customer_name"`, 1)
	assert.Equal(t, http.StatusNoContent, g.asCustomer(http.MethodPost, pathMembers, masters).status, "the master's number needs no code")
	for i := range 5 {
		_, err := g.server.AddAccount(huawei.Account{Name: fmt.Sprintf("account-%d", i), Mobile: mobile})
		require.NoError(t, err)
	}
	many := memberBody(g.sales, "member-more", mobile, g.memberCode(mobile), "")
	assert.Equal(t, "CBC.99000030", g.asCustomer(http.MethodPost, pathMembers, many).code(t))
}

func TestMemberCodesRefuse(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	send := func(token, body string) string {
		return g.withToken(token, http.MethodPost, pathMemberCode, body).code(t)
	}
	const good = `{"mobile_phone":"13800000009","sm_template_args":[]}`
	assert.Equal(t, "CBC.0100", send(g.token, `{"mobile_phone":"12","sm_template_args":[]}`))
	assert.Equal(t, "CBC.0100", send(g.token, `{"mobile_phone":"13800000009","language":"de","sm_template_args":[]}`))
	assert.Equal(t, "CBC.0100", send(g.token, `{"mobile_phone":"13800000009","sm_template_args":[{"key":"name","value":"x"}]}`))
	assert.Equal(t, "CBC.0100", send(g.token, `{"mobile_phone":"13800000009","timeout":101,"sm_template_args":[]}`))
	assert.Equal(t, "CBC.70300008", send(g.customerToken("member-one"), good))
	assert.Equal(t, "CBC.70300009", send(g.customerToken("member-two"), good))
	for range 15 {
		require.Equal(t, http.StatusNoContent, g.asCustomer(http.MethodPost, pathMemberCode, good).status)
	}
	assert.Equal(t, "CBC.99000082", send(g.token, good))
}

func TestOnlyAMasterMayDoWhatAMasterDoes(t *testing.T) {
	t.Parallel()
	g := newGroup(t, huawei.Options{})
	token := g.customerToken("member-one")
	for path, body := range map[string]string{
		pathUnits: "", pathMembers: "", pathTransferCoupons: "",
		pathTransfer + "?balance_type=x":                   "",
		pathRetrieve + "?balance_type=x&sub_customer_id=x": "",
		pathRetrieveCoupons + "?sub_customer_id=x":         "",
		pathTransfer:       `{"customer_id":"x","amount":"1"}`,
		pathRetrieve:       `{"customer_id":"x","amount":"1"}`,
		pathTransferCoupon: `{"customer_id":"x","amount":"1","coupon_id":"x"}`,
		pathRetrieveCoupon: `{"customer_id":"x","sub_coupon_id":"x","coupon_id":"x"}`,
		pathMembers + "?":  memberBody("1", "member-new", "13800000009", "1", ""),
	} {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		got := g.withToken(token, method, path, body)
		assert.Equal(t, http.StatusBadRequest, got.status, path)
		assert.Equal(t, "CBC.70300008", got.code(t), path)
		assert.Equal(t, "CBC.0151", g.asPartner(method, path, body).code(t), path)
	}
}

func TestProjectsAreOpened(t *testing.T) {
	t.Parallel()
	m := newMarket(t, huawei.Options{})
	for range 2 {
		assert.Equal(t, http.StatusNoContent, m.asCustomer(http.MethodPost, pathProjects, "").status)
	}
	count := 0
	for _, e := range m.server.Journal() {
		if e.Operation == "CreateEnterpriseProjectAuth" {
			count++
		}
	}
	assert.Equal(t, 1, count)
	_, err := m.server.AddAccount(huawei.Account{Name: "frozen-customer", Association: huawei.AssociationResale, Frozen: true})
	require.NoError(t, err)
	got := m.withToken(m.customerToken("frozen-customer"), http.MethodPost, pathProjects, "")
	assert.Equal(t, "CBC.99007004", got.code(t))
}
