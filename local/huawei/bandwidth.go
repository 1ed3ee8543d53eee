package huawei

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Measurements of a bandwidth that is billed by its 95th percentile.
const (
	pointSpan    = 5 * time.Minute
	pointsADay   = int(24 * time.Hour / pointSpan)
	enhancedPeak = "95peak_plus"
)

// bandwidthResources are the resource types that are measured, by service.
var bandwidthResources = map[string]string{
	"hws.service.type.cdn": "hws.resource.type.cdn",
	"hws.service.type.obs": "hws.resource.type.obs",
	"hws.service.type.vpc": "hws.resource.type.bandwidth",
	"hws.service.type.iec": "hws.resource.type.edgebandwidth",
}

var bandwidthUsageTypes = []string{"95Peak", "95peak_1000", "bandwidth95peak", enhancedPeak}

// NewBandwidth is a bandwidth of a customer that is billed by the 95th
// percentile of its measurements, one every five minutes. They follow from the
// seed and the resource.
type NewBandwidth struct {
	CustomerID  string          `json:"customer_id"`
	ServiceType string          `json:"service_type_code"`             // default hws.service.type.vpc
	UsageType   string          `json:"usage_type"`                    // default 95Peak
	From        time.Time       `json:"from"`                          // when the measuring begins; default now
	Guaranteed  decimal.Decimal `json:"guaranteed_bandwidth,omitzero"` // Mbit/s; of usage type 95peak_plus alone
}

// bandwidth is a measured resource.
type bandwidth struct {
	NewBandwidth
	resourceID string
	seed       uint64
}

func bandwidthOperations() map[string]operation {
	return map[string]operation{
		"ListResourceUsageSummary": listUsageSummary,
		"ListResourceUsage":        listUsage,
	}
}

func (s *Server) bandwidthRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/bandwidths": adminAction(named("resource_id", s.AddBandwidth)),
	}
}

