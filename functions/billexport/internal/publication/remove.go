package publication

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// removals is how many files are removed at the same time: a store takes tens of
// milliseconds for each, and an export of 5,000 customers has 10,000.
const removals = 16

// RemoveOlder removes the exports of a cycle that were published before the one that is
// superseded now. A reader who holds the manifest of that one finds its files still.
// It may be repeated, also after it was broken off.
func RemoveOlder(ctx context.Context, store objects.Store, cycle string) error {
	content, err := Read(ctx, store, cycle)
	if errors.Is(err, ErrNotPublished) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := Decode(content)
	if err != nil {
		return err
	}
	if m.Supersedes == nil {
		return nil
	}
	folders, err := published(ctx, store, cycle)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if folder == m.Folder() || folder+manifestName == m.Supersedes.Path {
			continue
		}
		content, _, err := store.Get(ctx, folder+manifestName, maxManifest)
		if errors.Is(err, objects.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		// One that is about to be published was asked for later, or at the same time.
		if other, err := Decode(content); err == nil && !other.GeneratedAt.Before(m.GeneratedAt) {
			continue
		}
		if err := RemoveFolder(ctx, store, folder); err != nil {
			return err
		}
	}
	return nil
}

// published are the folders of a cycle with a manifest in them. Runs that still work
// have none.
func published(ctx context.Context, store objects.Store, cycle string) ([]string, error) {
	var folders []string
	for object, err := range store.List(ctx, cycle+"/") {
		if err != nil {
			return nil, fmt.Errorf("list the exports of %s: %w", cycle, err)
		}
		folder, ok := strings.CutSuffix(object.Name, manifestName)
		if ok && strings.Count(folder, "/") == 2 {
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// RemoveFolder removes all files below a folder, which ends with a slash: its manifest
// last, so that what is broken off is found again.
func RemoveFolder(ctx context.Context, store objects.Store, folder string) error {
	if !strings.HasSuffix(folder, "/") {
		return fmt.Errorf("remove %q: it does not end with a slash", folder)
	}
	var names []string
	for object, err := range store.List(ctx, folder) {
		if err != nil {
			return fmt.Errorf("list %s: %w", folder, err)
		}
		if object.Name != folder+manifestName {
			names = append(names, object.Name)
		}
	}
	if err := removeAll(ctx, store, names); err != nil {
		return err
	}
	return store.Delete(ctx, folder+manifestName)
}

func removeAll(ctx context.Context, store objects.Store, names []string) error {
	queue := make(chan string)
	errs := make([]error, removals)
	var workers sync.WaitGroup
	for i := range removals {
		workers.Go(func() {
			for name := range queue {
				if errs[i] == nil {
					errs[i] = store.Delete(ctx, name)
				}
			}
		})
	}
	for _, name := range names {
		queue <- name
	}
	close(queue)
	workers.Wait()
	return errors.Join(errs...)
}
