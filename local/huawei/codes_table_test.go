package huawei_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
)

// provocation is a request that provokes a documented code: it prepares a world,
// sends one request to the operation and returns the answer.
type provocation struct {
	code      string
	status    int
	operation string
	provoke   func(t *testing.T) result
}

// provocations are all rows, by area in the files codes_table_….
func provocations(t *testing.T) []provocation {
	t.Helper()
	doc := readContract(t)
	return slices.Concat(
		gatewayCodes(), parameterErrors(doc, aMarket), deniedCallers(doc, aMarket), customerCodes(), realNameCodes(),
		orderCodes(), couponCodes(), fundCodes(), resellerCodes(), resourceCodes(), priceCodes(), enterpriseCodes(),
	)
}

// in lets a row prepare a market.
func in(do func(m *market) result) func(*testing.T) result {
	return func(t *testing.T) result {
		t.Helper()
		return do(newMarket(t, huawei.Options{}))
	}
}

func inSite(o huawei.Options, do func(s *site) result) func(*testing.T) result {
	return func(t *testing.T) result {
		t.Helper()
		return do(newSite(t, o))
	}
}

func inChannel(do func(ch *channel) result) func(*testing.T) result {
	return func(t *testing.T) result {
		t.Helper()
		return do(newChannel(t, huawei.Options{}))
	}
}

func inGroup(do func(g *group) result) func(*testing.T) result {
	return func(t *testing.T) result {
		t.Helper()
		return do(newGroup(t, huawei.Options{}))
	}
}

func TestEveryDocumentedCodeIsProvoked(t *testing.T) {
	t.Parallel()
	provokeAll(t, readContract(t), provocations(t))
}

func TestEveryDocumentedCodeIsProvokedAbroad(t *testing.T) {
	t.Parallel()
	provokeAll(t, readContractAbroad(t), provocationsAbroad(t))
}

func provokeAll(t *testing.T, doc *openapi3.T, rows []provocation) {
	t.Helper()
	for _, p := range rows {
		t.Run(fmt.Sprintf("%s %d %s", p.code, p.status, p.operation), func(t *testing.T) {
			t.Parallel()
			got := p.provoke(t)
			assert.Equal(t, p.operation, operationOf(doc, got.method, got.path), "%s %s", got.method, got.path)
			require.Equal(t, p.status, got.status, got.body)
			if p.status == http.StatusOK {
				assert.Contains(t, codesIn(t, got), p.code)
			} else {
				assert.Equal(t, p.code, got.code(t), got.body)
			}
		})
	}
}

// operationOf is the operation that a request was sent to; empty if there is
// none.
func operationOf(doc *openapi3.T, method, path string) string {
	for template, item := range doc.Paths.Map() {
		if matches(template, path) && item.GetOperation(method) != nil {
			return item.GetOperation(method).OperationID
		}
	}
	return ""
}

