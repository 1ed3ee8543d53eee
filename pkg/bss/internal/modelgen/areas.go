package main

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed areas/*.yaml
var areaFiles embed.FS

// area is one file of annotations, from which one file of models comes.
type area struct {
	name       string
	Enums      ordered[enum]      `yaml:"enums"`
	Operations ordered[annotated] `yaml:"operations"`
	Models     ordered[model]     `yaml:"models"`
}

// enum is a named enumeration.
type enum struct {
	Type   string      `yaml:"type"` // string (the default) or int
	Doc    string      `yaml:"doc"`
	Group  string      `yaml:"group"` // the comment above the values
	Values []enumValue `yaml:"values"`
}

// enumValue is [Name, value] or [Name, value, explanation].
type enumValue struct{ name, value, doc string }

func (v *enumValue) UnmarshalYAML(n *yaml.Node) error {
	var parts []string
	if err := n.Decode(&parts); err != nil {
		return err
	}
	if len(parts) < 2 || len(parts) > 3 {
		return fmt.Errorf("line %d: an enumerated value is [Name, value] or [Name, value, explanation]", n.Line)
	}
	*v = enumValue{name: parts[0], value: parts[1], doc: strings.Join(parts[2:], "")}
	return nil
}

// annotated is what the contract does not say about an operation.
type annotated struct {
	// Page is where it is documented: an absolute address, or one relative to the
	// pages of the partner API.
	Page   string `yaml:"page"`
	Safety string `yaml:"safety"` // read, keyed or once; read is found out
	// Rows is the field of the answer that a list streams. Carry are fields beside it
	// that every row receives, Key those that tell rows apart.
	Rows  string   `yaml:"rows"`
	Carry []string `yaml:"carry"`
	Key   []string `yaml:"key"`
	// Numbered lists count pages from 1 where others count rows from 0.
	Numbered bool `yaml:"numbered"`
	// Fast is for pages that come by the thousand: they read themselves. Their rows'
	// model is fast too.
	Fast     bool  `yaml:"fast"`
	Request  model `yaml:"request"`
	Response model `yaml:"response"`
}

// model is a struct. One that is written by hand is only named.
type model struct {
	Name    string         `yaml:"name"`
	Doc     string         `yaml:"doc"`
	Schemas []string       `yaml:"schemas"`
	Fields  ordered[field] `yaml:"fields"`
	Omit    []string       `yaml:"omit"`
	Hand    bool           `yaml:"hand"`
	Fast    bool           `yaml:"fast"`
}

// field is what the contract does not say about a field: an explanation alone, or
// with a Go name and type. Optional makes a pointer of it, where absence says
// something else than the zero value.
type field struct {
	Name     string `yaml:"name"`
	Type     string `yaml:"type"`
	Doc      string `yaml:"doc"`
	Optional bool   `yaml:"optional"`
	// Add is for a field that the rows of a list receive from the answer around them.
	Add bool `yaml:"add"`
}

func (f *field) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Doc = n.Value
		return nil
	}
	type plain field
	return strict(n, (*plain)(f))
}

// ordered is a mapping that keeps its order.
type ordered[T any] []entry[T]

type entry[T any] struct {
	key   string
	value T
}

func (o *ordered[T]) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a mapping is expected", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		e := entry[T]{key: n.Content[i].Value}
		if _, twice := o.get(e.key); twice {
			return fmt.Errorf("line %d: %s is there twice", n.Content[i].Line, e.key)
		}
		if err := strict(n.Content[i+1], &e.value); err != nil {
			return fmt.Errorf("%s: %w", e.key, err)
		}
		*o = append(*o, e)
	}
	return nil
}

func (o ordered[T]) get(key string) (T, bool) {
	for _, e := range o {
		if e.key == key {
			return e.value, true
		}
	}
	var none T
	return none, false
}

// strict decodes a node and refuses unknown keys, which Node.Decode does not.
func strict(n *yaml.Node, into any) error {
	if n.Tag == "!!null" {
		return nil
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	return d.Decode(into)
}

func loadAreas() ([]*area, error) {
	entries, err := areaFiles.ReadDir("areas")
	if err != nil {
		return nil, err
	}
	var all []*area
	for _, e := range entries {
		text, err := areaFiles.ReadFile(path.Join("areas", e.Name()))
		if err != nil {
			return nil, err
		}
		a := &area{name: strings.TrimSuffix(e.Name(), ".yaml")}
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(a); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		all = append(all, a)
	}
	return all, nil
}
