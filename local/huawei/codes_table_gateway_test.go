package huawei_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// gatewayCodes are those of what stands before the operations.
func gatewayCodes() []provocation {
	const list = "ListSubCustomers"
	query := func(s *site) result { return s.asPartner(http.MethodPost, pathQuery, `{}`) }
	struck := func(kind huawei.FaultKind) func(*testing.T) result {
		return inSite(huawei.Options{}, func(s *site) result {
			s.addFault(huawei.Fault{Kind: kind, Point: huawei.BeforeEffect, Next: 1})
			return query(s)
		})
	}
	return []provocation{
		{"APIGW.0101", 404, "", inSite(huawei.Options{}, func(s *site) result {
			return s.asPartner(http.MethodDelete, pathQuery, "")
		})},
		{"APIGW.0308", 429, list, inSite(huawei.Options{}, func(s *site) result {
			for range 10 {
				query(s)
			}
			return query(s)
		})},
		{"APIG.0301", 401, list, inSite(huawei.Options{}, func(s *site) result {
			s.keys.SecretKey = "OTHER"
			return query(s)
		})},
		{"APIG.0201", 400, list, inSite(huawei.Options{}, func(s *site) result {
			return s.malformed(pathQuery)
		})},
		{"APIG.0201", 413, list, inSite(huawei.Options{}, func(s *site) result {
			r := s.signed(http.MethodPost, pathQuery, strings.Repeat(" ", 12<<20)+"{}")
			r.Header.Set("Expect", "100-continue")
			return s.send(r)
		})},
		{"APIG.0201", 414, list, inSite(huawei.Options{}, func(s *site) result {
			return s.asPartner(http.MethodPost, pathQuery+"?x="+strings.Repeat("x", 32<<10), `{}`)
		})},
		{"APIG.0201", 494, list, inSite(huawei.Options{}, func(s *site) result {
			r := s.signed(http.MethodPost, pathQuery, `{}`)
			r.Header.Set("X-Large", strings.Repeat("x", 32<<10))
			return s.send(r)
		})},
		{"APIG.0613", 503, list, struck(huawei.FaultUnavailable)},
		{"CBC.0999", 500, list, struck(huawei.FaultInternal)},
		{"CBC.0154", 401, list, in(func(m *market) result {
			token := m.partnerToken()
			m.clock.Advance(24*time.Hour - time.Second)
			m.addFault(huawei.Fault{
				Kind: huawei.FaultSlow, Point: huawei.BeforeEffect, Next: 1, Delay: huawei.Duration(time.Second),
			})
			return m.withToken(token, http.MethodPost, pathQuery, `{}`)
		})},
		{"CBC.0151", 403, list, in(func(m *market) result {
			return m.withToken(m.userToken(huawei.NewUser{Denied: []string{list}}), http.MethodPost, pathQuery, `{}`)
		})},
		{"CBC.0155", 403, "ListCustomerOrders", in(func(m *market) result {
			token := m.userToken(huawei.NewUser{Denied: []string{"ListCustomerOrders"}})
			return m.withToken(token, http.MethodGet, pathOrders, "")
		})},
		{"CBC.0155", 403, "ShowCustomerOrderDetails", in(func(m *market) result {
			order := m.place(huawei.NewOrder{})
			token := m.userToken(huawei.NewUser{AccountName: "resale-customer", Denied: []string{"ShowCustomerOrderDetails"}})
			return m.withToken(token, http.MethodGet, pathOrders+"/details/"+order, "")
		})},
		{"CBC.0156", 403, "ShowCustomerAccountBalances", in(func(m *market) result {
			require.NoError(m.t, m.server.SetConditions(m.resale, huawei.Conditions{OtherSite: true}))
			return m.asCustomer(http.MethodGet, pathBalances, "")
		})},
		{"CBC.5001", 200, "ListPartnerBalances", in(func(m *market) result {
			return m.asCustomer(http.MethodGet, pathPartner, "")
		})},
		{"CBC.99005001", 400, "ReclaimToPartnerAccount", in(func(m *market) result {
			return m.asCustomer(http.MethodPost, pathTakeBack, transfer(m.resale, "1"))
		})},
		{"CBC.99005001", 400, "ReclaimIndirectPartnerAccount", inChannel(func(ch *channel) result {
			return ch.asCustomer(http.MethodPost, pathResellerTake, resellerTransfer(ch.first, "1"))
		})},
	}
}

