package chaos

import (
	"fmt"
	"strings"
	"time"
)

// line is something that happened in a run.
type line struct {
	at   time.Time
	text string
}

// history is what happened in a run, for the person who looks for the mistake.
type history []line

func (h *history) add(at time.Time, format string, args ...any) {
	*h = append(*h, line{at, fmt.Sprintf(format, args...)})
}

func (h history) String() string {
	var b strings.Builder
	for _, l := range h {
		fmt.Fprintf(&b, "  %8s  %s\n", l.at.Sub(start).Truncate(time.Millisecond), l.text)
	}
	return b.String()
}
