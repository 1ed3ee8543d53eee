package sdkinterop_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	intl "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2/model"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
)

// exchangesAbroad are the operations of the international site: the mainland's
// cases of those that both have, and its own.
func exchangesAbroad() map[string]exchange {
	all := exchanges()
	maps.DeleteFunc(all, func(operation string, _ exchange) bool {
		_, shared := reflect.TypeFor[*intl.BssintlClient]().MethodByName(operation)
		return !shared
	})
	maps.Copy(all, registrationExchangesAbroad())
	maps.Copy(all, freezeExchanges())
	maps.Copy(all, budgetExchanges())
	maps.Copy(all, postpaidExchanges())
	return all
}

// lossless is a call of the client of the international site, of whose answer
// nothing was lost.
func lossless[Q, A any](c *cloud, call func(*Q) (*A, error), request *Q) *A {
	c.t.Helper()
	answer, err := call(request)
	require.NoError(c.t, c.whole(answer, err))
	return answer
}

// onlyError keeps what became of a call.
func onlyError[Q, A any](call func(*Q) (*A, error), request *Q) error {
	_, err := call(request)
	return err
}

func registrationExchangesAbroad() map[string]exchange {
	return map[string]exchange{
		"SendVerificationMessageCode": {
			succeeds: mailsCode,
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.SendVerificationMessageCode, mail(1, "a@b.example"))
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "receiver_type",
		},
		"CreateSubCustomer": {
			succeeds: createsFrozenCustomer,
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.CreateSubCustomer, newcomer("Singapore", "123456"))
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "domain_area",
		},
	}
}

func mail(receiverType int32, address string) *model.SendVerificationMessageCodeRequest {
	return &model.SendVerificationMessageCodeRequest{Body: &model.SendVerificationCodeV2Req{
		ReceiverType: receiverType, Email: address, Timeout: new(int32(5)), Lang: new("en-us"),
	}}
}

func mailsCode(c *cloud) {
	answer := lossless(c, c.partner().abroad.SendVerificationMessageCode, mail(2, "a@b.example"))
	assert.Equal(c.t, http.StatusNoContent, answer.HttpStatusCode)
	require.Len(c.t, c.Outbox(), 1)
	assert.Equal(c.t, "a@b.example", c.Outbox()[0].Receiver)
	assert.Equal(c.t, huawei.MediumEmail, c.Outbox()[0].Medium)
}

func newcomer(area, code string) *model.CreateSubCustomerRequest {
	return &model.CreateSubCustomerRequest{Body: &model.CreateCustomerV2Req{
		DomainName: new("yongzhi"), DomainArea: area, Email: new("a@b.example"), VerificationCode: &code,
		XaccountId: "platform-yongzhi", XaccountType: platform, IncludeAssociationResult: new(true),
	}}
}

func createsFrozenCustomer(c *cloud) {
	mailsCode(c)
	answer := lossless(c, c.partner().abroad.CreateSubCustomer, newcomer("SG", c.Outbox()[0].Code))
	created := c.lastEffect()
	assertFields(c.t, fields{"domain_id": created.CustomerID, "domain_name": "yongzhi"}, answer)
	assertFields(c.t, fields{
		"association_type": "3", "email": "a@b.example", "is_frozen": 1, "associated_on": c.now(),
	}, c.listed(created.CustomerID))
}

// listed is a customer in the partner's list.
func (c *cloud) listed(customerID string) model.CustomerInformation {
	c.t.Helper()
	answer := lossless(c, c.partner().abroad.ListSubCustomers, &model.ListSubCustomersRequest{
		Body: &model.QuerySubCustomerListReq{CustomerId: &customerID},
	})
	return only(c.t, answer.CustomerInfos)
}

func freezeExchanges() map[string]exchange {
	return map[string]exchange{
		"FreezeSubCustomers": {
			succeeds: freezes,
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.FreezeSubCustomers, freezing(make([]string, 11)...))
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "customer_ids",
		},
		"UnfreezeSubCustomers": {
			succeeds: unfreezes,
			refused: func(c *cloud) error {
				request := unfreezing(c.account("yongzhi", c.sold()))
				request.Body.IndirectPartnerId = new("somebody")
				return onlyError(c.partner().abroad.UnfreezeSubCustomers, request)
			},
			status: http.StatusBadRequest, code: "CBC.99000037", says: "indirect partner",
		},
	}
}

