package billexport

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/bssfn/bssfn/pkg/bss"
)

// units names the units of measure by their numbers, in the language of the run, for its
// statements. Without it these have the names that are documented and numbers for the
// others, so what refuses to list them does not end a run.
func (f *function) units(ctx context.Context, r run) (map[string]string, error) {
	if !known(r.Request.Formats, formatStatements) {
		return nil, nil
	}
	language := bss.English
	if r.Request.Headings == headingsChinese {
		language = bss.Chinese
	}
	list, err := f.cloud.In(language).ListMeasureUnits(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "the statements of an export have few names of units: they cannot be listed",
			slog.String("run", r.ID), slog.Any("cause", err))
	}
	names := map[string]string{}
	for _, unit := range list {
		names[strconv.Itoa(unit.MeasureID)] = unit.MeasureName
	}
	return names, nil
}
