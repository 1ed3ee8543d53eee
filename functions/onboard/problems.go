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

// refusals are the documented reasons for not registering a customer, in words for
// the person at the sales platform.
var refusals = map[string]handler.Problem{
	"CBC.99000038": {Status: http.StatusConflict, Code: "login_name_taken", Detail: "The login name exists already.", Next: "Choose another login name."},
	"CBC.99000039": {Status: http.StatusConflict, Code: "account_taken", Detail: "The account id is bound to another Huawei Cloud account.", Next: "Look the customer up instead of registering it."},
	"CBC.99000029": {Status: http.StatusConflict, Code: "mobile_taken", Detail: "The mobile number exists already.", Next: "Use another number, or let the customer bind its account through a login URL."},
	"CBC.99000030": {Status: http.StatusConflict, Code: "mobile_limit", Detail: "The mobile number has the most accounts allowed.", Next: "Use another number."},
	"CBC.99000051": {Status: http.StatusConflict, Code: "customer_reserved", Detail: "The number is registered with Huawei Cloud as somebody else's prospect.", Next: "Ask the ecosystem manager at Huawei Cloud."},
	"CBC.99000031": {Status: http.StatusUnprocessableEntity, Code: "login_name_refused", Detail: "Huawei Cloud does not accept the login name.", Next: "Choose another login name."},
	"CBC.5017":     {Status: http.StatusUnprocessableEntity, Code: "mobile_refused", Detail: "Huawei Cloud does not accept the mobile number.", Next: "Correct the number."},
	"CBC.99004008": {Status: http.StatusUnprocessableEntity, Code: "code_expired", Detail: "The verification code has expired.", Next: "Ask for another code."},
	"CBC.99004009": {Status: http.StatusUnprocessableEntity, Code: "code_used_up", Detail: "A wrong verification code was given too often.", Next: "Ask for another code."},
	"CBC.99004010": {Status: http.StatusUnprocessableEntity, Code: "code_wrong", Detail: "The verification code is wrong.", Next: "Type the code of the last message again, or ask for another one."},
}

func notCreated(err error) error {
	_, unknown := errors.AsType[*ledger.UnknownError](err)
	p, refused := refusals[code(err)]
	if unknown || !refused {
		return functions.Problem(err)
	}
	p.Cause = err
	return &p
}
