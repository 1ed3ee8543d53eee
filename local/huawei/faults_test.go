package huawei_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

func (s *site) addFault(f huawei.Fault) {
	s.t.Helper()
	body, err := json.Marshal(f)
	require.NoError(s.t, err)
	var fields map[string]any
	require.NoError(s.t, json.Unmarshal(body, &fields))
	delete(fields, "id")
	body, err = json.Marshal(fields)
	require.NoError(s.t, err)
	got := s.administer(http.MethodPost, "/_sim/faults", string(body))
	require.Equal(s.t, http.StatusOK, got.status, got.body)
}

const createU1 = `{"xaccount_id":"u1","xaccount_type":"SIM_IDP"}`

var points = []huawei.Point{huawei.BeforeValidation, huawei.BeforeEffect, huawei.AfterEffect}

// Whether something happened depends on the point alone, never on the kind.
func TestAFaultAfterTheEffectHidesIt(t *testing.T) {
	t.Parallel()
	for _, kind := range []huawei.FaultKind{
		huawei.FaultThrottled, huawei.FaultInternal, huawei.FaultUnavailable, huawei.FaultReset,
		huawei.FaultTruncated, huawei.FaultHTML, huawei.FaultContentType,
	} {
		for _, point := range points {
			t.Run(fmt.Sprintf("%s %s", kind, point), func(t *testing.T) {
				t.Parallel()
				s := newSite(t, huawei.Options{})
				s.addFault(huawei.Fault{Operation: "CreateSubCustomer", Kind: kind, Point: point, Next: 1})
				assertFault(t, s, kind, point)
				happened := 0
				if point == huawei.AfterEffect {
					happened = 1
				}
				assert.Len(t, s.server.Journal(), happened)
				assert.Empty(t, s.server.Faults(), "it struck once")
			})
		}
	}
}

func assertFault(t *testing.T, s *site, kind huawei.FaultKind, point huawei.Point) {
	t.Helper()
	response, err := (&http.Client{Transport: wire}).Do(s.signed(http.MethodPost, pathCustomers, createU1))
	if kind == huawei.FaultReset {
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	defer func() { assert.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	switch kind {
	case huawei.FaultThrottled:
		assert.Equal(t, http.StatusTooManyRequests, response.StatusCode)
		assert.Equal(t, "1", response.Header.Get("Retry-After"))
		assert.Contains(t, string(body), "APIGW.0308")
	case huawei.FaultInternal:
		assert.Equal(t, http.StatusInternalServerError, response.StatusCode)
		assert.Contains(t, string(body), "CBC.0999")
	case huawei.FaultUnavailable:
		assert.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
		assert.Contains(t, string(body), "APIG.0613")
	case huawei.FaultTruncated:
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NotEmpty(t, body)
		assert.False(t, json.Valid(body))
	case huawei.FaultHTML:
		assert.Equal(t, http.StatusBadGateway, response.StatusCode)
		assert.Contains(t, response.Header.Get("Content-Type"), "text/html")
	case huawei.FaultContentType:
		assert.Equal(t, "text/html; charset=utf-8", response.Header.Get("Content-Type"))
		if point == huawei.AfterEffect {
			assert.Equal(t, http.StatusOK, response.StatusCode)
			assert.Contains(t, string(body), s.server.Journal()[0].CustomerID)
			return
		}
		assert.Equal(t, http.StatusInternalServerError, response.StatusCode)
		assert.Contains(t, string(body), "CBC.0999")
	default:
		t.Fatalf("no expectation for %s", kind)
	}
}

func TestASlowFaultTakesTime(t *testing.T) {
	t.Parallel()
	for _, point := range points {
		s := newSite(t, huawei.Options{})
		s.addFault(huawei.Fault{Kind: huawei.FaultSlow, Point: point, Next: 1, Delay: huawei.Duration(20 * time.Second)})
		s.call(http.StatusOK, pathCustomers, createU1)
		assert.Equal(t, start.Add(20*time.Second), s.clock.Now())
		happened := start
		if point != huawei.AfterEffect {
			happened = s.clock.Now()
		}
		assert.Equal(t, happened, s.server.Journal()[0].Time, point)
	}
}

func TestAFaultStrikesItsOperationOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.addFault(huawei.Fault{Operation: "CreateSubCustomer", Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Next: 2})
	s.call(http.StatusOK, pathQuery, `{}`)
	s.call(http.StatusInternalServerError, pathCustomers, createU1)
	s.call(http.StatusInternalServerError, pathCustomers, createU1)
	s.call(http.StatusOK, pathCustomers, createU1)
}

func TestAFaultStrikesItsCustomerOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	ids := map[string]string{}
	for _, name := range []string{"yongzhi", "other"} {
		id, err := s.server.AddAccount(huawei.Account{Name: name, Association: huawei.AssociationResale})
		require.NoError(t, err)
		ids[name] = id
	}
	s.addFault(huawei.Fault{CustomerID: ids["yongzhi"], Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Next: 2})
	s.call(http.StatusOK, pathQuery, `{"customer_id":"`+ids["other"]+`"}`)
	s.call(http.StatusInternalServerError, pathQuery, `{"customer_id":"`+ids["yongzhi"]+`"}`)
	assert.Equal(t, http.StatusOK, s.withToken(s.customerToken("other"), http.MethodGet, pathBalances, "").status)
	assert.Equal(t, http.StatusInternalServerError, s.withToken(s.customerToken("yongzhi"), http.MethodGet, pathBalances, "").status)
}

