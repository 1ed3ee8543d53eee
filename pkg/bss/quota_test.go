package bss_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// paced is the time between two calls of an operation with a quota of 5 a second: the
// client stays a little below it.
const paced = time.Second * 100 / (5 * 97)

func TestTheQuotaIsSpentAndNotOverrun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for range 12 {
		_, err := c.CheckUserIdentity(t.Context(), bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "a-free-name"})
		require.NoError(t, err)
	}
	took := w.clock.Now().Sub(start)
	assert.GreaterOrEqual(t, took, 11*paced)
	assert.Less(t, took, 12*paced)
	assert.Len(t, w.wire.all(), 12, "no call was refused and repeated")
}

// steady is a transport that notes when it is called.
type steady struct {
	mu    sync.Mutex
	calls []time.Time
}

func (s *steady) RoundTrip(*http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, time.Now())
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
}

func TestCallersShareTheQuotaEvenly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &steady{}
		c, err := bss.New(bss.Config{Site: bss.SiteCN, Keys: partnerKeys, Transport: transport})
		require.NoError(t, err)
		for _, err := range together(12, func() error {
			_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
			return err
		}) {
			require.NoError(t, err)
		}
		require.Len(t, transport.calls, 12)
		for i := range 11 {
			gap := transport.calls[i+1].Sub(transport.calls[i])
			assert.InDelta(t, paced, gap, float64(time.Microsecond))
		}
	})
}

func TestOperationsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	_, err = c.ListCustomersBalancesDetail(t.Context(), balancesOf(w.resale))
	require.NoError(t, err)
	assert.Equal(t, start, w.clock.Now())
}

func TestAShareOfTheQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t, func(cfg *bss.Config) { cfg.QuotaPercent = 50 })
	for range 6 {
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.NoError(t, err)
	}
	assert.InDelta(t, 5*2*paced, w.clock.Now().Sub(start), float64(time.Microsecond))
	for _, percent := range []int{-1, 101} {
		cfg := w.config()
		cfg.QuotaPercent = percent
		_, err := bss.New(cfg)
		require.ErrorContains(t, err, "share of the quota")
	}
}

// Somebody else uses the account too: the pace falls, and comes back when they stop.
func TestThePaceFollowsTheGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	gap := func() time.Duration {
		before := w.clock.Now()
		for range 2 {
			_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
			require.NoError(t, err)
		}
		return w.clock.Now().Sub(before) / 2
	}
	gap()
	full := gap()
	assert.Equal(t, paced, full)
	_, err := w.AddFault(huawei.Fault{Operation: "ListPartnerBalances", Kind: huawei.FaultThrottled, Point: huawei.BeforeValidation, Next: 3})
	require.NoError(t, err)
	gap()
	slow := gap()
	assert.Greater(t, slow, 3*full/2)
	for range 50 {
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.NoError(t, err)
	}
	assert.Equal(t, full, gap())
}
