package bss

import (
	"context"
	"iter"
)

// ListEnterpriseSubCustomers lists the members of an enterprise. Only its master may
// call it: it fails with ErrAccessDenied for who is none.
//
// See https://support.huaweicloud.com/api-oce/ep_00021.html.
func (c *Client) ListEnterpriseSubCustomers(ctx context.Context, master Customer, r ListEnterpriseSubCustomersRequest) iter.Seq2[EnterpriseMember, error] {
	return list[listEnterpriseSubCustomersPage, EnterpriseMember](ctx, c,
		call{op: listEnterpriseSubCustomers, customer: master, query: r})
}

// ListEnterpriseOrganizations returns the units of an enterprise, or of a part of it.
// Only its master may call it.
//
// See https://support.huaweicloud.com/api-oce/ep_00020.html.
func (c *Client) ListEnterpriseOrganizations(ctx context.Context, master Customer, r ListEnterpriseOrganizationsRequest) (Organization, error) {
	var out Organization
	err := c.do(ctx, call{op: listEnterpriseOrganizations, customer: master, query: r}, &out)
	return out, err
}

// CreateSubEnterpriseAccount opens an account for a new member, which is being created
// for a while after. Only the master may call it. A repetition is refused with
// ErrDuplicate, because the login name is taken then: after an unknown outcome look for
// that name in ListEnterpriseSubCustomers. It fails with ErrVerificationCode for a code
// that is wrong or expired.
//
// See https://support.huaweicloud.com/api-oce/ep_00023.html.
func (c *Client) CreateSubEnterpriseAccount(ctx context.Context, master Customer, r CreateSubEnterpriseAccountRequest) error {
	return c.do(ctx, call{op: createSubEnterpriseAccount, customer: master, body: r}, nil)
}

// SendSmsVerificationCode sends the code that CreateSubEnterpriseAccount wants to a new
// member's mobile number. Only the master may call it. A message costs money and
// bothers its receiver, so none is repeated when the outcome is unknown. It fails with
// ErrLimit after too many.
//
// See https://support.huaweicloud.com/api-oce/ep_00014.html.
func (c *Client) SendSmsVerificationCode(ctx context.Context, master Customer, r SendSmsVerificationCodeRequest) error {
	return c.do(ctx, call{op: sendSmsVerificationCode, customer: master, body: r}, nil)
}

// UpdateSubEnterpriseAmount moves money or credit from the master to a member whose
// finances are its own. Only the master may call it. It fails with
// ErrInsufficientBalance, with ErrNotFound for who is no member, and with
// ErrNotSupported for a member in custody or one that is not ready.
//
// It is never repeated by the client when its outcome is unknown, because without a
// TransID that would move the money again. The caller may repeat it where it gave one: a
// TransID works once, and ErrDuplicate then says that the first request had been taken.
// ListEnterpriseMultiAccount shows what the member got.
//
// See https://support.huaweicloud.com/api-oce/ep_00016.html.
func (c *Client) UpdateSubEnterpriseAmount(ctx context.Context, master Customer, r UpdateSubEnterpriseAmountRequest) error {
	return c.do(ctx, call{op: updateSubEnterpriseAmount, customer: master, body: r}, nil)
}

// ReclaimSubEnterpriseAmount takes back from a member what the master transferred. Only
// the master may call it. It fails with ErrInsufficientBalance. It is never repeated by
// the client when its outcome is unknown; with a TransID the caller may repeat it, as it
// may UpdateSubEnterpriseAmount.
//
// See https://support.huaweicloud.com/api-oce/ep_00017.html.
func (c *Client) ReclaimSubEnterpriseAmount(ctx context.Context, master Customer, r ReclaimSubEnterpriseAmountRequest) error {
	return c.do(ctx, call{op: reclaimSubEnterpriseAmount, customer: master, body: r}, nil)
}

// ShowMultiAccountTransferAmount lists what the master can transfer: one row for cash,
// or one for each end that its credit has. Only the master may call it.
//
// See https://support.huaweicloud.com/api-oce/ep_00018.html.
func (c *Client) ShowMultiAccountTransferAmount(ctx context.Context, master Customer, r ShowMultiAccountTransferAmountRequest) iter.Seq2[TransferableAmount, error] {
	return list[showMultiAccountTransferAmountPage, TransferableAmount](ctx, c,
		call{op: showMultiAccountTransferAmount, customer: master, query: r})
}

// ListEnterpriseMultiAccount lists what the master can take back from a member: one row
// for cash, or one for each end that its credit has. Only the master may call it.
//
// See https://support.huaweicloud.com/api-oce/ep_00019.html.
func (c *Client) ListEnterpriseMultiAccount(ctx context.Context, master Customer, r ListEnterpriseMultiAccountRequest) iter.Seq2[RetrievableAmount, error] {
	return list[listEnterpriseMultiAccountPage, RetrievableAmount](ctx, c,
		call{op: listEnterpriseMultiAccount, customer: master, query: r})
}

// CreateEnterpriseProjectAuth lets a customer use enterprise projects. Only the customer
// may call it, an enterprise whose real name is verified. Once it may use them, a
// repetition changes nothing. It fails with ErrNotSupported for who may not.
//
// See https://support.huaweicloud.com/api-oce/ep_00022.html.
func (c *Client) CreateEnterpriseProjectAuth(ctx context.Context, customer Customer) error {
	return c.do(ctx, call{op: createEnterpriseProjectAuth, customer: customer}, nil)
}
