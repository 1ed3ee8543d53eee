package jsonread

import (
	"bytes"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// appendText appends the text of a string whose escapes are known to be right. What is
// not UTF-8, and half a character by escapes, is U+FFFD.
func appendText(b, raw []byte) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && raw[i+1] == 'u':
			r := hexadecimals(raw[i+2:])
			i += 6
			if utf16.IsSurrogate(r) {
				pair := unicode.ReplacementChar
				if bytes.HasPrefix(raw[i:], []byte(`\u`)) {
					pair = utf16.DecodeRune(r, hexadecimals(raw[i+2:]))
				}
				if r = pair; pair != unicode.ReplacementChar {
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		case c == '\\':
			b = append(b, escaped(raw[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, size := utf8.DecodeRune(raw[i:])
			b = utf8.AppendRune(b, r)
			i += size
		}
	}
	return b
}

// escaped is what the letter after a backslash stands for.
func escaped(letter byte) byte {
	switch letter {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return letter
}

// hexadecimals is the number of four digits.
func hexadecimals(digits []byte) rune {
	var n rune
	for _, c := range digits[:4] {
		if c <= '9' {
			n = n<<4 | rune(c-'0')
			continue
		}
		n = n<<4 | rune(c|0x20-'a'+10)
	}
	return n
}
