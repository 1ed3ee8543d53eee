package readers_test

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// artifacts is the folder where pages are kept that people look at.
func artifacts() string {
	return cmp.Or(os.Getenv("READERS_ARTIFACTS"), filepath.Join("..", "..", ".ci", "artifacts", "readers"))
}

// run runs a program of Poppler and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	var problem strings.Builder
	command.Stderr = &problem
	said, err := command.Output()
	require.NoError(t, err, "%s: %s", name, problem.String())
	assert.Empty(t, problem.String(), name)
	return string(said)
}

func TestPopplerReadsTheStatements(t *testing.T) {
	t.Parallel()
	paths := export.paths(t, "statements")
	require.Len(t, paths, len(export.manifest.CustomerSums))
	for _, f := range export.manifest.Files {
		if f.Format != "statements" {
			continue
		}
		text := run(t, "pdftotext", "-layout", export.pathOf(f), "-")
		assert.Contains(t, text, f.CustomerID)
		assert.NotContains(t, text, "\uFFFD")
	}
	assert.Contains(t, run(t, "pdftotext", ofTheChinese(t), "-"), chineseName)
}

// ofTheChinese is the statement of the customer whose name is Chinese.
func ofTheChinese(t *testing.T) string {
	t.Helper()
	for _, path := range export.paths(t, "statements") {
		if strings.Contains(run(t, "pdftotext", path, "-"), chinese) {
			return path
		}
	}
	t.Fatalf("there is no statement of %s", chinese)
	return ""
}

// The first page of a statement is kept, for people to look at.
func TestPopplerDrawsAStatement(t *testing.T) {
	t.Parallel()
	require.NoError(t, os.MkdirAll(artifacts(), 0o750))
	picture := filepath.Join(artifacts(), "statement")
	run(t, "pdftoppm", "-png", "-r", "110", "-f", "1", "-l", "1", "-singlefile", ofTheChinese(t), picture)
	drawn, err := os.Stat(picture + ".png")
	require.NoError(t, err)
	assert.Greater(t, drawn.Size(), int64(20_000), "the page is empty")
}
