package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// marker tells a folder that a demo wrote from every other one.
const marker = ".bssfn-demo"

// prepareFolder empties a folder that a demo wrote, or makes one. It leaves
// everything else alone.
func prepareFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s cannot be used, choose another one with -out: %w", dir, err)
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
			return fmt.Errorf("the folder %s holds something that no demo wrote: choose another one with -out", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("replace the older demo in %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder %s: %w", dir, err)
	}
	return os.WriteFile(filepath.Join(dir, marker), []byte("Written by the demo, which may replace this folder.\n"), 0o644)
}
