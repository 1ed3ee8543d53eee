package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// structure is a Go struct to write.
type structure struct {
	name, doc string
	fields    []goField
	numbers   bool     // some of its fields are sent as bare numbers
	list      bool     // it is the request of a list
	numbered  bool     // of one that counts pages
	page      *pageOf  // it is a page of a list
	key       []string // expressions of what tells rows apart
	refers    []string // schemas of its fields
	reads     bool     // it reads itself, faster than it would be by reflection
}

type goField struct {
	name, goType, tag string
	doc               string // above the field
	note              string // behind it
	number            bool   // it is sent as a bare number; other decimals are sent as texts

	jsonName string
	read     string // the statement that reads it, in a struct that reads itself
}

func (f goField) isDecimal() bool { return strings.TrimPrefix(f.goType, "*") == "decimal.Decimal" }

type pageOf struct {
	row   string   // Go type
	carry []string // Go names
}

// structureOf is what a struct is made of.
type structureOf struct {
	name, doc  string
	model      model
	properties map[string]*schema
	required   []string
	sent       bool
	// For requests: what else than the body it has, and whether it is that of a list.
	parameters []parameter
	inBody     bool
	list       bool
	numbered   bool
}

const windowDoc = "Offset is the number of rows to skip, Limit the size of a page."

func (m *models) request(o annotatedOperation) (*structure, error) {
	of := structureOf{
		name: goName(o.ID) + "Request", model: o.Request, doc: "%s is the argument of " + goName(o.ID) + ".",
		properties: map[string]*schema{}, sent: true, list: o.Rows != "", numbered: o.Numbered,
	}
	if o.Request.Name != "" {
		of.name = o.Request.Name
	}
	if o.Body != nil {
		body := m.doc.resolved(o.Body.Content.schema())
		of.properties, of.required, of.inBody = maps.Clone(body.Properties), body.Required, true
	}
	for _, p := range o.Parameters {
		if p.In == "header" {
			continue
		}
		s := *p.Schema
		s.site = p.site
		of.properties[p.Name] = &s
		if p.Required {
			of.required = append(of.required, p.Name)
		}
		of.parameters = append(of.parameters, p)
	}
	if len(of.properties) == 0 {
		return nil, nil
	}
	return m.structure(of)
}

// page is one page of a list, which only the client sees.
func (m *models) page(o annotatedOperation, answer map[string]*schema) (*structure, error) {
	rows := answer[o.Rows]
	if rows == nil || rows.Type != "array" {
		return nil, fmt.Errorf("rows: the answer has no list %s", o.Rows)
	}
	row, _ := m.goType(rows.Items, field{})
	name := goName(o.ID)
	s := &structure{name: lowerFirst(name) + "Page", page: &pageOf{row: row}, refers: refsOf(rows)}
	s.doc = s.name + " is a page of " + name + "."
	for _, total := range []string{"total_count", "count"} {
		if answer[total] != nil {
			s.fields = append(s.fields, goField{name: "Total", goType: "count", tag: `json:"` + total + `"`, jsonName: total})
			break
		}
	}
	if len(s.fields) == 0 {
		s.fields = append(s.fields, goField{name: "Total", goType: "count", tag: `json:"-"`})
	}
	for _, name := range o.Carry {
		if answer[name] == nil {
			return nil, fmt.Errorf("carry: the answer has no %s", name)
		}
		t, err := m.goType(answer[name], field{})
		if err != nil {
			return nil, err
		}
		s.page.carry = append(s.page.carry, goName(name))
		s.fields = append(s.fields, goField{name: goName(name), goType: t, tag: `json:"` + name + `"`, jsonName: name})
	}
	s.fields = append(s.fields, goField{name: "Rows", goType: "[]" + row, tag: `json:"` + o.Rows + `"`, jsonName: o.Rows})
	if o.Fast {
		s.reads = true
		s.fields = slices.Insert(s.fields, 0, goField{name: "Code", goType: "string", tag: `json:"error_code"`, jsonName: "error_code"})
		for i := range s.fields[:len(s.fields)-1] {
			if err := m.readsItself(&s.fields[i]); err != nil {
				return nil, err
			}
		}
		s.fields[len(s.fields)-1].read = "v.Rows = readRows(r, func(row *" + row + ") { row.readJSON(r) })"
	}
	for _, name := range o.Key {
		part, err := m.keyPart(row, name, m.doc.properties(rows.Items)[name])
		if err != nil {
			return nil, err
		}
		s.key = append(s.key, part)
	}
	return s, nil
}

