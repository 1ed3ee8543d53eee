package idp_test

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode"

	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

var subject = idp.Subject{
	UserID: "user-1", AccountID: "acct-1", PartnerID: "partner-1",
	Name: "杭州纺织有限公司", Email: "ops@fjord.example.com", Mobile: "0086-13800000000",
}

// another is an implementation of a service provider by others, which is strict
// about signature, audience, recipient and time.
func (w *world) another() *saml2.SAMLServiceProvider {
	return &saml2.SAMLServiceProvider{
		IdentityProviderIssuer:      entityID,
		AssertionConsumerServiceURL: spConsumer,
		AudienceURI:                 spEntity,
		IDPCertificateStore:         &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{providerIdentity().certificate}},
		Clock:                       dsig.NewFakeClockAt(w.now),
	}
}

func (w *world) respond(t require.TestingT, s idp.Subject) *idp.Form {
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	form, err := w.Respond(w.sp, r, s)
	require.NoError(t, err)
	return form
}

func TestAnotherImplementationAcceptsTheAssertion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.respond(t, subject)
	assert.Equal(t, spConsumer, form.Action)
	assert.Equal(t, "state-1", form.RelayState)

	info, err := w.another().RetrieveAssertionInfo(form.SAMLResponse)
	require.NoError(t, err)
	assert.Equal(t, &saml2.WarningInfo{}, info.WarningInfo)
	assert.Equal(t, form.NameID, info.NameID)
	assert.Equal(t, form.SessionIndex, info.SessionIndex)
	for name, value := range map[string]string{
		"xUserId": subject.UserID, "xAccountId": subject.AccountID, "bpId": subject.PartnerID,
		"name": subject.Name, "email": subject.Email, "mobile": subject.Mobile,
	} {
		assert.Equal(t, value, info.Values.Get(name), name)
		assert.Equal(t, name, info.Values[name].FriendlyName)
		assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", info.Values[name].NameFormat)
	}
	require.Len(t, info.Assertions, 1)
	a := info.Assertions[0]
	assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", a.Subject.NameID.Format)
	data := a.Subject.SubjectConfirmation.SubjectConfirmationData
	assert.Equal(t, "_request-1", data.InResponseTo)
	assert.Equal(t, spConsumer, data.Recipient)
	assert.Equal(t, "2026-03-10T01:07:03.000Z", data.NotOnOrAfter)
	assert.Equal(t, "2026-03-10T01:01:03.000Z", a.Conditions.NotBefore)
	assert.Equal(t, "2026-03-10T01:07:03.000Z", a.Conditions.NotOnOrAfter)
}

func TestAnAssertionIsForOneServiceProviderAndFiveMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.respond(t, subject)
	tests := map[string]struct {
		change func(*saml2.SAMLServiceProvider)
		holds  func(*saml2.AssertionInfo, error) bool
	}{
		"another audience": {
			func(sp *saml2.SAMLServiceProvider) { sp.AudienceURI += "x" },
			func(i *saml2.AssertionInfo, err error) bool { return err == nil && i.WarningInfo.NotInAudience },
		},
		"another recipient": {
			func(sp *saml2.SAMLServiceProvider) { sp.AssertionConsumerServiceURL += "x" },
			func(_ *saml2.AssertionInfo, err error) bool { return err != nil },
		},
		"another issuer": {
			func(sp *saml2.SAMLServiceProvider) { sp.IdentityProviderIssuer += "x" },
			func(_ *saml2.AssertionInfo, err error) bool { return err != nil },
		},
		"another key": {
			func(sp *saml2.SAMLServiceProvider) {
				sp.IDPCertificateStore = &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{stranger().certificate}}
			},
			func(_ *saml2.AssertionInfo, err error) bool { return err != nil },
		},
		"five minutes later": {
			func(sp *saml2.SAMLServiceProvider) { sp.Clock = dsig.NewFakeClockAt(start.Add(5*time.Minute + 1)) },
			func(_ *saml2.AssertionInfo, err error) bool { return err != nil },
		},
		"two minutes before": {
			func(sp *saml2.SAMLServiceProvider) { sp.Clock = dsig.NewFakeClockAt(start.Add(-2 * time.Minute)) },
			func(i *saml2.AssertionInfo, err error) bool { return err == nil && i.WarningInfo.InvalidTime },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sp := w.another()
			tt.change(sp)
			info, err := sp.RetrieveAssertionInfo(form.SAMLResponse)
			assert.True(t, tt.holds(info, err), "%v %v", info, err)
		})
	}
}

