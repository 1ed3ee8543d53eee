package sdkinterop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// impatient is the machine's clock, but nobody waits for a quota.
type impatient struct{ clock.System }

func (impatient) Sleep(context.Context, time.Duration) error { return nil }

// canned answers every request with one body, without a network: what is measured is
// the client.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"r1"}},
		Body:   io.NopCloser(bytes.NewReader(c)), ContentLength: int64(len(c)),
	}, nil
}

const nowhere = "http://127.0.0.1:1"

func ours(b *testing.B, url string, by http.RoundTripper) *bss.Client {
	b.Helper()
	c, err := bss.New(bss.Config{Site: bss.SiteCN, Endpoint: url, Keys: partnerKeys, Transport: by, Clock: impatient{}})
	require.NoError(b, err)
	return c
}

func theirs(b *testing.B, url string, by http.RoundTripper) *sdk.BssClient {
	b.Helper()
	credentials, err := partnerCredentials().WithDomainId("d1").SafeBuild()
	require.NoError(b, err)
	client, err := sdk.BssClientBuilder().WithEndpoints([]string{url}).WithCredential(credentials).
		WithHttpConfig(config.DefaultHttpConfig().WithHttpRoundTripper(by)).SafeBuild()
	require.NoError(b, err)
	return sdk.NewBssClient(client)
}

// cost is what some calls took: time on the wall, and of all processors.
type cost struct{ wall, cpu time.Duration }

// cpuTime is what the process has used so far, in its own code and in the kernel's.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// contest runs the contestants in turn, so that a machine that grows slower does so
// for all, and reports each one's costs over the first one's.
func contest(b *testing.B, names []string, run map[string]func()) {
	b.Helper()
	contestAfter(b, func() {}, names, run)
}

// contestAfter is a contest with something to do before each turn, which counts for nobody.
func contestAfter(b *testing.B, before func(), names []string, run map[string]func()) {
	b.Helper()
	spent := map[string]cost{}
	const round = 8
	for turn := 0; b.Loop(); turn++ {
		for i := range names {
			name := names[(turn+i)%len(names)] // nobody always comes after the same one
			before()
			cpu, started := cpuTime(b), time.Now()
			for range round {
				run[name]()
			}
			total := spent[name]
			spent[name] = cost{wall: total.wall + time.Since(started), cpu: total.cpu + cpuTime(b) - cpu}
		}
	}
	b.ReportMetric(0, "ns/op") // of all of them together: says nothing
	base := spent[names[0]]
	calls := float64(b.N * round)
	for _, name := range names {
		b.ReportMetric(float64(spent[name].wall)/calls, name+"-ns")
		b.ReportMetric(float64(spent[name].cpu)/calls, name+"-cpu-ns")
		b.ReportMetric(testing.AllocsPerRun(20, run[name]), name+"-allocs")
		if name != names[0] {
			b.ReportMetric(float64(spent[name].wall)/float64(base.wall), name+"/"+names[0])
			b.ReportMetric(float64(spent[name].cpu)/float64(base.cpu), name+"/"+names[0]+"-cpu")
		}
	}
}

const smallAnswer = `{"account_balances":[{"account_id":"A1","account_type":1,"amount":50000.12,"currency":"CNY","designated_amount":0,"credit_amount":0,"measure_id":1}]}`

// BenchmarkSmallCall is one call with a short answer from a server on the loopback
// interface, over plain net/http, which neither signs nor decodes into the API's types.
func BenchmarkSmallCall(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, smallAnswer)
	}))
	defer server.Close()
	transport := func() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: 2} }
	callBalances(b, server.URL, transport(), transport(), transport())
}

// BenchmarkSmallCallAlone is the same without a network: the client's own work.
func BenchmarkSmallCallAlone(b *testing.B) {
	answer := canned(smallAnswer)
	callBalances(b, nowhere, answer, answer, answer)
}

func callBalances(b *testing.B, url string, plainly, byUs, byThem http.RoundTripper) {
	b.Helper()
	ctx, our, their, plain := b.Context(), ours(b, url, byUs), theirs(b, url, byThem), &http.Client{Transport: plainly}
	contest(b, []string{"plain", "ours", "theirs"}, map[string]func(){
		"plain": func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v2/accounts/partner-accounts/balances", nil)
			require.NoError(b, err)
			res, err := plain.Do(req)
			require.NoError(b, err)
			var out map[string]any
			require.NoError(b, json.NewDecoder(res.Body).Decode(&out))
			_, _ = io.Copy(io.Discard, res.Body)
			require.NoError(b, res.Body.Close())
		},
		"ours": func() {
			_, err := our.ListPartnerBalances(ctx, bss.ListPartnerBalancesRequest{})
			require.NoError(b, err)
		},
		"theirs": func() {
			_, err := their.ListPartnerBalances(&model.ListPartnerBalancesRequest{})
			require.NoError(b, err)
		},
	})
}

const benchCycle = "2026-02"

// billPage is a page of 1,000 bill records as the simulator makes them.
func billPage(b *testing.B) canned {
	b.Helper()
	server, err := huawei.NewServer(huawei.Options{Clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)), Seed: 1, QuotaOff: true})
	require.NoError(b, err)
	customer, err := server.AddAccount(huawei.Account{Name: "bench-customer", Association: huawei.AssociationResale})
	require.NoError(b, err)
	require.NoError(b, server.AddBills(benchCycle, customer, 1000))
	var page canned
	record := recorder{next: server.API(), body: &page}
	api := httptest.NewServer(record)
	defer api.Close()
	client, err := bss.New(bss.Config{Site: bss.SiteCN, Endpoint: api.URL, Keys: partnerKeys, Clock: clock.NewFrozen(time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC))})
	require.NoError(b, err)
	rows, err := bss.Collect(client.ListSubCustomerBillDetail(b.Context(), bss.ListSubCustomerBillDetailRequest{BillCycle: benchCycle, CustomerID: customer}))
	require.NoError(b, err)
	require.Len(b, rows, 1000)
	return page
}

// recorder keeps the last body that a handler wrote.
type recorder struct {
	next http.Handler
	body *canned
}

func (r recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	kept := httptest.NewRecorder()
	r.next.ServeHTTP(kept, req)
	*r.body = kept.Body.Bytes()
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(kept.Code)
	_, _ = w.Write(*r.body)
}

// BenchmarkBillPage reads a page of 1,000 bill records.
func BenchmarkBillPage(b *testing.B) {
	page := billPage(b)
	ctx, our, their := b.Context(), ours(b, nowhere, page), theirs(b, nowhere, page)
	limit := int32(1000)
	contest(b, []string{"theirs", "ours"}, map[string]func(){
		"ours": func() {
			rows := 0
			for _, err := range our.ListSubCustomerBillDetail(ctx, bss.ListSubCustomerBillDetailRequest{BillCycle: benchCycle, CustomerID: "c"}) {
				require.NoError(b, err)
				rows++
			}
			require.Equal(b, 1000, rows)
		},
		"theirs": func() {
			answer, err := their.ListSubCustomerBillDetail(&model.ListSubCustomerBillDetailRequest{BillCycle: benchCycle, CustomerId: "c", Limit: &limit})
			require.NoError(b, err)
			require.Len(b, *answer.FeeRecords, 1000)
		},
	})
}
