package huawei_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
)

var (
	moneySteps = flag.Int("money.steps", 500, "random steps that TestMoneyIsConserved plays on each seed")
	moneySeeds = flag.Int("money.seeds", 20, "seeds that TestMoneyIsConserved plays, from 1")
)

// checkedEvery is after how many steps everything is held against the rest. What
// one step moves is looked at after each.
const checkedEvery = 100

// restoredEvery is after how many steps the story goes on from a snapshot.
const restoredEvery = 5000

// Everybody who can move money does so at random, through the API, while the
// clock moves on and answers are lost. One seed plays one story.
func TestMoneyIsConserved(t *testing.T) {
	t.Parallel()
	done := make([]map[string]int, *moneySeeds)
	t.Cleanup(func() { requireEveryMove(t, done) })
	for seed := range done {
		t.Run(fmt.Sprintf("seed %d", seed+1), func(t *testing.T) {
			t.Parallel()
			d := newDealer(t, rand.New(rand.NewPCG(uint64(seed)+1, 0)).IntN)
			done[seed] = d.done
			for range *moneySteps {
				d.step()
			}
			d.check()
		})
	}
}

// requireEveryMove fails where a move never succeeded: stories in which nothing
// happens prove nothing.
func requireEveryMove(t *testing.T, done []map[string]int) {
	if *moneySteps*len(done) < 10_000 || t.Failed() {
		return
	}
	for _, m := range moves() {
		times := 0
		for _, of := range done {
			times += of[m.name]
		}
		assert.NotZero(t, times, "%s never succeeded", m.name)
		t.Logf("%s: %d times", m.name, times)
	}
}

// A short story that fails is one that somebody can read.
func TestMoneyIsConservedInShortStories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := newDealer(r, func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "choice") })
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			d.step()
			d.check()
		}
	})
}

// dealer plays everybody.
type dealer struct {
	t      require.TestingT
	draw   func(n int) int // from 0 to n-1
	server *huawei.Server
	api    http.Handler
	clock  *clock.Simulated
	tokens map[string]string // by account name; that of the partner is under ""

	people    []person
	resellers []string
	quotas    []quotaOf
	children  []string // quotas of resellers
	coupons   []couponOf
	passed    []passing
	orders    []orderOf
	resources []resourceOf
	used      map[string]bool // trans_id of what was carried out

	last  move
	steps int
	story []string       // of the last steps
	done  map[string]int // moves that succeeded

	answers []string // all of them, unless it is nil
}

type person struct{ id, name, reseller string }

// quotaOf is a quota of the partner, or of a reseller.
type quotaOf struct {
	id, reseller string
	kind         int
}

type couponOf struct {
	benefit
	owner person
}

type passing struct{ coupon, sub, member string }

type orderOf struct {
	id         string
	owner      person
	discounted bool // a discount "d" can be chosen
}

type resourceOf struct {
	id    string
	owner person
}

// move is a request, and what it may do to the accounts.
type move struct {
	name, by string // account name; empty: the partner
	method   string
	path     string
	body     string
	moves    map[string]decimal.Decimal // by account, if it succeeds; nil: no money
	reads    bool                       // whether it changes nothing
	spends   string                     // whose cash it changes by an amount that is not known here
	learn    func(d *dealer, answer string)
}

// outcome is what came back.
type outcome struct {
	status int
	body   string
	lost   bool // the connection was closed
}

