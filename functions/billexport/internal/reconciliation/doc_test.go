package reconciliation

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who finds a cause in a manifest finds in docs/exports.md what to do about it.
func TestTheDocumentHasEveryCause(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../../docs/exports.md")
	require.NoError(t, err)
	for cause, class := range classes {
		assert.Contains(t, string(document), "`"+string(cause)+"`")
		assert.Contains(t, string(document), "`"+string(class)+"`")
	}
}
