package conformance_test

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// logBuffer keeps log lines of several writers.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// reset forgets what was written.
func (b *logBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}

// contains waits for a text: the lines of a process arrive a little after its
// answers.
func (b *logBuffer) contains(t *testing.T, text string) {
	t.Helper()
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, b.String(), text)
	}, 10*time.Second, 5*time.Millisecond)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// fanOut writes to those tests that run.
type fanOut struct {
	mu      sync.Mutex
	writers map[*testing.T]io.Writer
}

func (f *fanOut) add(t *testing.T, w io.Writer) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writers == nil {
		f.writers = make(map[*testing.T]io.Writer)
	}
	f.writers[t] = w
	t.Cleanup(func() { f.remove(t) })
}

func (f *fanOut) remove(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.writers, t)
}

func (f *fanOut) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.writers {
		if _, err := w.Write(p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
