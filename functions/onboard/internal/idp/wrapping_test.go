package idp_test

import (
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/onboard/internal/idp"
)

const evilConsumer = "https://evil.example.com/acs"

// wrapping is a request with an XML signature, taken apart: what was signed, and
// a forgery that would send the assertion elsewhere.
type wrapping struct {
	original  *etree.Element // with its signature
	bare      *etree.Element // without
	signature *etree.Element
	forged    *etree.Element // another id, another consumer, no signature
}

// wrappings are the eight classic positions of signature wrapping, for requests:
// somewhere the document has what was signed, and what is read is something else.
// Each comes as the service provider would send it, by a stranger, and unsigned.
func wrappings(t testing.TB) []attack {
	var all []attack
	for _, position := range []struct {
		name string
		wrap func(w wrapping) *etree.Element
	}{
		{"XSW1, the original in the forgery's copied signature", func(w wrapping) *etree.Element {
			return with(w.forged, with(w.signature, w.bare))
		}},
		{"XSW2, the signature and the original side by side in the forgery", func(w wrapping) *etree.Element {
			return with(w.forged, w.signature, w.bare)
		}},
		{"XSW3, the original first in the forgery", func(w wrapping) *etree.Element {
			w.forged.InsertChildAt(0, w.original)
			return w.forged
		}},
		{"XSW4, the original last in the forgery", func(w wrapping) *etree.Element {
			return with(w.forged, w.original)
		}},
		{"XSW5, the forgery signed, the original behind it", func(w wrapping) *etree.Element {
			w.forged.InsertChildAt(1, w.signature)
			return with(w.forged, w.bare)
		}},
		{"XSW6, the forgery signed, the original in the signature", func(w wrapping) *etree.Element {
			w.forged.InsertChildAt(1, with(w.signature, w.bare))
			return w.forged
		}},
		{"XSW7, the original among the extensions", func(w wrapping) *etree.Element {
			extensions := w.forged.CreateElement("saml2p:Extensions")
			extensions.AddChild(w.original)
			return w.forged
		}},
		{"XSW8, the original in an object of the signature", func(w wrapping) *etree.Element {
			object := w.signature.CreateElement("ds:Object")
			object.AddChild(w.bare)
			return with(w.forged, w.signature)
		}},
		// The other way round: what is read is the original, what a careless reader
		// finds by name is the forgery.
		{"the forgery among the original's extensions", func(w wrapping) *etree.Element {
			w.original.CreateElement("saml2p:Extensions").AddChild(w.forged)
			return w.original
		}},
		{"the forgery in an object of the original's signature", func(w wrapping) *etree.Element {
			w.original.SelectElement("Signature").CreateElement("ds:Object").AddChild(w.forged)
			return w.original
		}},
	} {
		document := written(t, position.wrap(takenApart(t)))
		query := signedQuery(spIdentity(), "SAMLRequest", document, secretState)
		unsigned := octets("SAMLRequest", deflated(document), secretState)
		all = append(all,
			attack{position.name, query, idp.RequestMalformed},
			attack{position.name + ", by a stranger", signedQuery(stranger(), "SAMLRequest", document, secretState), idp.SignatureWrong},
			attack{position.name + ", without the query's signature", unsigned, idp.SignatureWrong},
		)
	}
	return all
}

func with(parent *etree.Element, children ...*etree.Element) *etree.Element {
	for _, child := range children {
		parent.AddChild(child)
	}
	return parent
}

func takenApart(t testing.TB) wrapping {
	original := parsed(t, signedXML(t, spIdentity(), authnRequest()))
	bare := original.Copy()
	signature := bare.SelectElement("Signature")
	bare.RemoveChild(signature)
	forged := parsed(t, authnRequest("_request-1", "_evil", spConsumer, evilConsumer))
	return wrapping{original: original, bare: bare, signature: signature, forged: forged}
}

func parsed(t testing.TB, document string) *etree.Element {
	t.Helper()
	d := etree.NewDocument()
	require.NoError(t, d.ReadFromString(document))
	return d.Root()
}

func written(t testing.TB, root *etree.Element) string {
	t.Helper()
	text, err := etree.NewDocumentWithRoot(root).WriteToString()
	require.NoError(t, err)
	return text
}
