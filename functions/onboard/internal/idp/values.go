package idp

import "time"

// Request is an AuthnRequest that was verified: signed by the service provider,
// fresh and addressed to us. It is kept as JSON while the customer signs in.
type Request struct {
	// ID is the service provider's. It is used once: the caller refuses it a
	// second time until Expires, after which ReadRequest does.
	ID      string    `json:"id"`
	Expires time.Time `json:"expires"`
	// Issuer is the service provider's entity id.
	Issuer string `json:"issuer"`
	// ACS is the consumer that the answer goes to, one of the metadata's.
	ACS string `json:"acs"`
	// RelayState goes back unaltered, at most 2,048 bytes.
	RelayState string    `json:"relay_state,omitempty"`
	IssuedAt   time.Time `json:"issued_at"`
	// ForceAuthn asks that the customer signs in anew, and IsPassive that no page
	// is shown. It is the caller who can do so.
	ForceAuthn bool `json:"force_authn,omitempty"`
	IsPassive  bool `json:"is_passive,omitempty"`
}

// Subject is the customer, as the platform knows it. All but UserID and AccountID
// may be empty and are left out then.
type Subject struct {
	// UserID and AccountID are the platform's, xUserId and xAccountId, of at most
	// 128 bytes; AccountID is the one the customer was created with.
	UserID    string
	AccountID string
	// PartnerID is that of the solution provider or distributor the customer is to
	// be associated with, bpId.
	PartnerID string
	// Name is the customer's name, at most 64 characters, as in domain_name.
	Name string
	// Email has at most 64 bytes.
	Email string
	// Mobile is a country code and a number, 0086-13800000000.
	Mobile string
}

// Form is the answer to a Request, which the customer's browser posts to Action.
type Form struct {
	Action       string
	SAMLResponse string // Base64; it is worth a sign-on and never logged
	RelayState   string
	// NameID and SessionIndex name the session, by chance. A logout names them again.
	NameID       string
	SessionIndex string
}

// Logout is a LogoutRequest of the service provider or its answer to one of ours.
type Logout struct {
	// Answer tells which: true for a LogoutResponse.
	Answer bool
	// ID is the message's own, used once until Expires, as with a Request.
	ID         string
	Expires    time.Time
	IssuedAt   time.Time
	RelayState string
	// NameID and SessionIndexes are whose sessions end, in a LogoutRequest. None
	// means all of them.
	NameID         string
	SessionIndexes []string
	// InResponseTo is the id of our request that a LogoutResponse answers, and
	// Success whether all sessions have ended.
	InResponseTo string
	Success      bool
}
