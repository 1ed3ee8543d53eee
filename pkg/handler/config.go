package handler

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
)

// ErrConfig is wrapped by the error of LoadConfig.
var ErrConfig = errors.New("configuration")

// Variable is one environment variable of a configuration.
type Variable struct {
	Name        string
	Type        string
	Required    bool
	Default     string
	Description string
}

// LoadConfig fills target, a pointer to a struct, from environment variables.
// Each exported field names its variable with the tag `envconfig`; the tags
// `required`, `default` and `desc` say more. A required variable must be set and
// not empty. Embedded structs count as part of the one they are in. The error
// wraps ErrConfig and names every missing and every wrong variable at once, never
// a value.
func LoadConfig(target any) error {
	fields, err := configFields(target)
	if err != nil {
		return err
	}
	var complaints []string
	for _, field := range fields {
		if complaint := field.load(); complaint != "" {
			complaints = append(complaints, complaint)
		}
	}
	if len(complaints) > 0 {
		return fmt.Errorf("%w: set these environment variables:\n  %w",
			ErrConfig, errors.New(strings.Join(complaints, "\n  ")))
	}
	return nil
}

// Variables lists the environment variables of a configuration, a pointer to a
// struct, in the order of its fields. It returns nil for anything else.
func Variables(target any) []Variable {
	fields, err := configFields(target)
	if err != nil {
		return nil
	}
	variables := make([]Variable, 0, len(fields))
	for _, field := range fields {
		variables = append(variables, field.variable())
	}
	return variables
}

// configField is one field of a configuration and where its value goes.
type configField struct {
	field reflect.StructField
	value reflect.Value
}

func configFields(target any) ([]configField, error) {
	v := reflect.ValueOf(target)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("%w: the target is a %T, want a pointer to a struct", ErrConfig, target)
	}
	v = v.Elem()
	var fields []configField
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.Anonymous || !field.IsExported() {
			continue
		}
		if field.Tag.Get("envconfig") == "" {
			return nil, fmt.Errorf("%w: field %s has no envconfig tag", ErrConfig, field.Name)
		}
		fields = append(fields, configField{field: field, value: v.FieldByIndex(field.Index)})
	}
	return fields, nil
}

func (f configField) variable() Variable {
	required, _ := strconv.ParseBool(f.field.Tag.Get("required"))
	return Variable{
		Name:        strings.ToUpper(f.field.Tag.Get("envconfig")),
		Type:        f.value.Type().String(),
		Required:    required,
		Default:     f.field.Tag.Get("default"),
		Description: f.field.Tag.Get("desc"),
	}
}

// load sets the field and returns a complaint, empty if there is none. envconfig
// stops at the first error of a struct, so each field is given to it in a struct
// of its own.
func (f configField) load() string {
	variable := f.variable()
	if variable.Required && variable.Default == "" && os.Getenv(variable.Name) == "" {
		return variable.complain("is missing")
	}
	alone := reflect.New(reflect.StructOf([]reflect.StructField{{
		Name: f.field.Name, Type: f.field.Type, Tag: f.field.Tag,
	}}))
	alone.Elem().Field(0).Set(f.value)
	if err := envconfig.Process("", alone.Interface()); err != nil {
		// The error and most of its causes repeat the value, which may be a secret.
		return variable.complain("is not " + expected(f.field.Type))
	}
	f.value.Set(alone.Elem().Field(0))
	return ""
}

func (v Variable) complain(what string) string {
	if v.Description == "" {
		return v.Name + " " + what
	}
	return fmt.Sprintf("%s %s: %s", v.Name, what, v.Description)
}

// expected says what the text of a variable must be.
func expected(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 30s or 5m"
	case decodesItself(t):
		return "a valid " + t.String()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	default:
		return "a valid " + strings.TrimPrefix(t.String(), "[]")
	}
}