func freezing(customers ...string) *model.FreezeSubCustomersRequest {
	return &model.FreezeSubCustomersRequest{Body: &model.FreezeSubCustomersReq{
		CustomerIds: customers, Reason: "overdue", FreezeType: new(model.GetFreezeSubCustomersReqFreezeTypeEnum().ACCOUNT_AND_RESOURCE),
	}}
}

func unfreezing(customers ...string) *model.UnfreezeSubCustomersRequest {
	return &model.UnfreezeSubCustomersRequest{Body: &model.UnfreezeSubCustomersReq{
		CustomerIds: customers, Reason: "paid", UnfreezeType: new(model.GetUnfreezeSubCustomersReqUnfreezeTypeEnum().ACCOUNT_AND_RESOURCE),
	}}
}

// freezes one of two customers: the other cannot be, which is no error.
func freezes(c *cloud) {
	id, other := c.account("yongzhi", c.sold()), c.account("another", huawei.AssociationReferral)
	answer := lossless(c, c.partner().abroad.FreezeSubCustomers, freezing(id, other))
	assertFields(c.t, fields{"id": other, "error_code": "CBC.99005024"}, only(c.t, answer.ErrorDetails))
	assertFields(c.t, fields{"is_frozen": 1}, c.listed(id))
}

func unfreezes(c *cloud) {
	id := c.account("yongzhi", c.sold())
	lossless(c, c.partner().abroad.FreezeSubCustomers, freezing(id))
	answer := lossless(c, c.partner().abroad.UnfreezeSubCustomers, unfreezing(id))
	assert.Nil(c.t, answer.ErrorDetails, "only part of a failure has details")
	assertFields(c.t, fields{"is_frozen": 0}, c.listed(id))
}

// consumed is a reseller customer who has spent 100.5 of a budget of 200.25.
func consumed(c *cloud) (customerID string) {
	c.t.Helper()
	customerID = c.account("yongzhi", c.sold())
	require.NoError(c.t, c.setBudget(customerID, "200.25"))
	id := c.order(huawei.NewOrder{CustomerID: customerID, OfficialAmount: yuan("100.5")})
	_, err := c.customer("yongzhi").PayOrders(payment(id))
	require.NoError(c.t, err)
	return customerID
}

func (c *cloud) setBudget(customerID, amount string) error {
	return onlyError(c.partner().abroad.UpdateSubCustomerBudget, &model.UpdateSubCustomerBudgetRequest{
		Body: &model.ModSubCustomerBudgetReq{
			CustomerId: customerID, BudgetAmount: new(yuan(amount)), CancelPartnerFrozen: new("1"),
			BudgetType: new(model.GetModSubCustomerBudgetReqBudgetTypeEnum().PACKAGE), FrozenOperateType: new(int32(1)),
		},
	})
}

