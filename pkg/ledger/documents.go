package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Document is a small record with the version it was read at.
type Document[T any] struct {
	Key   string
	Value T
	// Version is 0 for a document that must not exist yet.
	Version int64
	// ExpiresAt is when the document ends; zero for never.
	ExpiresAt time.Time
	// DueAt is when somebody should look at the document again, which Due then
	// lists; zero for never.
	DueAt time.Time
}

// Documents keeps the records of one kind: which customer belongs to an account
// of the platform, say, or a verification code with its attempts.
type Documents[T any] struct {
	store Store
	kind  string
	now   func() time.Time
}

// NewDocuments returns the documents of a kind in store. The clock now is
// required.
func NewDocuments[T any](store Store, kind string, now func() time.Time) *Documents[T] {
	return &Documents[T]{store: store, kind: "document/" + kind, now: now}
}

// Get returns the document of key, or ErrNotFound when there is none or it has
// expired.
func (d *Documents[T]) Get(ctx context.Context, key string) (Document[T], error) {
	row, err := d.store.Get(ctx, d.kind, key)
	if err == nil && expired(row, d.now()) {
		err = ErrNotFound
	}
	if err != nil {
		return Document[T]{}, fmt.Errorf("read the %s: %w", d.kind, err)
	}
	return d.read(row)
}

func (d *Documents[T]) read(row Row) (Document[T], error) {
	doc := Document[T]{Key: row.Key, Version: row.Version, ExpiresAt: row.ExpiresAt, DueAt: row.DueAt}
	if err := json.Unmarshal(row.Body, &doc.Value); err != nil {
		return Document[T]{}, fmt.Errorf("the %s is unreadable: %w", d.kind, err)
	}
	return doc, nil
}

// Due lists at most limit documents, 1 or more, that somebody should look at by
// now, the longest due first. Those that have expired are left out. The list may
// lag: read a document again before it is acted upon.
func (d *Documents[T]) Due(ctx context.Context, limit int) ([]Document[T], error) {
	return d.DueBy(ctx, d.now(), limit)
}

// DueBy is Due by another instant, such as tomorrow.
func (d *Documents[T]) DueBy(ctx context.Context, until time.Time, limit int) ([]Document[T], error) {
	now := d.now()
	rows, err := d.store.Due(ctx, d.kind, time.Time{}, until, limit)
	if err != nil {
		return nil, fmt.Errorf("list each %s that is due: %w", d.kind, err)
	}
	docs := make([]Document[T], 0, len(rows))
	for _, row := range rows {
		if expired(row, now) {
			continue
		}
		doc, err := d.read(row)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// Put writes doc and returns it with its new version. With version 0 it creates
// the document, or returns ErrExists; with the version it was read at it
// replaces it, or returns ErrVersion when somebody else has written meanwhile:
// read it again and decide anew.
func (d *Documents[T]) Put(ctx context.Context, doc Document[T]) (Document[T], error) {
	body, err := json.Marshal(doc.Value)
	if err != nil {
		return Document[T]{}, fmt.Errorf("encode the %s: %w", d.kind, err)
	}
	now := d.now()
	row := Row{
		Kind: d.kind, Key: doc.Key, Version: doc.Version, Body: body,
		DueAt: doc.DueAt, ExpiresAt: doc.ExpiresAt, CreatedAt: now, UpdatedAt: now,
	}
	if doc.Version == 0 {
		doc.Version, err = insertOver(ctx, d.store, row, now)
	} else {
		doc.Version, err = doc.Version+1, d.store.Update(ctx, row)
	}
	if err != nil {
		return Document[T]{}, fmt.Errorf("write the %s: %w", d.kind, err)
	}
	return doc, nil
}
