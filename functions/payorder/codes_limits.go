package payorder

import (
	"context"
	"errors"
	"time"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// How many codes a person may be sent.
const (
	codesAnHour = 15
	codesADay   = 60
)

// codeCount is when codes were sent to a person in the last day, the first one
// first.
type codeCount struct {
	Sent []time.Time `json:"sent"`
}

// count counts a code for a person before it is sent, or refuses it.
func (c *codes) count(ctx context.Context, person string) error {
	key := c.personKey(person)
	for {
		doc, err := c.counts.Get(ctx, key)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		now := c.now()
		if err := doc.Value.add(now); err != nil {
			return err
		}
		doc.Key, doc.ExpiresAt = key, now.Add(24*time.Hour)
		_, err = c.counts.Put(ctx, doc)
		if writtenMeanwhile(err) {
			continue // another process has counted one
		}
		return err
	}
}

// add adds a code at an instant. The windows slide: a code leaves them an hour and a
// day after it was sent.
func (n *codeCount) add(now time.Time) error {
	n.Sent = after(n.Sent, now.Add(-24*time.Hour))
	if len(n.Sent) >= codesADay {
		return tooManyCodes("code_limit_day", codesADay, "24 hours", n.Sent[len(n.Sent)-codesADay].Add(24*time.Hour).Sub(now))
	}
	if hour := after(n.Sent, now.Add(-time.Hour)); len(hour) >= codesAnHour {
		return tooManyCodes("code_limit_hour", codesAnHour, "hour", hour[len(hour)-codesAnHour].Add(time.Hour).Sub(now))
	}
	n.Sent = append(n.Sent, now)
	return nil
}

// after are the instants later than one, whatever order the processes' clocks have
// brought them into.
func after(instants []time.Time, then time.Time) []time.Time {
	var later []time.Time
	for _, t := range instants {
		if t.After(then) {
			later = append(later, t)
		}
	}
	return later
}
