package onboard

import (
	"errors"
	"net/http"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/pkg/bss"
	"github.com/bssfn/bssfn/pkg/handler"
	"github.com/bssfn/bssfn/pkg/ledger"
)

// code is the API's code of a refusal, "" for another failure.
func code(err error) string {
	if refusal, ok := errors.AsType[*bss.Error](err); ok {
		return refusal.Code
	}
	return ""
}

// resellerNotOurs refuses what is asked for a reseller that the partner does not have.
const resellerNotOurs = "CBC.99000037"

// refusals are the documented reasons for not registering a customer, in words for
// the person at the sales platform. What is no reason of its own, such as a parameter
// that Huawei Cloud does not take, is answered as for every operation.
var refusals = map[string]handler.Problem{
	"CBC.99000038":  {Status: http.StatusConflict, Code: "login_name_taken", Detail: "The login name exists already.", Next: "Choose another login name."},
	"CBC.99000039":  {Status: http.StatusConflict, Code: "account_taken", Detail: "The account id is bound to another Huawei Cloud account.", Next: "Look the customer up instead of registering it."},
	"CBC.99000029":  {Status: http.StatusConflict, Code: "mobile_taken", Detail: "The mobile number exists already.", Next: "Use another number, or let the customer bind its account through a login URL."},
	"CBC.99000030":  {Status: http.StatusConflict, Code: "mobile_limit", Detail: "The mobile number has the most accounts allowed.", Next: "Use another number."},
	"CBC.99000051":  {Status: http.StatusConflict, Code: "customer_reserved", Detail: "The mobile number or e-mail address is registered with Huawei Cloud as somebody else's prospect.", Next: "Ask the ecosystem manager at Huawei Cloud."},
	"CBC.99000031":  {Status: http.StatusUnprocessableEntity, Code: "login_name_refused", Detail: "Huawei Cloud does not accept the login name.", Next: "Choose another login name."},
	"CBC.5017":      {Status: http.StatusUnprocessableEntity, Code: "mobile_refused", Detail: "Huawei Cloud does not accept the mobile number.", Next: "Correct the number."},
	"CBC.99000036":  {Status: http.StatusUnprocessableEntity, Code: "password_refused", Detail: "Huawei Cloud does not accept the password.", Next: "Choose another password, or none."},
	"CBC.99004008":  {Status: http.StatusUnprocessableEntity, Code: "code_expired", Detail: "The verification code has expired.", Next: "Ask for another code."},
	"CBC.99004009":  {Status: http.StatusUnprocessableEntity, Code: "code_used_up", Detail: "A wrong verification code was given too often.", Next: "Ask for another code."},
	"CBC.99004010":  {Status: http.StatusUnprocessableEntity, Code: "code_wrong", Detail: "The verification code is wrong.", Next: "Type the code of the last message again, or ask for another one."},
	"CBC.99000004":  {Status: http.StatusConflict, Code: "association_failed", Detail: "The customer could not be associated with the partner.", Next: "Send the registration again later; ask Huawei Cloud's support where it stays so."},
	resellerNotOurs: {Status: http.StatusNotFound, Code: "reseller_unknown", Detail: "The partner has no such reseller.", Next: "Check indirect_partner_id."},
	"CBC.50010059":  {Status: http.StatusConflict, Code: "distributor_only", Detail: "The partner is a distributor that registers customers for its resellers only.", Next: "Say in indirect_partner_id whose customer it is to be."},
	"CBC.50010065":  {Status: http.StatusConflict, Code: "distributor_delisted", Detail: "The partner's distributor is delisted: no customers can be associated.", Next: "Ask the ecosystem manager at Huawei Cloud."},
	"CBC.50010085":  {Status: http.StatusConflict, Code: "partner_restricted", Detail: "The partner is restricted: no customers can be associated.", Next: "Ask the ecosystem manager at Huawei Cloud."},
	"CBC.50010086":  {Status: http.StatusConflict, Code: "distributor_restricted", Detail: "The partner's distributor is restricted: no customers can be associated.", Next: "Ask the ecosystem manager at Huawei Cloud."},
	"CBC.99005035":  {Status: http.StatusConflict, Code: "partner_sandbox", Detail: "The partner's account is for tests: it cannot register customers.", Next: "Use the credentials of the partner's real account."},
}

// emailTaken stands for mobile_taken where customers have e-mail addresses.
var emailTaken = handler.Problem{
	Status: http.StatusConflict, Code: "email_taken", Detail: "The e-mail address exists already.",
	Next: "Use another address, or let the customer bind its account through a login URL.",
}

func notCreated(err error, in registerRequest) error {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	p, refused := refusals[code(err)]
	if unknown || !refused {
		return functions.Problem(err)
	}
	if in.Email != "" && p.Code == "mobile_taken" {
		p = emailTaken
	}
	p.Cause = err
	return &p
}
