package bss_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/huawei"
	"github.com/bssfn/bssfn/pkg/bss"
)

const (
	renewPath     = "/v2/orders/subscriptions/resources/renew"
	autoRenewPath = "/v2/orders/subscriptions/resources/autorenew/"
)

// resource reads a main resource of the resale customer again.
func (w *world) resource(t *testing.T, id string) bss.PeriodResource {
	t.Helper()
	rows, err := bss.Collect(w.client(t).ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{
		CustomerID: w.resale, ResourceIDs: []string{id}, OnlyMainResource: 1,
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

func TestARenewalIsPaidLikeAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	renewal, err := c.RenewalResources(t.Context(), resaleName, renewalOf(server.ResourceID))
	require.NoError(t, err)
	require.Len(t, renewal.OrderIDs, 1)
	assert.Empty(t, renewal.FailResourceInfos)
	assert.JSONEq(t, `{"resource_ids":["`+server.ResourceID+`"],"period_type":2,"period_num":1}`, w.wire.to(renewPath)[0].body)

	order := onlyOrder(t, c, bss.ListCustomerOrdersRequest{CustomerID: w.resale, OrderType: bss.OrderRenewal})
	assert.Equal(t, renewal.OrderIDs[0], order.OrderID)
	assert.Equal(t, bss.OrderPendingPayment, order.Status)
	equalAmount(t, "310", order.OfficialAmount)
	assert.Equal(t, server.ExpireTime, w.resource(t, server.ResourceID).ExpireTime)

	require.NoError(t, c.PayOrders(t.Context(), resaleName, bss.PayOrdersRequest{OrderID: order.OrderID}))
	w.clock.Advance(5 * time.Second)
	assert.Equal(t, bss.At(server.ExpireTime.AddDate(0, 1, 0)), w.resource(t, server.ResourceID).ExpireTime)
}

func TestARenewalPaysItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	r := renewalOf(server.ResourceID)
	r.IsAutoPay = 1
	renewal, err := c.RenewalResources(t.Context(), resaleName, r)
	require.NoError(t, err)
	order := onlyOrder(t, c, bss.ListCustomerOrdersRequest{OrderID: renewal.OrderIDs[0]})
	assert.Equal(t, bss.OrderProcessing, order.Status)
	equalAmount(t, "279", order.AmountAfterDiscount)
	require.Len(t, order.AmountInfo.Discounts, 1)
	assert.Equal(t, bss.ItemCommercialContract, order.AmountInfo.Discounts[0].DiscountType)
	equalAmount(t, "31", order.AmountInfo.Discounts[0].DiscountAmount)
}

func TestARenewalThatCannotPayItselfIsAnOrderAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	require.NoError(t, w.SetCash(w.resale, yuan("1")))
	r := renewalOf(server.ResourceID)
	r.IsAutoPay = 1
	_, err := c.RenewalResources(t.Context(), resaleName, r)
	require.ErrorIs(t, err, bss.ErrUnpaidOrder)
	assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Equal(t, bss.OrderPendingPayment, onlyOrder(t, c, bss.ListCustomerOrdersRequest{OrderType: bss.OrderRenewal}).Status)

	_, err = c.RenewalResources(t.Context(), resaleName, r)
	require.ErrorIs(t, err, bss.ErrUnpaidOrder)
}

func TestARenewalWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	w.fault(t, "RenewalResources", huawei.FaultReset, huawei.AfterEffect, 1)
	_, err := c.RenewalResources(t.Context(), resaleName, renewalOf(server.ResourceID))
	require.ErrorIs(t, err, bss.ErrOutcomeUnknown)
	assert.Len(t, w.wire.to(renewPath), 1)
	onlyOrder(t, c, bss.ListCustomerOrdersRequest{CustomerID: w.resale, OrderType: bss.OrderRenewal})
}

func TestWhyAResourceIsNotRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	for name, test := range map[string]struct {
		request bss.RenewalResourcesRequest
		want    error
	}{
		"unknown":            {renewalOf("nothing"), bss.ErrNotFound},
		"a disk of a server": {renewalOf(w.diskOf(t, server.ResourceID)), bss.ErrNotSupported},
		"four years": {bss.RenewalResourcesRequest{
			ResourceIDs: []string{server.ResourceID}, PeriodType: bss.PeriodYear, PeriodNum: 4,
		}, bss.ErrInvalid},
		"twice": {bss.RenewalResourcesRequest{
			ResourceIDs: []string{server.ResourceID, server.ResourceID}, PeriodType: bss.PeriodMonth, PeriodNum: 1,
		}, bss.ErrInvalid},
	} {
		_, err := c.RenewalResources(t.Context(), resaleName, test.request)
		require.ErrorIs(t, err, test.want, name)
		assert.NotErrorIs(t, err, bss.ErrOutcomeUnknown, name)
	}
	assert.Zero(t, w.effects("RenewalResources"))
}

// diskOf is what belongs to a server.
func (w *world) diskOf(t *testing.T, server string) string {
	t.Helper()
	rows, err := bss.Collect(w.client(t).ListPayPerUseCustomerResources(t.Context(), bss.ListPayPerUseCustomerResourcesRequest{
		CustomerID: w.resale, ResourceIDs: []string{server},
	}))
	require.NoError(t, err)
	require.Len(t, rows, 2)
	return rows[1].ResourceID
}

func TestEndingAResourceRefundsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	r := endOf(server.ResourceID)
	r.UnsubscribeReasonType, r.UnsubscribeReason = bss.ReasonOther, "搬迁"
	ended, err := c.CancelResourcesSubscription(t.Context(), resaleName, r)
	require.NoError(t, err)
	require.Len(t, ended.OrderIDs, 1)
	assert.JSONEq(t, `{"resource_ids":["`+server.ResourceID+`"],"unsubscribe_type":1,"unsubscribe_reason_type":5,"unsubscribe_reason":"搬迁"}`,
		w.wire.to("/v2/orders/subscriptions/resources/unsubscribe")[0].body)

	order := onlyOrder(t, c, bss.ListCustomerOrdersRequest{CustomerID: w.resale, OrderType: bss.OrderUnsubscribe})
	assert.Equal(t, ended.OrderIDs[0], order.OrderID)
	equalAmount(t, "-310", order.AmountAfterDiscount)
	assert.Equal(t, bss.ResourceClosed, w.resource(t, server.ResourceID).Status)

	_, err = c.CancelResourcesSubscription(t.Context(), resaleName, r)
	require.ErrorIs(t, err, bss.ErrNotFound)
	assert.Equal(t, 1, w.effects("CancelResourcesSubscription"))
}

func TestOnlyTheRenewalsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, server := w.client(t), w.server(t)
	r := endOf(server.ResourceID)
	r.UnsubscribeType = bss.UnsubscribeRenewals
	var refusal *bss.Error
	_, err := c.CancelResourcesSubscription(t.Context(), resaleName, r)
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, "CBC.99003128", refusal.Code, "there is none")

	renewal := renewalOf(server.ResourceID)
	renewal.IsAutoPay = 1
	_, err = c.RenewalResources(t.Context(), resaleName, renewal)
	require.NoError(t, err)
	w.clock.Advance(5 * time.Second)
	_, err = c.CancelResourcesSubscription(t.Context(), resaleName, r)
	require.NoError(t, err)
	again := w.resource(t, server.ResourceID)
	assert.Equal(t, bss.ResourceInUse, again.Status)
	assert.Equal(t, server.ExpireTime, again.ExpireTime)
}

func TestAutomaticRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, id := w.client(t), w.server(t).ResourceID
	for name, test := range map[string]struct {
		request bss.AutoRenewalResourcesRequest
		body    string
	}{
		"as it was bought": {bss.AutoRenewalResourcesRequest{ResourceID: id}, `{}`},
		"for ever":         {bss.AutoRenewalResourcesRequest{ResourceID: id, AutoRenewTimes: new(0)}, `{"auto_renew_times":0}`},
		"three years": {
			bss.AutoRenewalResourcesRequest{ResourceID: id, AutoRenewTimes: new(3), PeriodType: bss.AutoRenewYear},
			`{"auto_renew_times":3,"period_type":"YEAR"}`,
		},
	} {
		require.NoError(t, c.AutoRenewalResources(t.Context(), resaleName, test.request), name)
		sent := w.wire.to(autoRenewPath + id)
		assert.JSONEq(t, test.body, sent[len(sent)-1].body, name)
	}
	assert.Equal(t, bss.ExpiryRenewal, w.resource(t, id).ExpirePolicy)

	end := bss.CancelAutoRenewalResourcesRequest{ResourceID: id}
	require.NoError(t, c.CancelAutoRenewalResources(t.Context(), resaleName, end))
	assert.Equal(t, bss.ExpiryGrace, w.resource(t, id).ExpirePolicy)
	var refusal *bss.Error
	require.ErrorAs(t, c.CancelAutoRenewalResources(t.Context(), resaleName, end), &refusal)
	assert.Equal(t, "CBC.99003605", refusal.Code)
	require.ErrorIs(t, c.AutoRenewalResources(t.Context(), resaleName, bss.AutoRenewalResourcesRequest{ResourceID: "nothing"}), bss.ErrNotFound)
	require.ErrorContains(t, c.AutoRenewalResources(t.Context(), resaleName, bss.AutoRenewalResourcesRequest{}), "resource_id is empty")
}

func TestRenewalsAreConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	for value, want := range map[string]error{"28": nil, "-1": nil, "29": bss.ErrInvalid} {
		err := c.SetResourcesRenewConfig(t.Context(), resaleName, bss.SetResourcesRenewConfigRequest{ConfigName: bss.RenewExpireDate, ConfigValue: value})
		require.ErrorIs(t, err, want, value)
	}
	assert.Equal(t, 2, w.effects("SetResourcesRenewConfig"))
}

func TestResourcesGoOnOnDemand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, old := w.client(t), w.server(t).ResourceID
	w.clock.Advance(32 * 24 * time.Hour)
	id := w.server(t).ResourceID
	failed, err := c.UpdatePeriodToOnDemand(t.Context(), resaleName, bss.UpdatePeriodToOnDemandRequest{
		ResourceIDs: []string{old, id}, Operation: bss.OnDemandSetUp,
	})
	require.NoError(t, err)
	require.Len(t, failed, 1)
	assert.Equal(t, old, failed[0].ID)
	assert.Equal(t, "CBC.99003610", failed[0].Code)
	assert.NotEmpty(t, failed[0].Message)
	assert.Equal(t, bss.ExpiryOnDemand, w.resource(t, id).ExpirePolicy)

	failed, err = c.UpdatePeriodToOnDemand(t.Context(), resaleName, bss.UpdatePeriodToOnDemandRequest{
		ResourceIDs: []string{id}, Operation: bss.OnDemandCancel,
	})
	require.NoError(t, err)
	assert.Empty(t, failed)
	assert.Equal(t, bss.ExpiryGrace, w.resource(t, id).ExpirePolicy)
}

func TestResourcesAreConvertedInstantly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, id := w.client(t), w.server(t).ResourceID
	results, err := c.UpdatePeriodToOnDemandInstantly(t.Context(), resaleName, bss.UpdatePeriodToOnDemandInstantlyRequest{
		ResourceIDs: []string{id, "nothing"},
	})
	require.NoError(t, err)
	order := onlyOrder(t, c, bss.ListCustomerOrdersRequest{CustomerID: w.resale, OrderType: bss.OrderPeriodToOnDemand})
	require.Len(t, results, 2)
	assert.Equal(t, bss.OnDemandConversion{ResourceID: id, Result: bss.ConversionDone, OrderID: order.OrderID}, results[0])
	assert.Equal(t, bss.ConversionFailed, results[1].Result)
	assert.Equal(t, "CBC.99003012", results[1].Code)
	assert.NotEmpty(t, results[1].Message)
	equalAmount(t, "-279", order.AmountAfterDiscount)

	rows, err := bss.Collect(c.ListCustomerOnDemandResources(t.Context(), bss.ListCustomerOnDemandResourcesRequest{
		CustomerID: w.resale, ResourceIDs: []string{id},
	}))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, bss.OnDemandNormal, rows[0].Status)
	assert.Empty(t, w.Check())
}
