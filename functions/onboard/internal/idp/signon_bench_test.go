package idp_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkSignOn is what a customer's sign-on costs: the request verified and
// read, the assertion built and signed, its page written, with keys of 2,048 bits.
func BenchmarkSignOn(b *testing.B) {
	w := newWorld(b)
	rawQuery := query()
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		r, err := w.ReadRequest(w.sp, rawQuery)
		require.NoError(b, err)
		form, err := w.Respond(w.sp, r, subject)
		require.NoError(b, err)
		form.Page(cloudHosts)
	}
	b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// cpuTime is user and system time of the whole process.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
