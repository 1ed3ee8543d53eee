package spreadsheet_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/bssfn/bssfn/functions/internal/spreadsheet"
)

func TestTextIsNoFormula(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":              "",
		"web-server":    "web-server",
		"a=b":           "a=b",
		"网站":            "网站",
		`=HYPERLINK(1)`: `'=HYPERLINK(1)`,
		"+1":            "'+1",
		"-1":            "'-1",
		"@SUM(A1)":      "'@SUM(A1)",
		"\t=1":          "'\t=1",
		"\r=1":          "'\r=1",
		"\n=1":          "'\n=1",
		"＝1":            "'＝1",
		"－1":            "'－1",
	} {
		assert.Equal(t, want, spreadsheet.Text(given))
	}
}

// What is given back is what was given, but for one leading apostrophe.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "=1", "'=1", "网站,“一”", "＋1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := spreadsheet.Text(text)
		if got != text && got != "'"+text {
			t.Errorf("%q became %q", text, got)
		}
		if first, _ := utf8.DecodeRuneInString(got); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			t.Errorf("%q is a formula", got)
		}
	})
}
