package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFocusNamesBrokenRules(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "focus.csv")
	require.NoError(t, os.WriteFile(path, []byte("BilledCost\n1,5\n"), 0o600))
	var stdout, stderr bytes.Buffer
	require.ErrorContains(t, run(t.Context(), []string{"focus", path}, &stdout, &stderr), "row 1")

	require.NoError(t, os.WriteFile(path, []byte("BilledCost\n1.5\n"), 0o600))
	stdout.Reset()
	require.ErrorIs(t, run(t.Context(), []string{"focus", "-broken", path}, &stdout, &stderr), errBroken)
	assert.Contains(t, stdout.String(), "fail  must    ListCost.present")
	assert.NotContains(t, stdout.String(), "pass")
	require.ErrorIs(t, run(t.Context(), []string{"focus"}, &stdout, &stderr), errUsage)
	require.ErrorIs(t, run(t.Context(), []string{"focus", "-manifest", path + "x", path}, &stdout, &stderr), os.ErrNotExist)
}
