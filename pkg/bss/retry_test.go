package bss_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	balancesPath = "/v2/accounts/partner-accounts/balances"
	couponsPath  = "/v2/promotions/benefits/partner-coupons"
)

var points = []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect, huawei.AfterEffect}

func TestAReadSurvivesWhateverGoesWrongTwice(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{
		huawei.FaultThrottled, huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultReset, huawei.FaultTruncated, huawei.FaultHTML,
	} {
		for _, point := range points {
			t.Run(string(kind)+" "+string(point), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.fault(t, "ListPartnerBalances", kind, point, 2)
				rows, err := w.client(t).ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
				require.NoError(t, err)
				assert.Len(t, rows, 2)
				assert.Len(t, w.wire.to(balancesPath), 3)
				assert.Len(t, w.logged(t, "bss retry"), 2)
			})
		}
	}
}

func TestAKeyedWriteIsRepeated(t *testing.T) {
	t.Parallel()
	for _, point := range []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect} {
		w := newWorld(t)
		coupon := w.coupon(t, "10")
		w.fault(t, "ReclaimPartnerCoupons", huawei.FaultReset, point, 1)
		require.NoError(t, w.client(t).ReclaimPartnerCoupons(t.Context(), bss.ReclaimPartnerCouponsRequest{CouponID: coupon}), point)
		assert.Equal(t, 1, w.effects("ReclaimPartnerCoupons"), point)
	}
}

func TestAKeyedWriteThatIsRefusedAfterALostAnswerStaysUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "CreateSubCustomer", huawei.FaultReset, huawei.AfterEffect, 1)
	_, err := w.client(t).CreateSubCustomer(t.Context(), bss.CreateSubCustomerRequest{
		XAccountID: "u-1", XAccountType: agency, DomainName: "new-customer",
	})
	require.ErrorIs(t, err, bss.ErrDuplicate)
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Equal(t, 1, w.effects("CreateSubCustomer"))
}

// once are the operations that must never happen twice.
var once = []string{
	"CreatePartnerCoupons", "PayOrders", "ReclaimToPartnerAccount", "SendVerificationMessageCode", "UpdateCustomerAccountAmount",
}

func TestAOnceWriteWithALostAnswerIsUnknownAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, operation := range once {
		for _, kind := range []huawei.FaultKind{
			huawei.FaultReset, huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultHTML, huawei.FaultTruncated,
		} {
			t.Run(operation+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				call := exampleCalls()[operation](t, w)
				w.fault(t, operation, kind, huawei.AfterEffect, 1)
				err := call(t.Context(), w.client(t))
				assert.Equal(t, 1, w.effects(operation))
				assert.Empty(t, w.Faults(), "the fault has struck")
				if kind == huawei.FaultTruncated && answersNothing(operation) {
					require.NoError(t, err, "half of an empty answer is all of it")
					return
				}
				require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
				require.ErrorIs(t, err, bss.ErrUnavailable)
				assert.Empty(t, w.logged(t, "bss retry"))
			})
		}
	}
}

func answersNothing(operation string) bool {
	return operation == "PayOrders" || operation == "SendVerificationMessageCode"
}

func TestAOnceWriteThatDidNotHappenIsUnknownToo(t *testing.T) {
	t.Parallel()
	for _, point := range []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect} {
		w := newWorld(t)
		call := w.issuing(t)
		w.fault(t, "CreatePartnerCoupons", huawei.FaultReset, point, 1)
		require.ErrorIs(t, call(t.Context(), w.client(t)), bss.ErrOutcomeUnknown, point)
		assert.Zero(t, w.effects("CreatePartnerCoupons"), point)
		assert.Len(t, w.wire.to(couponsPath), 1, point)
	}
}

func TestAThrottledOnceWriteHappensOnce(t *testing.T) {
	t.Parallel()
	for _, operation := range once {
		w := newWorld(t)
		call := exampleCalls()[operation](t, w)
		w.fault(t, operation, huawei.FaultThrottled, huawei.BeforeValidation, 2)
		require.NoError(t, call(t.Context(), w.client(t)), operation)
		assert.Equal(t, 1, w.effects(operation), operation)
		lines := w.logged(t, "bss retry")
		require.Len(t, lines, 2, operation)
		assert.Contains(t, lines[0]["reason"], "the quota was exceeded", operation)
	}
}

func TestA500ThatSpeaksOfThrottlingDoesNotRepeatAOnceWrite(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, saying(500, jsonType, `{"error_code":"CBC.0250","error_msg":"flow control"}`))
	_, err := c.UpdateCustomerAccountAmount(t.Context(), bss.UpdateCustomerAccountAmountRequest{CustomerID: "c", Amount: yuan("1")})
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Len(t, sent.all(), 1)
}

func TestAPageInPlaceOfAnEmptyAnswerIsUnknown(t *testing.T) {
	t.Parallel()
	harmless, _ := answering(t, saying(200, jsonType, `{"error_code":"CBC.0000"}`))
	require.NoError(t, harmless.SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{}))
	c, sent := answering(t, saying(200, "text/html", `<html>please log in</html>`))
	err := c.SendVerificationMessageCode(t.Context(), bss.SendVerificationMessageCodeRequest{})
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Len(t, sent.all(), 1)
}

