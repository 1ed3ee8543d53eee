package onboard

import (
	"errors"
	"net/http"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
	"github.com/bssfn/bssfn/pkg/handler"
)

const (
	againFromPlatform = "Open Huawei Cloud from the sales platform again."
	compareMetadata   = "Compare the two metadata files and the clocks; nothing was recorded."
)

// samlProblems are the answers to the refusals of the protocol.
var samlProblems = map[string]handler.Problem{
	idp.RequestMalformed:  {Status: http.StatusBadRequest, Code: "saml_request_malformed", Next: againFromPlatform},
	idp.RequestTooLarge:   {Status: http.StatusBadRequest, Code: "saml_request_too_large", Next: againFromPlatform},
	idp.AlgorithmRefused:  {Status: http.StatusUnauthorized, Code: "saml_algorithm_refused", Next: compareMetadata},
	idp.SignatureWrong:    {Status: http.StatusUnauthorized, Code: "saml_signature_wrong", Next: compareMetadata},
	idp.RequestExpired:    {Status: http.StatusBadRequest, Code: "saml_request_expired", Next: againFromPlatform},
	idp.RequestFromFuture: {Status: http.StatusBadRequest, Code: "saml_request_from_future", Next: compareMetadata},
	idp.WrongIssuer:       {Status: http.StatusBadRequest, Code: "saml_wrong_issuer", Next: compareMetadata},
	idp.WrongDestination:  {Status: http.StatusBadRequest, Code: "saml_wrong_destination", Next: compareMetadata},
	idp.WrongConsumer:     {Status: http.StatusBadRequest, Code: "saml_wrong_consumer", Next: compareMetadata},
	idp.RequestRefused:    {Status: http.StatusBadRequest, Code: "saml_request_refused", Next: againFromPlatform},
	idp.SubjectRefused: {Status: http.StatusUnprocessableEntity, Code: "saml_subject_refused",
		Next: "Let the sales platform correct what it says of the customer."},
}

// samlProblem turns a refusal of the protocol into its problem; another error comes
// back as it is.
func samlProblem(err error) error {
	refusal, ok := errors.AsType[*idp.Refusal](err)
	if !ok {
		return err
	}
	p, known := samlProblems[refusal.Code]
	if !known {
		return err
	}
	p.Detail = refusal.Detail
	return &p
}

func metadataUnavailable(cause error) error {
	return &handler.Problem{Status: http.StatusServiceUnavailable, Code: "metadata_unavailable", Cause: cause,
		Detail: "Huawei Cloud's metadata cannot be read now.",
		Next:   "Try again later; see that SP_METADATA can be reached if it lasts."}
}

func ticketsOff() error {
	return &handler.Problem{Status: http.StatusConflict, Code: "tickets_off",
		Detail: "This deployment takes no tickets.",
		Next:   "Set TICKET_KEYS and TICKET_ISSUER."}
}
