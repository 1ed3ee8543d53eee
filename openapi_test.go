package bssfn_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn"
	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport"
	"github.com/bssfn/bssfn/functions/couponissue"
	"github.com/bssfn/bssfn/functions/onboard"
	"github.com/bssfn/bssfn/functions/payorder"
	"github.com/bssfn/bssfn/internal/clock"
	"github.com/bssfn/bssfn/local/harness"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger/memory"
)

func loadOpenAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(bssfn.OpenAPI)
	require.NoError(t, err)
	return doc
}

// operations are those of the document by method and path, as "POST /onboard/codes".
func operations(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+path] = operation
		}
	}
	return all
}

func TestTheDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := loadOpenAPI(t)
	require.True(t, doc.IsOpenAPI31OrLater())
	require.NoError(t, doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation()))
}

// A generated client is read by its operation ids, a page by its summaries.
func TestTheDocumentNamesEveryOperation(t *testing.T) {
	t.Parallel()
	for route, operation := range operations(loadOpenAPI(t)) {
		_, path, _ := strings.Cut(route, " ")
		function, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		assert.Regexp(t, `^[a-z]+([A-Z][a-z]+)+$`, operation.OperationID, route)
		assert.NotEmpty(t, operation.Summary, route)
		assert.Equal(t, []string{function}, operation.Tags, route)
	}
}

// A request with a field that a function does not know is refused.
func TestTheDocumentClosesRequests(t *testing.T) {
	t.Parallel()
	for route, operation := range operations(loadOpenAPI(t)) {
		if operation.RequestBody == nil || operation.RequestBody.Value.Content["application/json"] == nil {
			continue
		}
		closed := operation.RequestBody.Value.Content["application/json"].Schema.Value.AdditionalProperties.Has
		assert.True(t, closed != nil && !*closed, "%s allows additional properties", route)
	}
}

func TestTheDocumentHasTheRoutesOfTheTemplate(t *testing.T) {
	t.Parallel()
	deployments, err := harness.ReadTemplate(bssfn.Template)
	require.NoError(t, err)
	var want []string
	for _, d := range deployments {
		want = append(want, d.Routes...)
		for _, timer := range d.Schedules {
			want = append(want, "POST /"+d.Function+"/schedules/"+timer.Name)
		}
	}
	for _, f := range describedFunctions(t) {
		for _, queue := range f.Queues {
			want = append(want, "POST /"+f.Name+"/queues/"+queue.Name)
		}
	}
	var got []string
	for route := range operations(loadOpenAPI(t)) {
		got = append(got, route)
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)
}

func TestTheDocumentSaysWhoMayCall(t *testing.T) {
	t.Parallel()
	doc := loadOpenAPI(t)
	require.Len(t, doc.Security, 1)
	assert.Len(t, doc.Security[0], 3, "all three headers together")
	all := operations(doc)
	for _, f := range describedFunctions(t) {
		for _, route := range f.Routes {
			operation := all[route.Method+" "+route.Pattern]
			require.NotNil(t, operation, route.Pattern)
			open := operation.Security != nil && len(*operation.Security) == 0
			assert.Equal(t, route.Access == handler.Open, open, route.Pattern)
			assert.True(t, open || operation.Security == nil, "%s is signed like all others", route.Pattern)
		}
	}
}

// describedFunctions are the four functions' own descriptions.
func describedFunctions(t *testing.T) []handler.Function {
	t.Helper()
	secret := handler.NewSecret(harness.CallerSecret)
	shared := functions.Config{
		Site: "cn", AccessKey: "key", SecretKey: handler.NewSecret("secret"), XAccountType: harness.XAccountType,
		IAMDomain: "partner", IAMUser: "user", IAMPassword: handler.NewSecret("password"),
		CallerSecrets: []handler.Secret{secret},
	}
	rt := functions.Runtime{Clock: clock.System{}, Store: memory.New(), Logger: slog.New(slog.DiscardHandler)}
	var all []handler.Function
	add := func(edge *handler.Edge, err error) {
		require.NoError(t, err)
		all = append(all, edge.Function())
	}
	add(onboard.New(onboard.Config{Config: shared}, rt))
	add(payorder.New(payorder.Config{
		Config: shared, EventsConfig: functions.EventsConfig{EventsURL: "https://platform.example", EventsSecret: secret},
		QuoteKey: handler.NewSecret(strings.Repeat("k", 32)),
	}, rt))
	add(couponissue.New(couponissue.Config{Config: shared}, rt))
	add(billexport.New(billexport.Config{Config: shared, ExportURL: "file:" + t.TempDir()}, rt))
	return all
}
