package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bssfn/bssfn/internal/contract"
)

// document is the part of an OpenAPI document that the generator reads.
type document struct {
	Paths      map[string]map[string]*operation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID         string      `json:"operationId"`
	Parameters []parameter `json:"parameters"`
	Body       *struct {
		Content content `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content content `json:"content"`
	} `json:"responses"`
	Caller   string `json:"x-caller"`
	ReadOnly bool   `json:"x-read-only"`
	Quota    int    `json:"x-quota-per-second"`

	method, path string
	cn, intl     bool
}

type parameter struct {
	In       string  `json:"in"`
	Name     string  `json:"name"`
	Required bool    `json:"required"`
	Schema   *schema `json:"schema"`

	site string // the only site that knows it, or both if empty
}

type content map[string]struct {
	Schema *schema `json:"schema"`
}

func (c content) schema() *schema {
	if media, ok := c["application/json"]; ok {
		return media.Schema
	}
	return nil
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Enum       []string           `json:"enum"`
	Items      *schema            `json:"items"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	MinLength  int                `json:"minLength"`
	MaxLength  int                `json:"maxLength"`
	MaxItems   int                `json:"maxItems"`
	Minimum    *json.Number       `json:"minimum"`
	Maximum    *json.Number       `json:"maximum"`

	site string // the only site that knows the property, or both if empty
}

func (s *schema) ref() string { return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:] }

// loadContract joins the documents of the two sites: what both have is there once,
// and what only one has says so.
func loadContract() (*document, error) {
	var cn, intl document
	if err := json.Unmarshal(contract.CN, &cn); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(contract.Intl, &intl); err != nil {
		return nil, err
	}
	cn.index(func(o *operation) { o.cn = true })
	intl.index(func(o *operation) { o.intl = true })
	for path, item := range intl.Paths {
		if cn.Paths[path] == nil {
			cn.Paths[path] = map[string]*operation{}
		}
		for method, other := range item {
			if known := cn.Paths[path][method]; known != nil {
				if err := known.join(other); err != nil {
					return nil, fmt.Errorf("%s: %w", known.ID, err)
				}
				continue
			}
			cn.Paths[path][method] = other
		}
	}
	for name, other := range intl.Components.Schemas {
		if known := cn.Components.Schemas[name]; known != nil {
			known.join(other)
			continue
		}
		cn.Components.Schemas[name] = other
	}
	return &cn, nil
}

func (d *document) index(mark func(*operation)) {
	for path, item := range d.Paths {
		for method, o := range item {
			o.method, o.path = strings.ToUpper(method), path
			mark(o)
		}
	}
}

// operations are those of the document by their id.
func (d *document) operations() map[string]*operation {
	all := map[string]*operation{}
	for _, item := range d.Paths {
		for _, o := range item {
			all[o.ID] = o
		}
	}
	return all
}

func (o *operation) join(other *operation) error {
	if o.ID != other.ID {
		return fmt.Errorf("is %s on the other site", other.ID)
	}
	o.intl = true
	for i, p := range o.Parameters {
		if !slices.ContainsFunc(other.Parameters, func(q parameter) bool { return q.Name == p.Name }) {
			o.Parameters[i].site = "mainland"
		}
	}
	for _, q := range other.Parameters {
		if !slices.ContainsFunc(o.Parameters, func(p parameter) bool { return p.Name == q.Name }) {
			q.site = "international"
			o.Parameters = append(o.Parameters, q)
		}
	}
	if mine, theirs := o.response(), other.response(); mine != nil && theirs != nil {
		mine.join(theirs)
	}
	return nil
}

func (s *schema) join(other *schema) {
	for name, p := range s.Properties {
		if other.Properties[name] == nil {
			p.site = "mainland"
		}
	}
	for name, p := range other.Properties {
		if s.Properties[name] == nil {
			p.site = "international"
			s.Properties[name] = p
		}
	}
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool {
		return other.Properties[name] != nil && !slices.Contains(other.Required, name)
	})
}

// response is the schema of the success, nil for one without a body.
func (o *operation) response() *schema {
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if s := o.Responses[status].Content.schema(); s != nil {
			return s
		}
	}
	return nil
}

// limit is the largest page of a list.
func (o *operation) limit(d *document) string {
	for _, p := range o.Parameters {
		if p.Name == "limit" && p.Schema.Maximum != nil {
			return p.Schema.Maximum.String()
		}
	}
	if o.Body == nil {
		return ""
	}
	field := d.properties(o.Body.Content.schema())["limit"]
	if field == nil || field.Maximum == nil {
		return ""
	}
	return field.Maximum.String()
}

// resolved follows a reference.
func (d *document) resolved(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = d.Components.Schemas[s.ref()]
	}
	return s
}

func (d *document) properties(s *schema) map[string]*schema {
	if s = d.resolved(s); s == nil {
		return nil
	}
	return s.Properties
}
