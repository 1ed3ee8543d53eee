package bss

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
)

// CheckUserIdentity tells whether a login name, mobile number or e-mail address
// can still be registered. For a mobile number it only checks how often that is
// registered already. The partner calls it, at most 5 times a second. It fails
// with ErrInvalid for a value of the wrong form.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00023.html.
func (c *Client) CheckUserIdentity(ctx context.Context, r CheckUserIdentityRequest) (Identity, error) {
	var out Identity
	err := c.do(ctx, call{op: checkUserIdentity, body: r}, &out)
	return out, err
}

// SendVerificationMessageCode sends a code to a mobile number, abroad to an e-mail
// address, for registering a customer (6 digits, 10 minutes) or, on the mainland,
// for real-name authentication by bank card. The partner calls it; 15 an hour and
// 60 a day are allowed, then it fails with ErrLimit. It sends a message, so it is
// not repeated when its outcome is unknown: the receiver knows.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00024.html.
func (c *Client) SendVerificationMessageCode(ctx context.Context, r SendVerificationMessageCodeRequest) error {
	return c.do(ctx, call{op: sendVerificationMessageCode, body: r}, nil)
}

// CreateSubCustomer registers a Huawei Cloud account for a customer of the sales
// platform. The account exists when it returns; its association with the partner
// follows, and ListSubCustomers shows when it is there. Abroad the new account is
// frozen until UnfreezeSubCustomers. The partner calls it. It fails with
// ErrDuplicate where the login name, the mobile number or XAccountID is taken, with
// ErrLimit where the number is registered too often, with ErrReserved,
// ErrAssociationFailed and ErrVerificationCode, and with ErrAssociationPending
// where the account was created but its association was not confirmed: then the
// result is filled in all the same, and the call must not be repeated.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00016.html.
func (c *Client) CreateSubCustomer(ctx context.Context, r CreateSubCustomerRequest) (CreatedCustomer, error) {
	var out CreatedCustomer
	err := c.do(ctx, call{op: createSubCustomer, body: r}, &out)
	var refusal *Error
	if errors.Is(err, ErrAssociationPending) && errors.As(err, &refusal) {
		// The refusal carries the ids; a body without them leaves the result empty.
		_ = json.Unmarshal(refusal.Body, &out)
	}
	return out, err
}

// ListSubCustomers lists the customers associated with the partner, or with one of
// its resellers. The partner calls it. It fails with ErrAccessDenied for somebody
// else's reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00021.html.
func (c *Client) ListSubCustomers(ctx context.Context, r ListSubCustomersRequest) iter.Seq2[SubCustomer, error] {
	return list[listSubCustomersPage, SubCustomer](ctx, c, call{op: listSubCustomers, body: r})
}

// ListSubCustomerNewTag lists which customers of the partner, or of one of its
// resellers, are new ones. The partner calls it; the international site lacks it.
//
// See https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001684055189.html.
func (c *Client) ListSubCustomerNewTag(ctx context.Context, r ListSubCustomerNewTagRequest) iter.Seq2[NewCustomerTag, error] {
	return list[listSubCustomerNewTagPage, NewCustomerTag](ctx, c, call{op: listSubCustomerNewTag, body: r})
}

// UnmarshalJSON reads the state also where it is printed as a number.
func (s *VerifiedStatus) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*string)(s)) == nil {
		return nil
	}
	var number json.Number
	err := json.Unmarshal(data, &number)
	*s = VerifiedStatus(number)
	return err
}

// UnmarshalJSON reads the number also where it is printed as a string.
func (f *Frozen) UnmarshalJSON(data []byte) error { return (*count)(f).UnmarshalJSON(data) }