func TestProbabilityFollowsTheSeed(t *testing.T) {
	t.Parallel()
	play := func(seed uint64) string {
		s := newSite(t, huawei.Options{Seed: seed, QuotaOff: true})
		s.addFault(huawei.Fault{Kind: huawei.FaultInternal, Point: huawei.BeforeEffect, Probability: 0.5})
		outcome := ""
		for range 24 {
			outcome += fmt.Sprint(s.asPartner(http.MethodPost, pathQuery, `{}`).status, " ")
		}
		return outcome
	}
	assert.Equal(t, play(1), play(1))
	assert.NotEqual(t, play(1), play(2))
	assert.Contains(t, play(1), "200 ")
	assert.Contains(t, play(1), "500 ")
}

func TestFaultsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for body, message := range map[string]string{
		`{"kind":"418","point":"before-effect","next":1}`:                                   "kind",
		`{"kind":"500","point":"never","next":1}`:                                           "point",
		`{"kind":"500","point":"before-effect"}`:                                            "either next",
		`{"kind":"500","point":"before-effect","next":1,"probability":0.5}`:                 "either next",
		`{"kind":"500","point":"before-effect","next":-1}`:                                  "either next",
		`{"kind":"500","point":"before-effect","probability":1.5}`:                          "either next",
		`{"kind":"500","point":"before-effect","next":1,"delay":"1s"}`:                      "only a slow fault",
		`{"kind":"slow","point":"before-effect","next":1}`:                                  "delay",
		`{"kind":"slow","point":"before-effect","next":1,"delay":"31s"}`:                    "delay",
		`{"kind":"slow","point":"before-effect","next":1,"delay":3}`:                        "duration",
		`{"kind":"slow","point":"before-effect","next":1,"delay":"soon"}`:                   "duration",
		`{"kind":"500","point":"before-effect","next":1,"operation":"Unknown"}`:             "no operation",
		`{"kind":"500","point":"before-effect","next":1,"operationId":"CreateSubCustomer"}`: "unknown field",
	} {
		got := s.administer(http.MethodPost, "/_sim/faults", body)
		assert.Equal(t, http.StatusBadRequest, got.status, body)
		assert.Contains(t, got.fields(t)["error"], message, body)
	}
	assert.Empty(t, s.server.Faults())
}

func TestFaultsAreListedAndCleared(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	s.addFault(huawei.Fault{Kind: huawei.FaultReset, Point: huawei.AfterEffect, Next: 3})
	s.addFault(huawei.Fault{Kind: huawei.FaultSlow, Point: huawei.AfterEffect, Next: 1, Delay: huawei.Duration(time.Second)})
	assert.JSONEq(t, `{"faults":[{"id":1,"kind":"reset","point":"after-effect","next":3},`+
		`{"id":2,"kind":"slow","point":"after-effect","next":1,"delay":"1s"}]}`,
		s.administer(http.MethodGet, "/_sim/faults", "").body)
	s.administer(http.MethodDelete, "/_sim/faults", "")
	assert.Empty(t, s.server.Faults())
	s.call(http.StatusOK, pathQuery, `{}`)
}
