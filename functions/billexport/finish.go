package billexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"path"
	"strings"
)

// workFolder is where runs keep what they work with.
const workFolder = ".work"

func workName(id string, parts ...string) string {
	return path.Join(append([]string{workFolder, id}, parts...)...)
}

// finish removes what a run worked with that has ended, and announces its end. What of
// that does not work is left to the sweep.
func (f *function) finish(ctx context.Context, r run) error {
	if r.Clear < r.clearings() {
		if err := f.clear(ctx, r); err != nil {
			f.log.LogAttrs(ctx, slog.LevelWarn, "what an export worked with is not removed yet", slog.String("run", r.ID), slog.Any("cause", err))
		} else if r, err = f.runs.change(ctx, r.ID, func(now *run) bool {
			now.Clear = max(now.Clear, r.Clear+1)
			return true
		}); err != nil {
			return err
		}
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
	return f.events.Tell(ctx, eventID(r.ID, string(r.State)), "export/"+r.place(), "billexport.run."+string(r.State), r.status(f.now()))
}

// eventID names the event of a fact, the same each time that it is told.
func eventID(parts ...string) string {
	sum := sha256.Sum256([]byte("billexport\x00" + strings.Join(parts, "\x00")))
	return "evt_" + hex.EncodeToString(sum[:18])
}

// clear removes what the run worked with, and the files of one that is not published.
func (f *function) clear(ctx context.Context, r run) error {
	if err := removeAll(ctx, f.objects, workName(r.ID)+"/"); err != nil {
		return err
	}
	if r.State == RunPublished {
		return nil
	}
	return removeAll(ctx, f.destinations[r.Request.Destination], r.folder()+"/")
}
