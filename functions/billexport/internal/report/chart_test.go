package report

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func decimals(digits ...string) []decimal.Decimal {
	list := make([]decimal.Decimal, len(digits))
	for i, d := range digits {
		list[i] = decimal.RequireFromString(d)
	}
	return list
}

func TestScales(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amounts         []string
		low, high, step string
	}{
		{nil, "0", "1", "0.2"},
		{[]string{"0"}, "0", "1", "0.2"},
		{[]string{"100"}, "0", "100", "20"},
		{[]string{"101"}, "0", "150", "50"},
		{[]string{"-3", "9"}, "-5", "10", "5"},
		{[]string{"-0.00000003"}, "-0.00000003", "0", "0.00000001"},
		{[]string{"-7", "-90"}, "-100", "0", "20"},
		{[]string{"123456789012.34"}, "0", "150000000000", "50000000000"},
	} {
		s := newScale(decimals(c.amounts...), 5, 0, 1000)
		assert.Equal(t, c.low, s.low.String(), "%v", c.amounts)
		assert.Equal(t, c.high, s.high.String(), "%v", c.amounts)
		assert.Equal(t, c.step, s.step.String(), "%v", c.amounts)
		assert.LessOrEqual(t, len(s.ticks()), 7, "%v", c.amounts)
		assert.EqualValues(t, 0, s.at(s.low))
		assert.EqualValues(t, 1000, s.at(s.high))
	}
}

// drawn is a bar as the chart has it.
type drawn struct {
	Class  string  `xml:"class,attr"`
	X      float64 `xml:"x,attr"`
	Y      float64 `xml:"y,attr"`
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Title  string  `xml:"title"`
}

type zeroLine struct {
	Class string  `xml:"class,attr"`
	X     float64 `xml:"x1,attr"`
	Y     float64 `xml:"y1,attr"`
}

type chart struct {
	Rects []drawn    `xml:"rect"`
	Lines []zeroLine `xml:"line"`
	Texts []string   `xml:"text"`
	Desc  string     `xml:"desc"`
}

func (c chart) zero() zeroLine {
	for _, l := range c.Lines {
		if l.Class == "zero" {
			return l
		}
	}
	return zeroLine{}
}

func draw(t *testing.T, with func(*page)) chart {
	t.Helper()
	var b bytes.Buffer
	p := &page{Report: &Report{}, w: bufio.NewWriter(&b)}
	with(p)
	require.NoError(t, p.w.Flush())
	var c chart
	require.NoError(t, xml.Unmarshal(b.Bytes(), &c))
	return c
}

var mixed = []entry{
	{name: "a", amount: decimal.RequireFromString("300")},
	{name: "b", amount: decimal.RequireFromString("0")},
	{name: "c", full: "third", amount: decimal.RequireFromString("-100.5")},
	{name: "d", amount: decimal.RequireFromString("0.01")},
}

func TestBarsGoFromNothingToTheirAmount(t *testing.T) {
	t.Parallel()
	c := draw(t, func(p *page) { p.bars("n", "d", "x", mixed) })
	require.Len(t, c.Rects, 4)
	zero := c.zero().X
	a, b, minus, dust := c.Rects[0], c.Rects[1], c.Rects[2], c.Rects[3]
	assert.Equal(t, zero, a.X)
	assert.Equal(t, "bar", a.Class)
	assert.Zero(t, b.Width)
	assert.InDelta(t, zero, minus.X+minus.Width, 0.01)
	assert.Equal(t, "bar minus", minus.Class)
	assert.Equal(t, "third: -100.50", minus.Title)
	assert.InDelta(t, 300/100.5, a.Width/minus.Width, 0.01)
	assert.Positive(t, dust.Width, "what is next to nothing is seen")
	assert.LessOrEqual(t, a.X+a.Width, float64(chartWidth-valueWidth))
	assert.Contains(t, c.Texts, "-100.50")
}

func TestColumnsGoFromNothingToTheirAmount(t *testing.T) {
	t.Parallel()
	c := draw(t, func(p *page) { p.columns("n", "d", "x", mixed) })
	require.Len(t, c.Rects, 4)
	zero := c.zero().Y
	a, minus := c.Rects[0], c.Rects[2]
	assert.InDelta(t, zero, a.Y+a.Height, 0.01)
	assert.Equal(t, zero, minus.Y)
	assert.InDelta(t, 300/100.5, a.Height/minus.Height, 0.05)
	assert.Contains(t, c.Texts, "-200")
}

func TestColumnsDoNotOverlap(t *testing.T) {
	t.Parallel()
	var entries []entry
	for n := range 32 {
		entries = append(entries, entry{name: fmt.Sprint(n), amount: decimal.NewFromInt(int64(n))})
	}
	c := draw(t, func(p *page) { p.columns("n", "d", "x", entries) })
	for n := 1; n < len(c.Rects); n++ {
		assert.Greater(t, c.Rects[n].X, c.Rects[n-1].X+c.Rects[n-1].Width)
	}
	last := c.Rects[31]
	assert.LessOrEqual(t, last.X+last.Width, float64(chartWidth))
}

func TestShort(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "abc", short("abc", 3))
	assert.Equal(t, "ab…", short("abcd", 3))
	assert.Equal(t, "云…", short("云服务", 4))
	assert.Equal(t, "云服", short("云服", 4))
	assert.Empty(t, short("", 4))
}
