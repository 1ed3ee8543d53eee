// Package pdf writes documents of text and lines, page by page. It keeps one page at a
// time, reads its font once for all documents, and puts those glyphs into a document
// that it uses. What it writes depends on nothing but what it is asked to write.
//
// Two libraries were measured before, and neither can be used so: each parsed the Chinese
// font for every document and kept all its pages. BENCHMARKS.md has the figures.
package pdf

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/truetype"
)

// Info is what a document says of itself.
type Info struct {
	Title, Author string
	// Language is a tag such as zh-CN.
	Language string
	// Created is left out where it is zero.
	Created time.Time
}

// Document is a document that is being written.
type Document struct {
	w       *bufio.Writer
	sum     hash.Hash
	written int64
	err     error
	packer  *zlib.Writer
	packed  bytes.Buffer

	info    Info
	font    *typeface
	offsets []int64 // of the objects from 1
	pages   []page
	// drawn is what is on the page so far, and height that of the page.
	drawn  bytes.Buffer
	height Unit
	// style is in force where the drawing is.
	style Style
}

// page is one that was drawn: its size and the object that has its drawing.
type page struct {
	width, height Unit
	content       int
}

// The objects that others refer to before they are written.
const (
	catalog = iota + 1
	pageTree
	fontObject
	reserved
)

// New begins a document. Its text is set in the font.
func New(w io.Writer, font *truetype.Font, info Info) *Document {
	d := &Document{sum: sha256.New(), info: info, font: newTypeface(font), offsets: make([]int64, reserved-1)}
	d.w = bufio.NewWriter(io.MultiWriter(w, d.sum))
	d.packer, d.err = zlib.NewWriterLevel(&d.packed, zlib.BestSpeed) // half the time for a third more
	d.print("%%PDF-1.7\n%%\xE2\xE3\xCF\xD3\n")
	return d
}

// Page ends the page before and begins one.
func (d *Document) Page(width, height Unit) {
	d.endPage()
	d.pages = append(d.pages, page{width: width, height: height})
	d.height, d.style = height, Style{}
}

// endPage writes what was drawn on the page.
func (d *Document) endPage() {
	if len(d.pages) > 0 {
		d.pages[len(d.pages)-1].content = d.stream("", d.drawn.Bytes())
		d.drawn.Reset()
	}
}

// Close draws on each page what depends on how many there are, and writes the rest.
// It does not close what the document is written to.
func (d *Document) Close(finish func(page, pages int)) error {
	d.endPage()
	kids := make([]int, len(d.pages))
	for i, p := range d.pages {
		d.height, d.style = p.height, Style{}
		finish(i+1, len(d.pages))
		last := d.stream("", d.drawn.Bytes())
		d.drawn.Reset()
		kids[i] = d.object("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents[%d 0 R %d 0 R]/Resources<</Font<</F %d 0 R>>>>>>",
			pageTree, p.width, p.height, p.content, last, fontObject)
	}
	d.begin(pageTree)
	d.print("<</Type/Pages/Count %d/Kids[", len(kids))
	for _, kid := range kids {
		d.print("%d 0 R ", kid)
	}
	d.print("]>>\nendobj\n")
	d.writeFont()
	metadata := d.stream("/Type/Metadata/Subtype/XML", d.info.metadata())
	d.begin(catalog)
	d.print("<</Type/Catalog/Pages %d 0 R/Lang%s/Metadata %d 0 R/ViewerPreferences<</DisplayDocTitle true>>>>\nendobj\n",
		pageTree, text(d.info.Language), metadata)
	d.trailer(d.object("%s", d.info.dictionary()))
	return d.err
}

// trailer writes where the objects are.
func (d *Document) trailer(info int) {
	d.flush()
	id := d.sum.Sum(nil)[:16]
	start := d.written
	d.print("xref\n0 %d\n0000000000 65535 f \n", len(d.offsets)+1)
	for _, at := range d.offsets {
		d.print("%010d 00000 n \n", at)
	}
	d.print("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n", len(d.offsets)+1, catalog, info, id, id, start)
	d.flush()
}

// object writes an object and returns its number.
func (d *Document) object(format string, values ...any) int {
	number := d.begin(0)
	d.print(format, values...)
	d.print("\nendobj\n")
	return number
}

// begin begins an object: the one with the number, or the next.
func (d *Document) begin(number int) int {
	if number == 0 {
		d.offsets = append(d.offsets, 0)
		number = len(d.offsets)
	}
	d.offsets[number-1] = d.written
	d.print("%d 0 obj\n", number)
	return number
}

// stream writes data as an object, packed.
func (d *Document) stream(entries string, data []byte) int {
	d.packed.Reset()
	d.packer.Reset(&d.packed)
	_, err := d.packer.Write(data)
	d.fail(err)
	d.fail(d.packer.Close())
	number := d.begin(0)
	d.print("<<%s/Filter/FlateDecode/Length %d>>\nstream\n", entries, d.packed.Len())
	n, err := d.w.Write(d.packed.Bytes())
	d.written += int64(n)
	d.fail(err)
	d.print("\nendstream\nendobj\n")
	return number
}

func (d *Document) print(format string, values ...any) {
	n, err := fmt.Fprintf(d.w, format, values...)
	d.written += int64(n)
	d.fail(err)
}

func (d *Document) flush() { d.fail(d.w.Flush()) }

// fail keeps the first error, after which nothing else matters.
func (d *Document) fail(err error) {
	if d.err == nil && err != nil {
		d.err = err
	}
}
