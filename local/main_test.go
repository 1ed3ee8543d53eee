package main

import (
	"bytes"
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrongArgumentsAreOneClearLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string
	}{
		"unknown command":       {[]string{"fly"}, `there is no command "fly"`},
		"unknown flag":          {[]string{"-fly"}, "-fly"},
		"unknown flag of demo":  {[]string{"demo", "-fly"}, "-fly"},
		"seed is no number":     {[]string{"demo", "-seed", "one"}, "seed"},
		"too much":              {[]string{"demo", "now"}, `"now" is too much`},
		"call without path":     {[]string{"call", "GET"}, "METHOD and PATH"},
		"call with a word":      {[]string{"call", "GET", "onboard"}, "METHOD and PATH"},
		"body file is missing":  {[]string{"call", "POST", "/x", "-d", "@/does/not/exist"}, "/does/not/exist"},
		"not loopback":          {[]string{"-addr", "0.0.0.0:8080"}, "not on the loopback interface"},
		"sim not loopback":      {[]string{"sim", "-addr", "0.0.0.0:1"}, "not on the loopback interface"},
		"sim of no site":        {[]string{"sim", "-addr", "127.0.0.1:0", "-admin-addr", "127.0.0.1:0", "-site", "mars"}, "use cn, intl or eu"},
		"sim without a key":     {[]string{"sim", "-ak", ""}, "must not be empty"},
		"no port":               {[]string{"-sim-addr", "127.0.0.1"}, "is not of the form"},
		"chaos in no store":     {[]string{"chaos", "-store", "paper"}, `there is no store "paper"`},
		"nobody answers a call": {[]string{"call", "-addr", "127.0.0.1:1", "GET", "/couponissue/quotas"}, "start it with go run ./local"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			err := run(t.Context(), test.args, &stdout, &stderr)
			require.Error(t, err)
			said := strings.TrimSpace(stderr.String() + "\n" + err.Error())
			assert.Contains(t, said, test.want)
			assert.Empty(t, stdout.String())
		})
	}
}

func TestATakenPortIsOneClearLine(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	taken, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	addr := taken.Addr().String()
	for _, args := range [][]string{{"-addr", addr}, {"sim", "-addr", addr}} {
		err := run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{})
		require.ErrorContains(t, err, "cannot listen on "+addr)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestHelpEverywhere(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-h"}, {"demo", "-h"}, {"sim", "-h"}, {"call", "-h"}, {"chaos", "-h"}} {
		var stderr bytes.Buffer
		err := run(t.Context(), args, &bytes.Buffer{}, &stderr)
		require.ErrorIs(t, err, flag.ErrHelp)
		assert.Contains(t, stderr.String(), "  -", args)
	}
}

func TestDemoPrintsTheDay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	var stdout bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"demo", "-seed", "3", "-out", dir}, &stdout, &bytes.Buffer{}))
	assert.Contains(t, stdout.String(), "The day is done; seed 3 plays it again.")
	assert.Contains(t, stdout.String(), filepath.Join(dir, "2026-02", "manifest.json"))

	stdout.Reset()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rate-card.csv"), []byte("basis,percent\nofficial,95\n"), 0o600))
	require.NoError(t, run(t.Context(), []string{"verify", dir}, &stdout, &bytes.Buffer{}))
	assert.Regexp(t, `^rate-card.csv  1 rules: understood\n2026-02  final  run \S+  \d+ files, \d+ bytes, \d+ records: whole\n$`, stdout.String())
}

func TestVerifyNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	verify := func(args ...string) error {
		return run(t.Context(), append([]string{"verify"}, args...), &bytes.Buffer{}, &bytes.Buffer{})
	}
	require.ErrorContains(t, verify(dir), "nothing is published in "+dir)
	require.ErrorContains(t, verify(filepath.Join(dir, "missing")), "create it or mount it")
	require.ErrorContains(t, verify("s4://x"), "s3://BUCKET/PREFIX")
	require.ErrorIs(t, verify(), errUsage)
	card := filepath.Join(dir, "rate-card.csv")
	require.NoError(t, os.WriteFile(card, []byte("basis,percent\nofficial,95%\n"), 0o600))
	require.ErrorContains(t, verify(dir), `rate-card.csv: line 2, column B: percent "95%" is not`)
	require.NoError(t, os.Remove(card))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "2026-02"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "2026-02", "manifest.json"), []byte(`{"schema_version":1}`), 0o600))
	require.ErrorContains(t, verify(dir), "2026-02/manifest.json: read a manifest: its schema version is 1, not 2")
}

// The welcome is written once everything listens; a call then finds it.
func TestServeAndCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	welcome := make(chan string, 2)
	ended := make(chan error, 1)
	args := []string{"-addr", "127.0.0.1:0", "-sim-addr", "127.0.0.1:0", "-admin-addr", "127.0.0.1:0", "-platform-addr", "127.0.0.1:0", "-out", t.TempDir()}
	go func() { ended <- run(ctx, args, &lines{to: welcome}, &bytes.Buffer{}) }()
	addr, admin := hostOf(<-welcome), hostOf(<-welcome)

	// Whoever moves the clock can still call.
	advance, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+admin+"/_sim/clock", strings.NewReader(`{"advance":"1h"}`))
	require.NoError(t, err)
	advance.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(advance)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)

	var stdout bytes.Buffer
	call := []string{"call", "-addr", addr, "-admin-addr", admin, "POST", "/onboard/checks", "-d", `{"login_name":"some-name"}`}
	require.NoError(t, run(t.Context(), call, &stdout, &bytes.Buffer{}))
	assert.Contains(t, stdout.String(), "HTTP 200 OK")
	assert.Contains(t, stdout.String(), `"available": true`)

	stdout.Reset()
	call = []string{"call", "-addr", addr, "-admin-addr", admin, "GET", "/payorder/orders/none?customer_id=none"}
	require.ErrorContains(t, run(t.Context(), call, &stdout, &bytes.Buffer{}), "refused")
	assert.Contains(t, stdout.String(), `"code": "order_unknown"`)

	cancel()
	require.NoError(t, <-ended)
}

// hostOf is the host in a line such as "functions  http://127.0.0.1:8080".
func hostOf(line string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.Fields(line)[1], "http://"), "/_sim/")
}

// lines passes the lines of the functions and of the administration on, which are
// the first and the third.
type lines struct {
	to    chan string
	count int
}

func (l *lines) Write(p []byte) (int, error) {
	l.count++
	if l.count == 1 || l.count == 3 {
		l.to <- string(p)
	}
	return len(p), nil
}