func matches(template, path string) bool {
	wanted, given := strings.Split(template, "/"), strings.Split(path, "/")
	if len(wanted) != len(given) {
		return false
	}
	for i, part := range wanted {
		if part != given[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// codesIn are the codes of an answer of status 200, wherever it has them.
func codesIn(t *testing.T, r result) []string {
	t.Helper()
	var body any
	require.NoError(t, json.Unmarshal([]byte(r.body), &body), r.body)
	var codes []string
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if code, ok := v["error_code"].(string); ok {
				codes = append(codes, code)
			}
			for _, inner := range v {
				collect(inner)
			}
		case []any:
			for _, inner := range v {
				collect(inner)
			}
		}
	}
	collect(body)
	return codes
}

// The rows are whole: each documented code, with each of its statuses, is in the
// table or has a reason why it cannot be, and nothing else is in either.
func TestTheTableOfCodesIsComplete(t *testing.T) {
	t.Parallel()
	documented, err := contract.ErrorCodes()
	require.NoError(t, err)
	known, provoked := map[string]bool{}, map[string]bool{}
	for _, c := range documented {
		known[c.Code], known[key(c.Code, c.Status)] = true, true
	}
	for _, p := range slices.Concat(provocations(t), provocationsAbroad(t)) {
		assert.True(t, known[p.code], "%s is not documented", p.code)
		asDocumented := known[key(p.code, p.status)] || known[key(p.code, 0)] || alsoWith()[p.code] == p.status
		assert.True(t, asDocumented, "%s is not documented with HTTP %d", p.code, p.status)
		provoked[p.code], provoked[key(p.code, p.status)] = true, true
	}
	reasons := unprovokable()
	for name := range reasons {
		code, _, _ := strings.Cut(name, " ")
		assert.True(t, known[code], "%s has a reason, and is not documented", name)
		assert.False(t, provoked[name], "%s is provoked, and has a reason why it cannot be", name)
	}
	for _, c := range documented {
		// A code that is documented with one status of several may be provoked
		// with another: of one customer of several, for instance.
		done := provoked[c.Code] || reasons[c.Code] != ""
		if several := statusesOf(documented, c.Code) > 1; several {
			name := key(c.Code, c.Status)
			done = provoked[name] || reasons[name] != ""
		}
		assert.True(t, done, "%s (HTTP %d, %s) is neither provoked nor has a reason", c.Code, c.Status, c.Meaning)
	}
}

// The README lists every refusal that can be provoked, and no code that there is
// not.
func TestTheREADMENamesEveryCode(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	named := map[string]bool{}
	for _, code := range regexp.MustCompile(`(CBC|APIGW?)\.[0-9]+`).FindAllString(string(readme), -1) {
		named[code] = true
	}
	documented, err := contract.ErrorCodes()
	require.NoError(t, err)
	for _, c := range documented {
		delete(named, c.Code)
	}
	assert.Empty(t, named, "codes of the README that are not documented")
	for _, p := range slices.Concat(provocations(t), provocationsAbroad(t)) {
		assert.True(t, strings.Contains(string(readme), "`"+p.code+"`"), "the README does not name %s", p.code)
	}
}

// alsoWith are second statuses of codes: what refuses a request as a whole with
// the one, refuses one of several in a request with the other.
func alsoWith() map[string]int {
	return map[string]int{
		"CBC.99000000": http.StatusBadRequest,
		"CBC.99000035": http.StatusBadRequest,
		"CBC.99000012": http.StatusOK,
		"CBC.99000017": http.StatusOK,
	}
}

func key(code string, status int) string { return fmt.Sprintf("%s %d", code, status) }

func statusesOf(documented []contract.ErrorCode, code string) int {
	n := 0
	for _, c := range documented {
		if c.Code == code {
			n++
		}
	}
	return n
}

// Every code that the contract lists for an operation is provoked for that
// operation, or has a reason why it cannot be.
func TestTheContractsCodesAreProvokedForTheirOperations(t *testing.T) {
	t.Parallel()
	mainland, elsewhere := provocations(t), provocationsAbroad(t)
	listed := listedCodes(t, readContract(t), mainland)
	// What both sites have is the same operation, and provoked on the mainland.
	maps.Copy(listed, listedCodes(t, readContractAbroad(t), slices.Concat(mainland, elsewhere)))
	for name := range unprovokableFor() {
		assert.True(t, listed[name], "%s has a reason, and is not in the contract", name)
	}
}

// listedCodes holds the codes that a contract lists for its operations against
// the rows.
func listedCodes(t *testing.T, doc *openapi3.T, rows []provocation) map[string]bool {
	t.Helper()
	provoked := map[string]bool{}
	for _, p := range rows {
		provoked[p.operation+" "+p.code] = true
	}
	reasons, general := unprovokableFor(), unprovokable()
	listed := map[string]bool{}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			codes, _ := op.Extensions["x-error-codes"].([]any)
			for _, code := range codes {
				name := op.OperationID + " " + code.(string)
				listed[name] = true
				reason := reasons[name] != "" || general[code.(string)] != ""
				assert.NotEqual(t, reason, provoked[name], "%s: provoked %t, a reason why it cannot be %t", name, provoked[name], reason)
			}
		}
	}
	return listed
}
