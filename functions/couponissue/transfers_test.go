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
		w.fail(way.operation, huawei.FaultReset, huawei.AfterEffect)
		assert.Equal(t, "outcome_unknown", w.refused(way.path, transfer("lost", customer, "10")).Code)

		lost := w.transfer(way.path, transfer("lost", customer, "10"))

		assert.Equal(t, 1, w.effects(way.operation))
		assert.Equal(t, lost, w.transfer(way.path, transfer("lost", customer, "10")))
	})
}

// The rest of it is tested where money is moved, in functions/internal/funds.
func TestTransferWaitsForAnEqualOneInDoubt(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, w *world, way way, customer string) {
		w.fail(way.operation, huawei.FaultUnavailable, huawei.BeforeEffect)
		assert.Equal(t, "outcome_unknown", w.refused(way.path, transfer("lost", customer, "10")).Code)
		next := transfer("next", customer, "10")
		assert.Equal(t, "movement_in_doubt", w.refused(way.path, next).Code)
		assert.Zero(t, w.effects(way.operation))

		w.clock.Advance(3 * time.Minute)
		w.transfer(way.path, next)
		assert.Equal(t, 1, w.effects(way.operation))
	})
}

func TestResellersAreFundedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.cloud.SetPartnerBalance(decimal.NewFromInt(100)))
	reseller, err := w.cloud.AddReseller(huawei.Reseller{AccountName: "reseller"})
	require.NoError(t, err)
	theirs, err := w.cloud.AddAccount(huawei.Account{Name: "their-customer", Association: huawei.AssociationResale, Reseller: reseller})
	require.NoError(t, err)

	of := func(id, amount string) string {
		return fmt.Sprintf(`{"request_id":%q,"indirect_partner_id":%q,"amount":%s,"currency":"CNY"}`, id, reseller, amount)
	}
	toCustomer := fmt.Sprintf(`{"request_id":"1","customer_id":%q,"indirect_partner_id":%q,"amount":30,"currency":"CNY"}`, theirs, reseller)

	assert.Equal(t, "reseller_balance_insufficient", w.refused("/couponissue/allocations", toCustomer).Code)
	w.transfer("/couponissue/indirect-partner-allocations", of("1", "50"))
	w.transfer("/couponissue/allocations", toCustomer)
	w.transfer("/couponissue/indirect-partner-allocations", of("1", "50"))
	assert.Equal(t, "reseller_balance_insufficient", w.refused("/couponissue/indirect-partner-reclamations", of("1", "20.01")).Code)
	w.transfer("/couponissue/indirect-partner-reclamations", of("1", "20"))
	w.transfer("/couponissue/reclamations", toCustomer)

	var done couponissue.ResellerTransfer
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "/couponissue/indirect-partner-reclamations", of("2", "30"), &done))
	assert.Equal(t, reseller, done.IndirectPartnerID)
	for field, body := range map[string]string{
		"amount":              of("3", "-1"),
		"request_id":          of("a/b", "1"),
		"indirect_partner_id": `{"request_id":"4","amount":1,"currency":"CNY"}`,
	} {
		p := w.refused("/couponissue/indirect-partner-allocations", body)
		require.Len(t, p.Fields, 1, body)
		assert.Equal(t, field, p.Fields[0].Field)
	}
	w.requireSound()
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
