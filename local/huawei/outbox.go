package huawei

import (
	"slices"
	"time"
)

// Kinds of messages.
const (
	MessageCode    = "code"    // a verification code
	MessageBinding = "binding" // a binding notification to the sales platform
)

// Ways in which a verification code is sent.
const (
	MediumSMS   = "sms"
	MediumEmail = "email"
)

// Message is what the simulated Huawei Cloud sent to somebody: the only place
// where a verification code can be read.
type Message struct {
	Number    int       `json:"number"` // from 1, in the order of sending
	Time      time.Time `json:"time"`
	Kind      string    `json:"kind"`
	Receiver  string    `json:"receiver"`         // mobile number or address
	Medium    string    `json:"medium,omitempty"` // of a code: MediumSMS or MediumEmail
	Code      string    `json:"code,omitempty"`
	Scene     int       `json:"scene,omitempty"` // of a code: 29 registration, 18 bank card
	ExpiresOn time.Time `json:"expires_on,omitzero"`
	Form      string    `json:"form,omitempty"`   // of a notification: the body as it was posted
	Status    int       `json:"status,omitempty"` // of a notification: the platform's answer
	Error     string    `json:"error,omitempty"`  // of a notification that got no answer
}

// Outbox returns the messages so far, oldest first.
func (s *Server) Outbox() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.outbox)
}

// post puts a message into the outbox. The server's lock must be held.
func (s *Server) post(m Message) {
	m.Number = len(s.state.outbox) + 1
	s.state.outbox = append(s.state.outbox, m)
}
