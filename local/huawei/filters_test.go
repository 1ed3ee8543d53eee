package huawei_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// FuzzListQueries sends whatever comes as the filters of the lists: an answer or
// a refusal, never a failure.
func FuzzListQueries(f *testing.F) {
	f.Add("2026-03-02T01:00:00Z", "2026-02", "1", "createTime")
	f.Add("2026-02-30T25:00:00Z", "2026-00", "-1", "%00")
	f.Add("", "0000-01", "9999999999", "'")
	f.Fuzz(func(t *testing.T, instant, month, number, word string) {
		m := newMarket(t, huawei.Options{})
		require.NoError(t, m.server.AddBills("2026-02", m.resale, 3))
		m.place(huawei.NewOrder{})
		token := m.partnerToken()
		for path, names := range map[string]map[string]string{
			pathOrders: {
				"create_time_begin": instant, "payment_time_end": instant, "status": number, "offset": number, "order_by": word, "order_id": word,
			},
			pathBillDetail: {
				"bill_cycle": month, "customer_id": m.resale, "bill_date_begin": instant, "bill_date_end": month, "charging_mode": number, "limit": number,
			},
			pathBillSums:   {"cycle": month, "charge_mode": number, "bill_type": number, "customer_id": word},
			pathRecords:    {"operation_time_begin": instant, "operation_types": word, "offset": number},
			pathIncentives: {"time": month, "service_type_code": word},
		} {
			query := url.Values{}
			for name, value := range names {
				query.Set(name, value)
			}
			got := m.withToken(token, http.MethodGet, path+"?"+query.Encode(), "")
			assert.Less(t, got.status, http.StatusInternalServerError, "%s: %s", path, got.body)
		}
	})
}
