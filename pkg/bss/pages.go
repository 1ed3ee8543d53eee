package bss

import (
	"context"
	"errors"
	"hash/maphash"
	"iter"
	"strings"
)

// cautiousPage is tried where a larger page is refused: the documentation of some
// lists disagrees with what the API accepts.
const cautiousPage = 100

// window is the part of a list that one call asks for: limit rows from the row
// number offset, counted from 0. A request's limit 0 is the client's choice.
type window struct{ offset, limit int }

// number is the number of the window among those of its size, counted from 1.
func (w window) number() int { return w.offset/w.limit + 1 }

// pageCounter is the request of a list whose offset counts pages: only whole ones can
// be asked for.
type pageCounter interface{ countsPages() }

// listRequest is the request of a list, of which at makes a copy for a window.
type listRequest interface {
	window() window
	at(w window) any
}

// page is one answer of a list. key tells its rows apart, and is blank where nothing
// surely does, as in bills: no row of money is left out.
type page[T any] interface {
	rows() []T
	total() int
	key(row *T) string
}

// list streams the rows that a call asks for, one page in memory at a time. Where rows
// have a key, each comes once: see [seen].
func list[P, T any, PP interface {
	*P
	page[T]
}](ctx context.Context, c *Client, k call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var known seen[T]
		for at := k.window().offset; ; {
			p := PP(new(P))
			early, err := c.fetchPage(ctx, k, at, p)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			rows := p.rows()[min(early, len(p.rows())):]
			fresh, wanted := known.pass(p, rows, yield)
			at += len(rows)
			if !wanted || len(rows) == 0 || isLast(p.total(), at, fresh) {
				return
			}
			known.turn(p)
		}
	}
}

// isLast reports whether a page is the last one: by the total or, without one, because
// no row of it was new.
func isLast(total, at, fresh int) bool {
	if total > 0 {
		return at >= total
	}
	return fresh == 0
}

// pagesKept is how many pages back a row is known again.
const pagesKept = 10

// seen knows the rows that were read, by hashes of their keys, as far back as they can
// come again: every row that is added in front of the list while it is read pushes
// another one from the pages that were read into those to come.
//
// Rows that are removed meanwhile pull others forward, out of the pages to come; only
// reading again finds those.
type seen[T any] struct {
	seed   maphash.Seed
	known  map[uint64]bool
	oldest []uint64 // what is known, the oldest first
	first  int      // the total of the first page
}

// pass hands the rows on that are new, counts them, and says whether more are wanted.
func (s *seen[T]) pass(p page[T], rows []T, yield func(T, error) bool) (fresh int, wanted bool) {
	for i := range rows {
		if s.has(p, &rows[i]) {
			continue
		}
		if fresh++; !yield(rows[i], nil) {
			return fresh, false
		}
	}
	return fresh, true
}

func (s *seen[T]) has(p page[T], row *T) bool {
	if len(s.known) == 0 {
		return false
	}
	return s.known[maphash.String(s.seed, p.key(row))]
}

// turn is called between a page and the next one.
func (s *seen[T]) turn(p page[T]) {
	if s.known == nil {
		s.seed, s.known, s.first = maphash.MakeSeed(), map[uint64]bool{}, p.total()
	}
	rows := p.rows()
	for i := range rows {
		key := p.key(&rows[i])
		if hash := maphash.String(s.seed, key); strings.TrimSpace(key) != "" && !s.known[hash] {
			s.known[hash] = true
			s.oldest = append(s.oldest, hash)
		}
	}
	keep := pagesKept*len(rows) + max(0, p.total()-s.first)
	for len(s.oldest) > keep {
		delete(s.known, s.oldest[0])
		s.oldest = s.oldest[1:]
	}
}

func (k call) window() window {
	for _, r := range []any{k.query, k.body} {
		if r, ok := r.(listRequest); ok {
			return r.window()
		}
	}
	return window{}
}

// at is the call for a window of the list.
func (k call) at(w window) call {
	if r, ok := k.query.(listRequest); ok {
		k.query = r.at(w)
	}
	if r, ok := k.body.(listRequest); ok {
		k.body = r.at(w)
	}
	return k
}

// fetchPage gets the page that has the row number at, and says how many rows of it are
// before that one.
func (c *Client) fetchPage(ctx context.Context, k call, at int, into any) (early int, err error) {
	limit := c.pageLimit(k.op)
	if size := k.window().limit; size > 0 {
		limit = min(limit, size)
	}
	if _, counts := k.query.(pageCounter); counts {
		early = at % limit
	}
	err = c.do(ctx, k.at(window{at - early, limit}), into)
	if errors.Is(err, ErrInvalid) && limit > cautiousPage && early == 0 {
		if again := c.do(ctx, k.at(window{at, cautiousPage}), into); again == nil {
			c.smallerPage[k.op].Store(true)
			return 0, nil
		}
	}
	return early, err
}

func (c *Client) pageLimit(op operationID) int {
	limit := registry[op].PageLimit
	if c.smallerPage[op].Load() {
		limit = min(limit, cautiousPage)
	}
	if c.pageSize > 0 {
		limit = min(limit, c.pageSize)
	}
	return limit
}

// Collect reads a list to its end. Use it for lists that are known to be short;
// long ones are better streamed.
func Collect[T any](rows iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}