// Whatever customers are called, another implementation reads exactly that.
func TestEveryCustomerIsToldAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	printable := func(max int) *rapid.Generator[string] {
		return rapid.StringOfN(rapid.OneOf(
			rapid.RuneFrom([]rune(`"'<>&;]-!?中文龘éß©👩🏽‍💻 /\{}%+=`)),
			rapid.RuneFrom(nil, unicode.Letter, unicode.Number, unicode.Punct),
		), 1, max, 120)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := idp.Subject{
			UserID:    printable(40).Draw(t, "user"),
			AccountID: printable(40).Draw(t, "account"),
			PartnerID: rapid.StringMatching(`[0-9a-f]{0,32}`).Draw(t, "partner"),
			Name:      printable(64).Draw(t, "name"),
			Email:     rapid.StringMatching("[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9]{1,10}\\.[a-z]{2,5}").Draw(t, "email"),
			Mobile:    rapid.StringMatching(`00[1-9]{1,3}-[0-9]{6,11}`).Draw(t, "mobile"),
		}
		form := w.respond(t, s)
		info, err := w.another().RetrieveAssertionInfo(form.SAMLResponse)
		require.NoError(t, err)
		require.Equal(t, &saml2.WarningInfo{}, info.WarningInfo)
		got := idp.Subject{
			UserID: info.Values.Get("xUserId"), AccountID: info.Values.Get("xAccountId"), PartnerID: info.Values.Get("bpId"),
			Name: info.Values.Get("name"), Email: info.Values.Get("email"), Mobile: info.Values.Get("mobile"),
		}
		require.Equal(t, s, got)
	})
}

func TestTheResponseIsWrittenAsBefore(t *testing.T) {
	t.Parallel()
	document, err := base64.StdEncoding.DecodeString(newWorld(t).respond(t, subject).SAMLResponse)
	require.NoError(t, err)
	golden(t, "response.xml", append(document, '\n'))
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	info, err := w.another().RetrieveAssertionInfo(w.respond(t, idp.Subject{UserID: "u", AccountID: "a"}).SAMLResponse)
	require.NoError(t, err)
	assert.Len(t, info.Values, 2)
}

func TestCustomersThatCannotBeTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	with := func(change func(*idp.Subject)) idp.Subject {
		s := subject
		change(&s)
		return s
	}
	for name, s := range map[string]idp.Subject{
		"xUserId":     with(func(s *idp.Subject) { s.UserID = "" }),
		"xAccountId":  with(func(s *idp.Subject) { s.AccountID = "" }),
		"xAccountId ": with(func(s *idp.Subject) { s.AccountID = strings.Repeat("a", 129) }),
		"bpId":        with(func(s *idp.Subject) { s.PartnerID = "a\x00b" }),
		"name":        with(func(s *idp.Subject) { s.Name = "line\nbreak" }),
		"name ":       with(func(s *idp.Subject) { s.Name = strings.Repeat("名", 65) }),
		"name  ":      with(func(s *idp.Subject) { s.Name = "not \xff UTF-8" }),
		"name   ":     with(func(s *idp.Subject) { s.Name = "no character \uffff" }),
		"email":       with(func(s *idp.Subject) { s.Email = "ops" }),
		"email ":      with(func(s *idp.Subject) { s.Email = strings.Repeat("a", 60) + "@b.cn" }),
		"email  ":     with(func(s *idp.Subject) { s.Email = "ops@fjord.example.com\n" }),
		"mobile":      with(func(s *idp.Subject) { s.Mobile = "13800000000" }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.Respond(w.sp, r, s)
			refused(t, err, idp.SubjectRefused)
			assert.ErrorContains(t, err, strings.TrimSpace(name)+" is not as Huawei Cloud takes it")
			assert.NotContains(t, err.Error(), "fjord")
		})
	}
}

// While a customer signs in, the metadata may change.
func TestARequestIsAnsweredOnlyWhereTheMetadataStillLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.ReadRequest(w.sp, query())
	require.NoError(t, err)
	moved := *w.sp
	moved.Consumers = []idp.Consumer{{Location: "https://elsewhere.example.com/acs"}}
	_, err = w.Respond(&moved, r, subject)
	refused(t, err, idp.WrongConsumer)
	other := *w.sp
	other.EntityID = "https://other.example.com/"
	_, err = w.Respond(&other, r, subject)
	refused(t, err, idp.WrongIssuer)
}