// undialled refuses the first connections.
func undialled(w *world, refusals int32) func(*bss.Config) {
	var dialler net.Dialer
	var dials atomic.Int32
	return func(cfg *bss.Config) {
		w.wire.next = &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials.Add(1) <= refusals {
					return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
				}
				return dialler.DialContext(ctx, network, address)
			},
		}
		cfg.Transport = w.wire
	}
}

func TestAOnceWriteThatReachedNobodyIsRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	call := w.issuing(t)
	require.NoError(t, call(t.Context(), w.client(t, undialled(w, 2))))
	assert.Equal(t, 1, w.effects("CreatePartnerCoupons"))
	assert.Equal(t, "nobody received the request", w.logged(t, "bss retry")[0]["reason"])

	unreachable := w.client(t, undialled(w, 1000))
	err := call(t.Context(), unreachable)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.ErrorIs(t, err, bss.ErrUnavailable)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Equal(t, 1, w.effects("CreatePartnerCoupons"))
}

// opaque is a transport that does not tell when it has a connection.
type opaque struct{ calls atomic.Int32 }

func (o *opaque) RoundTrip(*http.Request) (*http.Response, error) {
	o.calls.Add(1)
	return nil, errors.New("the answer is lost")
}

func TestATransportThatTellsNothingMayHaveSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	transport := &opaque{}
	call := w.issuing(t)
	err := call(t.Context(), w.client(t, func(cfg *bss.Config) { cfg.Transport = transport }))
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.EqualValues(t, 1, transport.calls.Load())
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	// Without a readable header the slower pace after a 429 decides.
	const slower = paced * 100 / 70
	for header, pause := range map[string]time.Duration{
		"7":                    7 * time.Second,
		"3600":                 time.Minute, // no caller lives that long
		"99999999999999999999": slower,
		"9223372036854775807":  time.Minute,
		"-5":                   slower,
		"soon":                 slower,
	} {
		var calls atomic.Int32
		c, sent := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) == 1 {
				w.Header().Set("Retry-After", header)
				saying(http.StatusTooManyRequests, jsonType, `{}`)(w, r)
				return
			}
			saying(http.StatusOK, jsonType, `{"account_balances":[]}`)(w, r)
		})
		_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
		require.NoError(t, err, header)
		tries := sent.all()
		require.Len(t, tries, 2, header)
		assert.InDelta(t, pause, tries[1].at.Sub(tries[0].at), float64(time.Microsecond), header)
	}
}

func TestPausesGrowAndEndAfterFiveAttempts(t *testing.T) {
	t.Parallel()
	c, sent := answering(t, saying(http.StatusServiceUnavailable, jsonType, ``))
	_, err := c.ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	var failure *bss.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, 5, failure.Attempts)
	tries := sent.all()
	require.Len(t, tries, 5)
	for i, pause := range []time.Duration{250, 500, 1000, 2000} { // half of the ceiling, by Random
		assert.Equal(t, pause*time.Millisecond, tries[i+1].at.Sub(tries[i].at))
	}
}

func TestEveryTryIsSignedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "ListPartnerBalances", huawei.FaultUnavailable, huawei.BeforeValidation, 4)
	_, err := w.client(t).ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	dates := map[string]bool{}
	for _, e := range w.wire.to(balancesPath) {
		dates[e.header.Get("X-Sdk-Date")] = true
	}
	assert.Greater(t, len(dates), 1)
}

// stopping is a clock on which the caller gives up during the first wait.
type stopping struct {
	*clock.Simulated
	stop context.CancelFunc
}

func (s stopping) Sleep(ctx context.Context, _ time.Duration) error {
	s.stop()
	return ctx.Err()
}

func TestGivingUpDuringThePauseReturnsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, "ListPartnerBalances", huawei.FaultUnavailable, huawei.BeforeValidation, 5)
	ctx, cancel := context.WithCancel(t.Context())
	c := w.client(t, func(cfg *bss.Config) { cfg.Clock = stopping{w.clock, cancel} })
	_, err := c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, bss.ErrUnavailable, "what went wrong is told")
	assert.Len(t, w.wire.to(balancesPath), 1)
}

func TestGivingUpWhileWaitingForTheQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := w.client(t, func(cfg *bss.Config) { cfg.Clock = stopping{w.clock, cancel} })
	_, err := c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
	require.NoError(t, err)
	_, err = c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, w.wire.to(balancesPath), 1)
}

func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	call := w.issuing(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := call(ctx, w.client(t))
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Empty(t, w.wire.all())
}

func TestACallThatIsCutOffIsUnknownOnlyIfItWrites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call    func(context.Context, *bss.Client) error
		unknown bool
	}{
		"read": {func(ctx context.Context, c *bss.Client) error {
			_, err := c.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
			return err
		}, false},
		"once": {func(ctx context.Context, c *bss.Client) error {
			return c.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{})
		}, true},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		c, sent := answering(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is the end of the connection noticed
			cancel()
			<-r.Context().Done()
		})
		err := test.call(ctx, c)
		require.ErrorIs(t, err, context.Canceled, name)
		assert.Equal(t, test.unknown, errors.Is(err, bss.ErrOutcomeUnknown), name)
		assert.Len(t, sent.all(), 1, name)
	}
}
