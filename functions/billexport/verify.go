package billexport

import (
	"context"
	"iter"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Verified is a published export that was read as its readers do.
type Verified struct {
	Cycle, RunID, State string
	Partial             bool
	Files, Rows         int
	Bytes               int64
}

// Verify reads everything that is published at an address as EXPORT_URL has it, or in a
// folder by its path. It yields each export, with an error that names all that is wrong
// with it: files that are not what the manifest says, or sums that do not add up.
func Verify(ctx context.Context, address string, c StoreConfig, rt functions.Runtime) iter.Seq2[Verified, error] {
	return func(yield func(Verified, error) bool) {
		if !strings.Contains(address, ":") {
			address = "file:" + address
		}
		store, err := objects.Open(address, c.StoreOptions(rt))
		if err != nil {
			yield(Verified{}, err)
			return
		}
		for m, err := range publication.VerifyAll(ctx, store) {
			v := Verified{Cycle: m.Cycle, RunID: m.RunID, State: string(m.State), Partial: m.Partial, Files: len(m.Files), Rows: m.Rows}
			for _, file := range m.Files {
				v.Bytes += file.Bytes
			}
			if !yield(v, err) {
				return
			}
		}
	}
}
