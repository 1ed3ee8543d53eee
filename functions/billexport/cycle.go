package billexport

import "time"

const (
	cycleLayout = "2006-01"
	// historyMonths is how far back the API has bills.
	historyMonths = 18
)

// beijing is the zone of billing cycles.
var beijing = time.FixedZone("GMT+8", 8*60*60)

// cycle is a billing month of GMT+8, by its first instant.
type cycle struct{ start time.Time }

// cycleAt is the cycle that an instant is in.
func cycleAt(now time.Time) cycle {
	local := now.In(beijing)
	return cycle{time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, beijing)}
}

// parseCycle reads a month such as 2026-02.
func parseCycle(text string) (cycle, error) {
	start, err := time.ParseInLocation(cycleLayout, text, beijing)
	if err != nil {
		return cycle{}, cycleMalformed()
	}
	return cycle{start}, nil
}

// String is the API's form.
func (c cycle) String() string { return c.start.Format(cycleLayout) }

func (c cycle) previous() cycle { return cycle{c.start.AddDate(0, -1, 0)} }

// checkRange refuses cycles of which the API has no bills.
func (c cycle) checkRange(now time.Time) error {
	current := cycleAt(now)
	oldest := cycle{current.start.AddDate(0, -historyMonths, 0)}
	switch {
	case c.start.After(current.start):
		return cycleFuture(c, current)
	case c.start.Before(oldest.start):
		return cycleTooOld(c, oldest)
	}
	return nil
}

// settled reports whether the bills no longer change: from 10:00 GMT+8 on the 4th
// of the next month, the later of the two times in the documentation.
// See https://support.huaweicloud.com/api-oce/mbc_00004.html.
func (c cycle) settled(now time.Time) bool {
	return !now.Before(c.start.AddDate(0, 1, 3).Add(10 * time.Hour))
}
