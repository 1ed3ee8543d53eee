package onboard

import (
	"strings"
)

// hidden stands where something private was.
const hidden = "…"

// withheld is an error of the partner API that does not repeat what was submitted: it
// is recorded, logged and told, and names and numbers of persons may be in no such
// place. The error itself is inside, for errors.Is.
type withheld struct {
	text string
	err  error
}

func (w *withheld) Error() string { return w.text }

func (w *withheld) Unwrap() error { return w.err }

func withhold(err error, private []string) error {
	return &withheld{hide(err.Error(), private), err}
}

// hide takes private texts out of another one.
func hide(text string, private []string) string {
	var pairs []string
	for _, p := range private {
		if p != "" {
			pairs = append(pairs, p, hidden)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
