package huawei_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/bss/sign"
)

// newCloud is a simulated Huawei Cloud without a listener, with a resale customer
// who has 1000 in cash, and a partner who has 5000 to allocate.
func newCloud(t *testing.T, o huawei.Options) (cloud *huawei.Server, customerID string) {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.NewFrozen(start)
	}
	cloud, err := huawei.NewServer(o)
	require.NoError(t, err)
	customerID, err = cloud.AddAccount(huawei.Account{Name: "yongzhi", Association: huawei.AssociationResale, Cash: yuan("1000")})
	require.NoError(t, err)
	require.NoError(t, cloud.SetPartnerBalance(yuan("5000")))
	return cloud, customerID
}

func allocation(customerID string) bss.UpdateCustomerAccountAmountRequest {
	return bss.UpdateCustomerAccountAmountRequest{CustomerID: customerID, Amount: yuan("10")}
}

func TestTheClientCallsAsPartnerAndAsCustomer(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]huawei.Options{
		"as by default": {},
		"as it is told": {
			Keys:         sign.Keys{AccessKey: "AK", SecretKey: "SK"},
			Operator:     huawei.Operator{Name: "operator", Password: "Password-1", Domain: "partner"},
			XAccountType: "TEST_IDP",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud, customerID := newCloud(t, o)
			_, err := cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
			require.NoError(t, err)
			order, err := cloud.PlaceOrder(huawei.NewOrder{CustomerID: customerID, OfficialAmount: yuan("80")})
			require.NoError(t, err)
			require.NoError(t, cloud.Client().PayOrders(t.Context(), "yongzhi", bss.PayOrdersRequest{OrderID: order}))
			assert.Empty(t, cloud.Check())
		})
	}
}

// Which fault strikes is told apart by the errors alone, so these are compared
// with those of a client that has a connection.
func TestFaultsStrikeTheClientAsOverAConnection(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{
		huawei.FaultThrottled, huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultReset,
		huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultContentType,
	} {
		for _, point := range points {
			t.Run(fmt.Sprintf("%s %s", kind, point), func(t *testing.T) {
				t.Parallel()
				play := func(client func(*huawei.Server) *bss.Client) (outcome string, effects int) {
					cloud, customerID := newCloud(t, huawei.Options{})
					before := len(cloud.Journal())
					_, err := cloud.AddFault(huawei.Fault{Operation: "UpdateCustomerAccountAmount", Kind: kind, Point: point, Next: 1})
					require.NoError(t, err)
					_, err = client(cloud).UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
					return outcomeOf(err), len(cloud.Journal()) - before
				}
				connected, wanted := play(func(cloud *huawei.Server) *bss.Client { return connectedClient(t, cloud) })
				direct, happened := play((*huawei.Server).Client)
				assert.Equal(t, connected, direct)
				assert.Equal(t, wanted, happened)
			})
		}
	}
}

// outcomeOf says what a caller can tell apart.
func outcomeOf(err error) string {
	failure, _ := errors.AsType[*bss.Error](err)
	if failure == nil {
		failure = &bss.Error{}
	}
	return fmt.Sprintf("failed %t, unknown %t, ended early %t, status %d, code %q", err != nil,
		errors.Is(err, bss.ErrOutcomeUnknown), errors.Is(err, io.ErrUnexpectedEOF), failure.Status, failure.Code)
}

func connectedClient(t *testing.T, cloud *huawei.Server) *bss.Client {
	t.Helper()
	listener := httptest.NewServer(cloud.API())
	t.Cleanup(listener.Close)
	client, err := bss.New(bss.Config{
		Site: bss.SiteCN, Endpoint: listener.URL, IAMEndpoint: listener.URL, Agency: "SIM_IDP",
		Keys:      sign.Keys{AccessKey: "SIMPARTNERAK", SecretKey: "SIMPARTNERSK"},
		Transport: wire, Clock: clock.NewFrozen(start), Random: func() float64 { return 0.5 },
	})
	require.NoError(t, err)
	return client
}

func TestWhatBreaksOffSaysHow(t *testing.T) {
	t.Parallel()
	for kind, want := range map[huawei.FaultKind]error{
		huawei.FaultReset:     syscall.ECONNRESET,
		huawei.FaultTruncated: io.ErrUnexpectedEOF,
	} {
		cloud, customerID := newCloud(t, huawei.Options{})
		_, err := cloud.AddFault(huawei.Fault{Kind: kind, Point: huawei.AfterEffect, Next: 1})
		require.NoError(t, err)
		_, err = cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
		require.ErrorIs(t, err, want)
		require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	}
}

func TestASlowFaultTakesTheClientsTime(t *testing.T) {
	t.Parallel()
	simulated := clock.NewFrozen(start)
	cloud, customerID := newCloud(t, huawei.Options{Clock: simulated})
	_, err := cloud.AddFault(huawei.Fault{Kind: huawei.FaultSlow, Point: huawei.BeforeEffect, Next: 1, Delay: huawei.Duration(20 * time.Second)})
	require.NoError(t, err)
	_, err = cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
	require.NoError(t, err)
	assert.Equal(t, start.Add(20*time.Second), simulated.Now())
}

func TestTheClientMindsItsContext(t *testing.T) {
	t.Parallel()
	cloud, customerID := newCloud(t, huawei.Options{})
	before := len(cloud.Journal())
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := cloud.Client().UpdateCustomerAccountAmount(ended, allocation(customerID))
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, cloud.Journal(), before)
}

func TestTheClientIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	cloud, customerID := newCloud(t, huawei.Options{QuotaOff: true})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			_, err := cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
			assert.NoError(t, err)
		})
	}
	group.Wait()
	cash, err := cloud.Client().ShowCustomerAccountBalances(t.Context(), "yongzhi")
	require.NoError(t, err)
	assert.Equal(t, "1160", cash.Accounts[0].Amount.String())
	assert.Empty(t, cloud.Check())
}

func TestTheClientIsOfTheServersSite(t *testing.T) {
	t.Parallel()
	cloud, err := huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(start), Site: bss.SiteIntl})
	require.NoError(t, err)
	_, err = cloud.AddAccount(huawei.Account{Name: "reseller-customer", Association: huawei.AssociationReseller})
	require.NoError(t, err)
	for customer, err := range cloud.Client().ListSubCustomers(t.Context(), bss.ListSubCustomersRequest{}) {
		require.NoError(t, err)
		assert.Equal(t, "reseller-customer", customer.AccountName)
	}
	_, err = cloud.Client().ListPartnerBalances(t.Context(), bss.ListPartnerBalancesRequest{})
	require.ErrorContains(t, err, "intl", "the international site has no such operation")
}

func TestOptionsThatMakeNoClientAreRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]huawei.Options{
		"an operator without a password": {Operator: huawei.Operator{Name: "operator", Domain: "partner"}},
		"an access key with a space":     {Keys: sign.Keys{AccessKey: "AK ", SecretKey: "SK"}},
	} {
		_, err := huawei.NewServer(o)
		require.ErrorContains(t, err, "Options", name)
	}
}

func TestTheClientKeepsSecretsOutOfItsLog(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	cloud, customerID := newCloud(t, huawei.Options{Logger: newTextLogger(&log)})
	_, err := cloud.Client().UpdateCustomerAccountAmount(t.Context(), allocation(customerID))
	require.NoError(t, err)
	_, err = cloud.Client().ShowCustomerAccountBalances(t.Context(), "yongzhi")
	require.NoError(t, err)
	for _, secret := range []string{"Sim-Operator-1", "SIMPARTNERSK"} {
		assert.NotContains(t, log.String(), secret)
	}
}