func budgetExchanges() map[string]exchange {
	return map[string]exchange{
		"UpdateSubCustomerBudget": {
			succeeds: func(c *cloud) {
				id := consumed(c)
				require.NoError(c.t, c.setBudget(id, "100.49"))
				assertFields(c.t, fields{"is_frozen": 1}, c.listed(id))
			},
			refused: func(c *cloud) error { return c.setBudget(c.account("another", huawei.AssociationReferral), "1") },
			status:  http.StatusBadRequest, code: "CBC.99005024", says: "association type",
		},
		"ShowSubCustomerBudget": {
			succeeds: func(c *cloud) {
				assertFields(c.t, fields{
					"budget_amount": "200.25", "used_amount": "100.5", "measure_id": 1, "currency": "USD", "budget_type": "PACKAGE",
				}, lossless(c, c.partner().abroad.ShowSubCustomerBudget, &model.ShowSubCustomerBudgetRequest{CustomerId: consumed(c)}))
			},
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.ShowSubCustomerBudget, &model.ShowSubCustomerBudgetRequest{CustomerId: "stranger"})
			},
			status: http.StatusBadRequest, code: "CBC.99000035", says: "not a customer",
		},
		"ListSubCustomerBudget": {
			succeeds: func(c *cloud) {
				id := consumed(c)
				answer := lossless(c, c.partner().abroad.ListSubCustomerBudget, budgetsOf(nil, "stranger", id))
				assertFields(c.t, fields{"measure_id": 1, "currency": "USD"}, answer)
				assertFields(c.t, fields{
					"customer_id": id, "budget_amount": "200.25", "used_amount": "100.5", "budget_type": "PACKAGE",
				}, only(c.t, answer.BudgetInfos))
			},
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.ListSubCustomerBudget, budgetsOf(new("somebody"), "1"))
			},
			status: http.StatusBadRequest, code: "CBC.99000037", says: "indirect partner",
		},
		"ListSubCustomerBudgetRecords": {
			succeeds: func(c *cloud) {
				answer := lossless(c, c.partner().abroad.ListSubCustomerBudgetRecords, &model.ListSubCustomerBudgetRecordsRequest{
					CustomerId: consumed(c), OperationType: new("SETTING"), BudgetType: new("PACKAGE"), Limit: new(int32(10)), Offset: new(int32(0)),
				})
				assertFields(c.t, fields{"total_count": 1, "measure_id": 1, "currency": "USD"}, answer)
				assertFields(c.t, fields{
					"budget_amount": "200.25", "operation_type": "SETTING", "operation_time": c.now(), "operator": "sim-operator",
					"budget_type": "PACKAGE", "partner_corp_name": "sim-partner", "partner_account_name": "sim-partner",
				}, only(c.t, answer.RecordList))
			},
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.ListSubCustomerBudgetRecords, &model.ListSubCustomerBudgetRecordsRequest{
					CustomerId: "1", OperationType: new("CHANGE"),
				})
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "operation_type",
		},
		"ShowCustomerExpenditureQuota": {
			succeeds: func(c *cloud) {
				require.NoError(c.t, c.SetExpenditureQuota(c.richAccount("yongzhi"), yuan("200.25")))
				assertFields(c.t, fields{
					"granting_amount": "200.25", "granting_amount_used": "0", "percentage_granting_amount_used": "0",
					"measure_id": 1, "currency": "USD",
				}, lossless(c, c.customer("yongzhi").abroad.ShowCustomerExpenditureQuota, &model.ShowCustomerExpenditureQuotaRequest{}))
			},
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.ShowCustomerExpenditureQuota, &model.ShowCustomerExpenditureQuotaRequest{})
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "customer",
		},
	}
}

func budgetsOf(indirect *string, customers ...string) *model.ListSubCustomerBudgetRequest {
	return &model.ListSubCustomerBudgetRequest{Body: &model.ListSubCustomerBudgetReq{CustomerIds: customers, IndirectPartnerId: indirect}}
}

