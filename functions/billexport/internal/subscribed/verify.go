package subscribed

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

var manifestPath = regexp.MustCompile(`^subscribed/[0-9]{4}-[0-9]{2}/manifest\.json$`)

// VerifyAll reads what is published of all cycles as its readers do, and yields the
// manifest of each with what is wrong with it: a file that is not there with its size
// and hash.
func VerifyAll(ctx context.Context, store objects.Store) iter.Seq2[Manifest, error] {
	return func(yield func(Manifest, error) bool) {
		for object, err := range store.List(ctx, "subscribed/") {
			if err != nil {
				yield(Manifest{}, fmt.Errorf("list what is published of subscribed files: %w", err))
				return
			}
			if !manifestPath.MatchString(object.Name) {
				continue
			}
			m, err := verify(ctx, store, object.Name)
			if err != nil {
				err = fmt.Errorf("%s: %w", object.Name, err)
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

func verify(ctx context.Context, store objects.Store, name string) (Manifest, error) {
	content, _, err := store.Get(ctx, name, maxManifest)
	if err != nil {
		return Manifest{}, err
	}
	m, err := Decode(content)
	if err != nil {
		return Manifest{}, err
	}
	var errs []error
	for _, file := range m.Files {
		errs = append(errs, publication.VerifyFile(ctx, store, file))
	}
	return m, errors.Join(errs...)
}
