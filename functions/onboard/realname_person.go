package onboard

import (
	"context"
	"regexp"
	"slices"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The rules are those of CreatePersonalRealnameAuth, see
// https://support.huaweicloud.com/api-bpconsole/mc_00017.html.
var (
	bankAccountPattern = regexp.MustCompile(`^[0-9a-zA-Z][0-9a-zA-Z-]{0,99}$`)
	areaCodePattern    = regexp.MustCompile(`^[0-9]{1,10}$`)
	anyMobilePattern   = regexp.MustCompile(`^[0-9]{1,20}$`)
	cardCodePattern    = regexp.MustCompile(`^[0-9A-Za-z]{1,6}$`)
)

type personRequest struct {
	RequestID string `json:"request_id"`
	// IdentifyType is 0, a certificate, or on the mainland 4, a bank card.
	IdentifyType *int `json:"identify_type"`
	// VerifiedType is the kind of certificate: 3, 5, 6, 9 or 10.
	VerifiedType   *int   `json:"verified_type"`
	Name           string `json:"name"`
	VerifiedNumber string `json:"verified_number"`
	// Attachments are in the order that the certificate asks for.
	Attachments  []string         `json:"attachments"`
	BankCardInfo *bankCardRequest `json:"bank_card_info"`
}

type bankCardRequest struct {
	BankAccount string `json:"bank_account"`
	AreaCode    string `json:"areacode"`
	Mobile      string `json:"mobile"`
	// VerificationCode is what sendCardCode had sent to the mobile number.
	VerificationCode string `json:"verification_code"`
}

// submitPerson submits the real name of a person.
func (f *function) submitPerson(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	var in personRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(f.site == bss.SiteCN); err != nil {
		return nil, err
	}
	content := in
	private := []string{in.Name, in.VerifiedNumber}
	if card := in.BankCardInfo; card != nil {
		uncoded := *card
		uncoded.VerificationCode = ""
		content.BankCardInfo = &uncoded
		private = append(private, card.BankAccount, card.Mobile, card.VerificationCode)
	}
	return f.submit(ctx, submission{
		accountID: b.AccountID, customerID: b.CustomerID, requestID: in.RequestID, kind: individual,
		attachments: in.Attachments, content: content, private: private,
		send: func(ctx context.Context, files []string) (bss.ReviewMode, error) {
			return f.realNameCloud.CreatePersonalRealnameAuth(ctx, in.toAPI(b.CustomerID, f.xAccountType, files))
		},
	})
}

func (in personRequest) toAPI(customerID, xAccountType string, files []string) bss.CreatePersonalRealnameAuthRequest {
	out := bss.CreatePersonalRealnameAuthRequest{
		CustomerID: customerID, XAccountType: xAccountType, IdentifyType: bss.IdentifyType(*in.IdentifyType),
		Name: in.Name, VerifiedNumber: in.VerifiedNumber, VerifiedFileURL: files,
	}
	if in.VerifiedType != nil {
		out.VerifiedType = bss.PersonalCertificate(*in.VerifiedType)
	}
	if card := in.BankCardInfo; card != nil {
		out.BankCardInfo = bss.BankCard(*card)
	}
	return out
}

var personalCertificates = []bss.PersonalCertificate{bss.Passport, bss.HongKongMacaoPermit, bss.TaiwanPermit, bss.HongKongMacaoResidence, bss.TaiwanResidence}

func (in personRequest) validate(mainland bool) error {
	wrong := wrongSubmission(in.RequestID, in.VerifiedNumber)
	wrong = append(wrong, wrongText("name", in.Name, 1, 255)...)
	switch {
	case in.IdentifyType != nil && bss.IdentifyType(*in.IdentifyType) == bss.IdentifyPersonalCertificate:
		wrong = append(wrong, in.wrongCertificate(mainland)...)
	case in.IdentifyType != nil && bss.IdentifyType(*in.IdentifyType) == bss.IdentifyBankCard && mainland:
		wrong = append(wrong, in.wrongBankCard()...)
	case mainland:
		wrong = append(wrong, handler.FieldError{Field: "identify_type", Reason: "is 0, a certificate, or 4, a bank card"})
	default:
		wrong = append(wrong, handler.FieldError{Field: "identify_type", Reason: "is 0, a certificate"})
	}
	return invalid(wrong)
}

func (in personRequest) wrongCertificate(mainland bool) []handler.FieldError {
	var wrong []handler.FieldError
	if in.BankCardInfo != nil {
		wrong = append(wrong, handler.FieldError{Field: "bank_card_info", Reason: "is for identify_type 4 only"})
	}
	if in.VerifiedType == nil || !slices.Contains(personalCertificates, bss.PersonalCertificate(*in.VerifiedType)) {
		return append(wrong, handler.FieldError{Field: "verified_type", Reason: "is 3 (passport), 5, 6 (permits), 9 or 10 (residence permits)"})
	}
	// The front, the back (of a passport on the mainland the page with the stamp of
	// entry, abroad none), and the person with the certificate in hand.
	needed := 3
	if !mainland && bss.PersonalCertificate(*in.VerifiedType) == bss.Passport {
		needed = 2
	}
	return append(wrong, wrongAttachments(in.Attachments, needed, needed)...)
}

func (in personRequest) wrongBankCard() []handler.FieldError {
	var wrong []handler.FieldError
	if in.VerifiedType != nil {
		wrong = append(wrong, handler.FieldError{Field: "verified_type", Reason: "is for identify_type 0 only"})
	}
	wrong = append(wrong, wrongAttachments(in.Attachments, 1, 1)...) // the face
	card := in.BankCardInfo
	if card == nil {
		return append(wrong, handler.FieldError{Field: "bank_card_info", Reason: "is needed for identify_type 4"})
	}
	if !bankAccountPattern.MatchString(card.BankAccount) {
		wrong = append(wrong, handler.FieldError{Field: "bank_card_info.bank_account", Reason: "has 1 to 100 letters and digits, with - between them"})
	}
	if !areaCodePattern.MatchString(card.AreaCode) {
		wrong = append(wrong, handler.FieldError{Field: "bank_card_info.areacode", Reason: "has 1 to 10 digits, such as 0086"})
	}
	if !anyMobilePattern.MatchString(card.Mobile) {
		wrong = append(wrong, handler.FieldError{Field: "bank_card_info.mobile", Reason: "has 1 to 20 digits"})
	}
	if !cardCodePattern.MatchString(card.VerificationCode) {
		wrong = append(wrong, handler.FieldError{Field: "bank_card_info.verification_code", Reason: "is the code of at most 6 letters and digits that was sent to the mobile number"})
	}
	return wrong
}
