package huawei_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func loadAdminDocument(t *testing.T) *openapi3.T {
	t.Helper()
	data, err := os.ReadFile("admin.openapi.yaml")
	require.NoError(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(data)
	require.NoError(t, err)
	return doc
}

func adminOperations(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+path] = operation
		}
	}
	return all
}

func requestBody(operation *openapi3.Operation) *openapi3.MediaType {
	if operation.RequestBody == nil {
		return nil
	}
	return operation.RequestBody.Value.Content["application/json"]
}

func TestTheAdministrationsDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := loadAdminDocument(t)
	require.True(t, doc.IsOpenAPI31OrLater())
	require.NoError(t, doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation()))
	for route, operation := range adminOperations(doc) {
		assert.Regexp(t, `^[a-z]+([A-Z][a-zA-Z]+)?$`, operation.OperationID, route)
		body := requestBody(operation)
		if body == nil {
			continue
		}
		closed := body.Schema.Value.AdditionalProperties.Has
		assert.True(t, closed != nil && !*closed, "%s allows additional properties", route)
		assert.NotNil(t, operation.Responses.Status(http.StatusBadRequest), "%s never refuses", route)
	}
}

func TestTheAdministrationsDocumentHasItsRoutes(t *testing.T) {
	t.Parallel()
	documented := adminOperations(loadAdminDocument(t))
	s := newSite(t, huawei.Options{})
	want := []string{"GET /_sim/"}
	for _, route := range s.administer(http.MethodGet, "/_sim/", "").fields(t)["routes"].([]any) {
		want = append(want, route.(string))
	}
	slices.Sort(want)
	assert.Equal(t, want, slices.Sorted(maps.Keys(documented)))
}

func TestTheAdministrationServesItsDocument(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("admin.openapi.yaml")
	require.NoError(t, err)
	got := newSite(t, huawei.Options{}).administer(http.MethodGet, "/_sim/openapi.yaml", "")
	assert.Equal(t, "application/yaml", got.header.Get("Content-Type"))
	assert.Equal(t, string(want), got.body)
}

// A field that the program reads and the document does not describe, or the
// reverse, misleads whoever writes requests by it.
func TestTheAdministrationsDocumentHasEveryField(t *testing.T) {
	t.Parallel()
	documented := adminOperations(loadAdminDocument(t))
	for route, kind := range huawei.AdminRequests {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			operation := documented[route]
			require.NotNil(t, operation)
			assertFields(t, kind, requestBody(operation).Schema.Value, map[reflect.Type]bool{})
		})
	}
	for route, operation := range documented {
		described := huawei.AdminRequests[route] != nil
		assert.Equal(t, described, requestBody(operation) != nil && route != "POST /_sim/restore", route)
	}
}

func assertFields(t *testing.T, kind reflect.Type, schema *openapi3.Schema, seen map[reflect.Type]bool) {
	t.Helper()
	if seen[kind] {
		return
	}
	seen[kind] = true
	var names []string
	for _, field := range reflect.VisibleFields(kind) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "id" && kind == reflect.TypeFor[huawei.Fault]() {
			continue // an embedded struct; what the server gives
		}
		names = append(names, name)
		inner := field.Type
		if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct {
			property := schema.Properties[name]
			require.NotNil(t, property, name)
			assertFields(t, inner.Elem(), property.Value.Items.Value, seen)
		}
	}
	slices.Sort(names)
	assert.Equal(t, names, slices.Sorted(maps.Keys(schema.Properties)), kind.Name())
}

// documentedAdmin is the administration of a site, each exchange with which is
// held against the document.
type documentedAdmin struct {
	*site
	doc    *openapi3.T
	router routers.Router
}

func newDocumentedAdmin(t *testing.T, s *site) *documentedAdmin {
	t.Helper()
	doc := loadAdminDocument(t)
	require.NoError(t, doc.WalkSchemas(func(_ string, schema *openapi3.SchemaRef) error {
		if schema.Value.Type.Is("object") && len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = new(false)
		}
		return nil
	}))
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	return &documentedAdmin{s, doc, router}
}

// exchange returns what the document has against the request.
func (a *documentedAdmin) exchange(route, body string) (result, error) {
	a.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	got := a.administer(method, path, body)
	r, err := http.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(body))
	require.NoError(a.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	found, parameters, err := a.router.FindRoute(r)
	require.NoError(a.t, err, route)
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: found,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, SkipSettingDefaults: true},
	}
	refused := openapi3filter.ValidateRequest(a.t.Context(), input)
	require.NoError(a.t, openapi3filter.ValidateResponse(a.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: got.status, Header: got.header,
		Body: io.NopCloser(bytes.NewReader([]byte(got.body))), Options: input.Options,
	}), "%s answers %d %s", route, got.status, got.body)
	return got, refused
}

// example is the request of the document, with the things of this world in it.
func (a *documentedAdmin) example(route string, things *strings.Replacer) string {
	a.t.Helper()
	operation := adminOperations(a.doc)[route]
	require.NotNil(a.t, operation, route)
	body := requestBody(operation)
	if body == nil {
		return ""
	}
	text, err := json.Marshal(body.Example)
	require.NoError(a.t, err)
	return things.Replace(string(text))
}

