package xlsxfile

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bssfn/bssfn/functions/billexport/internal/bill"
)

// book is the workbook around the sheets.
type book struct {
	archive *zip.Writer
	file    *excelize.File
	styles  styles
	sheets  []*sheet
}

// styles are the numbers of the styles of cells.
type styles struct{ money, instant, heading int }

func (s styles) of(kind bill.Kind) int {
	if kind == bill.KindMoney {
		return s.money
	}
	return 0
}

func newBook(archive *zip.Writer, export bill.Export) (*book, error) {
	b := &book{archive: archive, file: excelize.NewFile()}
	money, instant := "#,##0.00######", "yyyy-mm-dd hh:mm:ss"
	var err error
	if b.styles.money, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &money}); err != nil {
		return nil, fmt.Errorf("the workbook's format of amounts: %w", err)
	}
	if b.styles.instant, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &instant}); err != nil {
		return nil, fmt.Errorf("the workbook's format of times: %w", err)
	}
	heading := &excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}
	if b.styles.heading, err = b.file.NewStyle(heading); err != nil {
		return nil, fmt.Errorf("the workbook's format of headings: %w", err)
	}
	asked := export.GeneratedAt.UTC().Format(time.RFC3339)
	err = b.file.SetDocProps(&excelize.DocProperties{Creator: "bssfn", Title: export.Cycle.String(), Created: asked, Modified: asked})
	if err != nil {
		return nil, fmt.Errorf("the workbook's properties: %w", err)
	}
	return b, nil
}

// begin begins a sheet, whose rows are a table of that name. The one before has ended.
func (b *book) begin(name, table string, columns []column) (*sheet, error) {
	to, err := b.create(partOf(len(b.sheets) + 1))
	if err != nil {
		return nil, err
	}
	s := newSheet(to, name, table, columns, b.styles)
	b.sheets = append(b.sheets, s)
	return s, nil
}

// partOf is where the archive has a sheet, counted from 1.
func partOf(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }

// create begins a part of the archive. It has no time, so that the bytes do not either.
func (b *book) create(part string) (io.Writer, error) {
	to, err := b.archive.CreateHeader(&zip.FileHeader{Name: part, Method: zip.Deflate})
	if err != nil {
		return nil, fmt.Errorf("beginning %s of the workbook: %w", part, err)
	}
	return to, nil
}

// end writes what is around the sheets.
func (b *book) end() error {
	for i, s := range b.sheets {
		if err := b.describe(i, s); err != nil {
			return fmt.Errorf("describing sheet %q in the workbook: %w", s.name, err)
		}
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return around{b} })
	if err := b.file.Write(io.Discard); err != nil {
		return fmt.Errorf("ending the workbook: %w", err)
	}
	return b.file.Close()
}

// describe tells excelize of a sheet what belongs to other parts than the sheet's own:
// its name, its table, and that its heading is on every page that is printed. The first
// sheet is there from the beginning.
func (b *book) describe(i int, s *sheet) error {
	if i == 0 {
		if err := b.file.SetSheetName(b.file.GetSheetName(0), s.name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(s.name); err != nil {
		return err
	}
	headings := make([]string, len(s.columns))
	for i, c := range s.columns {
		headings[i] = c.heading
	}
	if err := b.file.SetSheetRow(s.name, "A1", &headings); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(headings), max(s.rows, 1)+1)
	if err != nil {
		return err
	}
	titles := &excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: "'" + s.name + "'!$1:$1"}
	if err := b.file.SetDefinedName(titles); err != nil {
		return err
	}
	return b.file.AddTable(s.name, &excelize.Table{Range: "A1:" + last, Name: s.table, StyleName: "TableStyleLight1"})
}

// around takes the parts of excelize's workbook into the archive but for the sheets,
// which are there already.
type around struct{ *book }

func (a around) Create(part string) (io.Writer, error) {
	for i := range a.sheets {
		if part == partOf(i+1) {
			return io.Discard, nil
		}
	}
	return a.create(part)
}

func (a around) AddFS(fs.FS) error { return fs.ErrInvalid }

func (a around) Close() error { return nil }
