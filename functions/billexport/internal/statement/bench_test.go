package statement

import (
	"io"
	"testing"
)

// BenchmarkStatement writes a statement of 2,000 records; divide by that for a line.
func BenchmarkStatement(b *testing.B) {
	o, records := options(b), month(2000)
	o.Chinese = true
	writeTo(b, io.Discard, o, records...)
	b.ReportAllocs()
	for b.Loop() {
		writeTo(b, io.Discard, o, records...)
	}
}
