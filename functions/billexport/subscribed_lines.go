package billexport

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/billexport/internal/subscribed"
)

// maxPieces is how many pieces there are before they become one: all are open when they
// are read.
const maxPieces = 16

// linePieces are sorted lines in several objects.
type linePieces struct {
	f     *function
	name  string
	names []string
	made  int
}

func (p *linePieces) add(ctx context.Context, lines subscribed.Lines) error {
	if len(p.names) == maxPieces {
		merged, err := p.write(ctx, func(w io.Writer) error { return subscribed.WriteLines(w, p.f.linesOf(ctx, p.names)) })
		if err != nil {
			return err
		}
		p.names = []string{merged}
	}
	name, err := p.write(ctx, func(w io.Writer) error { return subscribed.WriteLines(w, lines.All()) })
	p.names = append(p.names, name)
	return err
}

func (p *linePieces) write(ctx context.Context, fill func(io.Writer) error) (string, error) {
	p.made++
	name := fmt.Sprintf("%s-lines-%d", p.name, p.made)
	_, err := publication.Write(ctx, p.f.objects, publication.File{Path: name}, func(w io.Writer) (int, error) { return 0, fill(w) })
	return name, err
}

// linesOf puts lines in several objects together.
func (f *function) linesOf(ctx context.Context, names []string) iter.Seq2[subscribed.Summed, error] {
	lists := make([]iter.Seq2[subscribed.Summed, error], len(names))
	for i, name := range names {
		lists[i] = func(yield func(subscribed.Summed, error) bool) {
			object, err := f.objects.Open(ctx, name)
			if err != nil {
				yield(subscribed.Summed{}, err)
				return
			}
			defer object.Close()
			for line, err := range subscribed.ReadLines(object) {
				if !yield(line, err) {
					return
				}
			}
		}
	}
	return subscribed.Merge(lists...)
}
