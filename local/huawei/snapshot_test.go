package huawei_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// Both play the same story after the snapshot: what is answered, to the request
// ids and tokens, and what is left at the end are the same bytes.
func TestARestoredServerGoesOnAsTheOriginalWouldHave(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			original := newDealer(t, rand.New(rand.NewPCG(seed, 1)).IntN)
			for range 400 {
				original.step()
			}
			restored := original.fork(t)
			for i, d := range []*dealer{original, restored} {
				d.draw, d.answers = rand.New(rand.NewPCG(seed, 2)).IntN, []string{}
				for range 400 {
					d.step()
				}
				require.Equal(t, original.steps, d.steps, i)
			}
			require.NotEmpty(t, original.answers)
			assert.Equal(t, original.answers, restored.answers)
			assert.Equal(t, kept(t, original.server), kept(t, restored.server))
		})
	}
}

// fork goes on with a server of its own.
func (d *dealer) fork(t *testing.T) *dealer {
	t.Helper()
	document, err := d.server.Snapshot()
	require.NoError(t, err)
	other := *d
	other.clock = clock.NewFrozen(start.AddDate(-1, 0, 0))
	other.server, err = huawei.NewServer(huawei.Options{Clock: other.clock, Seed: 99, QuotaOff: true})
	require.NoError(t, err)
	require.NoError(t, other.server.Restore(document))
	require.Equal(t, d.clock.Now(), other.clock.Now())
	other.api, other.tokens, other.done = other.server.API(), maps.Clone(d.tokens), maps.Clone(d.done)
	other.used = maps.Clone(d.used)
	return &other
}

func kept(t *testing.T, server *huawei.Server) string {
	t.Helper()
	document, err := server.Snapshot()
	require.NoError(t, err)
	return string(document)
}

func TestASnapshotKeepsWhateverTheStateIsMadeOf(t *testing.T) {
	t.Parallel()
	assert.Empty(t, huawei.UnkeptTypes())
}

func TestASnapshotKeepsEverything(t *testing.T) {
	t.Parallel()
	m := everything(t)
	assert.Equal(t, []string{"state.windows", "state.budgets", "state.budgetRecords"}, m.server.EmptyFields(),
		"all is looked at here but the quota, which is off, and what the international site alone has")
	document := m.administer(http.MethodGet, "/_sim/snapshot", "")
	require.Equal(t, http.StatusOK, document.status)

	restored := &market{site: newSite(t, huawei.Options{Seed: 5, NotificationURL: unreachable}), token: m.token}
	got := restored.administer(http.MethodPost, "/_sim/restore", document.body)
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, document.body, restored.administer(http.MethodGet, "/_sim/snapshot", "").body)
	assert.Equal(t, m.clock.Now(), restored.clock.Now())
	for _, path := range []string{"/_sim/seed", "/_sim/clock", "/_sim/journal", "/_sim/outbox", "/_sim/faults", "/_sim/check"} {
		assert.Equal(t, m.administer(http.MethodGet, path, "").body, restored.administer(http.MethodGet, path, "").body)
	}
	m.server.ClearFaults()
	restored.server.ClearFaults()
	for _, path := range []string{
		pathOrders, pathOwnSum + "?bill_cycle=2026-02", pathCards + "?status=1", pathUnits + "?recursive_query=1", pathMembers,
		pathRealName, pathQRCode, pathCouponChanges + ofCoupons,
	} {
		one, other := m.asCustomer(http.MethodGet, path, ""), restored.asCustomer(http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, one.status, "%s: %s", path, one.body)
		assert.Equal(t, one.body, other.body)
		assert.Equal(t, one.header.Get("X-Request-Id"), other.header.Get("X-Request-Id"))
	}
	assert.Equal(t, m.packages(`{"limit":10}`), restored.packages(`{"limit":10}`))
	assert.Equal(t, m.resources(`{"limit":10}`), restored.resources(`{"limit":10}`))
}

// unreachable is where notifications go and are never taken.
const unreachable = "http://127.0.0.1:1/bind"

