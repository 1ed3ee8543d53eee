package conformance_test

import (
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// runProbe builds a main package and runs it, with no environment but env, until
// the test ends.
func runProbe(t *testing.T, pkg string, logs io.Writer, env ...string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, pkg).CombinedOutput()
	require.NoError(t, err, "%s", built)

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	process := exec.CommandContext(ctx, binary)
	process.Env = env
	process.Stdout, process.Stderr = logs, logs
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		stop()
		_ = process.Wait() // it was killed, which is an error
	})
}
