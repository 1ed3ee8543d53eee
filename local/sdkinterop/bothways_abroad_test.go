package sdkinterop_test

import (
	"net/http"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

func TestBudgetSetByOneIsReadByBoth(t *testing.T) {
	t.Parallel()
	eachWriterOf(t, bss.SiteIntl, func(c *cloud, byOwn bool) {
		id := c.account("yongzhi", c.sold())
		if byOwn {
			require.NoError(c.t, c.own().UpdateSubCustomerBudget(c.t.Context(), bss.UpdateSubCustomerBudgetRequest{
				CustomerID: id, BudgetAmount: yuan("200.25"), BudgetType: bss.BudgetPackage, FrozenOperateType: new(bss.FreezeAutomatically),
			}))
		} else {
			require.NoError(c.t, c.setBudget(id, "200.25"))
		}
		order := c.order(huawei.NewOrder{CustomerID: id, OfficialAmount: yuan("100.5")})
		require.NoError(c.t, c.own().PayOrders(c.t.Context(), "yongzhi", bss.PayOrdersRequest{OrderID: order}))

		read, err := c.own().ShowSubCustomerBudget(c.t.Context(), bss.ShowSubCustomerBudgetRequest{CustomerID: id})
		require.NoError(c.t, err)
		assert.Equal(c.t, bss.SubCustomerBudget{
			BudgetAmount: yuan("200.25"), UsedAmount: yuan("100.5"), BudgetType: bss.BudgetPackage, Currency: "USD", MeasureID: 1,
		}, read)
		record := onlyOf(c.t, c.own().ListSubCustomerBudgetRecords(c.t.Context(), bss.ListSubCustomerBudgetRecordsRequest{CustomerID: id}))
		assert.Equal(c.t, bss.BudgetSetting, record.OperationType)
		assert.Equal(c.t, bss.At(c.clock.Now()), record.OperationTime)

		answer := lossless(c, c.partner().abroad.ListSubCustomerBudget, budgetsOf(nil, id))
		assertFields(c.t, fields{
			"customer_id": id, "budget_amount": "200.25", "used_amount": "100.5", "budget_type": "PACKAGE",
		}, only(c.t, answer.BudgetInfos))
	})
}

func TestFreezeByOneIsReadByBoth(t *testing.T) {
	t.Parallel()
	eachWriterOf(t, bss.SiteIntl, func(c *cloud, byOwn bool) {
		id, other := c.account("yongzhi", c.sold()), c.account("another", huawei.AssociationReferral)
		if byOwn {
			refused, err := c.own().FreezeSubCustomers(c.t.Context(), bss.FreezeSubCustomersRequest{
				CustomerIDs: []string{id, other}, Reason: "overdue", FreezeType: bss.FreezeAccountAndResource,
			})
			require.NoError(c.t, err)
			assert.Equal(c.t, "CBC.99005024", only(c.t, &refused).Code)
			assert.Equal(c.t, other, refused[0].ID)
		} else {
			lossless(c, c.partner().abroad.FreezeSubCustomers, freezing(id, other))
		}
		read := onlyOf(c.t, c.own().ListSubCustomers(c.t.Context(), bss.ListSubCustomersRequest{CustomerID: id}))
		assert.EqualValues(c.t, 1, read.IsFrozen)
		assertFields(c.t, fields{"is_frozen": 1}, c.listed(id))

		refused, err := c.own().UnfreezeSubCustomers(c.t.Context(), bss.UnfreezeSubCustomersRequest{
			CustomerIDs: []string{id}, Reason: "paid", UnfreezeType: bss.FreezeAccountAndResource,
		})
		require.NoError(c.t, err)
		assert.Empty(c.t, refused)
		_, err = c.own().FreezeSubCustomers(c.t.Context(), bss.FreezeSubCustomersRequest{CustomerIDs: []string{other}, Reason: "overdue"})
		var refusal *bss.Error
		require.ErrorAs(c.t, err, &refusal)
		assert.Equal(c.t, http.StatusBadRequest, refusal.Status)
	})
}

// What the partner owes is the same in every list, whoever reads it.
func TestBothReadThePartnersBill(t *testing.T) {
	t.Parallel()
	c := newCloudOf(t, bss.SiteIntl)
	cycle, _ := billed(c)
	sdks := c.postpaidBill(cycle)
	own, err := c.own().ListPostpaidBillSum(t.Context(), bss.ListPostpaidBillSumRequest{BillCycle: cycle})
	require.NoError(t, err)
	assert.True(t, own.InitialAmountDue.Equal(*sdks.InitialAmountDue))
	assert.True(t, own.Refunds.Equal(*sdks.Refunds))

	domain := c.partnerDomain()
	invoice := onlyOf(t, c.own().ListInvoices(t.Context(), bss.ListInvoicesRequest{
		DomainID: domain, StartTime: bss.At(c.clock.Now().AddDate(-1, 0, 0)), EndTime: bss.At(c.clock.Now()),
	}))
	assert.True(t, own.InitialAmountDue.Equal(invoice.InvoiceAmount))
	assert.Equal(t, bss.InvoiceDone, invoice.InvoiceState)
	answer := lossless(c, c.client(partnerCredentials().WithDomainId(domain)).abroad.ListInvoices, c.invoices())
	assertFields(t, fields{"requestId": invoice.RequestID, "invoiceNo": invoice.InvoiceNo}, only(t, answer.Invoices))

	quota, err := c.own().ShowPartnerConsumptionQuota(t.Context())
	require.NoError(t, err)
	assert.True(t, quota.DueAmount.Equal(own.InitialAmountDue))
	theirs := lossless(c, c.partner().abroad.ShowPartnerConsumptionQuota, &model.ShowPartnerConsumptionQuotaRequest{})
	assert.Equal(t, *theirs.DueAmount, quota.DueAmount.StringFixed(2))
	c.assertConsistent()
}
