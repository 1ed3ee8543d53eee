package notosans_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/bssfn/bssfn/functions/billexport/internal/pdf/notosans"
)

// TestTheFontHas looks for ASCII, Latin-1, all Chinese characters of GB 2312, and what
// provinces, regions, services and names are written with.
func TestTheFontHas(t *testing.T) {
	t.Parallel()
	font, err := notosans.Font()
	require.NoError(t, err)
	has := func(c rune) {
		if font.Glyph(c) == 0 {
			assert.Fail(t, "the font lacks "+string(c))
		}
	}
	for c := rune(0x20); c <= 0xFF; c++ {
		if c < 0x7F || c >= 0xA0 {
			has(c)
		}
	}
	var encoded []byte
	for row := byte(0xB0); row <= 0xF7; row++ {
		for cell := byte(0xA1); cell <= 0xFE; cell++ {
			if row != 0xD7 || cell <= 0xF9 { // the end of level 1 is empty
				encoded = append(encoded, row, cell)
			}
		}
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(encoded)
	require.NoError(t, err)
	chinese := []rune(string(text))
	assert.Len(t, chinese, 6763)
	for _, c := range chinese {
		has(c)
	}
	for _, c := range "·–—‘’“”…€¥£□、。《》（），：；！？％＋－" +
		"北京天津上海重庆河北山西辽宁吉林黑龙江江苏浙江安徽福建江西山东河南湖北湖南广东海南四川贵州云南陕西甘肃青海台湾内蒙古广西西藏宁夏新疆香港澳门" +
		"乌兰察布贵阳华为镕喆堃玥珺祎淏奕熙瑄" + "華為雲灣區" {
		has(c)
	}
}

func TestTheFontIsReadOnce(t *testing.T) {
	t.Parallel()
	a, err := notosans.Font()
	require.NoError(t, err)
	b, err := notosans.Font()
	require.NoError(t, err)
	assert.Same(t, a, b)
}
