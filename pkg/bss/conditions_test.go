package bss_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

var conditions = map[string]error{
	"ErrNotOnSite": bss.ErrNotOnSite, "ErrInvalid": bss.ErrInvalid, "ErrAccessDenied": bss.ErrAccessDenied,
	"ErrNotFound": bss.ErrNotFound, "ErrAssociationType": bss.ErrAssociationType, "ErrThrottled": bss.ErrThrottled,
	"ErrTryLater": bss.ErrTryLater, "ErrLimit": bss.ErrLimit, "ErrCredential": bss.ErrCredential,
	"ErrUnavailable": bss.ErrUnavailable, "ErrOutcomeUnknown": bss.ErrOutcomeUnknown, "ErrDuplicate": bss.ErrDuplicate,
	"ErrReserved": bss.ErrReserved, "ErrAssociationPending": bss.ErrAssociationPending,
	"ErrAssociationFailed": bss.ErrAssociationFailed, "ErrVerificationCode": bss.ErrVerificationCode,
	"ErrRealName": bss.ErrRealName, "ErrInsufficientBalance": bss.ErrInsufficientBalance,
	"ErrOrderChanged": bss.ErrOrderChanged, "ErrOrderExpired": bss.ErrOrderExpired,
	"ErrPaymentInProgress": bss.ErrPaymentInProgress, "ErrUnpaidOrder": bss.ErrUnpaidOrder, "ErrCoupon": bss.ErrCoupon,
	"ErrQuota": bss.ErrQuota, "ErrCapacity": bss.ErrCapacity, "ErrFrozen": bss.ErrFrozen,
	"ErrNotSupported": bss.ErrNotSupported,
}

func documentedCodes(t *testing.T) []contract.ErrorCode {
	t.Helper()
	codes, err := contract.ErrorCodes()
	require.NoError(t, err)
	return codes
}

// withoutCondition says why nobody needs to tell a code from others.
func withoutCondition() map[string]string {
	const (
		unpublished = "nobody knows what it says"
		ours        = "a request that this client does not send"
		failed      = "its status says all that can be known: ErrUnavailable"
	)
	reasons := map[string]string{
		"CBC.0000":     "a success",
		"CBC.5008":     "of interfaces that are gone",
		"CBC.18000048": "the caller has to name one member, which no operation of the client asks for",
		"CBC.99006093": "nothing but waiting for Huawei Cloud's support helps",
	}
	for reason, codes := range map[string]string{
		unpublished: "CBC.0199 CBC.3106 CBC.99000015 CBC.99000016 CBC.99003001 CBC.99003002 CBC.99003004 CBC.99003005 " +
			"CBC.99003006 CBC.99003124 CBC.99003638 CBC.99003640 CBC.99005042",
		ours:   "APIG.0101 APIGW.0101 APIG.0106 APIG.0201 APIG.0204 APIG.0501 APIG.0502 APIG.0602 APIG.0607 APIG.1009",
		failed: "CBC.0999 APIG.0601 APIG.0605 APIG.0606 APIG.0608 APIG.0610 APIG.0613",
	} {
		for _, code := range strings.Fields(codes) {
			reasons[code] = reason
		}
	}
	return reasons
}

func TestEveryDocumentedCodeHasACondition(t *testing.T) {
	t.Parallel()
	reasons, known := withoutCondition(), map[string]bool{}
	for _, c := range documentedCodes(t) {
		known[c.Code] = true
		reason := reasons[c.Code] != ""
		assert.NotEqual(t, reason, bss.ConditionOf(c.Code) != nil,
			"%s (%s): has the condition %v, a reason to have none: %t", c.Code, c.Meaning, bss.ConditionOf(c.Code), reason)
	}
	for code := range reasons {
		assert.True(t, known[code], "%s has a reason, and is not documented", code)
	}
}

// The comment of each condition lists its codes, and no others.
func TestTheCommentsListTheCodes(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "conditions.go", nil, parser.ParseComments)
	require.NoError(t, err)
	code := regexp.MustCompile(`(CBC|APIGW?)\.[0-9]+`)
	commented := map[string]bool{}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			name := value.Names[0].Name
			if !strings.HasPrefix(name, "Err") {
				continue
			}
			require.Contains(t, conditions, name, "the tests do not know it")
			for _, c := range code.FindAllString(value.Doc.Text(), -1) {
				commented[c] = true
				assert.ErrorIs(t, bss.ConditionOf(c), conditions[name], "%s is listed by %s", c, name)
			}
		}
	}
	for _, c := range documentedCodes(t) {
		assert.Equal(t, bss.ConditionOf(c.Code) != nil, commented[c.Code], "%s: has a condition, is in its comment", c.Code)
	}
}

