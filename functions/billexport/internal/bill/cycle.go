// Package bill holds what every part of an export speaks of: the cycle, the fee record
// on its way into files, its amounts, and whom they are about.
package bill

import (
	"fmt"
	"time"
)

const cycleLayout = "2006-01"

// beijing is the zone of billing cycles.
var beijing = time.FixedZone("GMT+8", 8*60*60)

// Cycle is a billing month of GMT+8.
type Cycle struct{ start time.Time }

// CycleAt is the cycle that an instant is in.
func CycleAt(now time.Time) Cycle {
	local := now.In(beijing)
	return Cycle{time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, beijing)}
}

// ParseCycle reads a month such as 2026-02.
func ParseCycle(text string) (Cycle, error) {
	start, err := time.ParseInLocation(cycleLayout, text, beijing)
	if err != nil {
		return Cycle{}, fmt.Errorf("%q is not a month such as 2026-02", text)
	}
	return Cycle{start}, nil
}

// String is the API's form.
func (c Cycle) String() string { return c.start.Format(cycleLayout) }

// Start is the first instant of the cycle, in UTC.
func (c Cycle) Start() time.Time { return c.start.UTC() }

// End is the first instant after the cycle, in UTC.
func (c Cycle) End() time.Time { return c.start.AddDate(0, 1, 0).UTC() }

// Days is how many days the cycle has.
func (c Cycle) Days() int { return c.start.AddDate(0, 1, -1).Day() }

// Day is a day of the cycle, counted from 1, in the API's form 2006-01-02.
func (c Cycle) Day(n int) string { return c.start.AddDate(0, 0, n-1).Format(time.DateOnly) }

// Plus is the cycle so many months later.
func (c Cycle) Plus(months int) Cycle { return Cycle{c.start.AddDate(0, months, 0)} }

// Before reports whether the cycle is an earlier one than d.
func (c Cycle) Before(d Cycle) bool { return c.start.Before(d.start) }

// Settled reports whether the bills no longer change: from 10:00 GMT+8 on the 4th
// of the next month, the later of the two times in the documentation.
// See https://support.huaweicloud.com/api-oce/mbc_00004.html.
func (c Cycle) Settled(now time.Time) bool {
	return !now.Before(c.start.AddDate(0, 1, 3).Add(10 * time.Hour))
}
