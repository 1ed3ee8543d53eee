package onboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// realNameRefusals are the documented reasons for refusing a real name, in words for
// the person at the sales platform.
var realNameRefusals = map[string]handler.Problem{
	"CBC.99000000": {Status: http.StatusConflict, Code: "customer_not_yours", Detail: "The customer is a reseller's: the partner may not submit its real name.", Next: "Let the reseller submit it."},
	"CBC.99000026": {Status: http.StatusUnprocessableEntity, Code: "code_wrong", Detail: "The verification code is wrong.", Next: "Type the code of the last message again, or ask for another one."},
	"CBC.99000027": {Status: http.StatusUnprocessableEntity, Code: "code_expired", Detail: "The verification code has expired.", Next: "Ask for another code."},
	"CBC.99000035": {Status: http.StatusConflict, Code: "customer_not_associated", Detail: "The customer is not associated with the partner.", Next: "Wait for the association, or let the customer associate again."},
	"CBC.99000099": {Status: http.StatusUnprocessableEntity, Code: "attachment_too_large", Detail: "An attachment is larger than Huawei Cloud takes.", Next: "Let the customer take a smaller picture."},
	"CBC.99000100": {Status: http.StatusUnprocessableEntity, Code: "attachment_format", Detail: "Huawei Cloud does not take the format of an attachment.", Next: "Let the customer choose a picture, or a PDF, that is what its name says."},
	"CBC.99005030": {Status: http.StatusBadGateway, Code: "realname_off", Detail: "Huawei Cloud cannot read the attachments: real-name authentication is not switched on, or the bucket denies it.", Next: "Check the upload of real-name attachments in the partner centre's access configuration, its bucket, and that the bucket is not encrypted by default."},
	"CBC.99007004": {Status: http.StatusConflict, Code: "realname_checks_failed", Detail: "Huawei Cloud's checks of the customer do not allow it now.", Next: "See to what the fields name. A change to an enterprise takes a customer that is known as a person."},
	"CBC.99007188": {Status: http.StatusConflict, Code: "realname_exists", Detail: "The customer's real name is known already, or under review.", Next: "Look at where it stands; a person becomes an enterprise by a change."},
	"CBC.99007189": {Status: http.StatusConflict, Code: "certificate_limit", Detail: "Too many customers have this certificate number.", Next: "Let the customer use another certificate, or free an account of its own."},
	"CBC.99007191": {Status: http.StatusConflict, Code: "realname_attempts", Detail: "The customer has had the most attempts allowed.", Next: "Ask Huawei Cloud's service."},
	"CBC.99007193": {Status: http.StatusUnprocessableEntity, Code: "certificate_blocked", Detail: "The certificate number is on Huawei Cloud's blacklist.", Next: "Ask Huawei Cloud's service."},
	"CBC.99007202": {Status: http.StatusUnprocessableEntity, Code: "realname_failed", Detail: "The verification failed.", Next: "Compare what was typed with the certificate, and take better pictures."},
	"CBC.99007219": {Status: http.StatusUnprocessableEntity, Code: "face_differs", Detail: "The information does not match the face.", Next: "Let the person itself take the picture, in good light."},
	"CBC.99007253": {Status: http.StatusUnprocessableEntity, Code: "certificate_unreadable", Detail: "The picture of the certificate is invalid or blurred.", Next: "Take a sharp picture of the whole certificate."},
	"CBC.99007255": {Status: http.StatusUnprocessableEntity, Code: "card_holder_wrong", Detail: "The card holder or the mobile number is not what the bank knows.", Next: "Use the name, the certificate and the mobile number that the bank has."},
	"CBC.99007256": {Status: http.StatusUnprocessableEntity, Code: "legal_person_wrong", Detail: "The information on the legal person is wrong.", Next: "Compare it with the register."},
	"CBC.99007257": {Status: http.StatusUnprocessableEntity, Code: "enterprise_wrong", Detail: "The information on the enterprise is wrong.", Next: "Compare it with the certificate."},
	"CBC.99007258": {Status: http.StatusUnprocessableEntity, Code: "card_abnormal", Detail: "The bank card is frozen, expired or otherwise abnormal.", Next: "Use another card, or ask the bank."},
	"CBC.99007259": {Status: http.StatusUnprocessableEntity, Code: "card_not_enabled", Detail: "The bank card is not enabled for authenticated payment.", Next: "Enable it at the bank, or use another card."},
	"CBC.99007260": {Status: http.StatusServiceUnavailable, Code: "card_issuer_failed", RetryAfter: time.Minute, Detail: "UnionPay could not reach the bank.", Next: "Try again later with another code, or use another card."},
	"CBC.99007261": {Status: http.StatusUnprocessableEntity, Code: "card_not_supported", Detail: "The bank card is not supported.", Next: "Use another card."},
	"CBC.99007262": {Status: http.StatusServiceUnavailable, Code: "bank_failed", RetryAfter: time.Minute, Detail: "The bank's system or the network failed.", Next: "Try again later with another code."},
	"CBC.99007265": {Status: http.StatusConflict, Code: "customer_is_partner", Detail: "The account is a partner's, which is no individual.", Next: "Submit an enterprise."},
	"CBC.99007267": {Status: http.StatusConflict, Code: "customer_invited", Detail: "The account is being invited to an enterprise as a member.", Next: "Let the customer answer the invitation first."},
	"CBC.70600026": {Status: http.StatusConflict, Code: "realname_not_reviewed", Detail: "Huawei Cloud cannot review this.", Next: "Ask the account manager at Huawei Cloud."},
	"CBC.70600032": {Status: http.StatusConflict, Code: "identity_abnormal", Detail: "Huawei Cloud finds the identity abnormal.", Next: "Let the customer raise a service ticket."},
}

