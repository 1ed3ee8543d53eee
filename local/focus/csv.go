package focus

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// CSV is a file of CSV whose first line names the columns. A cell that is empty is null.
func CSV(r io.ReaderAt, size int64) (*File, error) {
	open := func() (*csv.Reader, []string, error) {
		lines := csv.NewReader(io.NewSectionReader(r, 0, size))
		lines.ReuseRecord = true
		names, err := lines.Read()
		if err != nil {
			return nil, nil, fmt.Errorf("names of the columns: %w", err)
		}
		return lines, names, nil
	}
	_, names, err := open()
	if err != nil {
		return nil, err
	}
	f := &File{}
	for _, name := range names {
		f.Columns = append(f.Columns, Column{Name: name})
	}
	f.Rows = func(yield func(Row, error) bool) {
		lines, _, err := open()
		row := Row{Cells: make([]Value, len(f.Columns)), place: placeOf(f.Columns)}
		for err == nil {
			var cells []string
			if cells, err = lines.Read(); err != nil {
				break
			}
			for i, text := range cells {
				row.Cells[i] = Value{Null: text == "", Text: text}
			}
			row.Number++
			if !yield(row, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(Row{}, err)
		}
	}
	return f, nil
}
