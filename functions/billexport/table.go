package billexport

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/bssfn/bssfn/pkg/bss"
)

// table writes fee records as CSV: UTF-8 without a byte order mark, a header, and
// lines that end with CR LF as RFC 4180 has it. A line break within a cell becomes
// CR LF too.
type table struct {
	csv   *csv.Writer
	hash  hash.Hash
	size  byteCount
	rows  int
	cells [len(columns)]string
}

type byteCount int64

func (n *byteCount) Write(p []byte) (int, error) {
	*n += byteCount(len(p))
	return len(p), nil
}

// newTable writes the header to w.
func newTable(w io.Writer) (*table, error) {
	t := &table{hash: sha256.New()}
	t.csv = csv.NewWriter(io.MultiWriter(w, t.hash, &t.size))
	t.csv.UseCRLF = true
	for i, column := range columns {
		t.cells[i] = column.name
	}
	return t, t.csv.Write(t.cells[:])
}

func (t *table) write(r *bss.FeeRecord) error {
	for i, column := range columns {
		t.cells[i] = column.cell(r)
	}
	t.rows++
	return t.csv.Write(t.cells[:])
}

// finish writes what is left and describes the file. Its name carries a part of
// its hash, so that files of two runs of a cycle stand beside each other.
func (t *table) finish(c cycle) (File, error) {
	t.csv.Flush()
	sum := hex.EncodeToString(t.hash.Sum(nil))
	return File{
		Name:   fmt.Sprintf("bills-%s-%s.csv", c, sum[:12]),
		Rows:   t.rows,
		Bytes:  int64(t.size),
		SHA256: sum,
	}, t.csv.Error()
}