func newDealer(t require.TestingT, draw func(n int) int) *dealer {
	d := &dealer{t: t, draw: draw, clock: clock.NewFrozen(start), tokens: map[string]string{}, done: map[string]int{}, used: map[string]bool{}}
	var err error
	d.server, err = huawei.NewServer(huawei.Options{Clock: d.clock, Seed: 1, QuotaOff: true})
	require.NoError(t, err)
	d.api = d.server.API()
	require.NoError(t, d.server.SetPartnerBalance(yuan("5000")))
	for _, name := range []string{"reseller-one", "reseller-two"} {
		id, err := d.server.AddReseller(huawei.Reseller{AccountName: name, Balance: yuan("300")})
		require.NoError(t, err)
		d.resellers = append(d.resellers, id)
	}
	for _, name := range []string{"group-master", "group-one", "group-two", "group-custody", "alone"} {
		d.join(huawei.Account{Name: name, Mobile: "13800000001", Association: huawei.AssociationResale, Cash: yuan("2000")})
	}
	d.join(huawei.Account{Name: "referral", Association: huawei.AssociationReferral, Cash: yuan("500")})
	for i, name := range []string{"theirs-one", "theirs-two"} {
		d.join(huawei.Account{Name: name, Association: huawei.AssociationResale, Reseller: d.resellers[i], Cash: yuan("500")})
	}
	d.found()
	return d
}

func (d *dealer) join(a huawei.Account) {
	id, err := d.server.AddAccount(a)
	require.NoError(d.t, err)
	d.people = append(d.people, person{id, a.Name, a.Reseller})
}

// found makes the enterprise of the first four.
func (d *dealer) found() {
	master := d.people[0].id
	_, err := d.server.AddEnterprise(huawei.NewEnterprise{MasterID: master, Name: "group"})
	require.NoError(d.t, err)
	for i, p := range d.people[1:4] {
		require.NoError(d.t, d.server.AddMember(huawei.NewMember{MasterID: master, CustomerID: p.id, Custody: i == 2}))
	}
}

// step lets somebody do something.
func (d *dealer) step() {
	d.steps++
	switch n := d.draw(100); {
	case n < 7:
		d.wait()
	case n < 22:
		d.provide()
	case n < 25 && d.last.name != "":
		d.play(d.last, d.fault())
	default:
		if m := d.choose(); m.name != "" {
			d.last = m
			d.play(m, d.fault())
		}
	}
	if d.steps%checkedEvery == 0 {
		d.check()
	}
	if d.steps%restoredEvery == 0 {
		d.restore()
	}
}

// restore goes on from a snapshot, which must make no difference.
func (d *dealer) restore() {
	document, err := d.server.Snapshot()
	require.NoError(d.t, err)
	require.NoError(d.t, d.server.Restore(document))
	again, err := d.server.Snapshot()
	require.NoError(d.t, err)
	require.True(d.t, bytes.Equal(document, again), "the restored state is kept in another way")
}

// wait lets time pass, and what it brings happen. Tokens last a day.
func (d *dealer) wait() {
	waited := 6 * time.Second
	switch n := d.draw(100); {
	case n < 1:
		waited = 30 * day
	case n < 4:
		waited = week
	case n < 12:
		waited = day
	case n < 40:
		waited = time.Hour
	}
	d.tell("wait %s", waited)
	d.clock.Advance(waited)
	clear(d.tokens)
	d.settle()
}

// settle makes the simulated Huawei Cloud look at the clock.
func (d *dealer) settle() {
	if got := d.send(move{method: http.MethodGet, path: pathPartner}); got.status != http.StatusOK {
		d.fail("status %d: %s", got.status, got.body)
	}
}

// fault is what will go wrong with the next call; mostly nothing.
func (d *dealer) fault() *huawei.Fault {
	if d.draw(12) > 0 {
		return nil
	}
	kinds := []huawei.FaultKind{
		huawei.FaultThrottled, huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultReset,
		huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultContentType, huawei.FaultSlow,
	}
	f := &huawei.Fault{Kind: kinds[d.draw(len(kinds))], Point: points[d.draw(len(points))], Next: 1}
	if f.Kind == huawei.FaultSlow {
		f.Delay = huawei.Duration(time.Duration(1+d.draw(30)) * time.Second)
	}
	return f
}