// played are the routes in an order in which the examples of all of them work, on
// the mainland's site and on the international one.
var played = map[bss.Site][]string{
	bss.SiteCN: {
		"GET /_sim/", "GET /_sim/openapi.yaml", "GET /_sim/clock", "PUT /_sim/clock", "GET /_sim/seed",
		"PUT /_sim/conditions", "POST /_sim/users", "PUT /_sim/access", "POST /_sim/key/rotate",
		"POST /_sim/bindings", "POST /_sim/bindings/remove", "POST /_sim/notifications/replay", "POST /_sim/realname/scan",
		"GET /_sim/bucket", "PUT /_sim/bucket/uploads",
		"PUT /_sim/balance", "POST /_sim/resellers", "POST /_sim/quotas", "POST /_sim/orders", "POST /_sim/coupons",
		"POST /_sim/price-discounts", "POST /_sim/bills", "POST /_sim/bills/spoil", "DELETE /_sim/bills/spoil", "POST /_sim/consumers", "POST /_sim/on-demand-resources",
		"POST /_sim/resources/mark", "POST /_sim/packages", "POST /_sim/packages/use", "POST /_sim/bandwidths",
		"POST /_sim/enterprises", "POST /_sim/enterprises/members",
		"POST /_sim/faults", "GET /_sim/faults", "DELETE /_sim/faults", "POST /_sim/refusals", "DELETE /_sim/refusals",
		"GET /_sim/journal", "GET /_sim/outbox", "GET /_sim/check", "GET /_sim/snapshot", "POST /_sim/restore",
		"PUT /_sim/partner", "POST /_sim/tokens/revoke", "PUT /_sim/seed", "POST /_sim/reset", "POST /_sim/accounts",
	},
	bss.SiteIntl: {"PUT /_sim/consumption-quota", "PUT /_sim/expenditure-quota", "POST /_sim/disassociations", "POST /_sim/subscribed"},
}

func TestTheExamplesOfTheAdministrationWork(t *testing.T) {
	t.Parallel()
	worlds := map[bss.Site]func() (*site, *strings.Replacer){
		bss.SiteCN: func() (*site, *strings.Replacer) {
			m := newMarket(t, huawei.Options{NotificationURL: unreachable})
			m.account("yongzhi", huawei.AssociationResale)
			bought := m.buy(huawei.NewOrder{}).ID
			_, item := m.pack(huawei.NewResourcePackage{})
			code := m.asCustomer(http.MethodGet, pathQRCode, "").fields(t)["qr_code_url"].(string)
			return m.site, strings.NewReplacer(
				"9f607408d3399c1dcf0bcedaef036d70", m.resale, "80a41b51cd667fc2b26d5633a305a867", m.referral,
				"3f0483dc-d831-fca7-72e6-59619110a2a7", bought, "1749195656650009", item,
				"https://realname.huaweicloud.example/scan?token=1", code,
			)
		},
		bss.SiteIntl: func() (*site, *strings.Replacer) {
			a := newAbroad(t, huawei.Options{Bucket: bucket})
			return a.site, strings.NewReplacer("9f607408d3399c1dcf0bcedaef036d70", a.resale, "80a41b51cd667fc2b26d5633a305a867", a.referral)
		},
	}
	var all []string
	for on, routes := range played {
		all = append(all, routes...)
		s, things := worlds[on]()
		admin := newDocumentedAdmin(t, s)
		for _, route := range routes {
			body := admin.example(route, things)
			if route == "POST /_sim/restore" {
				body = kept(t, s.server)
			}
			if route == "POST /_sim/accounts" { // where nobody has that name yet
				s.server.Reset()
			}
			got, refused := admin.exchange(route, body)
			assert.Equal(t, http.StatusOK, got.status, "%s: %s", route, got.body)
			require.NoError(t, refused, route)
		}
	}
	slices.Sort(all)
	assert.Equal(t, slices.Sorted(maps.Keys(adminOperations(loadAdminDocument(t)))), all, "every route is played")
}

// What the document forbids is refused, with the answer that it promises.
func TestWhatTheDocumentForbidsIsRefused(t *testing.T) {
	t.Parallel()
	admin := newDocumentedAdmin(t, newSite(t, huawei.Options{}))
	for route, operation := range adminOperations(admin.doc) {
		if requestBody(operation) == nil {
			continue
		}
		for _, body := range []string{`{"unknown":1}`, `[]`, `"text"`} {
			got, refused := admin.exchange(route, body)
			assert.Equal(t, http.StatusBadRequest, got.status, "%s %s", route, body)
			require.Error(t, refused, "%s %s", route, body)
		}
	}
	for _, c := range [][2]string{
		{"PUT /_sim/clock", `{"now":"2027-01-01T00:00:00Z","advance":"1s"}`},
		{"PUT /_sim/clock", `{"advance":"soon"}`},
		{"PUT /_sim/seed", `{"seed":-1}`},
		{"POST /_sim/faults", `{"kind":"418","point":"before-effect","next":1}`},
		{"POST /_sim/faults", `{"kind":"500","point":"before-effect","next":1,"probability":0.5}`},
		{"POST /_sim/faults", `{"kind":"500","point":"before-effect"}`},
		{"PUT /_sim/balance", `{"amount":"-1"}`},
		{"PUT /_sim/balance", `{"amount":"0.001"}`},
		{"POST /_sim/accounts", `{}`},
		{"POST /_sim/bills", `{"cycle":"2026-13","customer_id":"x","rows":1}`},
	} {
		got, refused := admin.exchange(c[0], c[1])
		assert.Equal(t, http.StatusBadRequest, got.status, c)
		require.Error(t, refused, c)
	}
}

// Times and empty things show as the document says, too.
func TestAnswersOfTheAdministrationFollowItsDocument(t *testing.T) {
	t.Parallel()
	m := everything(t)
	m.later(time.Minute)
	for _, s := range []*site{m.site, newSite(t, huawei.Options{})} {
		admin := newDocumentedAdmin(t, s)
		for route := range adminOperations(admin.doc) {
			if strings.HasPrefix(route, "GET ") {
				got, refused := admin.exchange(route, "")
				assert.Equal(t, http.StatusOK, got.status, route)
				require.NoError(t, refused, route)
			}
		}
	}
}
