package huawei

import (
	"errors"
	"fmt"
	"slices"
)

const (
	canonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped        = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	digestAlgorithm  = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// checkShape refuses a response that is not one signed assertion in one response.
// Where each element may stand only once and nothing else may stand anywhere,
// there is no place for a second assertion that somebody reads in the stead of
// the signed one. The signature itself is not verified here.
func checkShape(root *element) error {
	if !root.is(protocolNamespace, "Response") {
		return errors.New("it is not a Response")
	}
	assertion, err := root.one(assertionNamespace, "Assertion")
	if err != nil {
		return err
	}
	if err := checkPlaces(root, assertion); err != nil {
		return err
	}
	if len(root.all(signatureNamespace, "Signature")) > 0 {
		if err := checkSignature(root); err != nil {
			return err
		}
	}
	if err := checkSignature(assertion); err != nil {
		return err
	}
	return checkAssertion(assertion)
}

// checkPlaces goes through all elements.
func checkPlaces(root, assertion *element) error {
	ids := map[string]bool{}
	return root.walk(func(e *element) error {
		for _, name := range []string{"ID", "Id", "id"} {
			id, ok := e.attrs[name]
			if ok && (name != "ID" || id == "" || ids[id]) {
				return errors.New("an ID is empty, written otherwise, or that of two elements")
			}
			ids[id] = true
		}
		switch e.name.Space {
		case protocolNamespace, assertionNamespace, signatureNamespace, canonicalization:
		default:
			return fmt.Errorf("it has an element %s of a foreign namespace", e.name.Local)
		}
		switch e.name.Local {
		case "Response", "Assertion":
			if e != root && e != assertion {
				return fmt.Errorf("it has a second %s", e.name.Local)
			}
		case "Signature":
			if e.parent != root && e.parent != assertion {
				return errors.New("it has a Signature where none belongs")
			}
		case "EncryptedAssertion", "EncryptedID", "EncryptedAttribute":
			return errors.New("it is encrypted, which nobody has agreed upon")
		case "Extensions", "Advice", "Object":
			return fmt.Errorf("it has an element %s, in which anything could be", e.name.Local)
		}
		return nil
	})
}

// checkSignature asks for the one form of signature that is documented: of the
// element it stands in, enveloped, exclusively canonicalised, by RSA with SHA-256.
func checkSignature(signed *element) error {
	signature, err := signed.one(signatureNamespace, "Signature")
	if err != nil {
		return err
	}
	info, err := signature.one(signatureNamespace, "SignedInfo")
	if err != nil {
		return err
	}
	reference, err := info.one(signatureNamespace, "Reference")
	if err != nil {
		return err
	}
	if id := signed.attrs["ID"]; id == "" || reference.attrs["URI"] != "#"+id {
		return errors.New("a signature is of another element than the one it stands in")
	}
	transforms, err := reference.one(signatureNamespace, "Transforms")
	if err != nil {
		return err
	}
	var algorithms []string
	for _, t := range transforms.children {
		algorithms = append(algorithms, t.attrs["Algorithm"])
	}
	if !slices.Equal(algorithms, []string{enveloped, canonicalization}) {
		return errors.New("a signature has other transforms than enveloped-signature and exclusive canonicalisation")
	}
	for _, want := range []struct {
		in              *element
		name, algorithm string
	}{
		{info, "CanonicalizationMethod", canonicalization},
		{info, "SignatureMethod", signatureAlgorithm},
		{reference, "DigestMethod", digestAlgorithm},
	} {
		method, err := want.in.one(signatureNamespace, want.name)
		if err != nil {
			return err
		}
		if method.attrs["Algorithm"] != want.algorithm {
			return fmt.Errorf("the %s of a signature is not %s", want.name, want.algorithm)
		}
	}
	return nil
}

// checkAssertion sees to it that everything is there once: what would be read of
// two is not said anywhere.
func checkAssertion(assertion *element) error {
	parts := map[string]*element{}
	for _, name := range []string{"Issuer", "Subject", "Conditions", "AttributeStatement", "AuthnStatement"} {
		part, err := assertion.one(assertionNamespace, name)
		if err != nil {
			return err
		}
		parts[name] = part
	}
	if _, err := parts["Subject"].one(assertionNamespace, "NameID"); err != nil {
		return err
	}
	confirmation, err := parts["Subject"].one(assertionNamespace, "SubjectConfirmation")
	if err != nil {
		return err
	}
	if _, err := confirmation.one(assertionNamespace, "SubjectConfirmationData"); err != nil {
		return err
	}
	audiences, err := parts["Conditions"].one(assertionNamespace, "AudienceRestriction")
	if err != nil {
		return err
	}
	if _, err := audiences.one(assertionNamespace, "Audience"); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, attribute := range parts["AttributeStatement"].children {
		value, err := attribute.one(assertionNamespace, "AttributeValue")
		if err != nil {
			return err
		}
		name := attribute.attrs["Name"]
		if names[name] || len(value.children) > 0 {
			return fmt.Errorf("the attribute %q is there twice, or is no text", name)
		}
		names[name] = true
	}
	return nil
}
