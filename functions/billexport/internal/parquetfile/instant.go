package parquetfile

import (
	"fmt"
	"time"
)

// ParseInstant reads a time such as 2026-02-03T04:05:06Z, or one with an offset, and
// returns it in milliseconds since 1970 in UTC. What is finer than a millisecond is no
// instant of a bill.
func ParseInstant(text []byte) (milliseconds int64, err error) {
	if seconds, ok := plainInstant(text); ok {
		return seconds * 1000, nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil || t.Nanosecond()%1_000_000 != 0 {
		return 0, fmt.Errorf("%.40q is not a time such as 2026-02-03T04:05:06Z", text)
	}
	return t.UnixMilli(), nil
}

// plainInstant reads the one form that the API documents.
func plainInstant(text []byte) (seconds int64, ok bool) {
	const form = "dddd-dd-ddTdd:dd:ddZ"
	if len(text) != len(form) {
		return 0, false
	}
	for i := range len(form) {
		c := text[i]
		if form[i] == 'd' && (c < '0' || c > '9') || form[i] != 'd' && c != form[i] {
			return 0, false
		}
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	year, month, day := two(0)*100+two(2), two(5), two(8)
	hour, minute, second := two(11), two(14), two(17)
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return int64(daysSince1970(year, month, day))*86400 + int64(hour*3600+minute*60+second), true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts from March, so that the leap day is a year's last one.
func daysSince1970(year, month, day int) int {
	if month < 3 {
		year, month = year-1, month+12
	}
	century := year / 100
	leaps := year/4 - century + century/4
	return 365*year + leaps + (153*(month-3)+2)/5 + day - 719469
}
