package huawei

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Each is more than any SAML message needs.
const (
	maxDepth      = 32
	maxElements   = 1000
	maxAttributes = 32 // of an element
)

// element is an element of a document that was read strictly.
type element struct {
	name     xml.Name
	attrs    map[string]string // by local name; those with a prefix by "prefix-namespace local"
	parent   *element
	children []*element
}

// readMessage reads a message: one root element, in UTF-8, without document type,
// processing instructions, entities of its own, comments, repeated attributes,
// much depth or many elements.
func readMessage(data []byte) (*element, error) {
	return (&xmlReader{elements: maxElements}).read(data)
}

// readMetadata reads a document that people write: it may have comments, and as
// many elements as fit into its size.
func readMetadata(data []byte) (*element, error) {
	return (&xmlReader{comments: true, elements: len(data)}).read(data)
}

type xmlReader struct {
	comments bool
	elements int // that may still come
	root     *element
	at       *element // the one that is open
	depth    int
}

func (r *xmlReader) read(data []byte) (*element, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not UTF-8")
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		start := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is not well-formed XML: %w", err)
		}
		if err := r.take(token, start == 0); err != nil {
			return nil, err
		}
	}
	if r.root == nil {
		return nil, errors.New("it has no element")
	}
	return r.root, nil
}

func (r *xmlReader) take(token xml.Token, first bool) error {
	switch t := token.(type) {
	case xml.Directive:
		return errors.New("it has a document type or another declaration")
	case xml.ProcInst:
		if t.Target != "xml" || !first {
			return errors.New("it has a processing instruction")
		}
	case xml.Comment:
		if !r.comments {
			return errors.New("it has a comment")
		}
	case xml.CharData:
		if r.at == nil && strings.TrimSpace(string(t)) != "" {
			return errors.New("it has text outside of its element")
		}
	case xml.StartElement:
		return r.open(t)
	case xml.EndElement:
		r.at = r.at.parent
		r.depth--
	}
	return nil
}

func (r *xmlReader) open(t xml.StartElement) error {
	if len(t.Attr) > maxAttributes {
		return fmt.Errorf("an element %s has more than %d attributes", t.Name.Local, maxAttributes)
	}
	e := &element{name: t.Name, attrs: map[string]string{}, parent: r.at}
	for _, a := range t.Attr {
		name := strings.TrimLeft(a.Name.Space+" "+a.Name.Local, " ")
		if _, twice := e.attrs[name]; twice {
			return fmt.Errorf("an element %s has the attribute %s twice", t.Name.Local, a.Name.Local)
		}
		e.attrs[name] = a.Value
	}
	switch {
	case r.at != nil:
		r.at.children = append(r.at.children, e)
	case r.root != nil:
		return errors.New("it has more than one root element")
	default:
		r.root = e
	}
	r.at = e
	r.depth++
	r.elements--
	if r.depth > maxDepth || r.elements < 0 {
		return errors.New("it has too many elements, or too many in each other")
	}
	return nil
}

// walk visits the element and all in it, in the order of the document.
func (e *element) walk(visit func(*element) error) error {
	if err := visit(e); err != nil {
		return err
	}
	for _, child := range e.children {
		if err := child.walk(visit); err != nil {
			return err
		}
	}
	return nil
}

func (e *element) is(namespace, local string) bool {
	return e.name == xml.Name{Space: namespace, Local: local}
}

// all are its children of that name.
func (e *element) all(namespace, local string) []*element {
	var found []*element
	for _, child := range e.children {
		if child.is(namespace, local) {
			found = append(found, child)
		}
	}
	return found
}

// one is its only child of that name.
func (e *element) one(namespace, local string) (*element, error) {
	found := e.all(namespace, local)
	if len(found) != 1 {
		return nil, fmt.Errorf("%s has %d elements %s instead of one", e.name.Local, len(found), local)
	}
	return found[0], nil
}
