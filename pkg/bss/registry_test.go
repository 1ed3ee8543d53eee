package bss_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

// published is an operation as the contract has it.
type published struct {
	method, path string
	caller       string
	quota        int
	readOnly     bool
	pageLimit    int
	success      int
	silent       bool // a success says nothing but that it is one
}

// publishedOperations are those of both sites, which agree where both have one.
func publishedOperations(t *testing.T) map[string]published {
	t.Helper()
	all := publishedOn(t, contract.Intl)
	maps.Copy(all, publishedOn(t, contract.CN))
	return all
}

func publishedOn(t *testing.T, site []byte) map[string]published {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(site)
	require.NoError(t, err)
	all := map[string]published{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			p := published{method: method, path: path, pageLimit: pageLimitOf(op)}
			p.caller, _ = op.Extensions["x-caller"].(string)
			p.readOnly, _ = op.Extensions["x-read-only"].(bool)
			if quota, ok := op.Extensions["x-quota-per-second"].(float64); ok {
				p.quota = int(quota)
			}
			for status, answer := range op.Responses.Map() {
				p.success, err = strconv.Atoi(status)
				require.NoError(t, err)
				p.silent = len(says(answer)) == 0
			}
			all[op.OperationID] = p
		}
	}
	return all
}

// says are the fields of an answer beside the code and message of a success.
func says(answer *openapi3.ResponseRef) []string {
	content := answer.Value.Content.Get("application/json")
	if content == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(content.Schema.Value.Properties)), func(name string) bool {
		return name == "error_code" || name == "error_msg"
	})
}

// pageLimitOf is the largest value of limit, in the query or the body.
func pageLimitOf(op *openapi3.Operation) int {
	limit := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, "limit")
	if limit != nil {
		return int(*limit.Schema.Value.Max)
	}
	if op.RequestBody == nil {
		return 0
	}
	field := op.RequestBody.Value.Content.Get("application/json").Schema.Value.Properties["limit"]
	if field == nil {
		return 0
	}
	return int(*field.Value.Max)
}

var callers = map[string]bss.Caller{
	"partner":             bss.ByPartner,
	"customer":            bss.ByCustomer,
	"partner or customer": bss.ByEither,
	"distributor":         bss.ByDistributor,
	"enterprise master":   bss.ByMaster,
}

func TestRegistryEqualsTheContract(t *testing.T) {
	t.Parallel()
	contract := publishedOperations(t)
	for _, op := range bss.Operations() {
		want, known := contract[op.Name]
		require.True(t, known, op.Name)
		assert.Equal(t, want.method, op.Method, op.Name)
		assert.Equal(t, want.path, op.Path, op.Name)
		assert.Equal(t, callers[want.caller], op.Caller, op.Name)
		if want.quota == 0 {
			want.quota = 5 // not published: half of the documented default
		}
		assert.Equal(t, want.quota, op.Quota, op.Name)
		if returnsRows(op) {
			assert.Equal(t, want.pageLimit, op.PageLimit, op.Name)
		} else {
			assert.Zero(t, op.PageLimit, op.Name)
		}
		assert.Regexp(t, `^https://support\.huaweicloud\.com/(intl/en-us/)?api-(bpconsole|oce)/[a-z0-9_-]+\.html$`, op.Doc, op.Name)
	}
}

func TestSafetyFitsTheOperation(t *testing.T) {
	t.Parallel()
	contract := publishedOperations(t)
	// Money moves, a message leaves or an attempt is counted.
	once := []string{
		"CancelResourcesSubscription",
		"ChangeEnterpriseRealnameAuthentication",
		"ClaimEnterpriseMultiAccountCoupon",
		"CreateEnterpriseRealnameAuthentication",
		"CreatePartnerCoupons",
		"CreatePersonalRealnameAuth",
		"PayOrders",
		"ReclaimIndirectPartnerAccount",
		"ReclaimSubEnterpriseAmount",
		"ReclaimToPartnerAccount",
		"RenewalResources",
		"SendSmsVerificationCode",
		"SendVerificationMessageCode",
		"UpdateCouponQuotas",
		"UpdateCustomerAccountAmount",
		"UpdateIndirectPartnerAccount",
		"UpdatePeriodToOnDemandInstantly",
		"UpdateSubEnterpriseAmount",
	}
	for _, op := range bss.Operations() {
		switch {
		case slices.Contains(once, op.Name):
			assert.Equal(t, bss.Once, op.Safety, op.Name)
		case contract[op.Name].readOnly, op.Method == http.MethodGet:
			assert.Equal(t, bss.Read, op.Safety, op.Name)
		default:
			assert.Equal(t, bss.Keyed, op.Safety, op.Name)
		}
	}
}

func TestSafetyHasAName(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "read keyed once", bss.Read.String()+" "+bss.Keyed.String()+" "+bss.Once.String())
}

func TestOperationsAreACopyInTheOrderOfTheirPaths(t *testing.T) {
	t.Parallel()
	all := bss.Operations()
	assert.True(t, slices.IsSortedFunc(all, func(a, b bss.Operation) int { return strings.Compare(a.Path, b.Path) }))
	all[0].Name = "changed"
	assert.NotEqual(t, "changed", bss.Operations()[0].Name)
}

// methodOf is the client's method of an operation; Go writes ID.
func methodOf(op bss.Operation) (reflect.Method, bool) {
	name := op.Name
	if stem, ok := strings.CutSuffix(name, "Id"); ok {
		name = stem + "ID"
	}
	return reflect.TypeFor[*bss.Client]().MethodByName(name)
}

// returnsRows reports whether the client's method streams rows.
func returnsRows(op bss.Operation) bool {
	m, ok := methodOf(op)
	return ok && m.Type.Out(0).Kind() == reflect.Func
}

func TestEveryOperationHasAMethodThatFitsItsAnswer(t *testing.T) {
	t.Parallel()
	contract := publishedOperations(t)
	for _, op := range bss.Operations() {
		m, ok := methodOf(op)
		if !assert.True(t, ok, "no method %s", op.Name) {
			continue
		}
		nothing := m.Type.NumOut() == 1 && m.Type.Out(0) == reflect.TypeFor[error]()
		assert.Equal(t, contract[op.Name].silent, nothing, op.Name)
		takesCustomer := m.Type.NumIn() > 2 && m.Type.In(2) == reflect.TypeFor[bss.Customer]()
		assert.Equal(t, op.Caller.Customers(), takesCustomer, op.Name)
	}
	assert.Len(t, exampleCalls(), len(bss.Operations()))
}

func TestEveryOperationSucceedsAsTheContractSays(t *testing.T) {
	t.Parallel()
	contract := publishedOperations(t)
	for _, op := range bss.Operations() {
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWith(t, huawei.Options{Site: siteOf(op)})
			prepare := exampleCalls()[op.Name]
			require.NotNil(t, prepare)
			call := prepare(t, w)
			require.NoError(t, call(t.Context(), w.client(t)))

			sent := w.wire.all()
			last := sent[len(sent)-1]
			assert.Equal(t, contract[op.Name].success, last.status)
			assert.Equal(t, op.Method, last.method)
			signed := last.header.Get("Authorization") != ""
			assert.Equal(t, !op.Caller.Customers(), signed)
			assert.Equal(t, op.Caller.Customers(), last.header.Get("X-Auth-Token") != "")
		})
	}
}
