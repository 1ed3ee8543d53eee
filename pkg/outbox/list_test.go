package outbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/pkg/outbox"
)

// all reads the list page by page, and returns the sizes of its pages too.
func (b *bench) all(q outbox.Query) (ids []string, pages []int) {
	b.t.Helper()
	for {
		page, err := b.List(b.t.Context(), q)
		require.NoError(b.t, err)
		for _, k := range page.Events {
			ids = append(ids, k.ID)
		}
		pages = append(pages, len(page.Events))
		if page.Next.IsZero() {
			return ids, pages
		}
		require.True(b.t, page.Next.After(q.Since), "it goes on")
		q.Since = page.Next
	}
}

func TestTheListIsReadPageByPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprint("e", i))
		b.append(fmt.Sprint("subject ", i), want[i])
		b.clock.Advance(time.Second)
	}
	ids, pages := b.all(outbox.Query{Limit: 4})
	assert.Equal(t, want, ids)
	assert.Equal(t, []int{4, 4, 2}, pages)
	ids, _ = b.all(outbox.Query{Limit: 4, Since: start.Add(7 * time.Second)})
	assert.Equal(t, want[7:], ids)
	ids, pages = b.all(outbox.Query{Limit: 10})
	assert.Equal(t, want, ids)
	assert.Equal(t, []int{10}, pages)
}

func TestEventsOfOneInstantAreOnOnePage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("before", "a0")
	b.clock.Advance(time.Second)
	for i := range 9 {
		b.append("same", fmt.Sprint("b", i))
	}
	b.clock.Advance(time.Second)
	b.append("after", "c0")
	ids, pages := b.all(outbox.Query{Limit: 2})
	assert.Equal(t, []string{"a0", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "c0"}, ids)
	assert.Equal(t, []int{10, 1}, pages)
}

func TestTheListOfAState(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 30 {
		b.append(fmt.Sprint("subject ", i), fmt.Sprintf("e%02d", i))
		b.clock.Advance(time.Second)
	}
	b.receiver.answer = func(m outbox.Message) error {
		if m.ID[2] == '7' {
			return &outbox.NotTaken{Status: http.StatusBadRequest}
		}
		return nil
	}
	b.deliver()
	ids, _ := b.all(outbox.Query{Limit: 2, State: outbox.StateWaiting})
	assert.Equal(t, []string{"e07", "e17", "e27"}, ids)
	ids, pages := b.all(outbox.Query{Limit: 20, State: outbox.StateDelivered})
	assert.Len(t, ids, 27)
	assert.Equal(t, 20, pages[0])
	ids, _ = b.all(outbox.Query{Limit: 20, State: outbox.StateFailed})
	assert.Empty(t, ids)
}
