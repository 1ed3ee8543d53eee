package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/ledger"
)

type code struct {
	Attempts int `json:"attempts"`
}

func TestADocumentIsWrittenAtItsVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	codes := ledger.NewDocuments[code](b.store, "code", b.clock.Now)
	_, err := codes.Get(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	expires := start.Add(10 * time.Minute)
	doc, err := codes.Put(t.Context(), ledger.Document[code]{Key: "k", ExpiresAt: expires})
	require.NoError(t, err)
	_, err = codes.Put(t.Context(), ledger.Document[code]{Key: "k"})
	require.ErrorIs(t, err, ledger.ErrExists)

	stale := doc
	doc.Value.Attempts++
	doc, err = codes.Put(t.Context(), doc)
	require.NoError(t, err)
	_, err = codes.Put(t.Context(), stale)
	require.ErrorIs(t, err, ledger.ErrVersion)

	got, err := codes.Get(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, doc, got)
	assert.Equal(t, ledger.Document[code]{Key: "k", Value: code{1}, Version: 2, ExpiresAt: expires}, got)

	other := ledger.NewDocuments[code](b.store, "binding", b.clock.Now)
	_, err = other.Get(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestAnExpiredDocumentMakesRoom(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	codes := ledger.NewDocuments[code](b.store, "code", b.clock.Now)
	old, err := codes.Put(t.Context(), ledger.Document[code]{Key: "k", Value: code{3}, ExpiresAt: start.Add(time.Minute)})
	require.NoError(t, err)
	b.clock.Advance(time.Minute)
	_, err = codes.Get(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	fresh, err := codes.Put(t.Context(), ledger.Document[code]{Key: "k"})
	require.NoError(t, err)
	got, err := codes.Get(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, fresh, got)
	_, err = codes.Put(t.Context(), old)
	require.ErrorIs(t, err, ledger.ErrVersion, "the old one cannot come back")
}

func TestADocumentOfAnotherShapeIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	texts := ledger.NewDocuments[string](b.store, "code", b.clock.Now)
	_, err := texts.Put(t.Context(), ledger.Document[string]{Key: "k", Value: "text"})
	require.NoError(t, err)
	_, err = ledger.NewDocuments[code](b.store, "code", b.clock.Now).Get(t.Context(), "k")
	require.ErrorContains(t, err, "unreadable")
}

func TestDueDocumentsAreListed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	codes := ledger.NewDocuments[code](b.store, "code", b.clock.Now)
	put := func(key string, due, expires time.Time) {
		t.Helper()
		_, err := codes.Put(t.Context(), ledger.Document[code]{Key: key, DueAt: due, ExpiresAt: expires})
		require.NoError(t, err)
	}
	put("never", time.Time{}, time.Time{})
	put("second", start.Add(2*time.Minute), time.Time{})
	put("first", start.Add(time.Minute), time.Time{})
	put("ended", start.Add(time.Minute), start.Add(90*time.Second))
	put("later", start.Add(time.Hour), time.Time{})
	b.clock.Advance(2 * time.Minute)
	docs, err := codes.Due(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, docs, 2)
	assert.Equal(t, []string{"first", "second"}, []string{docs[0].Key, docs[1].Key})
	assert.Equal(t, start.Add(time.Minute), docs[0].DueAt)
	until, err := codes.DueBy(t.Context(), start.Add(time.Hour), 10)
	require.NoError(t, err)
	require.Len(t, until, 3)
	assert.Equal(t, "later", until[2].Key)

	docs[0].DueAt = start.Add(time.Hour)
	_, err = codes.Put(t.Context(), docs[0])
	require.NoError(t, err)
	docs, err = codes.Due(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, docs, 1)
	assert.Equal(t, "second", docs[0].Key)
}
