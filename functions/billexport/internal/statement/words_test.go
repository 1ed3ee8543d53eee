package statement

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/notosans"
)

func TestEveryWordIsInBothLanguagesAndInTheFont(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	check := func(what any, both [2]string) {
		for _, text := range both {
			assert.NotEmpty(t, text, "%v", what)
			for _, c := range text {
				assert.NotZero(t, font.Glyph(c), "%q of %v", c, what)
			}
		}
		assert.Equal(t, strings.Count(both[0], "%"), strings.Count(both[1], "%"), "%v", what)
	}
	for w, both := range words {
		check(w, both)
	}
	for _, table := range []map[string][2]string{modes, kinds, units, periods} {
		for code, both := range table {
			check(code, both)
		}
	}
	for code := range refunds {
		assert.Contains(t, kinds, code)
	}
}