// AddBandwidth gives a customer a measured bandwidth and returns its resource id.
func (s *Server) AddBandwidth(n NewBandwidth) (string, error) {
	if n.ServiceType == "" {
		n.ServiceType = "hws.service.type.vpc"
	}
	if n.UsageType == "" {
		n.UsageType = bandwidthUsageTypes[0]
	}
	if err := n.check(); err != nil {
		return "", fmt.Errorf("huawei: adding a bandwidth: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.existing(n.CustomerID); err != nil {
		return "", err
	}
	now := s.now()
	if n.From.IsZero() {
		n.From = now
	}
	b := &bandwidth{NewBandwidth: n, resourceID: resourceID(s.random)}
	b.From = b.From.UTC().Truncate(pointSpan)
	h := fnv.New64a()
	h.Write([]byte(b.resourceID))
	b.seed = s.seed ^ h.Sum64()
	s.state.bandwidths = append(s.state.bandwidths, b)
	s.record(Effect{Time: now, Operation: "AddBandwidth", CustomerID: n.CustomerID, Reference: b.resourceID})
	return b.resourceID, nil
}

func (n NewBandwidth) check() error {
	switch {
	case bandwidthResources[n.ServiceType] == "":
		return fmt.Errorf("no bandwidth of service %q is measured", n.ServiceType)
	case !slices.Contains(bandwidthUsageTypes, n.UsageType):
		return fmt.Errorf("no usage type %q", n.UsageType)
	case n.Guaranteed.IsNegative(), n.Guaranteed.IsPositive() && n.UsageType != enhancedPeak:
		return errors.New("only a usage type of 95peak_plus has a guaranteed bandwidth, of at least 0")
	}
	return nil
}

// usageMonth is what a bandwidth measured in a month, as far as it has passed.
type usageMonth struct {
	*bandwidth
	first  time.Time // of the points, UTC
	points int
	closed bool // whether the month's sums are known
}

// month finds what was measured in a cycle. Its sums are known from 20:00 of the
// second day of the next month on; the documentation does not name the zone.
func (b *bandwidth) month(cycle string, now time.Time) usageMonth {
	begin := costMonth(cycle)
	end := begin.AddDate(0, 1, 0)
	m := usageMonth{bandwidth: b, first: begin.UTC(), closed: !now.Before(end.AddDate(0, 0, 1).Add(20 * time.Hour))}
	if b.From.After(begin) {
		m.first = b.From
	}
	if now.Before(end) {
		end = now
	}
	m.points = max(0, int(end.Sub(m.first)/pointSpan))
	return m
}

// usage is what was measured at a point, in Mbit/s: low at night, with peaks.
func (m usageMonth) usage(point int) decimal.Decimal {
	at := m.at(point)
	r := newRandom(m.seed, uint64(at.Unix())) //nolint:gosec // no bandwidth was measured before 1970
	mbps := 200 + 60*at.In(beijing).Hour() + r.IntN(800)
	if r.IntN(40) == 0 {
		mbps += 4000 + r.IntN(3000)
	}
	return decimal.New(int64(mbps), -1)
}

func (m usageMonth) at(point int) time.Time { return m.first.Add(time.Duration(point) * pointSpan) }

// peaks are the highest point and the one that is billed: the highest after the
// upper 5 percent are left out.
func (m usageMonth) peaks() (billed, highest decimal.Decimal) {
	points := make([]decimal.Decimal, m.points)
	for i := range points {
		points[i] = m.usage(i)
	}
	slices.SortFunc(points, func(a, b decimal.Decimal) int { return b.Compare(a) })
	return points[len(points)/20], points[0]
}

// usageSums are the sums of a month; all are absent until they are known.
type usageSums struct {
	ActualDays string `json:"actual_days,omitempty"`
	BandWidth  string `json:"band_width,omitempty"`
	Guaranteed string `json:"monthly_guaranteed_band_width,omitempty"` // of 95peak_plus alone
	Peak       string `json:"monthly_peak_band_width,omitempty"`       // of 95peak_plus alone
	MeasureID  int    `json:"band_width_measure_id,omitempty"`
}

func (m usageMonth) sums() usageSums {
	if !m.closed || m.points == 0 {
		return usageSums{}
	}
	billed, highest := m.peaks()
	sums := usageSums{ActualDays: m.actualDays(), BandWidth: billed.String(), MeasureID: measureMbps}
	if m.UsageType == enhancedPeak {
		sums.Guaranteed, sums.Peak = m.Guaranteed.String(), highest.String()
	}
	return sums
}

// actualDays are the points divided by those of a day, to 20 decimals.
func (m usageMonth) actualDays() string {
	return decimal.NewFromInt(int64(m.points)).DivRound(decimal.NewFromInt(int64(pointsADay)), 20).String()
}

type usageSummaryRow struct {
	ResourceID string `json:"resource_id"`
	usageSums
}

// listUsageSummary answers the caller's bandwidths of the kind that were
// measured in the month. Before the sums are known it gives the ids alone.
func listUsageSummary(s *Server, c *call) (any, error) {
	months, err := s.usageMonths(c)
	if err != nil {
		return nil, err
	}
	rows := []usageSummaryRow{}
	for _, m := range window(months, c.page()) {
		rows = append(rows, usageSummaryRow{m.resourceID, m.sums()})
	}
	return map[string]any{"summary_usage_info_list": rows, "total_count": len(months)}, nil
}

func (s *Server) usageMonths(c *call) ([]usageMonth, error) {
	cycle, service := c.query.Get("bill_cycle"), c.query.Get("service_type_code")
	if err := checkMonth("bill_cycle", cycle, ownHistoryMonths, c.now); err != nil {
		return nil, err
	}
	switch {
	case bandwidthResources[service] == "":
		return nil, errParameter("service_type_code is no service whose bandwidth is measured")
	case bandwidthResources[service] != c.query.Get("resource_type_code"):
		return nil, errParameter("resource_type_code is not the measured resource of the service")
	case !slices.Contains(bandwidthUsageTypes, c.query.Get("usage_type")):
		return nil, errParameter("usage_type is none of 95Peak, 95peak_1000, bandwidth95peak and 95peak_plus")
	}
	var months []usageMonth
	for _, b := range s.state.bandwidths {
		m := b.month(cycle, c.now)
		if b.CustomerID == c.caller.customer && b.ServiceType == service && c.filtered("usage_type", b.UsageType) && m.points > 0 {
			months = append(months, m)
		}
	}
	return months, nil
}

type usagePoint struct {
	StatTime   string `json:"stat_time"`
	Guaranteed string `json:"guaranteed_band_width,omitempty"` // of 95peak_plus alone
	Usage      string `json:"usage"`
	MeasureID  int    `json:"measure_id"`
}

type usageList struct {
	usageSums
	TotalCount int          `json:"total_count"`
	Points     []usagePoint `json:"usage_info_list"`
}

// listUsage answers the measurements of one bandwidth, also those of the present
// month; one that the caller does not have has none.
func listUsage(s *Server, c *call) (any, error) {
	months, err := s.usageMonths(c)
	if err != nil {
		return nil, err
	}
	list := usageList{Points: []usagePoint{}}
	for _, m := range months {
		if m.resourceID == c.query.Get("resource_id") {
			list.usageSums, list.TotalCount, list.Points = m.sums(), m.points, m.list(c.page())
		}
	}
	return list, nil
}

func (m usageMonth) list(p page) []usagePoint {
	points := []usagePoint{}
	for i := p.offset; i < min(p.offset+p.limit, m.points); i++ {
		point := usagePoint{StatTime: instant(m.at(i)), Usage: m.usage(i).String(), MeasureID: measureMbps}
		if m.UsageType == enhancedPeak {
			point.Guaranteed = m.Guaranteed.String()
		}
		points = append(points, point)
	}
	return points
}
