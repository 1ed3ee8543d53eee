package idp

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// limits bound what is read of a document, whoever sent it.
type limits struct {
	bytes    int
	depth    int
	elements int
	comments bool // whether comments are skipped; otherwise they are refused
}

var (
	messageLimits  = limits{bytes: 64 << 10, depth: 16, elements: 256}
	metadataLimits = limits{bytes: 2 << 20, depth: 32, elements: 4096, comments: true}
)

// element is one of a document, with all below it.
type element struct {
	name       xml.Name
	attributes map[string]string // those without a namespace
	children   []*element
	text       strings.Builder // its own, of all its pieces
}

func (e *element) is(space, local string) bool { return e.name.Space == space && e.name.Local == local }

// all are the children of that name, in their order.
func (e *element) all(space, local string) []*element {
	var found []*element
	for _, child := range e.children {
		if child.is(space, local) {
			found = append(found, child)
		}
	}
	return found
}

// readDocument reads one whole document and nothing beside it: UTF-8, no document
// type and so no entities but XML's own, no processing instructions, no attribute
// twice.
func readDocument(data []byte, max limits) (*element, error) {
	if len(data) > max.bytes {
		return nil, fmt.Errorf("it is larger than %d bytes", max.bytes)
	}
	if !utf8.Valid(data) {
		return nil, errors.New("it is not UTF-8")
	}
	r := documentReader{decoder: xml.NewDecoder(bytes.NewReader(data)), max: max}
	for {
		start := r.decoder.InputOffset()
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.New("it is not well-formed XML") // the parser's own words would repeat what was sent
		}
		if err := r.take(token, start); err != nil {
			return nil, err
		}
	}
	if r.root == nil {
		return nil, errors.New("it has no element")
	}
	return r.root, nil
}

type documentReader struct {
	decoder  *xml.Decoder
	max      limits
	root     *element
	open     []*element
	elements int
}

func (r *documentReader) take(token xml.Token, offset int64) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.begin(t)
	case xml.EndElement:
		r.open = r.open[:len(r.open)-1]
	case xml.CharData:
		return r.write(t)
	case xml.Comment:
		if !r.max.comments {
			return errors.New("it has a comment")
		}
	case xml.ProcInst:
		if t.Target != "xml" || offset != 0 {
			return errors.New("it has a processing instruction")
		}
	case xml.Directive:
		return errors.New("it has a document type")
	}
	return nil
}

func (r *documentReader) begin(t xml.StartElement) error {
	if r.elements++; r.elements > r.max.elements {
		return fmt.Errorf("it has more than %d elements", r.max.elements)
	}
	if len(r.open) == r.max.depth {
		return fmt.Errorf("its elements are more than %d deep", r.max.depth)
	}
	e, err := newElement(t)
	if err != nil {
		return err
	}
	switch {
	case len(r.open) > 0:
		parent := r.open[len(r.open)-1]
		parent.children = append(parent.children, e)
	case r.root != nil:
		return errors.New("it has more than one root")
	default:
		r.root = e
	}
	r.open = append(r.open, e)
	return nil
}

// newElement refuses an attribute that is there twice, which encoding/xml lets pass.
func newElement(t xml.StartElement) (*element, error) {
	e := &element{name: t.Name, attributes: make(map[string]string, len(t.Attr))}
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, attribute := range t.Attr {
		if seen[attribute.Name] {
			return nil, errors.New("an element has an attribute twice")
		}
		seen[attribute.Name] = true
		if attribute.Name.Space == "" {
			e.attributes[attribute.Name.Local] = attribute.Value
		}
	}
	return e, nil
}

func (r *documentReader) write(text xml.CharData) error {
	if len(r.open) > 0 {
		r.open[len(r.open)-1].text.Write(text)
		return nil
	}
	if strings.Trim(string(text), space) != "" {
		return errors.New("it has text beside its root")
	}
	return nil
}

// isText tells whether all of s can be printed and stand in XML.
func isText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF
	})
}
