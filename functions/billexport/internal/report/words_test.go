package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryWordIsInBothLanguages(t *testing.T) {
	t.Parallel()
	check := func(what any, both [2]string) {
		assert.NotEmpty(t, both[0], "%v", what)
		assert.NotEmpty(t, both[1], "%v", what)
		assert.Equal(t, strings.Count(both[0], "%"), strings.Count(both[1], "%"), "%v", what)
	}
	for w, both := range words {
		check(w, both)
	}
	for _, table := range []map[string][2]string{stateWords, classWords, causeWords, reasonWords, identityWords, modeWords} {
		for code, both := range table {
			check(code, both)
		}
	}
}
