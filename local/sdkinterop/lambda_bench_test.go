package sdkinterop_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkLambda builds three Lambda functions, one that calls nobody and two that
// make one call, and measures their size and the time from the start of the process
// until it asks for its first event.
func BenchmarkLambda(b *testing.B) {
	names := []string{"bare", "ours", "theirs"}
	asked := make(chan time.Time)
	runtime := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- time.Now()
		<-r.Context().Done() // there is no event
	}))
	defer runtime.Close()
	programs, sizes, starts := map[string]string{}, map[string]float64{}, map[string]time.Duration{}
	for _, name := range names {
		programs[name], sizes[name] = build(b, name)
	}
	for turn := 0; b.Loop(); turn++ {
		for i := range names {
			name := names[(turn+i)%len(names)] // nobody always comes after the same one
			starts[name] += startOf(b, programs[name], runtime.URL, asked)
		}
	}
	b.ReportMetric(0, "ns/op") // of all of them together: says nothing
	for _, name := range names {
		b.ReportMetric(sizes[name], name+"-MB")
		b.ReportMetric(starts[name].Seconds()*1000/float64(b.N), name+"-start-ms")
		if name != names[0] {
			b.ReportMetric(sizes[name]/sizes[names[0]], name+"/bare-size")
			b.ReportMetric(float64(starts[name])/float64(starts[names[0]]), name+"/bare-start")
		}
	}
}

// build builds a program of the folder lambda as functions are built for AWS, and
// returns where it is and how many megabytes it has.
func build(b *testing.B, name string) (program string, megabytes float64) {
	b.Helper()
	program = filepath.Join(b.TempDir(), name)
	compile := exec.CommandContext(b.Context(), "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags=-s -w", "-o", program, "./lambda/"+name)
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	output, err := compile.CombinedOutput()
	require.NoError(b, err, string(output))
	info, err := os.Stat(program)
	require.NoError(b, err)
	return program, float64(info.Size()) / 1e6
}

// startOf starts a program and returns how long it took until it asked the Runtime
// API at an address for an event.
func startOf(b *testing.B, program, runtime string, asked <-chan time.Time) time.Duration {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, program)
	run.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(runtime, "http://"), "BSS_ACCESS_KEY=AK", "BSS_SECRET_KEY=SK"}
	started := time.Now()
	require.NoError(b, run.Start())
	select {
	case at := <-asked:
		stop()
		require.Error(b, run.Wait(), "it was ended")
		return at.Sub(started)
	case <-ctx.Done():
		require.NoError(b, ctx.Err(), "it does not ask for an event")
		return 0
	}
}
