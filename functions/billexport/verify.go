package billexport

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Verified is a published export, or a comparison of subscribed files, that was read as its readers do.
type Verified struct {
	Cycle, RunID, State string
	Partial             bool
	Files, Rows         int
	Bytes               int64
}

// Verify reads everything that is published at an address as EXPORT_URL has it, or in a
// folder by its path. It yields each export, and what came of comparing the subscribed
// files of each cycle, with an error that names all that is wrong
// with it: files that are not what the manifest says, or sums that do not add up.
func Verify(ctx context.Context, address string, c StoreConfig, rt functions.Runtime) iter.Seq2[Verified, error] {
	return func(yield func(Verified, error) bool) {
		store, err := openPublished(address, c, rt)
		if err != nil {
			yield(Verified{}, err)
			return
		}
		for m, err := range publication.VerifyAll(ctx, store) {
			v := Verified{Cycle: m.Cycle, RunID: m.RunID, State: string(m.State), Partial: m.Partial, Rows: m.Rows}
			if v.count(m.Files); !yield(v, err) {
				return
			}
		}
		for m, err := range subscribed.VerifyAll(ctx, store) {
			v := verifiedSubscribed(m)
			if v.count(m.Files); !yield(v, err) {
				return
			}
		}
	}
}

func verifiedSubscribed(m subscribed.Manifest) Verified {
	v := Verified{Cycle: m.Cycle, RunID: m.RunID, State: "subscribed files that differ"}
	if m.Agrees {
		v.State = "subscribed files that agree"
	}
	for _, archive := range m.Archives {
		v.Rows += archive.Rows
	}
	return v
}

func (v *Verified) count(files []publication.File) {
	v.Files = len(files)
	for _, file := range files {
		v.Bytes += file.Bytes
	}
}

// VerifyRateCard reads the rate card beside the exports at an address such as Verify
// takes, as the next run would. The name is empty where there is none; the error says
// what is wrong with it.
func VerifyRateCard(ctx context.Context, address string, c StoreConfig, rt functions.Runtime) (name string, rules int, err error) {
	store, err := openPublished(address, c, rt)
	if err != nil {
		return "", 0, err
	}
	name, text, err := cardBeside(ctx, store)
	if err != nil || name == "" {
		return name, 0, err
	}
	card, err := ratecard.Read(text)
	if err != nil {
		return name, 0, fmt.Errorf("%s: %w", name, err)
	}
	return name, card.Rules, nil
}

func openPublished(address string, c StoreConfig, rt functions.Runtime) (objects.Store, error) {
	if !strings.Contains(address, ":") {
		address = "file:" + address
	}
	return objects.Open(address, c.StoreOptions(rt))
}
