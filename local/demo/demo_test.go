package demo_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bssfn/bssfn/local/demo"
)

var start = time.Date(2026, 3, 10, 1, 0, 0, 0, time.UTC)

func play(t *testing.T, o demo.Options) (*demo.Report, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return demo.Run(ctx, o)
}

func TestTheDayIsPlayedWhole(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	report, err := play(t, demo.Options{Seed: 7, Start: start, Out: filepath.Join(t.TempDir(), "out"), Progress: &text})
	require.NoError(t, err)
	var functions []string
	for _, s := range report.Steps {
		functions = append(functions, s.Function)
		assert.NotEmpty(t, s.Facts, s.Title)
	}
	for _, f := range []string{"onboard", "payorder", "couponissue", "billexport"} {
		assert.Contains(t, functions, f)
	}
	for _, want := range []string{"isFirstLogin=false", "isFirstLogin=true", "8340.00 CNY", "completed", "outcome_unknown", "found by looking at the order", "refused by Huawei Cloud", "agrees in all"} {
		assert.Contains(t, text.String(), want)
	}
	for line := range strings.Lines(text.String()) {
		assert.NotContains(t, line, "127.0.0.1", "an address of this run would make two runs differ")
	}
}

func TestOneSeedPrintsTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	var outputs []string
	for range 2 {
		report, err := play(t, demo.Options{Seed: 1, Start: start, Out: dir})
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, report.WriteJSON(&b))
		outputs = append(outputs, b.String())
	}
	assert.Equal(t, outputs[0], outputs[1])
}

func TestAnotherSeedIsAnotherDay(t *testing.T) {
	t.Parallel()
	one, err := play(t, demo.Options{Seed: 1, Start: start, Out: filepath.Join(t.TempDir(), "out")})
	require.NoError(t, err)
	two, err := play(t, demo.Options{Seed: 2, Start: start, Out: filepath.Join(t.TempDir(), "out")})
	require.NoError(t, err)
	assert.NotEqual(t, one.Steps, two.Steps)
}

func TestAFolderThatNoDemoWroteIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious.txt")
	require.NoError(t, os.WriteFile(precious, []byte("mine"), 0o600))
	_, err := play(t, demo.Options{Seed: 1, Start: start, Out: dir})
	require.ErrorContains(t, err, "holds something that no demo wrote: choose another one with -out")
	left, err := os.ReadFile(precious)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(left))
}

func TestAFileInTheWayIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := play(t, demo.Options{Seed: 1, Start: start, Out: file})
	require.ErrorContains(t, err, file)
	require.ErrorContains(t, err, "-out")
}

func TestACancelledDayFailsWithTheStep(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := demo.Run(ctx, demo.Options{Seed: 1, Start: start, Out: filepath.Join(t.TempDir(), "out")})
	require.ErrorIs(t, err, context.Canceled)
}
