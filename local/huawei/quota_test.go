package huawei_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/local/huawei"
)

func TestAQuotaIsHeldInEverySecond(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	body := `{"search_type":"name","search_value":"someone"}`
	for range 2 {
		for range 5 {
			s.call(http.StatusOK, pathIdentity, body)
		}
		got := s.asPartner(http.MethodPost, pathIdentity, body)
		assert.Equal(t, http.StatusTooManyRequests, got.status)
		assert.Equal(t, "1", got.header.Get("Retry-After"))
		assert.Equal(t, map[string]any{
			"status_code":                   429.0,
			"request_id":                    got.header.Get("X-Request-Id"),
			"error_code":                    "APIGW.0308",
			"error_message":                 "The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 second",
			"encoded_authorization_message": "",
		}, got.fields(t))
		s.call(http.StatusOK, pathQuery, `{}`) // has a quota of its own
		s.clock.Advance(time.Second)
	}
}

func TestAnUnknownQuotaIsTen(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{})
	for range 10 {
		s.call(http.StatusOK, pathQuery, `{}`)
	}
	s.call(http.StatusTooManyRequests, pathQuery, `{}`)
}

func TestQuotasCanBeOff(t *testing.T) {
	t.Parallel()
	s := newSite(t, huawei.Options{QuotaOff: true})
	for range 30 {
		s.call(http.StatusOK, pathQuery, `{}`)
	}
}
