package subscribed

import "iter"

// merge puts sorted lists of lines together to one, in which each line is there once.
func merge(lists ...iter.Seq2[Summed, error]) iter.Seq2[Summed, error] {
	return func(yield func(Summed, error) bool) {
		heads := make([]*head, len(lists))
		for i, list := range lists {
			heads[i] = pull(list)
			defer heads[i].stop()
		}
		for {
			next := first(heads)
			switch {
			case next == nil:
				return
			case next.err != nil:
				yield(Summed{}, next.err)
				return
			}
			sum := Summed{Line: next.line.Line}
			for _, h := range heads {
				for h.is(sum.Line) {
					sum.add(h.line.Amounts)
					h.next()
				}
			}
			if !yield(sum, nil) {
				return
			}
		}
	}
}

// first is the list whose next line comes before those of the others, or one that
// failed; nil when all have ended.
func first(heads []*head) *head {
	var least *head
	for _, h := range heads {
		switch {
		case h.err != nil:
			return h
		case !h.there:
		case least == nil || h.line.compare(least.line.Line) < 0:
			least = h
		}
	}
	return least
}

// head is a list of lines, with the next one of it.
type head struct {
	line  Summed
	err   error
	there bool
	pull  func() (Summed, error, bool)
	stop  func()
}

func pull(list iter.Seq2[Summed, error]) *head {
	h := &head{}
	h.pull, h.stop = iter.Pull2(list)
	h.next()
	return h
}

func (h *head) next() {
	h.line, h.err, h.there = h.pull()
	h.there = h.there && h.err == nil
}

// is reports whether the next line is this one.
func (h *head) is(line Line) bool { return h.there && h.line.Line == line }
