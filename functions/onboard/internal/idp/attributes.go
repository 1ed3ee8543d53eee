package idp

import (
	"regexp"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// nameFormat is that of the one public implementation for Huawei Cloud; the
// documentation that could be read names none.
const nameFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"

const (
	maxID    = 128 // bytes
	maxName  = 64  // characters
	maxEmail = 64  // bytes
)

var (
	// The documented expression is cut off after its first label; it is HTML's own,
	// so this goes on as HTML does.
	emailPattern = regexp.MustCompile("^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@" +
		`[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$`)
	// "Country code-mobile number"; the API's own country codes begin with 00.
	mobilePattern = regexp.MustCompile(`^(?:00|\+)?[1-9][0-9]{0,3}-[0-9]{4,20}$`)
)

type attribute struct {
	name, value string
}

func (a attribute) addTo(statement *etree.Element) {
	element := statement.CreateElement("saml2:Attribute")
	element.CreateAttr("FriendlyName", a.name)
	element.CreateAttr("Name", a.name)
	element.CreateAttr("NameFormat", nameFormat)
	value := element.CreateElement("saml2:AttributeValue")
	value.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	value.CreateAttr("xmlns:xs", "http://www.w3.org/2001/XMLSchema")
	value.CreateAttr("xsi:type", "xs:string")
	value.SetText(a.value)
}

// Check tells before a request is used up whether Respond would take the customer. The
// error is a *Refusal with SubjectRefused.
func (s Subject) Check() error {
	_, err := s.attributes()
	return err
}

// attributes are those that are known, each as Huawei Cloud takes it. See
// https://support.huaweicloud.com/api-bpconsole/jac_00001.html.
func (s Subject) attributes() ([]attribute, error) {
	rules := []struct {
		attribute
		needed bool
		holds  bool
	}{
		{attribute{"xUserId", s.UserID}, true, len(s.UserID) <= maxID},
		{attribute{"xAccountId", s.AccountID}, true, len(s.AccountID) <= maxID},
		{attribute{"bpId", s.PartnerID}, false, len(s.PartnerID) <= maxID},
		{attribute{"name", s.Name}, false, utf8.RuneCountInString(s.Name) <= maxName},
		{attribute{"email", s.Email}, false, len(s.Email) <= maxEmail && emailPattern.MatchString(s.Email)},
		{attribute{"mobile", s.Mobile}, false, mobilePattern.MatchString(s.Mobile)},
	}
	var known []attribute
	for _, rule := range rules {
		if rule.value == "" && !rule.needed {
			continue
		}
		if rule.value == "" || !rule.holds || !isText(rule.value) {
			return nil, refuse(SubjectRefused, "The customer's %s is not as Huawei Cloud takes it.", rule.name)
		}
		known = append(known, rule.attribute)
	}
	return known, nil
}
