package xlsxfile

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// flushSize is how much of a sheet is gathered before it goes into the archive.
const flushSize = 64 << 10

// column is a column of a sheet.
type column struct {
	heading string
	kind    bill.Kind
	id      bool // of a text: it is an id of the API
}

// width is how wide the column is shown, in characters: enough for what it holds, and for
// the heading in two lines.
func (c column) width() int {
	width := 24
	switch c.kind {
	case bill.KindMoney, bill.KindInstant:
		width = 20
	case bill.KindCode, bill.KindNumber:
		width = 14
	case bill.KindText:
		if c.id {
			width = 37
		}
	}
	const button = 4 // that of the filter hides the end of a line
	return max(width, (characters(c.heading)+1)/2+button)
}

// characters is how wide a text is: a Chinese character is as wide as two others.
func characters(text string) int {
	n := 0
	for _, c := range text {
		n++
		if c > unicode.MaxLatin1 {
			n++
		}
	}
	return n
}

// sheet is a sheet on its way into the archive: a heading and rows below it. The cells
// of a row come in the order of the columns.
type sheet struct {
	name, table string
	columns     []column
	styles      styles
	to          io.Writer
	buffer      []byte
	rows        int   // below the heading
	size        int64 // bytes that are in the archive
	number      []byte
	letters     []string
}

func newSheet(to io.Writer, name, table string, columns []column, s styles) *sheet {
	result := &sheet{name: name, table: table, columns: columns, styles: s, to: to, letters: make([]string, len(columns))}
	result.put(xml.Header, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`,
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`,
		`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`,
		`<sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, c := range columns {
		result.letters[i], _ = excelize.ColumnNumberToName(i + 1)
		n := strconv.Itoa(i + 1)
		result.put(`<col min="`, n, `" max="`, n, `" width="`, strconv.Itoa(c.width()), `" customWidth="1"/>`)
	}
	result.put(`</cols><sheetData>`)
	result.number = []byte("1")
	result.put(`<row r="1" ht="32" customHeight="1">`)
	for i, c := range columns {
		result.text(i, s.heading, []byte(c.heading))
	}
	result.put(`</row>`)
	return result
}

func (s *sheet) put(texts ...string) {
	for _, text := range texts {
		s.buffer = append(s.buffer, text...)
	}
}

// beginRow begins the next row.
func (s *sheet) beginRow() {
	s.rows++
	s.number = strconv.AppendInt(s.number[:0], int64(s.rows)+1, 10)
	s.buffer = append(s.buffer, `<row r="`...)
	s.buffer = append(s.buffer, s.number...)
	s.buffer = append(s.buffer, `">`...)
}

// endRow ends the row and writes when there is enough to be worth it.
func (s *sheet) endRow() error {
	s.buffer = append(s.buffer, `</row>`...)
	if len(s.buffer) < flushSize {
		return nil
	}
	return s.flush()
}

// end ends the sheet. On paper it is as wide as a page.
func (s *sheet) end() error {
	s.put(`</sheetData><pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/><tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>`)
	return s.flush()
}

func (s *sheet) flush() error {
	n, err := s.to.Write(s.buffer)
	s.size += int64(n)
	s.buffer = s.buffer[:0]
	if err != nil {
		return fmt.Errorf("writing sheet %q of the workbook: %w", s.name, err)
	}
	return nil
}
