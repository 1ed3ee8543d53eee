package idp

import "fmt"

// Codes of refusals. They are stable: problem answers carry them.
const (
	RequestMalformed  = "saml_request_malformed"   // no query, encoding or XML that is understood
	RequestTooLarge   = "saml_request_too_large"   // larger than any honest request
	AlgorithmRefused  = "saml_algorithm_refused"   // signed otherwise than by RSA with SHA-256
	SignatureWrong    = "saml_signature_wrong"     // signed by none of the service provider's keys
	RequestExpired    = "saml_request_expired"     // issued too long ago
	RequestFromFuture = "saml_request_from_future" // issued at a time that is still to come
	WrongIssuer       = "saml_wrong_issuer"        // from another service provider
	WrongDestination  = "saml_wrong_destination"   // to another identity provider
	WrongConsumer     = "saml_wrong_consumer"      // to be answered where the metadata names no consumer
	RequestRefused    = "saml_request_refused"     // it asks for something that is not offered
	SubjectRefused    = "saml_subject_refused"     // a customer with an attribute that cannot be told
)

// Refusal is why a message is not accepted. Neither its code nor its detail
// repeats anything of the message.
type Refusal struct {
	Code   string // one of the constants of this package
	Detail string // a sentence for the person who reads it
}

// Error tells both.
func (r *Refusal) Error() string { return r.Code + ": " + r.Detail }

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Detail: fmt.Sprintf(format, args...)}
}
