package subscribed

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/bssfn/bssfn/functions/billexport/internal/publication"
	"github.com/bssfn/bssfn/functions/internal/objects"
)

// maxPieces is how many pieces there are before they become one: all are open when they
// are read.
const maxPieces = 16

// Pieces keep lines in several objects, each of them sorted.
type Pieces struct {
	// Names are those of the objects.
	Names []string

	store objects.Store
	name  string
	made  int
}

// NewPieces keeps lines in objects whose names begin with name.
func NewPieces(store objects.Store, name string) *Pieces { return &Pieces{store: store, name: name} }

// Add keeps a piece.
func (p *Pieces) Add(ctx context.Context, lines Lines) error {
	if len(p.Names) == maxPieces {
		if err := p.write(ctx, OpenLines(ctx, p.store, p.Names)); err != nil {
			return err
		}
		p.Names = p.Names[maxPieces:]
	}
	return p.write(ctx, lines.All())
}

func (p *Pieces) write(ctx context.Context, lines iter.Seq2[Summed, error]) error {
	p.made++
	name := fmt.Sprintf("%s-lines-%d", p.name, p.made)
	_, err := publication.Write(ctx, p.store, publication.File{Path: name}, func(w io.Writer) (int, error) { return 0, writeLines(w, lines) })
	p.Names = append(p.Names, name)
	return err
}

// OpenLines puts the lines of several objects together.
func OpenLines(ctx context.Context, store objects.Store, names []string) iter.Seq2[Summed, error] {
	lists := make([]iter.Seq2[Summed, error], len(names))
	for i, name := range names {
		lists[i] = openLines(ctx, store, name)
	}
	return merge(lists...)
}

func openLines(ctx context.Context, store objects.Store, name string) iter.Seq2[Summed, error] {
	return func(yield func(Summed, error) bool) {
		object, err := store.Open(ctx, name)
		if err != nil {
			yield(Summed{}, fmt.Errorf("read the lines of an archive: %w", err))
			return
		}
		defer object.Close()
		for line, err := range readLines(object) {
			if err != nil {
				err = fmt.Errorf("read the lines of an archive in %s: %w", name, err)
			}
			if !yield(line, err) {
				return
			}
		}
	}
}
