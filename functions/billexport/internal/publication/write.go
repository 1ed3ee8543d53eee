package publication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Write writes a file of an export with fill, which returns how many rows it wrote. It
// is there whole, or not at all.
func Write(ctx context.Context, store objects.Store, file File, fill func(io.Writer) (rows int, err error)) (File, error) {
	w, err := store.Create(ctx, file.Path)
	if err != nil {
		return File{}, fmt.Errorf("write %s: %w", file.Path, err)
	}
	measured := &measuredWriter{to: w, sum: sha256.New()}
	file.Rows, err = fill(measured)
	if err == nil {
		err = w.Commit()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return File{}, fmt.Errorf("write %s: %w", file.Path, err)
	}
	file.Bytes, file.SHA256 = measured.bytes, hex.EncodeToString(measured.sum.Sum(nil))
	return file, nil
}

type measuredWriter struct {
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

// Write implements io.Writer.
func (w *measuredWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.sum.Write(p[:n])
	w.bytes += int64(n)
	return n, err
}
