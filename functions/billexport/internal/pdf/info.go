package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

const producer = "bssfn"

// dictionary is what every reader shows as the document's properties.
func (i Info) dictionary() string {
	created := ""
	if !i.Created.IsZero() {
		created = "/CreationDate(" + i.Created.UTC().Format("D:20060102150405Z") + ")"
	}
	return "<</Title" + text(i.Title) + "/Author" + text(i.Author) + "/Producer(" + producer + ")" + created + ">>"
}

// text is a text outside pages: UTF-16 with its mark, in hexadecimal digits.
func text(s string) string {
	b := []byte("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append4(b, unit)
	}
	return string(append(b, '>'))
}

// metadata says the same in XMP, which machines and screen readers ask for.
func (i Info) metadata() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>`, "\uFEFF")
	b.WriteString(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">`)
	list := func(element, container, attributes, value string) {
		fmt.Fprintf(&b, "<dc:%s><rdf:%s><rdf:li%s>%s</rdf:li></rdf:%s></dc:%s>", element, container, attributes, escaped(value), container, element)
	}
	list("title", "Alt", ` xml:lang="x-default"`, i.Title)
	list("creator", "Seq", "", i.Author)
	list("language", "Bag", "", i.Language)
	fmt.Fprintf(&b, "<dc:format>application/pdf</dc:format><pdf:Producer>%s</pdf:Producer>", producer)
	if !i.Created.IsZero() {
		fmt.Fprintf(&b, "<xmp:CreateDate>%s</xmp:CreateDate>", i.Created.UTC().Format(time.RFC3339))
	}
	b.WriteString(`</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`)
	return b.Bytes()
}

// escaped is a text as XML has it, which does not take every character.
func escaped(s string) string {
	return entities.Replace(strings.Map(func(c rune) rune {
		if !unicode.IsGraphic(c) {
			return unicode.ReplacementChar
		}
		return c
	}, s))
}

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
