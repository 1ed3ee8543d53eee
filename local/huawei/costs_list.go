package huawei

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// Words of a question for costs.
const (
	costByDay      = 1
	costByMonth    = 2
	costOriginal   = "ORIGINAL_COST"
	costAmortized  = "AMORTIZED_COST"
	costPayable    = "PAYMENT_AMOUNT"
	costNet        = "NET_AMOUNT" // without what vouchers paid
	groupDimension = "dimension"
	groupTag       = "tag"
	groupCostUnit  = "cost_unit"
	filterExclude  = 1
	resourceTagKey = "RESOURCE_TAG"
	costUnitKey    = "COST_UNIT"
)

type costQuery struct {
	Time struct {
		Measure int    `json:"time_measure_id"`
		Begin   string `json:"begin_time"`
		End     string `json:"end_time"`
	} `json:"time_condition"`
	GroupBy []struct {
		Type string `json:"type"`
		Key  string `json:"key"`
	} `json:"groupby"`
	CostType   string `json:"cost_type"`
	AmountType string `json:"amount_type"`
	Offset     int    `json:"offset"`
	Limit      *int   `json:"limit"`
	Filters    []struct {
		Operator int `json:"operator"`
		Factor   struct {
			Key    string   `json:"key"`
			Values []string `json:"value"`
		} `json:"filter_factor"`
	} `json:"filters"`
}

// costBucket is a day or a month.
type costBucket struct {
	name     string
	from, to time.Time
}

type costDimension struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// costLine are the costs of all records with the same dimensions, by bucket.
type costLine struct {
	dimensions []costDimension
	amounts    []decimal.Decimal
	official   []decimal.Decimal
}

// listCosts sums up costs by day or month and by up to three dimensions, in the
// order in which they first occur. Every bucket of the range is in the answer.
func listCosts(s *Server, c *call) (any, error) {
	var q costQuery
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	buckets, err := q.buckets(c.now)
	if err != nil {
		return nil, err
	}
	owners, err := s.billOwners(c, "", "")
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, l := range s.costLines(q, owners, buckets, c.now) {
		rows = append(rows, l.row(buckets, q.Time.Measure))
	}
	return map[string]any{
		"cost_data": window(rows, bodyPage(q.Offset, q.Limit)), "total_count": len(rows), "currency": s.currency(),
	}, nil
}

func (q costQuery) check() error {
	switch {
	case q.CostType != costOriginal && q.CostType != costAmortized:
		return errParameter("cost_type is neither ORIGINAL_COST nor AMORTIZED_COST")
	case q.AmountType != costPayable && q.AmountType != costNet:
		return errParameter("amount_type is neither PAYMENT_AMOUNT nor NET_AMOUNT")
	}
	for _, g := range q.GroupBy {
		switch g.Type {
		case groupTag, groupCostUnit:
		case groupDimension:
			if _, ok := costDimensions[g.Key]; !ok {
				return errParameter("groupby: no dimension " + g.Key)
			}
		default:
			return errParameter("groupby: type is none of dimension, tag and cost_unit")
		}
	}
	for _, f := range q.Filters {
		if _, ok := costDimensions[f.Factor.Key]; !ok && f.Factor.Key != resourceTagKey && f.Factor.Key != costUnitKey {
			return errParameter("filters: no key " + f.Factor.Key)
		}
	}
	return nil
}

// buckets are the days or months of the range, both ends included.
func (q costQuery) buckets(now time.Time) ([]costBucket, error) {
	layout, months, days := time.DateOnly, 0, 1
	if q.Time.Measure == costByMonth {
		layout, months, days = cycleLayout, 1, 0
	}
	first, err := time.ParseInLocation(layout, q.Time.Begin, beijing)
	if err != nil {
		return nil, errParameter("begin_time is not of the form " + layout)
	}
	last, err := time.ParseInLocation(layout, q.Time.End, beijing)
	if err != nil {
		return nil, errParameter("end_time is not of the form " + layout)
	}
	if last.Before(first) {
		return nil, errParameter("end_time is earlier than begin_time")
	}
	if err := checkMonth("begin_time", first.Format(cycleLayout), historyMonths, now); err != nil {
		return nil, err
	}
	// Nothing limits the end; what is later than the present has no costs.
	if limit := now.AddDate(1, 0, 0); last.After(limit) {
		return nil, errParameter("end_time is more than a year ahead")
	}
	var buckets []costBucket
	for from := first; !from.After(last); from = from.AddDate(0, months, days) {
		buckets = append(buckets, costBucket{from.Format(layout), from, from.AddDate(0, months, days)})
	}
	return buckets, nil
}

func (s *Server) costLines(q costQuery, owners []*customer, buckets []costBucket, now time.Time) []*costLine {
	byKey := map[[3]string]*costLine{}
	var lines []*costLine
	first, last := buckets[0].from, buckets[len(buckets)-1].from
	for _, b := range s.billsBehind(owners, costDay(first).AddDate(0, 0, 1-first.Day()), last) {
		for _, record := range b.all() {
			f := *record
			if !s.filteredCost(q, f) || !q.counts(f, first, buckets[len(buckets)-1].to) {
				continue
			}
			key := s.costKey(q, f)
			if byKey[key] == nil {
				byKey[key] = q.newCostLine(key, len(buckets))
				lines = append(lines, byKey[key])
			}
			byKey[key].add(q, f, buckets, now)
		}
	}
	return lines
}

