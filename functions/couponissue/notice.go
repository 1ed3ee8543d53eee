package couponissue

import "context"

// notice is something that the sales platform should know of. Its id makes sure that
// it is told once.
type notice struct {
	id, subject, kind string
	data              any
}

// notify tells the sales platform, in the order of the subject's notices.
func (f *function) notify(ctx context.Context, n notice) error {
	return f.events.Tell(ctx, n.id, n.subject, n.kind, n.data)
}