func postpaidExchanges() map[string]exchange {
	return map[string]exchange{
		"ListPostpaidBillSum": {
			succeeds: func(c *cloud) {
				cycle, _ := billed(c)
				bill := c.postpaidBill(cycle)
				assertFields(c.t, fields{"bill_cycle": cycle, "currency": "USD", "adjustments": "0", "tax_amount": "0"}, bill)
				assert.True(c.t, bill.Refunds.IsNegative())
				assert.Equal(c.t, bill.InitialAmountDue.String(), decimal.Sum(*bill.ConsumeAmount, *bill.Refunds).String())
			},
			refused: func(c *cloud) error {
				return onlyError(c.partner().abroad.ListPostpaidBillSum, &model.ListPostpaidBillSumRequest{BillCycle: c.cycle(beyondHistory)})
			},
			status: http.StatusBadRequest, code: "CBC.0100", says: "bill_cycle",
		},
		"ShowPartnerConsumptionQuota": {
			succeeds: func(c *cloud) {
				consumed(c)
				require.NoError(c.t, c.SetPartnerBalance(yuan("30.4")))
				assertFields(c.t, fields{
					"consumption_quota": "100000.00", "amount": "30.40", "coupon_amount": "0.00", "due_amount": "0.00",
					"unbilled_amount": "100.50", "used_consumption_quota": "70.10", "measure_id": 1, "currency": "USD",
				}, lossless(c, c.partner().abroad.ShowPartnerConsumptionQuota, &model.ShowPartnerConsumptionQuotaRequest{}))
			},
			refused: func(c *cloud) error {
				c.richAccount("yongzhi")
				return onlyError(c.customer("yongzhi").abroad.ShowPartnerConsumptionQuota, &model.ShowPartnerConsumptionQuotaRequest{})
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "partner",
		},
		"ListInvoices": {
			succeeds: listsInvoices,
			refused: func(c *cloud) error {
				return onlyError(c.client(partnerCredentials().WithDomainId("somebody")).abroad.ListInvoices, c.invoices())
			},
			status: http.StatusForbidden, code: "CBC.0151", says: "domain_id",
		},
	}
}

func (c *cloud) postpaidBill(cycle string) *model.ListPostpaidBillSumResponse {
	c.t.Helper()
	return lossless(c, c.partner().abroad.ListPostpaidBillSum, &model.ListPostpaidBillSumRequest{BillCycle: cycle})
}

func (c *cloud) invoices() *model.ListInvoicesRequest {
	return &model.ListInvoicesRequest{
		StartTime: c.clock.Now().AddDate(-1, 0, 0).UTC().Format(time.RFC3339), EndTime: c.now(), Offset: 1, Limit: 10,
	}
}

// partnerDomain is the partner's id, as IAM names it.
func (c *cloud) partnerDomain() string {
	c.t.Helper()
	status, answer := c.send(http.MethodGet, "/v3/auth/domains", nil, partnerKeys)
	require.Equal(c.t, http.StatusOK, status)
	var domains struct {
		Domains []struct {
			ID string `json:"id"`
		} `json:"domains"`
	}
	require.NoError(c.t, json.Unmarshal([]byte(answer), &domains))
	return only(c.t, &domains.Domains).ID
}

// listsInvoices: the request has no field for the domain, which the SDK takes from
// its credentials.
func listsInvoices(c *cloud) {
	cycle, _ := billed(c)
	client := c.client(partnerCredentials().WithDomainId(c.partnerDomain()))
	answer := lossless(c, client.abroad.ListInvoices, c.invoices())
	assertFields(c.t, fields{"count": 1}, answer)
	invoice := only(c.t, answer.Invoices)
	assertFields(c.t, fields{
		"billCycle": cycle, "invoiceAmount": c.postpaidBill(cycle).InitialAmountDue, "invoiceState": 8, "requestMode": "0", "tradeType": 6,
	}, invoice)
	assertFields(c.t, fields{"taxClass": "VAT", "taxRate": "0", "taxAmount": "0"}, only(c.t, invoice.TaxList))
}

// moneyAsFloats is what the international SDK reads amounts of money as floats:
// they are right as far as a float goes, and are not to be calculated with.
var moneyAsFloats = []string{
	"ListCustomerOrders.order_infos", "ListSubCustomerCoupons.user_coupons", "ShowCustomerOrderDetails.order_info",
	"ShowCustomerOrderDetails.order_line_items",
}

func TestMoneyThatTheInternationalSDKReadsAsFloats(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	client := reflect.TypeFor[*intl.BssintlClient]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumOut() != 2 || strings.HasSuffix(m.Name, "Invoker") {
			continue
		}
		answer := m.Type.Out(0).Elem()
		for j := range answer.NumField() {
			if f := answer.Field(j); holdsFloat(f.Type) {
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				found[m.Name+"."+name] = true
			}
		}
	}
	for _, name := range moneyAsFloats {
		assert.True(t, found[name], "%s has no float any more", name)
		delete(found, name)
	}
	assert.Empty(t, found, "floats that are not in the list")
}

func holdsFloat(of reflect.Type) bool {
	switch of.Kind() {
	case reflect.Float32, reflect.Float64:
		return true
	case reflect.Pointer, reflect.Slice:
		return holdsFloat(of.Elem())
	case reflect.Struct:
		if of == reflect.TypeFor[decimal.Decimal]() {
			return false
		}
		for i := range of.NumField() {
			if holdsFloat(of.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
