package focus

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// tagReader makes key-value JSON of a record's tags. What form they have is not
// documented, so all that are in use are understood, and a text of any other form is kept
// as the value of one key.
type tagReader struct{ known map[string][]byte }

// maxKnownTags bounds what is kept: most rows have the tags of another row.
const maxKnownTags = 4096

// read returns nil for no tags. The result is valid for good.
func (t *tagReader) read(text []byte) []byte {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if tags, ok := t.known[string(text)]; ok {
		return tags
	}
	if t.known == nil || len(t.known) >= maxKnownTags {
		t.known = map[string][]byte{}
	}
	tags := parseTags(text)
	t.known[string(text)] = tags
	return tags
}

// tag is a key and its value, in JSON.
type tag struct {
	key   string
	value []byte
}

func parseTags(text []byte) []byte {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	for _, parse := range []func([]byte) ([]tag, bool){tagsOfObject, tagsOfList, tagsOfPairs} {
		if tags, ok := parse(text); ok && unique(tags) {
			return encodeTags(tags)
		}
	}
	return encodeTags([]tag{{"resource_tag", appendJSON(nil, text)}})
}

func unique(tags []tag) bool {
	seen := map[string]bool{}
	for _, t := range tags {
		if seen[t.key] {
			return false
		}
		seen[t.key] = true
	}
	return len(tags) > 0
}

func encodeTags(tags []tag) []byte {
	out := []byte{'{'}
	for i, t := range tags {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendJSON(out, []byte(t.key)), ':')
		out = append(out, t.value...)
	}
	return append(out, '}')
}

// tagsOfObject reads {"team":"web","cost":1}.
func tagsOfObject(text []byte) (tags []tag, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, false
		}
		value, err := d.Token()
		scalar, ok := scalarJSON(value)
		if err != nil || !ok {
			return nil, false
		}
		tags = append(tags, tag{key.(string), scalar})
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	return tags, ended(d)
}

func ended(d *json.Decoder) bool {
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

func scalarJSON(token json.Token) ([]byte, bool) {
	switch v := token.(type) {
	case json.Delim:
		return nil, false
	case string:
		return appendJSON(nil, []byte(v)), true
	}
	data, err := json.Marshal(token)
	return data, err == nil
}

// tagsOfList reads [{"key":"team","value":"web"}].
func tagsOfList(text []byte) ([]tag, bool) {
	var list []struct {
		Key   *string `json:"key"`
		Value *string `json:"value"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if text[0] != '[' || d.Decode(&list) != nil || !ended(d) {
		return nil, false
	}
	tags := make([]tag, len(list))
	for i, entry := range list {
		if entry.Key == nil || *entry.Key == "" {
			return nil, false
		}
		tags[i] = tag{*entry.Key, tagValue(entry.Value)}
	}
	return tags, true
}

func tagValue(value *string) []byte {
	if value == nil || *value == "" {
		return []byte("true") // a key without a value is true in FOCUS
	}
	return appendJSON(nil, []byte(*value))
}

// tagsOfPairs reads team=web;env=prod, also with commas and with colons.
func tagsOfPairs(text []byte) ([]tag, bool) {
	for _, between := range []string{";", ","} {
		for _, sign := range []string{"=", ":"} {
			if tags, ok := pairs(text, between, sign); ok {
				return tags, true
			}
		}
	}
	return nil, false
}

func pairs(text []byte, between, sign string) (tags []tag, ok bool) {
	for piece := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte(between)), []byte(between)) {
		key, value, found := bytes.Cut(piece, []byte(sign))
		if !found || len(bytes.TrimSpace(key)) == 0 || bytes.ContainsAny(key, ":={[\"") || bytes.ContainsAny(value, "=;") {
			return nil, false
		}
		text := string(value)
		tags = append(tags, tag{string(key), tagValue(&text)})
	}
	return tags, true
}

// appendJSON writes a text as JSON has it.
func appendJSON(to, text []byte) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			to = utf8.AppendRune(to, r)
			i += size
			continue
		}
		switch {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < ' ':
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			to = append(to, c)
		}
		i++
	}
	return append(to, '"')
}
