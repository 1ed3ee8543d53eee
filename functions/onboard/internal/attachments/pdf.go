package attachments

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"slices"
)

var pdfVersion = regexp.MustCompile(`^%PDF-(1\.[0-7]|2\.0)[\r\n \t]`)

// active are names of what a PDF does, or hides, when it is opened. They are long
// enough not to come about in compressed data by chance.
var active = [][]byte{
	[]byte("/JavaScript"), []byte("/Launch"), []byte("/EmbeddedFile"), []byte("/RichMedia"), []byte("/Encrypt"),
}

// checkPDF wants a header at offset 0 and an end, and nothing that acts.
func checkPDF(data []byte) error {
	end := data[max(0, len(data)-firstKiB):]
	switch {
	case !pdfVersion.Match(data):
		return malformed("The header of the PDF cannot be read.")
	case !bytes.Contains(end, []byte("%%EOF")), !bytes.Contains(data, []byte("startxref")):
		return malformed("The PDF does not end as a PDF does.")
	}
	plain := unescaped(data)
	if slices.ContainsFunc(active, func(name []byte) bool { return bytes.Contains(plain, name) }) {
		return refuse(Suspect, "The PDF holds a script, a program, another file, or is encrypted.")
	}
	return nil
}

// unescaped writes the letters of names that stand there by their numbers, as #4a.
func unescaped(data []byte) []byte {
	if !bytes.ContainsRune(data, '#') {
		return data
	}
	plain := make([]byte, 0, len(data))
	for {
		before, after, found := bytes.Cut(data, []byte("#"))
		plain = append(plain, before...)
		if !found {
			return plain
		}
		var letter [1]byte
		if len(after) < 2 {
			plain, data = append(plain, '#'), after
		} else if _, err := hex.Decode(letter[:], after[:2]); err != nil {
			plain, data = append(plain, '#'), after
		} else {
			plain, data = append(plain, letter[0]), after[2:]
		}
	}
}
