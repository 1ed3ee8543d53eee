package onboard

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// qrCodeTime is how long a code is good.
const qrCodeTime = 10 * time.Minute

type qrCodeAnswer struct {
	QRCodeURL string `json:"qr_code_url"`
	// ExpiresAt is when it ends; it works once.
	ExpiresAt time.Time `json:"expires_at"`
}

// makeQRCode answers the code that a person scans to be authenticated by face. It is
// asked for with the customer's token.
func (f *function) makeQRCode(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	asked := f.now().UTC()
	address, err := f.realNameCloud.ShowRealNameAuthQrCode(ctx, bss.Customer(b.AccountName))
	if err != nil {
		return nil, qrCodeProblem(err)
	}
	res := handler.Created("", qrCodeAnswer{QRCodeURL: address, ExpiresAt: asked.Add(qrCodeTime)})
	res.Header = http.Header{"Cache-Control": {"no-store"}}
	return res, nil
}

type ownStatusAnswer struct {
	AccountID  string         `json:"account_id"`
	CustomerID string         `json:"customer_id"`
	Status     realNameStatus `json:"status"`
	// VerifiedType is 0 for a person and 1 for an enterprise.
	VerifiedType *bss.CustomerType `json:"verified_type,omitempty"`
}

// showOwnRealName tells what Huawei Cloud tells the customer itself.
func (f *function) showOwnRealName(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	status, err := f.realNameCloud.ShowRealNameAuthStatus(ctx, bss.Customer(b.AccountName))
	if err != nil {
		return nil, functions.Problem(err)
	}
	return handler.OK(ownStatusAnswer{b.AccountID, b.CustomerID, verifiedStatus(status.VerifiedStatus), status.VerifiedType}), nil
}

// sendCardCode makes Huawei Cloud send the code that a bank card is submitted with.
func (f *function) sendCardCode(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	var in codeRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	wrong := wrongMobile(in.Mobile)
	if in.Language != "" && in.Language != "zh-cn" && in.Language != "en-us" {
		wrong = append(wrong, handler.FieldError{Field: "language", Reason: "is zh-cn or en-us"})
	}
	if err := invalid(wrong); err != nil {
		return nil, err
	}
	if f.site != bss.SiteCN {
		return nil, functions.Problem(fmt.Errorf("a bank card: %w", bss.ErrNotOnSite))
	}
	err = f.cloud.SendVerificationMessageCode(ctx, bss.SendVerificationMessageCodeRequest{
		ReceiverType: bss.ReceiverMobile, MobilePhone: in.Mobile, Lang: in.Language,
		Scene: bss.SceneBankCard, CustomerID: b.CustomerID,
	})
	if err != nil {
		return nil, codeNotSent(err)
	}
	return handler.Accepted(codeAnswer{ExpiresAt: f.now().Add(codeMinutes * time.Minute)}), nil
}
