package huawei

import (
	"net/http"
	"slices"
	"strings"
)

// rejectedEnding is how the certificate number ends of a submission that people
// reject in the end.
const rejectedEnding = "0000"

// verificationRefusal is what an ending of the certificate number provokes.
type verificationRefusal struct {
	identify []int // the ways to authenticate that can meet it; nil: all
	code     string
	message  string
}

// verificationRefusals are the refusals of the verification itself, by the last
// four digits of the certificate number, which are those of the code.
var verificationRefusals = map[string]verificationRefusal{
	"0099": {nil, "CBC.99000099", "a certificate attachment exceeds the maximum size"},
	"5030": {nil, "CBC.99005030", "real-name authentication is not enabled, or the bucket cannot be read"},
	"7004": {nil, "CBC.99007004", "the business checks of the operation are not satisfied"},
	"7193": {[]int{identifyPersonalCertificate, identifyBankCard}, "CBC.99007193", "the certificate number is on the blacklist"},
	"7202": {nil, "CBC.99007202", "the verification failed"},
	"7219": {[]int{identifyPersonalCertificate, identifyBankCard}, "CBC.99007219", "the information does not match the face"},
	"7253": {[]int{identifyEnterprise}, "CBC.99007253", "the photo of the certificate is invalid or blurred"},
	"7255": {[]int{identifyBankCard}, "CBC.99007255", "the information on the card holder or the mobile number is wrong"},
	"7256": {[]int{identifyEnterprise}, "CBC.99007256", "the information on the legal person is wrong"},
	"7257": {[]int{identifyEnterprise}, "CBC.99007257", "the information on the enterprise is wrong"},
	"7258": {[]int{identifyBankCard}, "CBC.99007258", "the state of the card is abnormal"},
	"7259": {[]int{identifyBankCard}, "CBC.99007259", "the card is not enabled for authenticated payment"},
	"7260": {[]int{identifyBankCard}, "CBC.99007260", "UnionPay cannot reach the issuer of the card"},
	"7261": {[]int{identifyBankCard}, "CBC.99007261", "the card is not supported"},
	"7262": {[]int{identifyBankCard}, "CBC.99007262", "the bank's system or the network is abnormal"},
	"7267": {[]int{identifyEnterprise}, "CBC.99007267", "the member account is being invited"},
	"0026": {nil, "CBC.70600026", "the application cannot be reviewed, contact the account manager"},
	"0032": {nil, "CBC.70600032", "the identity is abnormal, raise a service ticket"},
}

// submit verifies what the customer said of itself, and takes it for review.
func (s *Server) submit(c *call, customer *customer, identify int, a realNameApplication) (any, error) {
	customer.realName.attempts++
	if err := refuseVerification(identify, a.number); err != nil {
		return nil, err
	}
	review := decidedLater
	a.decidedOn = c.now.Add(s.options.ReviewDelay)
	if identify == identifyBankCard {
		review, a.decidedOn = decidedAtOnce, c.now
	}
	s.apply(c.effect(customer.id, ""), customer, a)
	return map[string]any{"is_review": review}, nil
}

// refuseVerification provokes what the number's last four digits ask for. What
// would be rejected by people fails at once where none of them decides.
func refuseVerification(identify int, number string) error {
	ending := lastFour(number)
	if identify == identifyBankCard && ending == rejectedEnding {
		ending = "7202"
	}
	r, ok := verificationRefusals[ending]
	if !ok || !r.concerns(identify) {
		return nil
	}
	return refuse(http.StatusBadRequest, r.code, r.message)
}

func (r verificationRefusal) concerns(identify int) bool {
	return r.identify == nil || slices.Contains(r.identify, identify)
}

func lastFour(number string) string { return number[max(0, len(number)-4):] }

// apply takes an application, whose outcome its certificate number decides.
func (s *Server) apply(effect Effect, customer *customer, a realNameApplication) {
	if strings.HasSuffix(a.number, rejectedEnding) {
		a.opinion = "The certificate does not match the information submitted."
	}
	customer.realName.applications = append(customer.realName.applications, a)
	s.record(effect)
}
