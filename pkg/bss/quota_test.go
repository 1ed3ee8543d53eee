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

	"github.com/bssfn/bssfn/pkg/bss"
)

func TestTheQuotaIsSpentAndNotOverrun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for range 12 {
		_, err := c.CheckUserIdentity(t.Context(), bss.CheckUserIdentityRequest{SearchType: bss.SearchName, SearchValue: "a-free-name"})
		require.NoError(t, err)
	}
	took := w.clock.Now().Sub(start)
	assert.GreaterOrEqual(t, took, 11*time.Second/5)
	assert.Less(t, took, 12*time.Second/5)
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
		for _, err := range together(12, func() error { _, err := c.ListPartnerBalances(t.Context()); return err }) {
			require.NoError(t, err)
		}
		require.Len(t, transport.calls, 12)
		for i := range 11 {
			gap := transport.calls[i+1].Sub(transport.calls[i])
			assert.InDelta(t, time.Second/5, gap, float64(time.Microsecond))
		}
	})
}

func TestOperationsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	_, err := c.ListPartnerBalances(t.Context())
	require.NoError(t, err)
	_, err = c.ListCustomersBalancesDetail(t.Context(), w.resale)
	require.NoError(t, err)
	assert.Equal(t, start, w.clock.Now())
}
