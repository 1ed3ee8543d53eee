package handler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays of a body may nest.
const maxDepth = 32

// decodeJSON reads a body strictly. The grammar is checked before anything is
// assigned, so that a body is refused for its form first and for its values
// after.
func decodeJSON(body []byte, v any) *Problem {
	if problem := checkGrammar(body); problem != nil {
		return problem
	}
	if problem := checkObject(body, v); problem != nil {
		return problem
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return explain(err, body, reflect.TypeOf(v))
	}
	return nil
}

// checkGrammar walks the tokens of a body: one value, in UTF-8, not too deep, no
// name twice in an object. Names are compared without case, as encoding/json
// assigns them.
func checkGrammar(body []byte) *Problem {
	if len(bytes.TrimSpace(body)) == 0 {
		return malformedJSON("The body is empty.")
	}
	if !utf8.Valid(body) {
		return malformedJSON("The body is not UTF-8.")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var walk grammar
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && walk.done {
			return nil
		}
		if err != nil {
			return malformedJSON(fmt.Sprintf("The body is not JSON from byte %d on.", decoder.InputOffset()))
		}
		if problem := walk.next(token); problem != nil {
			return problem
		}
	}
}

// grammar is where the walk through a body's tokens stands.
type grammar struct {
	open []level
	done bool // the one value is complete
}

// level is an open object or array.
type level struct {
	names    map[string]bool // of an object; nil for an array
	wantName bool
}

func (g *grammar) next(token json.Token) *Problem {
	if g.done {
		return malformedJSON("The body holds more than one value.")
	}
	switch delim, _ := token.(json.Delim); delim {
	case '{', '[':
		return g.push(delim == '{')
	case '}', ']':
		g.open = g.open[:len(g.open)-1]
		g.valueEnded()
		return nil
	}
	if len(g.open) > 0 && g.open[len(g.open)-1].wantName {
		return g.name(token)
	}
	g.valueEnded()
	return nil
}

func (g *grammar) push(object bool) *Problem {
	if len(g.open) == maxDepth {
		return malformedJSON(fmt.Sprintf("The body nests deeper than %d levels.", maxDepth))
	}
	opened := level{wantName: object}
	if object {
		opened.names = make(map[string]bool)
	}
	g.open = append(g.open, opened)
	return nil
}

func (g *grammar) name(token json.Token) *Problem {
	name, _ := token.(string)
	current := &g.open[len(g.open)-1]
	folded := strings.ToLower(name)
	if current.names[folded] {
		problem := malformedJSON("The body holds a name twice in one object.")
		problem.Fields = []FieldError{{Field: clip(name), Reason: "there twice"}}
		return problem
	}
	current.names[folded] = true
	current.wantName = false
	return nil
}

func (g *grammar) valueEnded() {
	if len(g.open) == 0 {
		g.done = true
		return
	}
	current := &g.open[len(g.open)-1]
	current.wantName = current.names != nil
}

// checkObject refuses what encoding/json would take for an empty struct: null.
func checkObject(body []byte, v any) *Problem {
	t := reflect.TypeOf(v)
	isStruct := t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
	if isStruct && string(bytes.TrimSpace(body)) == "null" {
		return wrongType("", "null instead of an object")
	}
	return nil
}

// explain names the field that an error of encoding/json is about. The error
// itself goes no further: it may repeat a value.
func explain(err error, body []byte, t reflect.Type) *Problem {
	// The one error of encoding/json without a type of its own.
	if quoted, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		name, unquoteErr := strconv.Unquote(quoted)
		if unquoteErr != nil {
			name = quoted
		}
		if field, found := locateUnknown(body, t, "", name); found {
			return unknownField(field)
		}
		return unknownField(clip(name))
	}
	field, wanted := locate(body, t, "")
	return wrongType(field, "want "+wanted)
}

// clip keeps what a caller sent from filling an answer.
func clip(s string) string {
	const limit = 64
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
