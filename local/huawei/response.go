package huawei

import (
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
)

// maxResponse bounds a response once it is decoded. A bound of Huawei Cloud's own
// is not documented.
const maxResponse = 256 << 10

// verified is what a response proves.
type verified struct {
	subject      subject
	nameID       string
	sessionIndex string
}

// errNotVerified is a response of which gosaml2 says that it is not the identity
// provider's, or is not meant for here and now.
var errNotVerified = errors.New("the response is not accepted")

// verifyResponse checks a response to a sign-on: its shape, and by gosaml2 its
// signature, issuer, recipient, audience and times; then what gosaml2 leaves to
// its caller. Nobody says how far clocks may differ: here, not at all.
func verifyResponse(encoded string, idp *identityProvider, on *signOn, now time.Time) (*verified, error) {
	if base64.StdEncoding.DecodedLen(len(encoded)) > maxResponse {
		return nil, errors.New("the response is larger than 256 KB")
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the response is not base64")
	}
	root, err := readMessage(data)
	if err == nil {
		err = checkShape(root)
	}
	if err != nil {
		return nil, fmt.Errorf("the response is refused as it is written: %w", err)
	}
	consumer := on.base + pathConsumer
	if root.attrs["Destination"] != consumer || root.attrs["InResponseTo"] != on.requestID {
		return nil, errors.New("the response is for another address or answers another request")
	}
	provider := &saml2.SAMLServiceProvider{
		IdentityProviderIssuer:      idp.entityID,
		AssertionConsumerServiceURL: consumer,
		ServiceProviderIssuer:       entityID,
		AudienceURI:                 entityID,
		IDPCertificateStore:         &dsig.MemoryX509CertificateStore{Roots: idp.certificates},
		Clock:                       dsig.NewFakeClockAt(now),
		MaximumDecompressedBodySize: maxResponse,
	}
	info, err := provider.RetrieveAssertionInfo(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotVerified, err)
	}
	if err := checkInfo(info, on, now); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotVerified, err)
	}
	return &verified{
		nameID: info.NameID, sessionIndex: info.SessionIndex,
		subject: subject{
			userID: info.Values.Get("xUserId"), accountID: info.Values.Get("xAccountId"), partnerID: info.Values.Get("bpId"),
			name: info.Values.Get("name"), email: info.Values.Get("email"), mobile: info.Values.Get("mobile"),
		},
	}, nil
}

// checkInfo is strict where gosaml2 warns or does not look.
func checkInfo(info *saml2.AssertionInfo, on *signOn, now time.Time) error {
	if len(info.Assertions) != 1 {
		return errors.New("there is not one assertion")
	}
	assertion := info.Assertions[0]
	confirmation := assertion.Subject.SubjectConfirmation.SubjectConfirmationData
	switch {
	case info.WarningInfo.InvalidTime || ended(assertion.Conditions.NotOnOrAfter, now) || ended(confirmation.NotOnOrAfter, now):
		return errors.New("the assertion is not valid yet or any more")
	case info.WarningInfo.NotInAudience:
		return errors.New("the assertion is for another audience")
	case confirmation.InResponseTo != on.requestID:
		return errors.New("the assertion answers another request")
	case info.NameID == "" || info.NameIDFormat != nameIDTransient:
		return errors.New("the NameID is not a transient one")
	case assertion.Version != "2.0":
		return errors.New("the assertion is not of SAML 2.0")
	}
	return nil
}

// ended reports whether an instant has come, which is when validity ends.
func ended(instant string, now time.Time) bool {
	end, err := time.Parse(time.RFC3339, instant)
	return err != nil || !now.Before(end)
}
