package focus_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/functions/billexport/internal/focus"
)

// The document has the columns that are written, in their order.
func TestDocumentHasAllColumns(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../../docs/focus.md")
	require.NoError(t, err)
	var documented, written []string
	for _, match := range regexp.MustCompile(`(?m)^\| ((?:x_)?[A-Z][A-Za-z]+) \|.*\|.*\|$`).FindAllSubmatch(document, -1) {
		documented = append(documented, string(match[1]))
	}
	for _, c := range focus.ColumnsOf(true) {
		written = append(written, c.Name)
	}
	assert.Equal(t, written, documented)
	assert.Equal(t, written[:len(written)-2], func() (names []string) {
		for _, c := range focus.ColumnsOf(false) {
			names = append(names, c.Name)
		}
		return names
	}())
	for _, c := range focus.ColumnsOf(true) {
		if c.Required {
			assert.Regexp(t, `(?m)^\| `+c.Name+` \|.*\| never \|$`, string(document))
		}
	}
}
