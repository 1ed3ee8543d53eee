package huawei_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/internal/contract"
	"github.com/bssfn/bssfn/local/huawei"
)

func readContractAbroad(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Intl)
	require.NoError(t, err)
	return doc
}

// provocationsAbroad are the rows of the international site: what every operation
// refuses, and what the mainland does not have.
func provocationsAbroad(t *testing.T) []provocation {
	t.Helper()
	doc := readContractAbroad(t)
	aMarketAbroad := func(t *testing.T) *market {
		t.Helper()
		return newAbroad(t, huawei.Options{}).market
	}
	return slices.Concat(parameterErrors(doc, aMarketAbroad), deniedCallers(doc, aMarketAbroad), codesAbroad())
}

func inAbroad(do func(a *abroad) result) func(*testing.T) result {
	return func(t *testing.T) result {
		t.Helper()
		return do(newAbroad(t, huawei.Options{}))
	}
}

// codesAbroad are those of reseller customers, their budgets and their freezing.
func codesAbroad() []provocation {
	const shows, sets, lists, records = "ShowSubCustomerBudget", "UpdateSubCustomerBudget", "ListSubCustomerBudget", "ListSubCustomerBudgetRecords"
	budget := func(a *abroad, changes fieldset) result {
		body := fieldset{"customer_id": a.resale, "budget_amount": 10}
		return a.asPartner(http.MethodPost, pathBudget, text(a.t, body.with(changes)))
	}
	rows := []provocation{
		{"CBC.99000051", 400, "CreateSubCustomer", inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodPost, pathCustomers, `{`+newcomer+`,"email":"a99000051@b.example","verification_code":"123456"}`)
		})},
		{"CBC.99004003", 400, "SendVerificationMessageCode", inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodPost, pathCode, `{"receiver_type":2,"email":"a99004003@b.example"}`)
		})},
		{"CBC.99000049", 400, "ShowCustomerAccountBalances", inAbroad(func(a *abroad) result {
			return a.asCustomer(http.MethodGet, pathBalances, "")
		})},
		{"CBC.8214", 400, "PayOrders", inAbroad(func(a *abroad) result {
			a.change(pathFreeze, "", a.resale)
			return a.pay(a.place(huawei.NewOrder{}), nil, nil)
		})},
		{"CBC.18000016", 400, "PayOrders", inAbroad(func(a *abroad) result {
			a.spend("10")
			require.NoError(a.t, a.server.SetConsumptionQuota(yuan("9")))
			return a.pay(a.place(huawei.NewOrder{}), nil, nil)
		})},
		{"CBC.99005024", 400, shows, inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodGet, pathBudget+"?customer_id="+a.referral, "")
		})},
		{"CBC.99005024", 400, sets, inAbroad(func(a *abroad) result { return budget(a, fieldset{"customer_id": a.referral}) })},
		{"CBC.99000037", 400, shows, inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodGet, pathBudget+"?customer_id="+a.resale+"&indirect_partner_id=x", "")
		})},
		{"CBC.99000037", 400, sets, inAbroad(func(a *abroad) result { return budget(a, fieldset{"indirect_partner_id": "x"}) })},
		{"CBC.99000037", 400, lists, inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodPost, pathBudgetQuery, text(a.t, fieldset{
				"customer_ids": []string{a.resale}, "indirect_partner_id": "x",
			}))
		})},
		{"CBC.99000037", 400, records, inAbroad(func(a *abroad) result {
			return a.asPartner(http.MethodGet, pathBudgetRecords+"?customer_id="+a.resale+"&indirect_partner_id=x", "")
		})},
	}
	for operation, path := range map[string]string{"FreezeSubCustomers": pathFreeze, "UnfreezeSubCustomers": pathUnfreeze} {
		change := func(customer func(a *abroad) string, reseller string) func(*testing.T) result {
			return inAbroad(func(a *abroad) result {
				return a.asPartner(http.MethodPost, path, text(a.t, fieldset{
					"customer_ids": []string{customer(a)}, "reason": "overdue", "indirect_partner_id": reseller,
				}))
			})
		}
		rows = append(rows,
			provocation{"CBC.99005024", 400, operation, change(func(a *abroad) string { return a.referral }, "")},
			provocation{"CBC.99000037", 400, operation, change(func(a *abroad) string { return a.resale }, "x")},
		)
	}
	return rows
}