// counts reports whether the record has costs in the range.
func (q costQuery) counts(f feeRecord, from, to time.Time) bool {
	if q.CostType == costAmortized {
		return f.overlaps(from, to)
	}
	day := costDay(f.traded())
	return !day.Before(from) && day.Before(to)
}

// costDimensions are what costs are grouped and filtered by. The simulated
// resources have no zone, no operating entity and no cost units, and costs know
// no tags: there the value is empty.
var costDimensions = map[string]func(*Server, feeRecord) string{
	"CLOUD_SERVICE_TYPE":    func(_ *Server, f feeRecord) string { return f.ServiceTypeCode },
	"RESOURCE_TYPE":         func(_ *Server, f feeRecord) string { return f.ResourceTypeCode },
	"ASSOCIATED_ACCOUNT":    func(_ *Server, f feeRecord) string { return f.CustomerID },
	"REGION_CODE":           func(_ *Server, f feeRecord) string { return f.RegionCode },
	"AZ_CODE":               func(*Server, feeRecord) string { return "" },
	"ENTERPRISE_PROJECT_ID": func(*Server, feeRecord) string { return defaultProjectID },
	"RES_SPEC_CODE":         func(_ *Server, f feeRecord) string { return f.ProductSpecDesc },
	"CHARGING_MODE":         func(_ *Server, f feeRecord) string { return strconv.Itoa(f.ChargingMode) },
	"USAGE_TYPE":            func(_ *Server, f feeRecord) string { return f.UsageType },
	"BILL_TYPE":             func(_ *Server, f feeRecord) string { return strconv.Itoa(f.ownBillType()) },
	"BE_ID":                 func(*Server, feeRecord) string { return "" },
	"PAYER_ACCOUNT_ID": func(s *Server, f feeRecord) string {
		return s.state.enterprise.payerOf(s.state.customer(f.CustomerID)).id
	},
	"RESOURCE_ID": func(_ *Server, f feeRecord) string { return f.ResourceID },
}

func (s *Server) costValue(key string, f feeRecord) string {
	if value, ok := costDimensions[key]; ok {
		return value(s, f)
	}
	return ""
}

func (s *Server) filteredCost(q costQuery, f feeRecord) bool {
	for _, x := range q.Filters {
		listed := slices.Contains(x.Factor.Values, s.costValue(x.Factor.Key, f))
		if listed == (x.Operator == filterExclude) {
			return false
		}
	}
	return true
}

func (s *Server) costKey(q costQuery, f feeRecord) (key [3]string) {
	for i, g := range q.GroupBy {
		if g.Type == groupDimension {
			key[i] = s.costValue(g.Key, f)
		}
	}
	return key
}

func (q costQuery) newCostLine(key [3]string, buckets int) *costLine {
	l := &costLine{amounts: make([]decimal.Decimal, buckets), official: make([]decimal.Decimal, buckets)}
	for i, g := range q.GroupBy {
		name := g.Key
		switch g.Type {
		case groupTag:
			name = resourceTagKey
		case groupCostUnit:
			name = costUnitKey
		}
		l.dimensions = append(l.dimensions, costDimension{name, key[i]})
	}
	return l
}

// add puts what the record costs into the buckets that have begun.
func (l *costLine) add(q costQuery, f feeRecord, buckets []costBucket, now time.Time) {
	first, end := f.serviceDays()
	if q.CostType == costOriginal {
		end = first.AddDate(0, 0, 1)
	}
	for i, b := range buckets {
		if b.from.After(now) || !b.from.Before(end) {
			return
		}
		if !first.Before(b.to) {
			continue
		}
		part := f.amounts()
		if q.CostType == costAmortized {
			part = f.amortized(b.from, b.to)
		}
		amount := part.payment
		if q.AmountType == costNet {
			amount = amount.Sub(part.coupon)
		}
		l.amounts[i], l.official[i] = l.amounts[i].Add(amount), l.official[i].Add(part.official)
	}
}

type costCell struct {
	Name     string `json:"time_dimension_value"`
	Measure  int    `json:"time_measure_id"`
	Amount   string `json:"amount"`
	Official string `json:"official_amount"`
}

func (l *costLine) row(buckets []costBucket, measure int) any {
	cells := []costCell{}
	for i, b := range buckets {
		cells = append(cells, costCell{b.name, measure, l.amounts[i].String(), l.official[i].String()})
	}
	return map[string]any{
		"dimensions": l.dimensions, "costs": cells,
		"amount_by_costs":          decimal.Sum(decimal.Zero, l.amounts...).String(),
		"official_amount_by_costs": decimal.Sum(decimal.Zero, l.official...).String(),
	}
}
