package billexport

import (
	"context"
	"log/slog"
	"path"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
)

// workFolder is where runs keep what they work with.
const workFolder = ".work"

func workName(id string, parts ...string) string {
	return path.Join(append([]string{workFolder, id}, parts...)...)
}

// finish removes what a run worked with that has ended, and announces its end. What of
// that does not work is left to the sweep.
func (f *function) finish(ctx context.Context, r run) error {
	if err := f.clear(ctx, r); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "what an export worked with is not removed yet", slog.String("run", r.ID), slog.Any("cause", err))
	} else if r, err = f.runs.change(ctx, r.ID, func(r *run) bool {
		r.ClearedAt = f.now().UTC()
		return true
	}); err != nil {
		return err
	}
	if r.Told {
		return nil
	}
	if err := f.announce(ctx, r); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "the end of an export is not announced yet", slog.String("run", r.ID), slog.Any("cause", err))
		return nil
	}
	_, err := f.runs.change(ctx, r.ID, func(r *run) bool {
		changed := !r.Told
		r.Told = true
		return changed
	})
	return err
}

// announce tells of the end of a run, and before it of the budgets that customers have
// reached by what it published.
func (f *function) announce(ctx context.Context, r run) error {
	if r.State == RunPublished && !r.Subscribed {
		if err := f.tellBudgets(ctx, r); err != nil {
			return err
		}
	}
	return f.events.Tell(ctx, f.events.ID(r.ID, string(r.State)), "export/"+r.place(), "billexport.run."+string(r.State), r.status(f.now()))
}

// clear removes what the run worked with, and the files of one that is not published;
// those of exports that nobody needs any more after one that is.
func (f *function) clear(ctx context.Context, r run) error {
	if err := publication.RemoveFolder(ctx, f.objects, workName(r.ID)+"/"); err != nil {
		return err
	}
	destination, ok := f.destinations[r.Request.Destination]
	if !ok { // any more: nobody can
		return nil
	}
	if r.State != RunPublished {
		if published, err := f.isPublished(ctx, &r); err != nil || published {
			return err
		}
		return publication.RemoveFolder(ctx, destination, r.folder()+"/")
	}
	if r.Request.partial() || r.Subscribed {
		return nil
	}
	return publication.RemoveOlder(ctx, destination, r.Request.Cycle)
}