// keyPart is the text of a row's field.
func (m *models) keyPart(row, name string, s *schema) (string, error) {
	if s == nil {
		return "", fmt.Errorf("key: a row has no %s", name)
	}
	as, _ := m.claimed[row].Fields.get(name)
	t, err := m.goTypeNamed(name, s, as)
	part := "r." + cmp.Or(as.Name, goName(name))
	switch t {
	case "string":
		return part, err
	case "Time", "decimal.Decimal":
		return part + ".String()", err
	}
	return "string(" + part + ")", err
}

func (m *models) structure(of structureOf) (*structure, error) {
	s := &structure{name: of.name, doc: fmt.Sprintf(of.doc, of.name), list: of.list, numbered: of.numbered}
	if of.model.Doc != "" {
		s.doc = of.model.Doc
	}
	if strings.HasPrefix(of.model.Doc, "…") {
		s.doc = fmt.Sprintf(of.doc, of.name) + strings.TrimPrefix(of.model.Doc, "…")
	}
	for _, name := range of.model.Omit {
		if of.properties[name] == nil {
			return nil, fmt.Errorf("omit: there is no field %s", name)
		}
	}
	s.reads = of.model.Fast
	for _, name := range fieldOrder(of) {
		f, err := m.field(of, name)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		f.number = of.sent && of.inJSON(name) && f.isDecimal() && of.properties[name].Type == "number"
		s.numbers = s.numbers || f.number
		s.fields = append(s.fields, f)
		s.refers = append(s.refers, refsOf(of.properties[name])...)
		if s.reads && f.jsonName != "" {
			if err := m.readsItself(&s.fields[len(s.fields)-1]); err != nil {
				return nil, fmt.Errorf("field %s: %w", name, err)
			}
		}
	}
	return s, nil
}

