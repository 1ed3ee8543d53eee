// Package objectstest is what every store must pass, and stores that fail on request.
package objectstest

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/internal/objects"
)

// Run holds a store against the contract of objects.Store. Each test has a new one.
func Run(t *testing.T, open func(t *testing.T) objects.Store) {
	for name, test := range map[string]func(*testing.T, objects.Store){
		"an object is seen when it is whole": whole,
		"an object takes another's place":    replaced,
		"versions are compared":              versions,
		"a list is in order":                 listed,
		"names lead nowhere else":            names,
		"many write at once":                 concurrent,
		"an ended call does nothing":         ended,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Write writes an object.
func Write(t *testing.T, store objects.Store, name, content string) {
	t.Helper()
	w, err := store.Create(t.Context(), name)
	require.NoError(t, err)
	_, err = io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Commit())
	require.NoError(t, w.Close())
}

// Read reads an object.
func Read(t *testing.T, store objects.Store, name string) string {
	t.Helper()
	r, err := store.Open(t.Context(), name)
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return string(content)
}

// Names lists the names that begin with prefix.
func Names(t *testing.T, store objects.Store, prefix string) []string {
	t.Helper()
	var names []string
	for object, err := range store.List(t.Context(), prefix) {
		require.NoError(t, err)
		names = append(names, object.Name)
	}
	return names
}

func whole(t *testing.T, store objects.Store) {
	w, err := store.Create(t.Context(), "a/b.txt")
	require.NoError(t, err)
	_, err = io.WriteString(w, "half")
	require.NoError(t, err)
	_, err = store.Open(t.Context(), "a/b.txt")
	require.ErrorIs(t, err, objects.ErrNotFound)
	assert.Empty(t, Names(t, store, ""))
	_, err = io.WriteString(w, ", whole")
	require.NoError(t, err)
	require.NoError(t, w.Commit())
	require.NoError(t, w.Close())
	assert.Equal(t, "half, whole", Read(t, store, "a/b.txt"))

	dropped, err := store.Create(t.Context(), "a/c.txt")
	require.NoError(t, err)
	_, err = io.WriteString(dropped, "never")
	require.NoError(t, err)
	require.NoError(t, dropped.Close())
	Write(t, store, "empty", "")
	assert.Empty(t, Read(t, store, "empty"))
	assert.Equal(t, []string{"a/b.txt", "empty"}, Names(t, store, ""))
}

func replaced(t *testing.T, store objects.Store) {
	Write(t, store, "a", "first")
	w, err := store.Create(t.Context(), "a")
	require.NoError(t, err)
	_, err = io.WriteString(w, "second")
	require.NoError(t, err)
	assert.Equal(t, "first", Read(t, store, "a"))
	require.NoError(t, w.Commit())
	require.NoError(t, w.Close())
	assert.Equal(t, "second", Read(t, store, "a"))
	require.NoError(t, store.Delete(t.Context(), "a"))
	require.NoError(t, store.Delete(t.Context(), "a"), "it is gone")
	require.NoError(t, store.Delete(t.Context(), "never/was"))
	_, _, err = store.Get(t.Context(), "a", 10)
	require.ErrorIs(t, err, objects.ErrNotFound)
}

func versions(t *testing.T, store objects.Store) {
	ctx := t.Context()
	require.NoError(t, store.Put(ctx, "m/manifest.json", []byte("1"), ""))
	require.ErrorIs(t, store.Put(ctx, "m/manifest.json", []byte("x"), ""), objects.ErrChanged)
	content, first, err := store.Get(ctx, "m/manifest.json", 1)
	require.NoError(t, err)
	assert.Equal(t, "1", string(content))
	require.NoError(t, store.Put(ctx, "m/manifest.json", []byte("22"), first))
	require.ErrorIs(t, store.Put(ctx, "m/manifest.json", []byte("x"), first), objects.ErrChanged)
	require.ErrorIs(t, store.Put(ctx, "m/other.json", []byte("x"), first), objects.ErrChanged)
	_, _, err = store.Get(ctx, "m/manifest.json", 1)
	require.ErrorIs(t, err, objects.ErrTooLarge)
	assert.Equal(t, "22", Read(t, store, "m/manifest.json"))
}

func listed(t *testing.T, store objects.Store) {
	want := []string{"a", "b.c", "b/c", "b/d/1", "b/d/2", "b0", "with space/顾 客+%41.txt", "ä"}
	for _, name := range want {
		Write(t, store, name, name)
	}
	assert.Equal(t, want, Names(t, store, ""))
	assert.Equal(t, []string{"b/c", "b/d/1", "b/d/2"}, Names(t, store, "b/"))
	assert.Equal(t, []string{"b.c", "b/c", "b/d/1", "b/d/2", "b0"}, Names(t, store, "b"))
	assert.Equal(t, []string{"b/d/1", "b/d/2"}, Names(t, store, "b/d"))
	assert.Equal(t, want[6:7], Names(t, store, "with space/顾"))
	for _, prefix := range []string{"c", "a/", "b/d/3", "../", "b//"} {
		assert.Empty(t, Names(t, store, prefix), prefix)
	}
	for object, err := range store.List(t.Context(), "") {
		require.NoError(t, err)
		assert.Len(t, object.Name, int(object.Size))
		if object.Name == "b.c" {
			break
		}
	}
	for _, name := range want {
		assert.Equal(t, name, Read(t, store, name))
	}
}

// BadNames are names that no store takes.
func BadNames() []string {
	return []string{
		"", ".", "..", "/", "/etc/passwd", "../a", "a/../../b", "a/..", "a/", "a//b", "./a", "a/./b", `a\b`, "a\x00b", "a\n", "\x7f",
		"\xff", ".tmp", ".tmp/1", strings.Repeat("a/", 450) + "a", strings.Repeat("长", 67),
	}
}

func names(t *testing.T, store objects.Store) {
	for _, name := range BadNames() {
		_, err := store.Create(t.Context(), name)
		require.ErrorIs(t, err, objects.ErrName, "%q", name)
		_, err = store.Open(t.Context(), name)
		require.ErrorIs(t, err, objects.ErrName, "%q", name)
		_, _, err = store.Get(t.Context(), name, 1)
		require.ErrorIs(t, err, objects.ErrName, "%q", name)
		require.ErrorIs(t, store.Put(t.Context(), name, nil, ""), objects.ErrName, "%q", name)
		require.ErrorIs(t, store.Delete(t.Context(), name), objects.ErrName, "%q", name)
	}
	assert.Empty(t, Names(t, store, ""))
}

func concurrent(t *testing.T, store objects.Store) {
	var wg sync.WaitGroup
	wants := []string{"run/1/a", "run/1/b", "run/2/a"}
	for round := range 4 {
		for _, name := range wants {
			wg.Go(func() {
				if round%2 == 1 {
					assert.NoError(t, store.Delete(context.WithoutCancel(t.Context()), name+"x"))
				}
				w, err := store.Create(t.Context(), name)
				if !assert.NoError(t, err) {
					return
				}
				_, err = io.WriteString(w, name)
				assert.NoError(t, err)
				assert.NoError(t, w.Commit())
				assert.NoError(t, w.Close())
			})
		}
	}
	wg.Wait()
	assert.Equal(t, wants, Names(t, store, "run/"))
	for name := range slices.Values(wants) {
		assert.Equal(t, name, Read(t, store, name))
	}
}

func ended(t *testing.T, store objects.Store) {
	Write(t, store, "a", "1")
	ctx, cancel := context.WithCancel(t.Context())
	w, err := store.Create(ctx, "b")
	require.NoError(t, err)
	cancel()
	require.ErrorIs(t, w.Commit(), context.Canceled)
	require.NoError(t, w.Close())
	_, err = store.Open(ctx, "a")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, store.Delete(ctx, "a"), context.Canceled)
	require.ErrorIs(t, store.Put(ctx, "c", nil, ""), context.Canceled)
	for _, err := range store.List(ctx, "") {
		require.ErrorIs(t, err, context.Canceled)
	}
	assert.Equal(t, []string{"a"}, Names(t, store, ""))
}
