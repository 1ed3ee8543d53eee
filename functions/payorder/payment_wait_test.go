package payorder_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/local/huawei"
)

// The time of a request ends while the order is being processed: it is paid, and the
// answer says where to look.
func TestAPaymentIsAnsweredWhenTheTimeEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, end := context.WithCancel(t.Context())
	w.serve(func(_ *payorder.Config, rt *functions.Runtime) {
		rt.Transport = intercept(func(r *http.Request) (*http.Response, error) {
			res, err := wire.RoundTrip(r)
			if strings.HasSuffix(r.URL.Path, "/customer-orders/pay") {
				end()
			}
			return res, err
		})
	})
	id := w.place(huawei.NewOrder{})
	req := w.request(http.MethodPost, path(id, "/payments"), encode(t, w.payment(id, w.quote(id, nil).Quote)))
	answer := httptest.NewRecorder()
	w.edge.ServeHTTP(answer, req.WithContext(ctx))
	assert.Equal(t, http.StatusAccepted, answer.Code)
	assert.Equal(t, path(id, "")+"?customer_id="+w.customer, answer.Header().Get("Location"))
	assert.Equal(t, 1, w.payments())
	assert.Equal(t, "done", w.recorded(id).State)
}