// everything is a market in which something of everything is.
func everything(t *testing.T) *market {
	t.Helper()
	m := subscribedWith(t, huawei.Options{NotificationURL: unreachable, Bucket: bucket})
	g := &group{market: m, member: m.account("member-one", huawei.AssociationResale), custody: m.account("member-two", huawei.AssociationResale)}
	g.found()
	require.Equal(t, http.StatusNoContent, g.move(pathTransfer, "10", "t1").status)
	require.Equal(t, http.StatusOK, g.claim(m.grant(voucher("30")), "5", "t2").status)
	require.Equal(t, http.StatusNoContent, m.asCustomer(http.MethodPost, pathProjects, "").status)

	id := m.buy(huawei.NewOrder{}).ID
	m.renew(renewal(2, 1, 0, id))
	m.use(huawei.NewOnDemandResource{})
	require.Equal(t, http.StatusOK, m.configure("EXPIRE_DATE", "-1").status)
	m.priceDiscount(huawei.PriceDiscountPartner, "0.9")
	_, err := m.server.AddBandwidth(huawei.NewBandwidth{CustomerID: m.resale})
	require.NoError(t, err)
	require.NoError(t, m.server.SpoilBill("2026-02", m.resale, 3, yuan("1")))
	m.sums("?cycle=2026-02&charge_mode=3")
	require.NoError(t, m.server.Bind(t.Context(), huawei.Binding{AccountName: "resale-customer", XAccountID: "\xff", XUserID: "p1"}))
	require.Equal(t, http.StatusOK, m.asCustomer(http.MethodGet, pathQRCode, "").status)
	m.customerKeys("resale-customer", "")
	require.Equal(t, http.StatusOK, m.put("download/a.png", "image/png", []byte("a")).StatusCode)
	m.server.SwitchUploads(false)
	m.keys.SecretKey = "wrong"
	require.Equal(t, http.StatusUnauthorized, m.asPartner(http.MethodGet, pathPartner, "").status)
	m.keys.SecretKey = "SIMPARTNERSK"
	require.NoError(t, m.server.RotateKey())
	signInOnce(m.site, newProvider(t))
	require.NoError(t, m.server.AddUser(huawei.NewUser{Name: "user", Password: "Password-1", Denied: []string{"ListSubCustomers"}}))
	m.server.SetPartnerState(huawei.PartnerState{UsesCoupons: true})
	require.NoError(t, m.server.RefuseNext(huawei.Refusal{Operation: "CreateSubCustomer", Code: "CBC.0999", Next: 2}))
	m.addFault(huawei.Fault{Kind: huawei.FaultInternal, Point: huawei.AfterEffect, Probability: 0.25, Operation: "CreateSubCustomer"})
	m.addFault(huawei.Fault{Kind: huawei.FaultSlow, Point: huawei.AfterEffect, Next: 2, Delay: huawei.Duration(time.Second), Operation: "CreateSubCustomer"})
	return m
}

// signInOnce leaves a session, a login that waits, and logouts in both directions.
func signInOnce(s *site, p *provider) {
	s.t.Helper()
	require.NoError(s.t, s.server.SetAccess(huawei.Access{IDPMetadata: p.metadata()}))
	b := s.browser()
	_, err := s.server.AddAccount(huawei.Account{Name: "signed-in"})
	require.NoError(s.t, err)
	handle := b.firstLogin(p, customerOf("u1"))
	got := b.post("/authui/saml/first-login/existing", url.Values{"login": {handle}, "account": {"signed-in"}, "password": {huawei.AccountPassword}})
	require.Equal(s.t, http.StatusSeeOther, got.status, got.body)
	require.Equal(s.t, http.StatusFound, b.get(pathLogout).status)
	leave := goodbye{kind: "LogoutRequest", id: "_leave", destination: s.api + pathLogoutRequest, nameID: "_transient-1"}
	require.Equal(s.t, http.StatusFound, b.get(pathLogoutRequest+"?"+firstPair().query("SAMLRequest", p.goodbye(s.clock.Now(), leave), "")).status)
	in := b.begin("", s.inside())
	b.begin("", s.inside())
	require.Equal(s.t, http.StatusSeeOther, b.post(pathConsumer, p.answer(in, customerOf("u1"))).status)
}

func TestSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	original := trade(t)
	document := kept(t, original.server)
	for name, c := range map[string]struct{ old, new, message string }{
		"no JSON":             {document, "{", "malformed"},
		"nothing":             {document, "", "malformed"},
		"another format":      {`"format":1,`, `"format":2,`, "its format is 2"},
		"no format":           {`"format":1,`, ``, "its format is 0"},
		"another site":        {`"site":"cn"`, `"site":"intl"`, "it is of the site"},
		"a field too many":    {`"partnerID":`, `"more":1,"partnerID":`, "has not the fields"},
		"a field is missing":  {`"partnerID":`, `"partnerId":`, "partnerID of a huawei.state is missing"},
		"a text for a list":   {`"resellers":[`, `"resellers":"","x":[`, "malformed"},
		"null in a list":      {`"resellers":[`, `"resellers":[null,`, "nothing is there"},
		"a wrong reference":   {`"combined":null`, `"combined":{"ref":999999}`, "leads to no"},
		"another's reference": {`"combined":null`, `"combined":{"ref":1}`, "leads to no"},
		"a huge amount":       {`"debt":""`, `"debt":"1e999999999"`, "is no amount"},
		"no time":             {`"createdOn":"2026`, `"createdOn":"soon`, "createdOn"},
		"a stream is missing": {`"streams":["`, `"streams":["","`, "6 random streams"},
		"a stream is wrong":   {`"streams":["`, `"streams":["AAAA`, "random stream is malformed"},
		"money appears":       {`"partner":{"balance":"`, `"partner":{"balance":"1`, "contradicts itself: the partner's balance"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, document, c.old)
			s := trade(t)
			s.clock.Advance(time.Hour)
			before := kept(t, s.server)
			got := s.administer(http.MethodPost, "/_sim/restore", strings.Replace(document, c.old, c.new, 1))
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Contains(t, got.fields(t)["error"], c.message)
			assert.Equal(t, before, kept(t, s.server))
		})
	}
}

