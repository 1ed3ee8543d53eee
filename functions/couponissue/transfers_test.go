package couponissue_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	allocateOperation = "UpdateCustomerAccountAmount"
	reclaimOperation  = "ReclaimToPartnerAccount"
)

// way is one direction of money, for tests that hold for both.
type way struct {
	path, operation, tooLittle string
}

var ways = map[string]way{
	"allocation":  {"/couponissue/allocations", allocateOperation, "partner_balance_insufficient"},
	"reclamation": {"/couponissue/reclamations", reclaimOperation, "customer_balance_insufficient"},
}

// bothWays runs a test with 1000 CNY on either side.
func bothWays(t *testing.T, test func(t *testing.T, w *world, way way, customerID string)) {
	t.Helper()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			customer := w.customers(1)[0]
			require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(1000)))
			require.NoError(t, w.cloud.SetCash(customer, decimal.NewFromInt(1000)))
			test(t, w, way, customer)
			w.requireSound()
		})
	}
}

func transfer(requestID, customerID, amount string) string {
	return fmt.Sprintf(`{"request_id":%q,"customer_id":%q,"amount":%s,"currency":"CNY"}`, requestID, customerID, amount)
}

func (w *world) transfer(path, body string) couponissue.Transfer {
	w.t.Helper()
	var done couponissue.Transfer
	require.Equal(w.t, http.StatusOK, w.call(http.MethodPost, path, body, &done))
	require.NotEmpty(w.t, done.TransferID)
	return done
}

func TestTransferHappensOnce(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		first := w.transfer(way.path, transfer("req-1", customer, "99.90"))
		assert.Equal(t, "req-1", first.RequestID)
		assert.Equal(t, customer, first.CustomerID)
		assert.Equal(t, "99.9", first.Amount.String())
		assert.Equal(t, "CNY", first.Currency)

		again := w.transfer(way.path, transfer("req-1", customer, `"99.9"`))
		assert.Equal(t, first, again)
		assert.Equal(t, 1, w.effects(way.operation))

		second := w.transfer(way.path, transfer("req-2", customer, "99.9"))
		assert.NotEqual(t, first.TransferID, second.TransferID, "an equal amount under another id is another movement")
		assert.Equal(t, 2, w.effects(way.operation))

		p := w.refused(way.path, transfer("req-1", customer, "99.91"))
		assert.Equal(t, "key_conflict", p.Code)
		assert.Equal(t, []handler.FieldError{{Field: "amount", Reason: "differs from the first request"}}, p.Fields)
	})
}

func TestTransferRefusedBeforeAnythingMoves(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		referral := w.account("pays-itself", huawei.AssociationReferral)
		tests := map[string]struct{ body, code, field string }{
			"no JSON":               {`[`, "malformed_json", ""},
			"unknown field":         {`{"customer":"x"}`, "unknown_field", "customer"},
			"amount no number":      {transfer("a", customer, `"all"`), "wrong_type", "amount"},
			"id empty":              {transfer("", customer, "1"), "invalid_fields", "request_id"},
			"id with a slash":       {transfer("a/b", customer, "1"), "invalid_fields", "request_id"},
			"customer empty":        {transfer("a", "", "1"), "invalid_fields", "customer_id"},
			"amount zero":           {transfer("a", customer, "0"), "invalid_fields", "amount"},
			"amount negative":       {transfer("a", customer, "-5"), "invalid_fields", "amount"},
			"amount three decimals": {transfer("a", customer, "0.001"), "invalid_fields", "amount"},
			"amount too large":      {transfer("a", customer, "1e12"), "invalid_fields", "amount"},
			"currency missing":      {fmt.Sprintf(`{"request_id":"a","customer_id":%q,"amount":1}`, customer), "invalid_fields", "currency"},
			"currency unknown":      {fmt.Sprintf(`{"request_id":"a","customer_id":%q,"amount":1,"currency":"USD"}`, customer), "invalid_fields", "currency"},
			"not enough money":      {transfer("much", customer, "1000.01"), way.tooLittle, ""},
			"not a customer":        {transfer("whose", "0123456789abcdef0123456789abcdef", "1"), "customer_unknown", ""},
			"referral customer":     {transfer("referral", referral, "1"), "upstream_refused", ""},
		}
		for name, test := range tests {
			p := w.refused(way.path, test.body)
			assert.Equal(t, test.code, p.Code, name)
			if test.field != "" {
				require.Len(t, p.Fields, 1, name)
				assert.Equal(t, test.field, p.Fields[0].Field, name)
			}
			assert.NotEmpty(t, p.Next, name)
		}
		assert.Zero(t, w.effects(way.operation))
	})
}

func TestRefusedTransferMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	customer := w.customers(1)[0]
	body := transfer("req-1", customer, "100")
	require.Equal(t, "partner_balance_insufficient", w.refused("/couponissue/allocations", body).Code)

	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(100)))
	w.transfer("/couponissue/allocations", body)

	assert.Equal(t, 1, w.effects(allocateOperation))
	w.requireSound()
}

func TestTransferWithLostAnswerIsFound(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		// Two equal movements before and after must not be taken for the lost one.
		before := w.transfer(way.path, transfer("before", customer, "10"))
		w.fail(way.operation, huawei.FaultReset, huawei.AfterEffect)
		assert.Equal(t, "outcome_unknown", w.refused(way.path, transfer("lost", customer, "10")).Code)
		after := w.transfer(way.path, transfer("after", customer, "10"))

		lost := w.transfer(way.path, transfer("lost", customer, "10"))

		assert.NotContains(t, []string{before.TransferID, after.TransferID}, lost.TransferID)
		assert.Equal(t, 3, w.effects(way.operation))
		assert.Equal(t, lost, w.transfer(way.path, transfer("lost", customer, "10")))
	})
}

func TestTransferWithLostRequestIsRepeatedOnceProvenAbsent(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		// Another amount and another direction prove nothing, not even where nobody
		// has taken their records.
		for _, other := range ways {
			w.fail(other.operation, huawei.FaultReset, huawei.AfterEffect)
			w.refused(other.path, transfer("other-amount", customer, "11"))
			if other != way {
				w.fail(other.operation, huawei.FaultReset, huawei.AfterEffect)
				w.refused(other.path, transfer("other-way", customer, "10"))
			}
		}
		before := w.effects(way.operation)
		body := transfer("lost", customer, "10")
		w.fail(way.operation, huawei.FaultUnavailable, huawei.BeforeEffect)
		assert.Equal(t, "outcome_unknown", w.refused(way.path, body).Code)

		w.clock.Advance(time.Minute)
		assert.Equal(t, "outcome_unknown", w.refused(way.path, body).Code, "a record may still come to light")
		assert.Equal(t, before, w.effects(way.operation))

		w.clock.Advance(2 * time.Minute)
		w.transfer(way.path, body)
		assert.Equal(t, before+1, w.effects(way.operation))
	})
}

func TestEqualLostTransfersEachFindTheirOwn(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		ids := map[string]bool{}
		for i := range 4 {
			kind := []huawei.FaultKind{huawei.FaultReset, huawei.FaultTruncated}[i%2]
			w.fail(way.operation, kind, huawei.AfterEffect)
			assert.Equal(t, "outcome_unknown", w.refused(way.path, transfer(fmt.Sprint("req-", i), customer, "10")).Code)
		}
		for i := range 4 {
			ids[w.transfer(way.path, transfer(fmt.Sprint("req-", 3-i), customer, "10")).TransferID] = true
		}
		assert.Len(t, ids, 4)
		assert.Equal(t, 4, w.effects(way.operation))
	})
}
