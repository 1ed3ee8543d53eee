package statement

import (
	"strings"
	"unicode/utf8"
)

// maxText is how many bytes of a text are kept. No column shows as many.
const maxText = 160

// texts are kept once each and known by their numbers; 0 is the empty text.
type texts struct {
	numbers map[string]int32
	all     []string
}

func newTexts() texts { return texts{map[string]int32{"": 0}, []string{""}} }

func (t *texts) number(text []byte) int32 {
	if n, known := t.numbers[string(text)]; known {
		return n
	}
	kept := string(text)
	if len(kept) > maxText {
		kept = cut(kept, maxText)
		if n, known := t.numbers[kept]; known {
			return n
		}
	}
	n := int32(len(t.all)) //nolint:gosec // bounded by the number of items
	t.numbers[kept], t.all = n, append(t.all, kept)
	return n
}

// cut is the beginning of a text, of whole characters.
func cut(text string, size int) string {
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// line is a text without what would break it into several.
func line(text string) string {
	if !strings.ContainsAny(text, "\r\n\t") {
		return text
	}
	return spaces.Replace(text)
}

var spaces = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")