func TestASnapshotWhoseStateCannotBeCheckedIsRefused(t *testing.T) {
	t.Parallel()
	m := trade(t)
	// A resource without its order, which Check looks into.
	m.later(time.Minute)
	m.cash()
	document := kept(t, m.server)
	before, after, found := strings.Cut(document, `"order":{"ref":`)
	require.True(t, found)
	_, after, _ = strings.Cut(after, "}")
	got := m.administer(http.MethodPost, "/_sim/restore", before+`"order":null`+after)
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Contains(t, got.fields(t)["error"], "malformed")
	assert.Equal(t, document, kept(t, m.server))
}

func TestASnapshotKeepsWhatIsLeftOfTheQuota(t *testing.T) {
	t.Parallel()
	original, restored := newSite(t, huawei.Options{}), newSite(t, huawei.Options{})
	for original.asPartner(http.MethodPost, pathQuery, `{}`).status != http.StatusTooManyRequests {
	}
	require.NoError(t, restored.server.Restore([]byte(kept(t, original.server))))
	assert.Equal(t, http.StatusTooManyRequests, restored.asPartner(http.MethodPost, pathQuery, `{}`).status)
	restored.clock.Advance(time.Second)
	assert.Equal(t, http.StatusOK, restored.asPartner(http.MethodPost, pathQuery, `{}`).status)
}

func TestSnapshotsAreTakenAndRestoredUnderCalls(t *testing.T) {
	t.Parallel()
	cloud, customerID := newCloud(t, huawei.Options{QuotaOff: true})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
			assert.NoError(t, err)
		})
		group.Go(func() {
			document, err := cloud.Snapshot()
			assert.NoError(t, err)
			assert.NoError(t, cloud.Restore(document))
		})
	}
	group.Wait()
	assert.Empty(t, cloud.Check())
}

func TestASnapshotHasABound(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	got := s.administer(http.MethodPost, "/_sim/restore", strings.Repeat(" ", 64<<20+1))
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Contains(t, got.fields(t)["error"], "too large")
}

func TestTheClockOfASnapshot(t *testing.T) {
	t.Parallel()
	set, system := newSite(t, huawei.Options{}), newSite(t, huawei.Options{Clock: clock.System{}})
	got := system.administer(http.MethodPost, "/_sim/restore", kept(t, set.server))
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Contains(t, got.body, "cannot be set")
	assert.NotContains(t, kept(t, system.server), `"now"`)
	require.NoError(t, set.server.Restore([]byte(kept(t, system.server))))
	assert.Equal(t, start, set.clock.Now(), "it stays where no time is kept")
}

// A kind that is not known must not be forgotten silently.
func TestWhatCannotBeKeptIsAnError(t *testing.T) {
	t.Parallel()
	type hidden struct{ F any }
	for _, err := range []error{
		second(huawei.KeepAnything(hidden{})),
		second(huawei.KeepAnything(func() {})),
		second(huawei.KeepAnything(map[bool]int{})),
		second(huawei.KeepAnything([]chan int{nil})),
		second(huawei.ReadAnything[hidden](`{"F":1}`)),
		second(huawei.ReadAnything[int](`1.5`)),
		second(huawei.ReadAnything[map[string]int](`[["a"]]`)),
	} {
		assert.Error(t, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestValuesAreKeptExactly(t *testing.T) {
	t.Parallel()
	type node struct {
		name    string
		next    *node
		amounts map[int]decimal.Decimal
		at      time.Time
		list    []string
		none    []string
	}
	a := &node{name: "a\xff\"", amounts: map[int]decimal.Decimal{2: yuan("1.50"), -1: {}}, at: start.In(time.FixedZone("", 8*3600)), list: []string{}}
	a.next = &node{name: "b", next: a}
	text, err := huawei.KeepAnything(a)
	require.NoError(t, err)
	back, err := huawei.ReadAnything[*node](text)
	require.NoError(t, err)
	assert.Same(t, back, back.next.next)
	assert.Equal(t, a.name, back.name)
	assert.Equal(t, int32(-2), back.amounts[2].Exponent())
	assert.Equal(t, a.amounts[-1], back.amounts[-1])
	assert.Equal(t, a.at.AddDate(0, 1, 0).Format(time.RFC3339), back.at.AddDate(0, 1, 0).Format(time.RFC3339))
	assert.NotNil(t, back.list)
	assert.Nil(t, back.none)
	again, err := huawei.KeepAnything(back)
	require.NoError(t, err)
	assert.Equal(t, text, again)
	assert.Equal(t, []int{-1, 2}, slices.Sorted(maps.Keys(back.amounts)))
}

func TestASnapshotOfTheInternationalSite(t *testing.T) {
	t.Parallel()
	a := newAbroad(t, huawei.Options{})
	a.setBudget("100", fieldset{"budget_type": "MONTHLY"})
	document := kept(t, a.server)
	restored := &abroad{market: &market{site: newSite(t, huawei.Options{Site: bss.SiteIntl})}}
	restored.resale = a.resale
	require.NoError(t, restored.server.Restore([]byte(document)))
	assert.Equal(t, document, kept(t, restored.server))
	assert.Equal(t, a.budget(), restored.budget())
}
