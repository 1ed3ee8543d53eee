package focus

import (
	"bytes"
	"strconv"
)

// units are the units of measure whose numbers the API's documentation names, in the
// words of the specification's unit format. The API's own list has names in the caller's
// language, which are no such words.
var units = map[int][]byte{
	4: []byte("Hours"), 10: []byte("GB"), 11: []byte("MB"), 14: []byte("Units"), 15: []byte("Mb/Second"), 17: []byte("GB"),
	periodYear: []byte("Years"), periodMonth: []byte("Months"), periodDay: []byte("Days"), periodHour: []byte("Hours"),
}

// Codes of period_type.
const (
	periodYear  = 19
	periodMonth = 20
	periodDay   = 24
	periodHour  = 25
)

// unitOf names a unit of measure. One whose meaning is not known keeps its number.
func unitOf(measure []byte) []byte {
	code, err := strconv.Atoi(string(bytes.TrimSpace(measure)))
	if err != nil {
		return unitEach
	}
	if name, ok := units[code]; ok {
		return name
	}
	return strconv.AppendInt([]byte("Measure"), int64(code), 10)
}

// unitEach is that of a charge which is its own quantity.
var unitEach = []byte("Units")
