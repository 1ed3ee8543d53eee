package onboard

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
)

// The rules are those of CreateEnterpriseRealnameAuthentication and of the change
// from a person to an enterprise, see
// https://support.huaweicloud.com/api-bpconsole/mc_00018.html and
// https://support.huaweicloud.com/api-bpconsole/mc_00019.html.
type enterpriseRequest struct {
	RequestID string `json:"request_id"`
	// CertificateType is 0 to 4 or 99, and need not be there.
	CertificateType *int   `json:"certificate_type"`
	CorpName        string `json:"corp_name"`
	VerifiedNumber  string `json:"verified_number"`
	RegCountry      string `json:"reg_country"`
	RegAddress      string `json:"reg_address"`
	// Attachments are in the order that the site asks for.
	Attachments      []string      `json:"attachments"`
	EnterprisePerson *personOfFirm `json:"enterprise_person"`
}

// personOfFirm is the legal person, in the API's own spelling.
type personOfFirm struct {
	LegalName     string `json:"legel_name"`
	LegalIDNumber string `json:"legel_id_number"`
	CertifierRole string `json:"certifier_role"`
}

var countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)

// submitEnterprise submits the real name of an enterprise.
func (f *function) submitEnterprise(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.submitFirm(ctx, r, enterprise, f.realNameCloud.CreateEnterpriseRealnameAuthentication)
}

// changeToEnterprise submits the real name of an enterprise for a customer that is
// known as a person.
func (f *function) changeToEnterprise(ctx context.Context, r *handler.Request) (*handler.Response, error) {
	return f.submitFirm(ctx, r, enterpriseChange, func(ctx context.Context, in bss.CreateEnterpriseRealnameAuthenticationRequest) (bss.ReviewMode, error) {
		return f.realNameCloud.ChangeEnterpriseRealnameAuthentication(ctx, bss.ChangeEnterpriseRealnameAuthenticationRequest{
			CustomerID: in.CustomerID, XAccountType: in.XAccountType, IdentifyType: in.IdentifyType,
			CertificateType: in.CertificateType, CorpName: in.CorpName, VerifiedNumber: in.VerifiedNumber,
			VerifiedFileURL: in.VerifiedFileURL, EnterprisePerson: in.EnterprisePerson,
			RegCountry: in.RegCountry, RegAddress: in.RegAddress, ChangeType: bss.PersonToEnterprise,
		})
	})
}

func (f *function) submitFirm(ctx context.Context, r *handler.Request, kind submissionKind,
	send func(context.Context, bss.CreateEnterpriseRealnameAuthenticationRequest) (bss.ReviewMode, error),
) (*handler.Response, error) {
	b, err := f.bound(ctx, r)
	if err != nil {
		return nil, err
	}
	var in enterpriseRequest
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(f.site == bss.SiteCN); err != nil {
		return nil, err
	}
	private := []string{in.CorpName, in.VerifiedNumber, in.RegAddress}
	if p := in.EnterprisePerson; p != nil {
		private = append(private, p.LegalName, p.LegalIDNumber)
	}
	return f.submit(ctx, submission{
		accountID: b.AccountID, customerID: b.CustomerID, requestID: in.RequestID, kind: kind,
		attachments: in.Attachments, content: in, private: private,
		send: func(ctx context.Context, files []string) (bss.ReviewMode, error) {
			return send(ctx, in.toAPI(b.CustomerID, f.xAccountType, files))
		},
	})
}

func (in enterpriseRequest) toAPI(customerID, xAccountType string, files []string) bss.CreateEnterpriseRealnameAuthenticationRequest {
	out := bss.CreateEnterpriseRealnameAuthenticationRequest{
		CustomerID: customerID, XAccountType: xAccountType, IdentifyType: bss.IdentifyEnterpriseCertificate,
		CorpName: in.CorpName, VerifiedNumber: in.VerifiedNumber, VerifiedFileURL: files,
		RegCountry: in.RegCountry, RegAddress: in.RegAddress,
	}
	if in.CertificateType != nil {
		out.CertificateType = new(bss.EnterpriseCertificate(*in.CertificateType))
	}
	if in.EnterprisePerson != nil {
		out.EnterprisePerson = bss.EnterprisePerson(*in.EnterprisePerson)
	}
	return out
}

var enterpriseCertificates = []bss.EnterpriseCertificate{
	bss.BusinessLicence, bss.PublicInstitutionCertificate, bss.SocialOrganisationCertificate,
	bss.AdministrativeQualification, bss.OrganisationCodeCertificate, bss.OtherCertificate,
}

func (in enterpriseRequest) validate(mainland bool) error {
	wrong := wrongSubmission(in.RequestID, in.VerifiedNumber)
	wrong = append(wrong, wrongText("corp_name", in.CorpName, 1, 255)...)
	if !strings.ContainsFunc(in.CorpName, unicode.IsLetter) {
		wrong = append(wrong, handler.FieldError{Field: "corp_name", Reason: "is not of digits, special characters and spaces alone"})
	}
	if in.CertificateType != nil && !slices.Contains(enterpriseCertificates, bss.EnterpriseCertificate(*in.CertificateType)) {
		wrong = append(wrong, handler.FieldError{Field: "certificate_type", Reason: "is 0, 1, 2, 3, 4 or 99"})
	}
	if in.RegCountry != "" && !countryPattern.MatchString(in.RegCountry) {
		wrong = append(wrong, handler.FieldError{Field: "reg_country", Reason: "is a code of two capital letters, such as CN"})
	}
	wrong = append(wrong, wrongText("reg_address", in.RegAddress, 0, 256)...)
	least, most := in.attachments(mainland)
	wrong = append(wrong, wrongAttachments(in.Attachments, least, most)...)
	if p := in.EnterprisePerson; p != nil {
		wrong = append(wrong, wrongText("enterprise_person.legel_name", p.LegalName, 1, 256)...)
		wrong = append(wrong, wrongText("enterprise_person.legel_id_number", p.LegalIDNumber, 1, 32)...)
		if p.CertifierRole != "" && p.CertifierRole != "legalPerson" {
			wrong = append(wrong, handler.FieldError{Field: "enterprise_person.certifier_role", Reason: "is legalPerson, or not there"})
		}
	}
	return invalid(wrong)
}

// attachments is how many there are: on the mainland the certificate, abroad its front
// and back; with a person, both sides of the ID card behind. Since the order decides
// what each one is, none may be left out in between; only the last one may, abroad,
// where a certificate has no back.
func (in enterpriseRequest) attachments(mainland bool) (least, most int) {
	switch {
	case mainland && in.EnterprisePerson == nil:
		return 1, 1
	case mainland:
		return 3, 3
	case in.EnterprisePerson == nil:
		return 1, 2
	}
	return 4, 4
}
