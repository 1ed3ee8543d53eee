package bss

import (
	"context"
	"sync"
	"time"
)

// A token is renewed this long before it expires, so that it outlives the call it
// is for.
const renewBefore = 10 * time.Minute

// tokenCache keeps the partner's token (under the empty name) and one a customer.
type tokenCache struct {
	mu      sync.Mutex
	entries map[Customer]*tokenEntry
}

// tokenEntry is held by whoever fetches the token; all others wait for that one
// fetch.
type tokenEntry struct {
	held    chan struct{}
	value   string
	expires time.Time
}

func (t *tokenCache) entry(name Customer) *tokenEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries == nil {
		t.entries = make(map[Customer]*tokenEntry)
	}
	e := t.entries[name]
	if e == nil {
		e = &tokenEntry{held: make(chan struct{}, 1)}
		t.entries[name] = e
	}
	return e
}

// token returns a token of the customer, or of the partner for "", that is good
// for some minutes.
func (c *Client) token(ctx context.Context, name Customer) (string, error) {
	e := c.tokens.entry(name)
	select {
	case e.held <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-e.held }()
	if e.value != "" && c.clock.Now().Before(e.expires.Add(-renewBefore)) {
		return e.value, nil
	}
	value, expires, err := c.fetchToken(ctx, name)
	if err != nil {
		return "", err
	}
	e.value, e.expires = value, expires
	return value, nil
}

// drop forgets a token that was not accepted, unless another one has taken its
// place already. It reports whether a try with another token makes sense: not for
// "", which stands for a try without a token.
func (t *tokenCache) drop(ctx context.Context, name Customer, token string) bool {
	if token == "" {
		return false
	}
	e := t.entry(name)
	select {
	case e.held <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-e.held }()
	if e.value == token {
		e.value = ""
	}
	return true
}
