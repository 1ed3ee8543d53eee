package billexport

import (
	"context"
	"errors"
	"fmt"

	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
)

// publishSubscribed publishes what the archives come to and where they and the API
// differ.
func (f *function) publishSubscribed(ctx context.Context, h *held) (*workResult, error) {
	p, err := f.planOf(ctx, h.run)
	if err != nil {
		return nil, err
	}
	g := &subscribedGathered{}
	if err := f.readJSON(ctx, h.run.Gathered, g); err != nil {
		return nil, fmt.Errorf("read what was gathered for run %s: %w", h.run.ID, err)
	}
	m := subscribed.Manifest{
		RunID: h.run.ID, Cycle: h.run.Request.Cycle, GeneratedAt: h.run.CreatedAt, Customers: len(p.Customers),
		Unread: []subscribed.Unread{}, Postpaid: g.Postpaid,
	}
	for _, a := range g.Archives {
		m.Archives = append(m.Archives, a.File)
	}
	for i := range h.run.Units {
		doc, err := f.works.Get(ctx, workKey(task{Run: h.run.ID, Task: taskRender, Part: i}))
		if err != nil {
			return nil, err
		}
		var written subscribedWritten
		if err := f.readJSON(ctx, doc.Value.Result.Objects[0].Name, &written); err != nil {
			return nil, err
		}
		m.Files = append(m.Files, written.File)
		if i == len(g.Archives) { // the last one compares
			m.Outcome, m.Unread = written.Outcome, append(m.Unread, written.Unread...)
		}
	}
	m.Agrees = m.DifferenceCount == 0 && len(m.Unread) == 0 && m.Postpaid.Difference.IsZero()
	if err := h.confirm(ctx); err != nil {
		return nil, err
	}
	err = subscribed.Publish(ctx, f.objects, m)
	if errors.Is(err, subscribed.ErrOvertaken) {
		return nil, fatal("export_overtaken", "A comparison of "+m.Cycle+" that was asked for later is published already.",
			"Take that one, or ask for another one.")
	}
	return publishedResult(&h.run), err
}
