package functions_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

const secretCause = "cause-that-is-nobodys-business"

func TestProblemsOfTheLedger(t *testing.T) {
	t.Parallel()
	cause := errors.New(secretCause)
	inner := &handler.Problem{Status: 404, Code: "order_unknown", Detail: "No such order.", Next: "Look."}
	tests := map[string]struct {
		err    error
		status int
		code   string
		wait   time.Duration
	}{
		"another request":           {&ledger.ConflictError{Key: "k", Fields: []string{"amount", "coupons"}}, 409, "key_conflict", 0},
		"still running":             {&ledger.RunningError{Key: "k"}, 409, "still_running", 2 * time.Second},
		"unknown":                   {&ledger.UnknownError{Key: "k", Err: cause}, 503, "outcome_unknown", 30 * time.Second},
		"unknown, wrapped":          {fmt.Errorf("pay: %w", &ledger.UnknownError{Key: "k", Err: cause}), 503, "outcome_unknown", 30 * time.Second},
		"unknown, by a problem":     {&ledger.UnknownError{Key: "k", Err: inner}, 503, "outcome_unknown", 30 * time.Second},
		"unknown, by a refusal":     {&ledger.UnknownError{Key: "k", Err: &bss.Error{Status: 400, Code: "CBC.0100"}}, 503, "outcome_unknown", 30 * time.Second},
		"superseded":                {fmt.Errorf("attempt 1: %w", ledger.ErrSuperseded), 503, "outcome_unknown", 30 * time.Second},
		"refused by a problem":      {&ledger.RefusedError{Key: "k", Err: inner}, 404, "order_unknown", 0},
		"refused by Huawei Cloud":   {&ledger.RefusedError{Key: "k", Err: &bss.Error{Status: 400, Code: "CBC.0100"}}, 422, "upstream_refused", 0},
		"a problem":                 {inner, 404, "order_unknown", 0},
		"throttled":                 {&bss.Error{Status: 429, RetryAfter: 7 * time.Second}, 503, "upstream_throttled", 7 * time.Second},
		"throttled, without a time": {&bss.Error{Status: 400, Code: "CBC.0250"}, 503, "upstream_throttled", time.Second},
		"too early":                 {&bss.Error{Status: 400, Code: "CBC.99008040"}, 503, "upstream_throttled", time.Second},
		"a credential":              {&bss.Error{Status: 401, Code: "APIG.0301", Message: secretCause}, 502, "upstream_credential", 0},
		"denied":                    {&bss.Error{Status: 403, Code: "CBC.0151"}, 502, "upstream_denied", 0},
		"not found":                 {&bss.Error{Status: 400, Code: "CBC.30000010"}, 404, "upstream_not_found", 0},
		"a write without an answer": {&bss.Error{Unknown: true}, 503, "outcome_unknown", 30 * time.Second},
		"a write refused, perhaps":  {&bss.Error{Unknown: true, Status: 400, Code: "CBC.0100"}, 503, "outcome_unknown", 30 * time.Second},
		"not on the site":           {fmt.Errorf("freeze: %w", bss.ErrNotOnSite), 409, "not_on_site", 0},
		"down":                      {&bss.Error{Status: 503}, 502, "upstream_unavailable", 0},
		"refused":                   {&bss.Error{Status: 400, Code: "CBC.0100", Message: "amount"}, 422, "upstream_refused", 0},
		"refused without a code":    {&bss.Error{Status: 400}, 422, "upstream_refused", 0},
		"refused by an operation":   {fmt.Errorf("list: %w", &bss.Error{Status: 400, Code: "CBC.99003108"}), 422, "upstream_refused", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := functions.Problem(tt.err)
			p, ok := errors.AsType[*handler.Problem](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tt.status, p.Status)
			assert.Equal(t, tt.code, p.Code)
			assert.Equal(t, tt.wait, p.RetryAfter)
			assert.NotEmpty(t, p.Detail)
			assert.NotEmpty(t, p.Next)
			assert.NotContains(t, p.Detail+p.Next, secretCause)
			assert.NotContains(t, p.Detail, "  ")
			require.ErrorIs(t, err, rootOf(tt.err), "the cause is kept for the log")
		})
	}
}

func rootOf(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func TestOtherErrorsAreLeftAlone(t *testing.T) {
	t.Parallel()
	other := errors.New("disk full")
	assert.Equal(t, other, functions.Problem(other))
	assert.Equal(t, context.Canceled, functions.Problem(context.Canceled))
	assert.NoError(t, functions.Problem(nil))
}

func TestAConflictNamesItsFields(t *testing.T) {
	t.Parallel()
	var p *handler.Problem
	require.ErrorAs(t, functions.Problem(&ledger.ConflictError{Key: "k", Fields: []string{"amount", "coupons"}}), &p)
	require.Len(t, p.Fields, 2)
	assert.Equal(t, "amount", p.Fields[0].Field)
	assert.Equal(t, "coupons", p.Fields[1].Field)
}

func TestTheWordsOfHuaweiCloudAreTold(t *testing.T) {
	t.Parallel()
	var p *handler.Problem
	require.ErrorAs(t, functions.Problem(&bss.Error{Status: 400, Code: "CBC.0100", Message: "face_value is wrong"}), &p)
	assert.Equal(t, "Huawei Cloud refused: CBC.0100 face_value is wrong", p.Detail)
}
