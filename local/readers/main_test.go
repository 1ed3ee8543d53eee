package readers_test

import (
	"fmt"
	"os"
	"testing"
)

// export is what all tests open. They change nothing of it.
var export published

func TestMain(m *testing.M) {
	code, err := exportAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "readers:", err)
		code = 1
	}
	os.Exit(code)
}

func exportAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "readers-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := publish(dir); err != nil {
		return 1, fmt.Errorf("no export to read: %w", err)
	}
	if export, err = read(dir, cycle); err != nil {
		return 1, err
	}
	return m.Run(), nil
}
