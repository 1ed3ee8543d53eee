package huawei

import (
	"strconv"

	"github.com/shopspring/decimal"
)

// Units beside those of the bills.
const (
	measureFen        = 3
	measurePiece      = 14
	measureMbps       = 15
	measureGBCapacity = 17
)

type measureUnit struct {
	ID           int    `json:"measure_id"`
	Name         string `json:"measure_name"`
	Abbreviation string `json:"abbreviation"`
	Type         int    `json:"measure_type"`
}

// measureUnits are the units whose numbers the documentation names somewhere.
var measureUnits = []measureUnit{
	{measureYuan, "元", "Y", 1},
	{2, "角", "J", 1},
	{measureFen, "分", "F", 1},
	{measureHour, "小时", "h", 2},
	{measureGB, "GB", "G", 3},
	{11, "MB", "M", 3},
	{measurePiece, "个(次)", "ge", 12},
	{measureMbps, "Mbps", "Mbps", 16},
	{measureGBCapacity, "GB", "G", 7},
	{periodYearly, "年", "y", 10},
	{periodMonthly, "月", "m", 10},
	{periodDaily, "天", "d", 10},
	{periodHourly, "小时", "h", 10},
}

// unitConversion says how many of the second unit one of the first is.
type unitConversion struct {
	From  int   `json:"measure_id"`
	To    int   `json:"ref_measure_id"`
	Ratio int64 `json:"conversion_ratio"`
	Type  int   `json:"measure_type"`
}

var conversions = []unitConversion{
	{measureYuan, 2, 10, 1},
	{2, 3, 10, 1},
	{measureYuan, 3, 100, 1},
	{measureGB, 11, 1024, 3},
	{periodYearly, periodMonthly, 12, 10},
	{periodDaily, periodHourly, 24, 10},
}

// listMeasureUnits answers all units, without pages. Their names are Chinese
// whatever X-Language says, as all texts of the simulation.
func listMeasureUnits(*Server, *call) (any, error) {
	return map[string]any{"measure_units": measureUnits}, nil
}

// listConversions answers nothing for a type whose units do not convert.
// https://support.huaweicloud.com/api-bpconsole/qct_00007.html
func listConversions(_ *Server, c *call) (any, error) {
	if wanted, err := strconv.Atoi(c.query.Get("measure_type")); err == nil && wanted < 1 {
		return nil, errParameter("measure_type is below 1")
	}
	rows := []unitConversion{}
	for _, r := range conversions {
		if c.filteredNumber("measure_type", r.Type) {
			rows = append(rows, r)
		}
	}
	return map[string]any{"conversions": rows}, nil
}

// converted counts an amount of one unit in another, if one converts to the
// other.
func converted(amount decimal.Decimal, from, to int) (decimal.Decimal, bool) {
	if from == to {
		return amount, true
	}
	for _, r := range conversions {
		ratio := decimal.NewFromInt(r.Ratio)
		switch {
		case r.From == from && r.To == to:
			return amount.Mul(ratio), true
		case r.From == to && r.To == from:
			return amount.Div(ratio), true
		}
	}
	return decimal.Zero, false
}
