package scale_test

import (
	"os"
	"testing"
	"time"
)

const (
	customers = 500
	million   = 1_000_000
	// mostMiB is what the function may have resident, and growth how much more with
	// twice the records.
	mostMiB = 128
	growth  = 1.10
)

// allFormats are the formats with records and the report.
var allFormats = []string{"csv", "csv.gz", "xlsx", "parquet", "focus-csv", "focus-parquet", "statements", "report"}

// export exports the records of a cloud that has so many.
func export(b *testing.B, cloud, cycle string, rows int, formats ...string) outcome {
	b.Helper()
	p := play(b, "exporter", order{Cloud: cloud, Folder: b.TempDir(), Cycle: cycle, Formats: formats, HeapProfile: os.Getenv("SCALE_PROFILE")})
	var o outcome
	p.hear(b, &o)
	p.stop()
	if o.Rows != rows {
		b.Fatalf("%d rows were exported, not %d", o.Rows, rows)
	}
	return o
}

// cloud is a simulated Huawei Cloud with so many records.
func cloud(b *testing.B, rows int) (url, cycle string) {
	b.Helper()
	cycle = lastCycle(time.Now())
	play(b, "cloud", world{Cycle: cycle, Customers: customers, Rows: rows}).hear(b, &url)
	return url, cycle
}

func report(b *testing.B, o outcome) {
	b.ReportMetric(o.PeakMiB, "MiB")
	b.ReportMetric(float64(o.Rows)/o.Seconds, "rows/s")
	b.ReportMetric(float64(o.Rows)/o.CPU, "rows/cpu-s")
}

// BenchmarkMemory exports a million records in all formats, and two million.
func BenchmarkMemory(b *testing.B) {
	peaks := map[int]float64{}
	for _, rows := range []int{million, 2 * million} {
		b.Run(map[int]string{million: "1,000,000", 2 * million: "2,000,000"}[rows], func(b *testing.B) {
			url, cycle := cloud(b, rows)
			for b.Loop() {
				o := export(b, url, cycle, rows, allFormats...)
				peaks[rows] = max(peaks[rows], o.PeakMiB)
				report(b, o)
			}
			if peaks[rows] > mostMiB {
				b.Errorf("%.0f MiB were resident, more than %d", peaks[rows], mostMiB)
			}
		})
	}
	if before, after := peaks[million], peaks[2*million]; before > 0 && after > before*growth {
		b.Errorf("%.0f MiB were resident with %d records, %.0f with twice as many", before, million, after)
	}
}

// BenchmarkFormats exports a million records in one format at a time. The report has no
// records of its own: its time is that of fetching them.
func BenchmarkFormats(b *testing.B) {
	url, cycle := cloud(b, million)
	for _, format := range allFormats {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				o := export(b, url, cycle, million, format)
				report(b, o)
			}
		})
	}
}