func TestEveryCodeMatchesItsConditionAlone(t *testing.T) {
	t.Parallel()
	for _, c := range documentedCodes(t) {
		want := bss.ConditionOf(c.Code)
		if want == nil {
			continue
		}
		err := &bss.Error{Status: http.StatusBadRequest, Code: c.Code}
		for name, condition := range conditions {
			assert.Equal(t, errors.Is(want, condition), errors.Is(err, condition), "%s, %s", c.Code, name)
		}
	}
}

// What can succeed later says so by its condition, and nothing else does.
func TestWhatCanSucceedLaterSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range documentedCodes(t) {
		condition := bss.ConditionOf(c.Code)
		if c.Retry == contract.RetryLater {
			assert.True(t, errors.Is(condition, bss.ErrTryLater) || errors.Is(condition, bss.ErrLimit), "%s: %v", c.Code, condition)
		} else {
			assert.NotErrorIs(t, condition, bss.ErrTryLater, c.Code)
		}
	}
}

// retriedOtherwise says why the client repeats what the codes say is final, or
// not what they say may be repeated.
func retriedOtherwise() map[string]string {
	return map[string]string{
		"APIG.0311 401": "every 401 is answered with one more try with a new token",
	}
}

// What is documented as worth a repetition is repeated, and nothing else: a write
// whose outcome nobody knows is not, whatever the code.
func TestTheClientRepeatsWhatTheCodesAllow(t *testing.T) {
	t.Parallel()
	exceptions := retriedOtherwise()
	for _, c := range documentedCodes(t) {
		if c.Code == "CBC.0000" {
			continue
		}
		t.Run(fmt.Sprintf("%s %d", c.Code, c.Status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			reads := timesRepeated(t, w, c, "ShowCustomerAccountBalances", func(client *bss.Client) error {
				_, err := client.ShowCustomerAccountBalances(t.Context(), resaleName)
				return err
			})
			writes := timesRepeated(t, w, c, "PayOrders", func(client *bss.Client) error {
				return client.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: "CS1"})
			})
			wantReads, wantWrites := repetitions(c)
			same := reads == wantReads && writes == wantWrites
			if exceptions[key(c)] != "" {
				assert.False(t, same, "it is as the codes say: no exception is needed")
				return
			}
			assert.Equal(t, wantReads, reads, "reads of %q, which may be retried: %s", c.Meaning, c.Retry)
			assert.Equal(t, wantWrites, writes, "writes of %q, which may be retried: %s", c.Meaning, c.Retry)
		})
	}
	for name := range exceptions {
		code, _, _ := strings.Cut(name, " ")
		assert.True(t, bss.ConditionOf(code) != nil, "%s is an exception that nothing needs", name)
	}
}

func key(c contract.ErrorCode) string { return fmt.Sprintf("%s %d", c.Code, c.Status) }

// repetitions are how often a refused call should be sent again.
func repetitions(c contract.ErrorCode) (reads, writes int) {
	switch c.Retry {
	case contract.RetryYes:
		return 4, 4
	case contract.RetryReads:
		return 4, 0
	case contract.RetryCredential:
		return 1, 1
	case contract.RetryNo, contract.RetryLater:
	}
	return 0, 0
}

// timesRepeated lets a customer's call be refused as often as it comes.
func timesRepeated(t *testing.T, w *world, c contract.ErrorCode, operation string, call func(*bss.Client) error) int {
	t.Helper()
	require.NoError(t, w.RefuseNext(huawei.Refusal{Operation: operation, Code: c.Code, Status: c.Status, Next: 100}))
	calls := func() (n int) {
		for _, e := range w.wire.all() {
			if e.path != tokensPath {
				n++
			}
		}
		return n
	}
	before := calls()
	var failure *bss.Error
	require.ErrorAs(t, call(w.client(t)), &failure)
	assert.Equal(t, c.Code, failure.Code)
	return calls() - before - 1
}