// fieldOrder is that of the annotations, then the contract's, where parameters are
// in order and properties are not; the window of a list comes last.
func fieldOrder(of structureOf) []string {
	var order []string
	window := func(name string) bool { return of.list && (name == "offset" || name == "limit") }
	put := func(name string) {
		if !slices.Contains(order, name) && !slices.Contains(of.model.Omit, name) && !window(name) {
			order = append(order, name)
		}
	}
	for _, e := range of.model.Fields {
		put(e.key)
	}
	for _, p := range of.parameters {
		put(p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(of.properties)) {
		put(name)
	}
	for _, name := range []string{"offset", "limit"} {
		if window(name) && of.properties[name] != nil {
			order = append(order, name)
		}
	}
	return order
}

func refsOf(s *schema) []string {
	switch {
	case s == nil:
		return nil
	case s.Type == "array":
		return refsOf(s.Items)
	case s.Ref == "":
		return nil
	}
	return []string{s.ref()}
}

// in is where a field of a request goes: path, query, or the body.
func (of structureOf) in(name string) string {
	for _, p := range of.parameters {
		if p.Name == name {
			return p.In
		}
	}
	return "json"
}

func (of structureOf) inJSON(name string) bool { return of.in(name) == "json" }

func (m *models) field(of structureOf, name string) (goField, error) {
	as, _ := of.model.Fields.get(name)
	s := of.properties[name]
	if (s == nil) != as.Add {
		if s == nil {
			return goField{}, fmt.Errorf("the contract has no such field; add says that a newer page has it")
		}
		return goField{}, fmt.Errorf("the contract has the field, so add is wrong")
	}
	f := goField{name: goName(name), doc: as.Doc, jsonName: name}
	if as.Name != "" {
		f.name = as.Name
	}
	var err error
	if f.goType, err = m.goTypeNamed(name, s, as); err != nil {
		return goField{}, err
	}
	required := slices.Contains(of.required, name)
	f.tag = of.tag(name, f.goType, required && s.site == "")
	if of.list && name == "offset" {
		f.doc = windowDoc
		return f, nil
	}
	if s == nil {
		// What the answer says once, beside its rows.
		f.tag = `json:"-"`
		f.jsonName = ""
		return f, nil
	}
	if of.list && name == "limit" {
		return f, nil
	}
	var notes []string
	if of.sent {
		notes = limits(s, required, bounded(f.goType))
	} else if s.site != "" {
		notes = []string{s.site + " site only"}
	}
	if f.doc == "" {
		f.note = strings.Join(notes, ", ")
		return f, nil
	}
	for _, note := range notes {
		f.doc += " " + strings.ToUpper(note[:1]) + note[1:] + "."
	}
	return f, nil
}

func (of structureOf) tag(name, goType string, required bool) string {
	switch of.in(name) {
	case "path":
		if of.inBody {
			return `json:"-" path:"` + name + `"`
		}
		return `path:"` + name + `"`
	case "query":
		if required {
			return `query:"` + name + `,required"`
		}
		return `query:"` + name + `"`
	}
	if !of.sent || required {
		return `json:"` + name + `"`
	}
	if zeroKnowsItself(goType) {
		return `json:"` + name + `,omitzero"`
	}
	return `json:"` + name + `,omitempty"`
}

// unbounded are maxima that only say which integer type the vendor uses.
const unbounded = "2147483647"

// bounded reports whether the contract's bounds say more than the type does.
func bounded(goType string) bool {
	goType = strings.TrimPrefix(goType, "*")
	return goType == "string" || goType == "int" || strings.HasPrefix(goType, "[]")
}

// limits are what the contract says of the values of a field that is sent.
func limits(s *schema, required, bounded bool) []string {
	var all []string
	switch {
	case required && s.site != "":
		all = append(all, "required on the "+s.site+" site, not there on the other")
	case required:
		all = append(all, "required")
	case s.site != "":
		all = append(all, s.site+" site only")
	}
	if bounds := s.bounds(); bounded && bounds != "" {
		all = append(all, bounds)
	}
	return all
}

func (s *schema) bounds() string {
	switch {
	case s.Type == "array" && s.MaxItems > 0:
		return fmt.Sprintf("at most %d", s.MaxItems)
	case s.Type == "string" && s.MaxLength > 1 && s.MinLength == s.MaxLength:
		return fmt.Sprintf("%d characters", s.MaxLength)
	case s.Type == "string" && s.MaxLength > 1 && s.MinLength > 1:
		return fmt.Sprintf("%d to %d characters", s.MinLength, s.MaxLength)
	case s.Type == "string" && s.MaxLength > 1:
		return fmt.Sprintf("at most %d characters", s.MaxLength)
	case s.Type == "integer" && s.Minimum != nil && s.Maximum != nil && s.Maximum.String() != unbounded:
		return fmt.Sprintf("from %s to %s", *s.Minimum, *s.Maximum)
	}
	return ""
}

// readsItself gives a field of a struct that reads itself its statement. The structs
// within it must do so too.
func (m *models) readsItself(f *goField) error {
	base := f.goType
	if element, list := strings.CutPrefix(base, "[]"); list && m.claimed[element].Fast {
		f.read = "v." + f.name + " = readList(r, func(e *" + element + ") { e.readJSON(r) })"
		return nil
	}
	if m.claimed[base].Fast {
		f.read = "v." + f.name + ".readJSON(r)"
		return nil
	}
	if e, ok := m.enums[base]; ok {
		if base = e.Type; base == "" {
			base = "string"
		}
	}
	how := map[string]string{
		"string": "r.String()", "int": "r.Int()", "count": "r.Int()", "Time": "readTime(r)", "decimal.Decimal": "r.Decimal()",
	}[base]
	if how == "" {
		return fmt.Errorf("no way to read %s fast", f.goType)
	}
	if base != f.goType || base == "count" {
		how = f.goType + "(" + how + ")"
	}
	f.read = "v." + f.name + " = " + how
	return nil
}
