package huawei

import (
	"regexp"
	"strings"
)

// Ways to reach a customer (receiver_type): text messages on the mainland,
// e-mails elsewhere.
const (
	receiverMobile = 1
	receiverEmail  = 2
)

// foreignMobile is a mobile number of any country, with its code.
var foreignMobile = regexp.MustCompile(`^00\d{2}-\d+$`)

func validEmail(address string) bool {
	local, host, _ := strings.Cut(address, "@")
	return local != "" && host != "" && !strings.ContainsAny(address, " \t\r\n")
}

// checkReceiver refuses what the site sends no code to.
func (s *Server) checkReceiver(kind int, receiver string) error {
	if s.abroad() {
		switch {
		case kind != receiverEmail:
			return errParameter("receiver_type: only 2, an e-mail, is supported on this site")
		case !validEmail(receiver):
			return errParameter("email: not an e-mail address")
		}
		return nil
	}
	switch {
	case kind != receiverMobile:
		return errParameter("receiver_type: only 1, a text message, is supported on this site")
	case !chineseMobile.MatchString(receiver):
		return errParameter("mobile_phone: not a Chinese mobile number")
	}
	return nil
}

func (s *Server) codeMedium() string {
	if s.abroad() {
		return MediumEmail
	}
	return MediumSMS
}

// reachedAt finds the customer with that e-mail address; nil if there is none.
func (s *state) reachedAt(email string) *customer {
	return s.find(func(c *customer) bool { return strings.EqualFold(c.email, email) })
}
