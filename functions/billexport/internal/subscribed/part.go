package subscribed

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// readPart reads the rows of a part: strictly, without more than one of them in
// memory.
func readPart(r io.Reader, kind Kind, add func([]string) error) error {
	rows := &rowReader{from: bufio.NewReader(r)}
	if err := rows.skipMark(); err != nil {
		return malformed(err)
	}
	columns := kind.columns()
	parsed := csv.NewReader(rows)
	parsed.ReuseRecord, parsed.FieldsPerRecord = true, -1
	for n := 0; ; n++ {
		rows.left = maxRow
		fields, err := parsed.Read()
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			return nil
		case errors.Is(err, io.EOF), n == 0 && err == nil && !slices.Equal(fields, columns):
			return ErrHeader
		case err != nil:
			return rowError(n, err)
		case n == 0:
			continue
		case n > recordsOfPart:
			return fmt.Errorf("%w: more than %d rows", ErrTooLarge, recordsOfPart)
		case len(fields) != len(columns):
			return fmt.Errorf("%w: row %d has %d columns", ErrRow, n, len(fields))
		}
		if err := add(fields); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
}

// rowError tells a row that is no CSV from an archive that breaks off within it.
func rowError(n int, err error) error {
	var unparsed *csv.ParseError
	if errors.As(err, &unparsed) || errors.Is(err, errLongRow) {
		return fmt.Errorf("%w: row %d: %w", ErrRow, n, err)
	}
	return malformed(err)
}

var errLongRow = fmt.Errorf("more than %d bytes", maxRow)

// rowReader bounds what one row takes: encoding/csv has no bound. It hands on a line
// at a time at the most, so that what is left is counted a row.
type rowReader struct {
	from *bufio.Reader
	left int
}

// skipMark skips the byte-order mark of UTF-8.
func (r *rowReader) skipMark() error {
	mark, err := r.from.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(mark) == "\ufeff" {
		_, err = r.from.Discard(len(mark))
		return err
	}
	return nil
}

func (r *rowReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongRow
	}
	n := 0
	for n < len(p) && r.left > 0 {
		b, err := r.from.ReadByte()
		if err != nil {
			if n > 0 && errors.Is(err, io.EOF) {
				return n, nil
			}
			return n, err
		}
		p[n] = b
		n, r.left = n+1, r.left-1
		if b == '\n' {
			break
		}
	}
	return n, nil
}

// text refuses what no code or id is, and what a spreadsheet would take for a formula.
func text(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '-' || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
	})
}