// problem words the failure of a submission. Nothing that was submitted is in it, nor
// in its cause: both are logged.
func (s submission) problem(err error) error {
	if _, unknown := errors.AsType[*ledger.UnknownError](err); unknown {
		return functions.Problem(err)
	}
	if refusal, known := realNameRefusals[code(err)]; known {
		refusal.Cause, refusal.Fields = err, s.failedChecks(err)
		return &refusal
	}
	err = functions.Problem(err)
	p, ok := errors.AsType[*handler.Problem](err)
	if !ok {
		return err
	}
	worded := *p
	worded.Detail = hide(p.Detail, s.private)
	return &worded
}

// maxChecks bounds how many failed checks are told.
const maxChecks = 20

// failedChecks are the fail_check_items of a refusal. Their form is not documented: of
// an object, all its texts are told.
func (s submission) failedChecks(err error) []handler.FieldError {
	refusal, ok := errors.AsType[*bss.Error](err)
	if !ok {
		return nil
	}
	var body struct {
		Items []json.RawMessage `json:"fail_check_items"`
	}
	if json.Unmarshal(refusal.Body, &body) != nil {
		return nil
	}
	var fields []handler.FieldError
	for i, item := range body.Items[:min(len(body.Items), maxChecks)] {
		fields = append(fields, handler.FieldError{Field: fmt.Sprintf("fail_check_items[%d]", i), Reason: hide(textOf(item), s.private)})
	}
	return fields
}

// textOf is a text, or the texts of an object in the order of their names.
func textOf(item json.RawMessage) string {
	var text string
	if json.Unmarshal(item, &text) == nil {
		return text
	}
	var object map[string]any
	if json.Unmarshal(item, &object) != nil {
		return string(item)
	}
	var parts []string
	for name, value := range object {
		parts = append(parts, fmt.Sprintf("%s: %v", name, value))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func submissionUnsettled(requestID string) error {
	return &handler.Problem{Status: http.StatusConflict, Code: "realname_unsettled", RetryAfter: time.Minute,
		Detail: "Nobody knows yet whether the customer's submission " + requestID + " was taken.",
		Next:   "Wait until it is settled, or send that one again."}
}

// qrCodeProblem words what keeps a customer from its code.
func qrCodeProblem(err error) error {
	if code(err) != "CBC.99007297" {
		return functions.Problem(err)
	}
	return &handler.Problem{Status: http.StatusConflict, Code: "qr_code_master_only", Cause: err,
		Detail: "Only the customer's account itself gets a code, not a user below it.",
		Next:   "Let the customer delegate with its account, or submit its real name here."}
}
