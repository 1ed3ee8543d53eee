package couponissue

import "context"

// notice is something that the sales platform should know of. Its id makes sure that
// it is told once.
type notice struct {
	id, subject, kind string
	data              any
}

// notify tells the sales platform.
func (f *function) notify(context.Context, notice) error { return nil }
