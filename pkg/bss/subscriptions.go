package bss

import "context"

// RenewalResources renews yearly/monthly resources: it places orders, which the
// customer pays with PayOrders, or which pay themselves from one discount, one
// voucher and the balance. The new period begins when the resource expires, also
// where that has passed; an automatic renewal stays as it is. Only a customer whose
// real name is verified may call it.
//
// It fails with ErrNotFound, with ErrTryLater where an order of the resource is being
// processed, and with ErrUnpaidOrder where one waits for its payment: one from before,
// or after CBC.30050006 the new one, which could not pay itself. It is never repeated
// when its outcome is unknown: look at the customer's orders of the type OrderRenewal.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00018.html.
func (c *Client) RenewalResources(ctx context.Context, customer Customer, r RenewalResourcesRequest) (Renewal, error) {
	var out Renewal
	err := c.do(ctx, call{op: renewalResources, customer: customer, body: r}, &out)
	return out, err
}

// CancelResourcesSubscription ends yearly/monthly resources, or only their renewals
// that have not begun, and refunds what is left: what was consumed and a fee are
// kept, but for ten new resources an account, within five days of their delivery.
// The orders that refund have negative amounts, of which ShowRefundOrderDetails
// tells more. Only the customer may call it.
//
// It fails with ErrNotFound, also for a resource that has ended, with ErrTryLater where
// an order of the resource is being processed, and with ErrUnpaidOrder. It is never
// repeated when its outcome is unknown: look at the customer's orders of the type
// OrderUnsubscribe.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00019.html.
func (c *Client) CancelResourcesSubscription(ctx context.Context, customer Customer, r CancelResourcesSubscriptionRequest) (Unsubscription, error) {
	var out Unsubscription
	err := c.do(ctx, call{op: cancelResourcesSubscription, customer: customer, body: r}, &out)
	return out, err
}

// AutoRenewalResources lets a yearly/monthly resource, with its main resource and
// what belongs to that, renew itself: at 03:00 GMT+8 from 7 days before it expires,
// or from the day of SetResourcesRenewConfig, every day until it is paid. Only the
// customer may call it. A repetition sets the same again. It fails with ErrNotFound,
// and with ErrFrozen where the resource is expired or frozen.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00022.html.
func (c *Client) AutoRenewalResources(ctx context.Context, customer Customer, r AutoRenewalResourcesRequest) error {
	k := call{op: autoRenewalResources, customer: customer, path: map[string]string{"resource_id": r.ResourceID}, body: r}
	return c.do(ctx, k, nil)
}

// CancelAutoRenewalResources ends what AutoRenewalResources began. Only the customer
// may call it. It fails with ErrNotFound, and with ErrNotSupported where the
// resource does not renew itself, which is also how a repetition ends.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00023.html.
func (c *Client) CancelAutoRenewalResources(ctx context.Context, customer Customer, r CancelAutoRenewalResourcesRequest) error {
	k := call{op: cancelAutoRenewalResources, customer: customer, path: map[string]string{"resource_id": r.ResourceID}}
	return c.do(ctx, k, nil)
}

// SetResourcesRenewConfig sets when all resources of a customer renew themselves, or
// on which day of the month renewed ones expire. Only the customer may call it. A
// repetition sets the same again. It fails with ErrInvalid for a value out of the
// setting's range.
//
// See https://support.huaweicloud.com/api-oce/api_order_00031.html.
func (c *Client) SetResourcesRenewConfig(ctx context.Context, customer Customer, r SetResourcesRenewConfigRequest) error {
	return c.do(ctx, call{op: setResourcesRenewConfig, customer: customer, body: r}, nil)
}

// UpdatePeriodToOnDemand lets yearly/monthly resources be charged on demand once they
// expire, or no longer, and returns those that are refused alone, such as one that
// has expired. Any other refusal is one of all. Only the customer may call it. A
// repetition sets the same again. It fails with ErrNotFound, with ErrNotSupported for
// a type that cannot be charged on demand, with ErrTryLater and with ErrUnpaidOrder.
//
// See https://support.huaweicloud.com/api-bpconsole/api_order_00024.html.
func (c *Client) UpdatePeriodToOnDemand(ctx context.Context, customer Customer, r UpdatePeriodToOnDemandRequest) ([]ItemError, error) {
	var out struct {
		Rows []ItemError `json:"error_details"`
	}
	err := c.do(ctx, call{op: updatePeriodToOnDemand, customer: customer, body: r}, &out)
	return out.Rows, err
}

// UpdatePeriodToOnDemandInstantly ends yearly/monthly resources, which go on to be
// charged on demand, and refunds what is left. Each resource has a result of its
// own. Only the customer may call it. Money moves, so it is never repeated when its
// outcome is unknown: look at the customer's orders of the type
// OrderPeriodToOnDemand.
//
// See https://support.huaweicloud.com/api-oce/api_order_00032.html.
func (c *Client) UpdatePeriodToOnDemandInstantly(
	ctx context.Context, customer Customer, r UpdatePeriodToOnDemandInstantlyRequest,
) ([]OnDemandConversion, error) {
	var out struct {
		Rows []OnDemandConversion `json:"to_ondemand_service_results"`
	}
	err := c.do(ctx, call{op: updatePeriodToOnDemandInstantly, customer: customer, body: r}, &out)
	return out.Rows, err
}
