package huawei

import (
	"net/http"
	"regexp"
	"time"
)

// Scenes of a verification code.
const (
	scenePersonalBankCard = 18
	sceneRegistration     = 29
)

// Limits on codes. The documentation does not say to whom the two limits on
// sending apply; here each mobile number, or e-mail address, has its own.
const (
	codesPerHour    = 15
	codesPerDay     = 60
	wrongCodes      = 3 // after so many wrong entries a code is spoiled
	codeMinutes     = 10
	codeMinutesOver = 5 // where more than an hour is asked for
)

var chineseMobile = regexp.MustCompile(`^1[0-9]{10}$`)

// code is a verification code that was sent.
type code struct {
	receiver   string // mobile number or e-mail address
	scene      int
	customerID string // of scenePersonalBankCard
	text       string
	sentOn     time.Time
	expiresOn  time.Time
	wrong      int
	used       bool
}

// sendVerificationCode is SendVerificationMessageCode, see
// https://support.huaweicloud.com/api-bpconsole/mc_00024.html.
func sendVerificationCode(s *Server, c *call) (any, error) {
	var in struct {
		ReceiverType int    `json:"receiver_type"`
		Timeout      *int   `json:"timeout"`
		MobilePhone  string `json:"mobile_phone"`
		Email        string `json:"email"`
		Lang         string `json:"lang"`
		Scene        *int   `json:"scene"`
		CustomerID   string `json:"customer_id"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	sent := &code{
		receiver:  in.MobilePhone,
		scene:     sceneRegistration,
		sentOn:    c.now,
		expiresOn: c.now.Add(codeLife(in.Timeout)),
	}
	if s.abroad() { // where codes are for registrations only
		sent.receiver, in.Scene = in.Email, nil
	}
	if in.Scene != nil {
		sent.scene = *in.Scene
	}
	if sent.scene == scenePersonalBankCard {
		sent.customerID = in.CustomerID
	}
	if err := s.checkSending(sent, in.ReceiverType, in.Lang); err != nil {
		return nil, err
	}
	sent.text = s.newCode()
	if err := refuseContact(sent.receiver, sendingRefusals); err != nil {
		return nil, err
	}
	s.state.codes = append(s.state.codes, sent)
	s.post(Message{
		Time: c.now, Kind: MessageCode, Receiver: sent.receiver, Scene: sent.scene,
		Medium: s.codeMedium(), Code: sent.text, ExpiresOn: sent.expiresOn,
	})
	s.record(c.effect(sent.customerID, ""))
	return nil, nil
}

// sendingRefusals are the refusals of a code that its receiver decides. A code
// that nobody got is forgotten.
var sendingRefusals = map[string]string{
	"CBC.99004003": "the verification code was generated, but could not be sent",
}

func codeLife(minutes *int) time.Duration {
	switch {
	case minutes == nil:
		return codeMinutes * time.Minute
	case *minutes > 60:
		return codeMinutesOver * time.Minute
	}
	return time.Duration(*minutes) * time.Minute
}

func (s *Server) checkSending(sent *code, receiverType int, lang string) error {
	if err := s.checkReceiver(receiverType, sent.receiver); err != nil {
		return err
	}
	switch {
	case lang != "" && lang != "zh-cn" && lang != "en-us":
		return errParameter("lang: neither zh-cn nor en-us")
	case sent.scene != sceneRegistration && sent.scene != scenePersonalBankCard:
		return errParameter("scene: neither 29 nor 18")
	}
	if sent.scene == scenePersonalBankCard {
		if sent.customerID == "" {
			return errParameter("customer_id: mandatory where scene is 18")
		}
		if customer := s.state.customer(sent.customerID); customer == nil || !customer.associated(sent.sentOn) {
			return refuse(http.StatusBadRequest, "CBC.99000035", "the customer is not a sub-customer of the partner")
		}
	}
	if s.codesSince(sent.receiver, sent.sentOn.Add(-time.Hour)) >= codesPerHour ||
		s.codesSince(sent.receiver, sent.sentOn.Add(-24*time.Hour)) >= codesPerDay {
		return refuse(http.StatusBadRequest, "CBC.99004015", "the number of verification codes has reached its limit")
	}
	return nil
}

func (s *Server) codesSince(receiver string, since time.Time) int {
	n := 0
	for _, sent := range s.state.codes {
		if sent.receiver == receiver && sent.sentOn.After(since) {
			n++
		}
	}
	return n
}

// enterCode checks a code that a customer entered for registration. The
// documentation leaves open whether a new code ends an older one and whether a
// code works twice; here only the newest works, and once.
func (s *Server) enterCode(receiver, text string, now time.Time) error {
	sent := s.newestCode(receiver, sceneRegistration, "")
	switch {
	case sent == nil || sent.used:
		return errWrongCode()
	case sent.wrong >= wrongCodes:
		return refuse(http.StatusBadRequest, "CBC.99004009", "the verification code has been entered wrong more than 3 times")
	case !now.Before(sent.expiresOn):
		return refuse(http.StatusBadRequest, "CBC.99004008", "the verification code has expired")
	case !equal(sent.text, text):
		sent.wrong++
		return errWrongCode()
	}
	sent.used = true
	return nil
}

func (s *Server) newestCode(receiver string, scene int, customerID string) *code {
	for i := len(s.state.codes) - 1; i >= 0; i-- {
		if sent := s.state.codes[i]; sent.receiver == receiver && sent.scene == scene && sent.customerID == customerID {
			return sent
		}
	}
	return nil
}

func errWrongCode() *apiError {
	return refuse(http.StatusBadRequest, "CBC.99004010", "the verification code is wrong")
}
