package bss

import "context"

// reviewed is the answer to a submission.
type reviewed struct {
	Review ReviewMode `json:"is_review"`
}

// CreatePersonalRealnameAuth submits the real name of a customer who is a person.
// The platform has put the attachments into its bucket before. The partner calls
// it, for its own customers. Attempts are counted and a bank card's code is used
// up, so it is not repeated when its outcome is unknown: look at
// ShowRealnameAuthenticationReviewResult. It fails with ErrRealName where the
// verification refuses what was submitted, ErrInvalid for the attachments,
// ErrDuplicate where the customer is authenticated or under review, ErrLimit,
// ErrTryLater, ErrVerificationCode, ErrNotFound, and ErrAccessDenied for a customer
// of a reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00017.html.
func (c *Client) CreatePersonalRealnameAuth(ctx context.Context, r CreatePersonalRealnameAuthRequest) (review ReviewMode, err error) {
	var out reviewed
	err = c.do(ctx, call{op: createPersonalRealnameAuth, body: r}, &out)
	return out.Review, err
}

// CreateEnterpriseRealnameAuthentication submits the real name of a customer that
// is an enterprise, which people review within some three working days. The
// platform has put the attachments into its bucket before. The partner calls it,
// for its own customers. Attempts are counted, so it is not repeated when its
// outcome is unknown: look at ShowRealnameAuthenticationReviewResult. It fails
// with ErrRealName, ErrInvalid for the attachments, ErrDuplicate where the customer
// is authenticated or under review, ErrLimit, ErrNotFound, and ErrAccessDenied for
// a customer of a reseller.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00018.html.
func (c *Client) CreateEnterpriseRealnameAuthentication(ctx context.Context, r CreateEnterpriseRealnameAuthenticationRequest) (review ReviewMode, err error) {
	var out reviewed
	err = c.do(ctx, call{op: createEnterpriseRealnameAuthentication, body: r}, &out)
	return out.Review, err
}

// ChangeEnterpriseRealnameAuthentication submits the real name of an enterprise
// for a customer who is authenticated as a person; no other change is possible. The
// partner calls it. As CreateEnterpriseRealnameAuthentication it is not repeated
// when its outcome is unknown, and fails with the same errors, and with
// ErrNotSupported for a customer who is not authenticated at all.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00019.html.
func (c *Client) ChangeEnterpriseRealnameAuthentication(ctx context.Context, r ChangeEnterpriseRealnameAuthenticationRequest) (review ReviewMode, err error) {
	var out reviewed
	err = c.do(ctx, call{op: changeEnterpriseRealnameAuthentication, body: r}, &out)
	return out.Review, err
}

// ShowRealnameAuthenticationReviewResult returns what came of the last submission
// for a customer. The partner calls it.
//
// See https://support.huaweicloud.com/api-bpconsole/mc_00020.html.
func (c *Client) ShowRealnameAuthenticationReviewResult(ctx context.Context, r ShowRealnameAuthenticationReviewResultRequest) (ReviewResult, error) {
	var out ReviewResult
	err := c.do(ctx, call{op: showRealnameAuthenticationReviewResult, query: r}, &out)
	return out, err
}

// ShowRealNameAuthStatus returns how far the customer's real-name authentication
// is. Only the customer may call it; the international site lacks it.
//
// See https://support.huaweicloud.com/api-oce/mac_00006.html.
func (c *Client) ShowRealNameAuthStatus(ctx context.Context, customer Customer) (RealNameAuthStatus, error) {
	var out RealNameAuthStatus
	err := c.do(ctx, call{op: showRealNameAuthStatus, customer: customer}, &out)
	return out, err
}

// ShowRealNameAuthQrCode returns the address behind a QR code that the customer
// scans to be authenticated by face. It works once, for 10 minutes. Only the
// customer may call it, with a token of the account itself: one of a user below it
// is refused with CBC.99007297. The international site lacks it.
//
// See https://support.huaweicloud.com/api-oce/mac_00005.html.
func (c *Client) ShowRealNameAuthQrCode(ctx context.Context, customer Customer) (qrCodeURL string, err error) {
	var out struct {
		URL string `json:"qr_code_url"`
	}
	err = c.do(ctx, call{op: showRealNameAuthQrCode, customer: customer}, &out)
	return out.URL, err
}