// malformed sends a body that is none, on a connection of its own.
func (s *site) malformed(path string) result {
	s.t.Helper()
	connection, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.api, "http://"))
	require.NoError(s.t, err)
	defer func() { assert.NoError(s.t, connection.Close()) }()
	_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n", path)
	require.NoError(s.t, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(s.t, err)
	defer func() { assert.NoError(s.t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return result{status: response.StatusCode, header: response.Header, body: string(body), method: http.MethodPost, path: path}
}

// userToken adds an IAM user and signs it in.
func (m *market) userToken(n huawei.NewUser) string {
	m.t.Helper()
	n.Name, n.Password = "clerk", "Clerk-1234"
	require.NoError(m.t, m.server.AddUser(n))
	account := n.AccountName
	if account == "" {
		account = "sim-partner"
	}
	request := strings.NewReplacer("sim-operator", n.Name, "Sim-Operator-1", n.Password, "sim-partner", account).Replace(passwordRequest)
	got := m.send(m.request(http.MethodPost, pathTokens, request))
	require.Equal(m.t, http.StatusCreated, got.status, got.body)
	return got.header.Get("X-Subject-Token")
}

// newWorld makes a market of some site.
type newWorld func(t *testing.T) *market

func aMarket(t *testing.T) *market {
	t.Helper()
	return newMarket(t, huawei.Options{})
}

// parameterErrors break the contract of every operation, each with what it takes:
// a body that is no object, a required parameter left out, a number that is none.
func parameterErrors(doc *openapi3.T, world newWorld) []provocation {
	return forEveryOperation(doc, world, func(op *openapi3.Operation) (query, body string, ok bool) {
		if op.RequestBody != nil {
			return "", "[]", true
		}
		for _, p := range op.Parameters {
			if p.Value.In == openapi3.ParameterInQuery && p.Value.Required {
				return "", "", true
			}
		}
		for _, p := range op.Parameters {
			if p.Value.In == openapi3.ParameterInQuery && p.Value.Schema.Value.Type.Is(openapi3.TypeInteger) {
				return "?" + p.Value.Name + "=x", "", true
			}
		}
		return "", "", false
	}, "CBC.0100", http.StatusBadRequest, false)
}

// deniedCallers call every operation that is not for everybody as somebody it is
// not for.
func deniedCallers(doc *openapi3.T, world newWorld) []provocation {
	return forEveryOperation(doc, world, func(op *openapi3.Operation) (query, body string, ok bool) {
		codeOfItsOwn := map[string]bool{
			"ListPartnerBalances": true, "ReclaimToPartnerAccount": true, "ReclaimIndirectPartnerAccount": true,
		}
		return "", "{}", op.Extensions["x-caller"] != "partner or customer" && !codeOfItsOwn[op.OperationID]
	}, "CBC.0151", http.StatusForbidden, true)
}

// forEveryOperation sends one request to every operation, as the caller it is for
// or as the other one.
func forEveryOperation(
	doc *openapi3.T, world newWorld, request func(*openapi3.Operation) (query, body string, ok bool),
	code string, status int, wrongCaller bool,
) []provocation {
	var rows []provocation
	for path, item := range doc.Paths.Map() {
		path := strings.NewReplacer("{order_id}", "x", "{resource_id}", "x", "{domain_id}", "x").Replace(path)
		for method, op := range item.Operations() {
			query, body, ok := request(op)
			if !ok {
				continue
			}
			caller := op.Extensions["x-caller"]
			byCustomer := caller == "customer" || caller == "enterprise master"
			rows = append(rows, provocation{code, status, op.OperationID, func(t *testing.T) result {
				t.Helper()
				m := world(t)
				if byCustomer != wrongCaller {
					return m.asCustomer(method, path+query, body)
				}
				return m.asPartner(method, path+query, body)
			}})
		}
	}
	return rows
}
