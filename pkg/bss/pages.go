package bss

import (
	"errors"
	"iter"
)

// cautiousPage is tried where a larger page is refused: the documentation of some
// lists disagrees with what the API accepts.
const cautiousPage = 100

// window is the part of a list that one call asks for: limit rows from the row
// number offset, counted from 0.
type window struct{ offset, limit int }

// list streams the rows of an operation from the row number offset on, one page in
// memory at a time; pageSize 0 is the client's choice. fetch gets one window and
// says how many rows there are in all.
func list[T any](c *Client, op operationID, offset, pageSize int, fetch func(window) ([]T, count, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		at := offset
		for {
			rows, total, err := fetchPage(c, op, at, pageSize, fetch)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			at += len(rows)
			// Without a total, the empty page is the end.
			if len(rows) == 0 || total > 0 && at >= int(total) {
				return
			}
		}
	}
}

func fetchPage[T any](c *Client, op operationID, at, pageSize int, fetch func(window) ([]T, count, error)) ([]T, count, error) {
	limit := c.pageLimit(op)
	if pageSize > 0 {
		limit = min(limit, pageSize)
	}
	rows, total, err := fetch(window{at, limit})
	if errors.Is(err, ErrInvalid) && limit > cautiousPage {
		if rows, total, again := fetch(window{at, cautiousPage}); again == nil {
			c.smallerPage[op].Store(true)
			return rows, total, nil
		}
	}
	return rows, total, err
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
