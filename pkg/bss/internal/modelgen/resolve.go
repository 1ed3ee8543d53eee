package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// models is everything that is to be written, with names and types decided.
type models struct {
	doc        *document
	areas      []*area
	operations []annotatedOperation // in the order of their paths
	enums      map[string]enum      // by Go name
	types      map[string]string    // Go names by schema
	claimed    map[string]model     // annotations by Go name
	requested  map[string]bool      // schemas that are sent, and the Go names of their structs
	structs    map[*area][]*structure
}

type annotatedOperation struct {
	*operation
	annotated
	area *area
}

// resolve decides names and types. It fails for annotations of what the contract
// does not have.
func resolve(doc *document, areas []*area) (*models, error) {
	m := &models{
		doc: doc, areas: areas,
		enums: map[string]enum{}, types: map[string]string{}, claimed: map[string]model{},
		requested: map[string]bool{}, structs: map[*area][]*structure{},
	}
	if err := errors.Join(m.claimNames(), m.claimOperations()); err != nil {
		return nil, err
	}
	var errs []error
	for _, o := range m.operations {
		m.markRequested(o)
	}
	for _, a := range areas {
		for _, e := range a.Operations {
			if err := m.operationStructs(a, e.key); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", e.key, err))
			}
		}
		if err := m.schemaStructs(a); err != nil {
			errs = append(errs, err)
		}
	}
	return m, errors.Join(errs...)
}

func (m *models) claimNames() error {
	var errs []error
	for _, a := range m.areas {
		for _, e := range a.Enums {
			if _, twice := m.enums[e.key]; twice {
				errs = append(errs, fmt.Errorf("%s: the enumeration %s is there twice", a.name, e.key))
			}
			m.enums[e.key] = e.value
		}
		for _, e := range a.Models {
			if len(e.value.Schemas) == 0 {
				e.value.Schemas = []string{e.key}
			}
			m.claimed[e.key] = e.value
			for _, s := range e.value.Schemas {
				if m.doc.Components.Schemas[s] == nil || m.types[s] != "" {
					errs = append(errs, fmt.Errorf("%s: %s: the contract has no schema %s that is not named yet", a.name, e.key, s))
				}
				m.types[s] = e.key
			}
		}
	}
	return errors.Join(errs...)
}

func (m *models) claimOperations() error {
	var errs []error
	known := m.doc.operations()
	for _, a := range m.areas {
		for _, e := range a.Operations {
			o := known[e.key]
			if o == nil {
				errs = append(errs, fmt.Errorf("%s: the contract has no operation %s that is not annotated yet", a.name, e.key))
				continue
			}
			delete(known, e.key)
			m.operations = append(m.operations, annotatedOperation{o, e.value, a})
		}
	}
	slices.SortFunc(m.operations, func(a, b annotatedOperation) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	return errors.Join(errs...)
}

// markRequested finds the structs that an operation sends.
func (m *models) markRequested(o annotatedOperation) {
	if o.Body != nil {
		m.mark(m.doc.properties(o.Body.Content.schema()))
	}
}

func (m *models) mark(properties map[string]*schema) {
	for _, p := range properties {
		if p.Type == "array" {
			p = p.Items
		}
		if p.Ref == "" || m.requested[p.ref()] {
			continue
		}
		m.requested[p.ref()] = true
		m.requested[m.structName(p.ref())] = true
		m.mark(m.doc.properties(p))
	}
}

// structName is the Go name of a schema: its annotated one, or its own without the
// contract's marks of versions and directions.
func (m *models) structName(schema string) string {
	if name := m.types[schema]; name != "" {
		return name
	}
	for _, mark := range []string{"V2", "V3", "Ext", "Req"} {
		schema = strings.TrimSuffix(schema, mark)
	}
	return goName(schema)
}

// operationStructs makes the request, and the answer or the page, of an operation.
func (m *models) operationStructs(a *area, id string) error {
	at := slices.IndexFunc(m.operations, func(o annotatedOperation) bool { return o.ID == id })
	o := m.operations[at]
	var errs []error
	if !o.Request.Hand {
		request, err := m.request(o)
		errs = append(errs, err)
		m.add(a, request)
	}
	switch answer := m.doc.properties(o.response()); {
	case o.Response.Hand:
	case o.Rows != "":
		page, err := m.page(o, answer)
		errs = append(errs, err)
		m.add(a, page)
	case len(answer) > 0:
		response, err := m.structure(structureOf{
			name: cmp.Or(o.Response.Name, goName(id)+"Response"), model: o.Response, properties: answer,
			doc: "%s is what " + goName(id) + " answers.",
		})
		errs = append(errs, err)
		m.add(a, response)
	}
	return errors.Join(errs...)
}

func (m *models) add(a *area, s *structure) {
	if s != nil {
		m.structs[a] = append(m.structs[a], s)
	}
}

// schemaStructs makes the structs of an area's models, and of the schemas that its
// structs refer to and nobody named.
func (m *models) schemaStructs(a *area) error {
	var errs []error
	for _, e := range a.Models {
		if e.value.Hand {
			continue
		}
		errs = append(errs, m.schemaStruct(a, e.key, m.claimed[e.key]))
	}
	for i := 0; i < len(m.structs[a]); i++ {
		for _, name := range m.structs[a][i].refers {
			if m.types[name] != "" || len(m.doc.Components.Schemas[name].Properties) == 0 {
				continue // named already, or an enumeration, whose type the field names
			}
			goType := m.structName(name)
			if slices.Contains(slices.Collect(maps.Values(m.types)), goType) {
				errs = append(errs, fmt.Errorf("two schemas would be %s: annotate %s", goType, name))
			}
			m.types[name] = goType
			errs = append(errs, m.schemaStruct(a, goType, model{Schemas: []string{name}}))
		}
	}
	return errors.Join(errs...)
}

func (m *models) schemaStruct(a *area, name string, as model) error {
	properties := map[string]*schema{}
	var required []string
	for _, s := range as.Schemas {
		maps.Copy(properties, m.doc.Components.Schemas[s].Properties)
		required = append(required, m.doc.Components.Schemas[s].Required...)
	}
	s, err := m.structure(structureOf{
		name: name, model: as, properties: properties, required: required,
		sent: m.requested[name], doc: "%s is a part of what the API answers.",
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m.add(a, s)
	return nil
}
