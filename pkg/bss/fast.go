package bss

import (
	"slices"

	"github.com/bssfn/bssfn/pkg/bss/internal/jsonread"
)

// bytesPerRow is about what a bill record takes in an answer.
const bytesPerRow = 1000

// readRows reads the rows of a page that reads itself, because a month has a million
// of them and reflection would take most of an export's time.
func readRows[T any](r *jsonread.Reader, read func(*T)) []T {
	rows := make([]T, 0, r.Left()/bytesPerRow+1)
	for r.Array(); r.Element(); {
		rows = slices.Grow(rows, 1)[:len(rows)+1]
		read(&rows[len(rows)-1])
	}
	return rows
}

// readList reads a list within a row, which is short; null is none.
func readList[T any](r *jsonread.Reader, read func(*T)) []T {
	if r.Null() {
		return nil
	}
	list := []T{}
	for r.Array(); r.Element(); {
		list = append(list, *new(T))
		read(&list[len(list)-1])
	}
	return list
}

func readTime(r *jsonread.Reader) Time {
	t, err := parseTime(string(r.Bytes()))
	if err != nil {
		r.Fail(err)
	}
	return t
}
