package idp

import "slices"

const nameIDUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

// ReadRequest verifies the AuthnRequest of a raw query, as it stands in the
// address after its question mark. An error is a *Refusal; after SignatureWrong the
// service provider's metadata may be worth a new reading. That a request comes a
// second time is the caller's to find out, by Request.ID until Request.Expires.
func (p *Provider) ReadRequest(sp *ServiceProvider, rawQuery string) (*Request, error) {
	m, err := p.receive(sp, rawQuery, p.ssoURL, samlRequest)
	if err != nil {
		return nil, err
	}
	if m.root.name.Local != "AuthnRequest" {
		return nil, refuse(RequestMalformed, "The message is no AuthnRequest.")
	}
	acs, err := consumerOf(m.root, sp)
	if err != nil {
		return nil, err
	}
	if err := checkWishes(m.root); err != nil {
		return nil, err
	}
	return &Request{
		ID:         m.id,
		Expires:    m.expires(),
		Issuer:     sp.EntityID,
		ACS:        acs,
		RelayState: m.relayState,
		IssuedAt:   m.issuedAt,
		ForceAuthn: isTrue(m.root.attributes["ForceAuthn"]),
		IsPassive:  isTrue(m.root.attributes["IsPassive"]),
	}, nil
}

// consumerOf chooses where the answer goes: what the request names, if the metadata
// names it too, and otherwise what the metadata prefers.
func consumerOf(root *element, sp *ServiceProvider) (string, error) {
	location, byURL := root.attributes["AssertionConsumerServiceURL"]
	index, byIndex := root.attributes["AssertionConsumerServiceIndex"]
	if byURL && byIndex {
		return "", refuse(WrongConsumer, "The request names its consumer twice.")
	}
	if binding, there := root.attributes["ProtocolBinding"]; there && binding != bindingPost {
		return "", refuse(RequestRefused, "The request is to be answered otherwise than by HTTP-POST.")
	}
	if !byURL && !byIndex {
		return sp.defaultConsumer()
	}
	i := slices.IndexFunc(sp.Consumers, func(c Consumer) bool {
		return byURL && c.Location == location || byIndex && c.named(index)
	})
	if i < 0 {
		return "", refuse(WrongConsumer, "The request is to be answered to a consumer that the service provider's metadata does not name.")
	}
	return sp.Consumers[i].Location, nil
}

// checkWishes refuses what would have to be promised: a name that lasts, or a
// certain customer. Which ways of signing in a request would like (its
// RequestedAuthnContext) is not looked at: the sales platform decides that.
func checkWishes(root *element) error {
	for _, policy := range root.all(nsProtocol, "NameIDPolicy") {
		switch policy.attributes["Format"] {
		case "", nameIDTransient, nameIDUnspecified:
		default:
			return refuse(RequestRefused, "The request asks for another name of the customer than a transient one.")
		}
	}
	if len(root.all(nsAssertion, "Subject")) > 0 {
		return refuse(RequestRefused, "The request asks for a certain customer.")
	}
	return nil
}
