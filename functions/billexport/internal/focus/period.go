package focus

import (
	"time"

	"github.com/bssfn/bssfn/functions/billexport/internal/parquetfile"
)

// chargePeriodOf is the half-open period of a charge, in milliseconds since 1970.
//
// The documentation gives consume_time as one instant: when an order was paid, or when a
// record of usage took effect and ended, which are two. So two instants are taken as they
// are, and one stands for the day of GMT+8 that it is in: bills are by such days. Without
// any, the time of the charge has to do, and at last the cycle.
func chargePeriodOf(consumed []byte, trade int64, traded bool, cycleStart, cycleEnd int64) (start, end int64) {
	first, rest, ok := firstInstant(consumed)
	if ok {
		if second, _, two := firstInstant(rest); two && second > first {
			return first, second
		}
		return dayOf(first)
	}
	if traded {
		return dayOf(trade)
	}
	return cycleStart, cycleEnd
}

const (
	dayMilliseconds = 24 * 60 * 60 * 1000
	beijingOffset   = 8 * 60 * 60 * 1000
)

// dayOf is the day of GMT+8 that an instant is in.
func dayOf(milliseconds int64) (start, end int64) {
	local := milliseconds + beijingOffset
	within := local % dayMilliseconds
	if within < 0 {
		within += dayMilliseconds
	}
	start = milliseconds - within
	return start, start + dayMilliseconds
}

// firstInstant looks for a time of the API in a text and returns what follows it. A day
// alone is its first instant in GMT+8.
func firstInstant(text []byte) (milliseconds int64, rest []byte, ok bool) {
	for at := range text {
		if text[at] < '0' || text[at] > '9' || at > 0 && text[at-1] >= '0' && text[at-1] <= '9' {
			continue
		}
		for _, form := range instantForms {
			if len(text)-at < form.length {
				continue
			}
			piece := text[at : at+form.length]
			if form.layout == "" {
				milliseconds, err := parquetfile.ParseInstant(piece)
				if err == nil {
					return milliseconds, text[at+form.length:], true
				}
				continue
			}
			if t, err := time.ParseInLocation(form.layout, string(piece), form.zone); err == nil {
				return t.UnixMilli(), text[at+form.length:], true
			}
		}
	}
	return 0, nil, false
}

// instantForms are the documented one first, then those with an offset, with a blank, and
// of a day.
var instantForms = []struct {
	length int
	layout string
	zone   *time.Location
}{
	{length: len("2006-01-02T15:04:05Z")},
	{length: len("2006-01-02T15:04:05+08:00")},
	{len(time.DateTime), time.DateTime, time.UTC},
	{len("2006-01-02T15:04:05"), "2006-01-02T15:04:05", time.UTC},
	{len(time.DateOnly), time.DateOnly, time.FixedZone("GMT+8", 8*60*60)},
}