// play makes a move and holds what it did to the accounts against its answer.
func (d *dealer) play(m move, f *huawei.Fault) {
	d.token(m.by)
	before, journal := d.server.Accounts(), d.server.Effects()
	if f != nil {
		_, err := d.server.AddFault(*f)
		require.NoError(d.t, err)
	}
	got := d.send(m)
	d.server.ClearFaults()
	d.tell("%s by %q: %s %s %s, fault %+v: status %d, lost %t, %.300s", m.name, m.by, m.method, m.path, m.body, f, got.status, got.lost, got.body)
	moved := difference(before, d.server.Accounts())
	switch {
	case f == nil:
		d.judge(m, got, moved, journal)
	case f.Kind == huawei.FaultSlow: // time passed meanwhile, and moves money too
		clear(d.tokens)
	case f.Point != huawei.AfterEffect:
		if len(moved) > 0 || d.server.Effects() > journal {
			d.fail("%s moved %v although it was stopped before", m.name, moved)
		}
	case len(moved) > 0 && !m.explains(moved):
		d.fail("%s moved %v", m.name, moved)
	}
}

// judge is for answers that no fault spoiled.
func (d *dealer) judge(m move, got outcome, moved map[string]decimal.Decimal, journal int) {
	switch {
	case got.lost || !slices.Contains([]int{http.StatusOK, http.StatusNoContent, http.StatusBadRequest}, got.status):
		d.fail("%s: status %d, lost %t: %s", m.name, got.status, got.lost, got.body)
	case got.status == http.StatusBadRequest:
		if len(moved) > 0 {
			d.fail("%s was refused and moved %v", m.name, moved)
		}
	case !m.explains(moved):
		d.fail("%s moved %v", m.name, moved)
	default:
		if d.server.Effects() > journal || m.reads {
			d.done[m.name]++
		}
		if m.learn != nil {
			m.learn(d, got.body)
		}
	}
}

// explains reports whether the move, if it succeeds, moves just this.
func (m move) explains(moved map[string]decimal.Decimal) bool {
	for account, change := range moved {
		if account != m.spends && !m.moves[account].Equal(change) {
			return false
		}
	}
	for account := range m.moves {
		if moved[account].IsZero() {
			return false
		}
	}
	return true
}

func difference(before, after map[string]decimal.Decimal) map[string]decimal.Decimal {
	moved := map[string]decimal.Decimal{}
	for account, balance := range after {
		if change := balance.Sub(before[account]); !change.IsZero() {
			moved[account] = change
		}
	}
	return moved
}

func (d *dealer) check() {
	if wrong := d.server.Check(); len(wrong) > 0 {
		d.fail("%v", wrong)
	}
}

func (d *dealer) tell(format string, args ...any) {
	d.story = append(d.story, fmt.Sprintf("%d: ", d.steps)+fmt.Sprintf(format, args...))
	d.story = d.story[max(0, len(d.story)-40):]
}

func (d *dealer) fail(format string, args ...any) {
	require.FailNow(d.t, fmt.Sprintf(format, args...), "the last steps:\n%s", strings.Join(d.story, "\n"))
}

// send serves a request in this process.
func (d *dealer) send(m move) (got outcome) {
	r := httptest.NewRequest(m.method, "http://localhost"+m.path, strings.NewReader(m.body))
	r.Header.Set("X-Auth-Token", d.token(m.by))
	w := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			got.lost = true
		}
	}()
	d.api.ServeHTTP(w, r)
	if d.answers != nil {
		d.answers = append(d.answers, fmt.Sprint(w.Code, w.Header(), w.Body))
	}
	return outcome{status: w.Code, body: w.Body.String()}
}

func (d *dealer) token(account string) string {
	if d.tokens[account] != "" {
		return d.tokens[account]
	}
	body := passwordRequest
	if account != "" {
		body = assumeRequest(account, "SIM_IDP")
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+pathTokens, strings.NewReader(body))
	if account != "" {
		r.Header.Set("X-Auth-Token", d.token(""))
	}
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	require.Equal(d.t, http.StatusCreated, w.Code, w.Body.String())
	d.tokens[account] = w.Header().Get("X-Subject-Token")
	return d.tokens[account]
}

func decodeAnswer[T any](d *dealer, answer string) T {
	var v T
	require.NoError(d.t, json.Unmarshal([]byte(answer), &v))
	return v
}
