package bss_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestAWrongKeyIsSentThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t, func(c *bss.Config) { c.Keys.SecretKey = "another-secret-key" })
	for _, err := range together(50, func() error {
		_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		return err
	}) {
		require.ErrorContains(t, err, "ListPartnerBalances")
	}
	assert.Len(t, w.wire.to(balancesPath), 3)
	_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorContains(t, err, "nothing more is sent with it")
	require.NotContains(t, err.Error(), "another-secret-key")
	assert.Len(t, w.wire.to(balancesPath), 3)
}

func TestAGoodKeyIsNotHeldBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t)
	for _, err := range together(50, func() error {
		_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		return err
	}) {
		require.NoError(t, err)
	}
}

// fickle accepts the first signature and no other, and takes its time.
type fickle struct{ calls atomic.Int32 }

func (f *fickle) RoundTrip(*http.Request) (*http.Response, error) {
	first := f.calls.Add(1) == 1
	time.Sleep(150 * time.Millisecond)
	if first {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
	}
	return &http.Response{StatusCode: http.StatusUnauthorized, Body: io.NopCloser(strings.NewReader(`{"error_code":"APIG.0301"}`))}, nil
}

func TestAKeyThatGoesBadIsSentThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gateway := &fickle{}
		client, err := bss.New(bss.Config{Site: bss.SiteCN, Keys: partnerKeys, Transport: gateway})
		require.NoError(t, err)
		call := func() error {
			_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
			return err
		}
		require.NoError(t, call())
		for _, err := range together(50, call) {
			require.Error(t, err)
		}
		assert.EqualValues(t, 1+3, gateway.calls.Load())
	})
}

func TestAnAcceptedSignatureEndsARowOfRefusals(t *testing.T) {
	t.Parallel()
	good := true
	c, sent := answering(t, func(rw http.ResponseWriter, r *http.Request) {
		if good {
			saying(http.StatusOK, jsonType, `{}`)(rw, r)
			return
		}
		saying(http.StatusUnauthorized, jsonType, `{"error_code":"APIG.0301"}`)(rw, r)
	})
	call := func() error {
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		return err
	}
	for _, good = range []bool{false, false, true, false, false, true, false, false, false} {
		assert.Equal(t, good, call() == nil)
	}
	require.ErrorContains(t, call(), "nothing more is sent with it")
	assert.Len(t, sent.all(), 9)
}

// A refusal from behind the gateway proves the key as well as a success.
func TestOnlySignaturesCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t)
	for range 5 {
		_, err := client.ShowCustomerOrderDetails(t.Context(), bss.ShowCustomerOrderDetailsRequest{OrderID: "CS1"})
		require.ErrorIs(t, err, bss.ErrNotFound)
	}
	_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
}

// stopsWhenWaiting ends as soon as somebody waits for its end.
type stopsWhenWaiting struct {
	context.Context
	stop context.CancelFunc
}

func (s stopsWhenWaiting) Done() <-chan struct{} {
	s.stop()
	return s.Context.Done()
}

func TestWaitingForAVerdictEndsWithTheContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, leave := make(chan struct{}, 3), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-leave
	}))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(leave) })
	client := w.client(t, func(c *bss.Config) { c.Endpoint, c.Transport = silent.URL, nil })
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() { _, _ = client.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{}) })
	}
	for range 3 {
		<-arrived
	}
	ended, stop := context.WithCancel(t.Context())
	_, err := client.ListPartnerBalances(stopsWhenWaiting{ended, stop}, bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, context.Canceled)
	cancel()
	group.Wait()
}

func TestARefusedSignatureNamesBothClocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	there := w.clock.Now().Add(16 * time.Minute)
	gateway := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Date", there.Format(http.TimeFormat))
		rw.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(rw, `{"error_code":"APIG.0301","error_msg":"Incorrect IAM authentication information","request_id":"r1"}`)
	}))
	t.Cleanup(gateway.Close)
	client := w.client(t, func(c *bss.Config) { c.Endpoint, c.Transport = gateway.URL, nil })
	_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, bss.ErrCredential)
	require.ErrorContains(t, err, w.clock.Now().Format(time.RFC3339))
	require.ErrorContains(t, err, there.Format(time.RFC3339))
	require.ErrorContains(t, err, "set the clock")
	require.ErrorContains(t, err, "ListPartnerBalances")
	require.ErrorContains(t, err, "[request r1]")

	there = w.clock.Now().Add(14 * time.Minute)
	_, err = client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NotContains(t, err.Error(), "clock")
}

func TestTheSimulatedClockIsTheGatewaysOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	behind := clock.NewFrozen(w.clock.Now().Add(-16 * time.Minute))
	client := w.client(t, func(c *bss.Config) { c.Clock = behind })
	_, err := client.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, bss.ErrCredential)
	require.ErrorContains(t, err, "the clocks differ")
}
